"""What ops write down becomes what is stored. Pure."""

from schemas.api.pricing import DiscountBody, TermsBody
from schemas.documents.pricing import DiscountDocument, TermsDocument


def discount_of(body: DiscountBody) -> DiscountDocument:
    return {
        "kind": body.kind.value,
        "off_fen": body.off_fen,
        "off_bps": body.off_bps,
        "cap_fen": body.cap_fen,
        "minimum_fen": body.minimum_fen,
        "products": body.products,
        "kinds": body.kinds,
    }


def terms_of(body: TermsBody) -> TermsDocument:
    return {
        **discount_of(body),
        "uses": [use.value for use in body.uses],
        "group": body.group,
        "stacks_with": body.stacks_with,
        "with_subsidy": body.with_subsidy,
    }

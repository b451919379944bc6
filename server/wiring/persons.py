"""What clients agree to, and their rights over what is kept about them."""

import logging
from dataclasses import dataclass

from schemas.enums import TermsKind
from server.wiring.core import Core
from server.wiring.people import Identity
from services.identity.sessions import Sessions
from services.orders.orders import Orders
from services.persons.erasing import Erasing
from services.persons.own_data import OwnData
from services.terms.term_texts import read_terms
from services.terms.terms import Terms
from services.verification.consents import Consents
from services.verification.verification_book import VerificationBook

log = logging.getLogger("casespace")


@dataclass(frozen=True, slots=True)
class Persons:
    terms: Terms
    own_data: OwnData
    erasing: Erasing


def build_persons(core: Core, identity: Identity, consents: Consents, orders: Orders) -> Persons:
    database, audit, clock = core.database, core.audit, core.clock
    book = VerificationBook(database, core.vault, audit, clock)
    return Persons(
        terms=_terms(core, identity.sessions, consents),
        own_data=OwnData(database, identity.accounts, consents, book, orders, core.spaces, audit, clock),
        erasing=Erasing(database, core.vault, identity.sessions, audit, core.outbox, clock),
    )


def _terms(core: Core, sessions: Sessions, consents: Consents) -> Terms:
    """The operator's texts, or those that come with the product."""
    settings = core.settings
    names = {
        "operator": settings.operator_name or settings.payee_name or "",
        "contact": settings.operator_contact or "",
    }
    if settings.privacy_policy_file is None and not all(names.values()) and not settings.development:
        log.warning("the privacy policy names no operator or no contact: CASESPACE_OPERATOR_NAME, …_OPERATOR_CONTACT")
    files = {
        TermsKind.USER_AGREEMENT: settings.user_agreement_file,
        TermsKind.PRIVACY_POLICY: settings.privacy_policy_file,
    }
    texts = [read_terms(kind, file, names) for kind, file in files.items()]
    return Terms(core.database, consents, sessions, texts, demanded=settings.terms_demanded)

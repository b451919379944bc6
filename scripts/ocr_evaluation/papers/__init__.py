"""The papers, one function for each kind in each of two parts: one to tune on, one held out with other layouts and
fonts.
"""

from collections.abc import Callable

from ocr_evaluation.facts import Facts
from ocr_evaluation.papers import cards, court, deals, payments, screens
from ocr_evaluation.sheet import Sheet

Drawer = Callable[[Facts, bool], Sheet]
PAPERS: dict[str, Drawer] = {
    "id_card_front": cards.id_card_front,
    "id_card_back": cards.id_card_back,
    "business_licence": cards.business_licence,
    "lawyer_licence": cards.lawyer_licence,
    "bank_card": cards.bank_card,
    "summons": court.summons,
    "judgment": court.judgment,
    "contract": deals.contract,
    "iou": deals.iou,
    "vat_invoice": payments.vat_invoice,
    "bank_receipt": payments.bank_receipt,
    "chat_screenshot": screens.chat_screenshot,
    "fee_notice": court.fee_notice,
    "power_of_attorney": deals.power_of_attorney,
    "delivery_receipt": court.delivery_receipt,
    "page": deals.page,
}


def paper(kind: str, held_out: bool, number: int) -> Sheet:
    """Always the same for the same arguments."""
    return PAPERS[kind](Facts(f"{kind}/{held_out}/{number}"), held_out)

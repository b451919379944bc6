"""The third part: layouts, wordings, fonts, names and places that the other two lack. Written before it was read."""

from collections.abc import Callable

from ocr_evaluation.facts import Facts
from ocr_evaluation.papers.third import cards, court, deals, payments, screens
from ocr_evaluation.sheet import Sheet

PAPERS: dict[str, Callable[[Facts], Sheet]] = {
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

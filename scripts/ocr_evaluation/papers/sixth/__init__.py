"""The sixth part: one more layout of each kind, written after the fifth taught what to mend and before it was read."""

from collections.abc import Callable

from ocr_evaluation.facts import Facts
from ocr_evaluation.papers.sixth import cards, deals, offices
from ocr_evaluation.sheet import Sheet

PAPERS: dict[str, Callable[[Facts], Sheet]] = {
    "id_card_front": cards.dense_card,
    "id_card_back": cards.dense_back,
    "business_licence": cards.licence_in_a_table,
    "lawyer_licence": cards.lawyer_badge,
    "bank_card": cards.bank_card,
    "summons": offices.summons,
    "judgment": offices.withdrawal,
    "contract": deals.shares,
    "iou": deals.guaranteed_loan,
    "vat_invoice": deals.special_invoice,
    "bank_receipt": deals.columns_of_a_transfer,
    "chat_screenshot": deals.messages,
    "fee_notice": offices.fee_notice,
    "power_of_attorney": offices.engagement,
    "delivery_receipt": offices.electronic_receipt,
    "page": offices.receipt_of_money,
}

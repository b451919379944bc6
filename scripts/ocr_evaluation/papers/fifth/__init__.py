"""The fifth part: one more layout of each kind, written after what the fourth taught was mended and before it was read.

Nothing is ever tuned on it: it tells what to expect of papers that nobody has seen.
"""

from collections.abc import Callable

from ocr_evaluation.facts import Facts
from ocr_evaluation.papers.fifth import cards, court, deals, payments
from ocr_evaluation.sheet import Sheet

PAPERS: dict[str, Callable[[Facts], Sheet]] = {
    "id_card_front": cards.temporary_card,
    "id_card_back": cards.stamped_back,
    "business_licence": cards.branch_licence,
    "lawyer_licence": cards.lawyer_licence,
    "bank_card": cards.savings_card,
    "summons": court.summons,
    "judgment": court.appeal,
    "contract": deals.lease,
    "iou": deals.debt_for_work,
    "vat_invoice": payments.digital_invoice,
    "bank_receipt": payments.stacked_receipt,
    "chat_screenshot": payments.group_chat,
    "fee_notice": court.fee_notice,
    "power_of_attorney": deals.power_of_two,
    "delivery_receipt": court.delivery_receipt,
    "page": deals.statement,
}

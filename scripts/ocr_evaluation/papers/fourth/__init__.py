"""The fourth part: two layouts of each kind that the other three lack. Written and committed before it was read."""

from collections.abc import Callable

from ocr_evaluation.facts import Facts
from ocr_evaluation.papers.fourth import cards, court, deals, letters, licences, payments, screens, service
from ocr_evaluation.sheet import Sheet

LAYOUTS: dict[str, tuple[Callable[[Facts], Sheet], ...]] = {
    "id_card_front": (cards.copy_of_both_sides, cards.permit_front),
    "id_card_back": (cards.plain_back, cards.permit_back),
    "business_licence": (licences.upright_licence, licences.licence_on_a_phone),
    "lawyer_licence": (licences.lawyer_table, licences.lawyer_card),
    "bank_card": (cards.credit_card, cards.upright_card),
    "summons": (court.summons_with_broken_labels, court.electronic_summons),
    "judgment": (court.settlement, court.enforcement),
    "contract": (deals.labour_contract, deals.transfer),
    "iou": (deals.printed_iou, deals.written_iou),
    "vat_invoice": (payments.paper_invoice, payments.roll),
    "bank_receipt": (payments.phone_transfer, payments.receipt_with_heads),
    "chat_screenshot": (screens.phone, screens.computer),
    "fee_notice": (service.fee_table, service.fee_letter),
    "power_of_attorney": (letters.power_in_a_table, letters.power_in_words),
    "delivery_receipt": (service.receipt_with_broken_labels, service.receipt_of_four_columns),
    "page": (letters.certificate, letters.reminder),
}

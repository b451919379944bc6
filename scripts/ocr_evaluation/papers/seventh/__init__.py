"""The seventh part: two layouts of each kind, drawn after real papers by somebody who had not read the code that reads.

Written and committed before it was read.
"""

from collections.abc import Callable

from ocr_evaluation.facts import Facts
from ocr_evaluation.papers.seventh import cards, court, deals, letters, licences, payments, screens, service
from ocr_evaluation.sheet import Sheet

LAYOUTS: dict[str, tuple[Callable[[Facts], Sheet], ...]] = {
    "id_card_front": (cards.both_sides_abreast, cards.front_on_a_desk),
    "id_card_back": (cards.back_on_a_desk, cards.copy_of_the_back),
    "business_licence": (licences.framed_licence, licences.licence_of_old),
    "lawyer_licence": (licences.booklet, licences.licence_in_an_app),
    "bank_card": (cards.debit_card, cards.credit_card),
    "summons": (court.summons, court.summons_on_a_phone),
    "judgment": (court.first_page, court.jurisdiction),
    "contract": (deals.model_lease, deals.loan),
    "iou": (deals.one_sentence, deals.typed_iou),
    "vat_invoice": (payments.digital_invoice, payments.electronic_invoice),
    "bank_receipt": (payments.counter_slip, payments.transfer_certificate),
    "chat_screenshot": (screens.quotes, screens.office_chat),
    "fee_notice": (service.fee_code, service.fee_on_a_phone),
    "power_of_attorney": (letters.power_of_a_person, letters.power_of_a_company),
    "delivery_receipt": (service.receipt_in_three_columns, service.express_slip),
    "page": (letters.letter_of_a_firm, letters.complaint),
}

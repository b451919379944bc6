"""The eighth part: two layouts of each kind, drawn after real papers by somebody who had not read the code that reads.

Written and committed before it was read.
"""

from collections.abc import Callable

from ocr_evaluation.facts import Facts
from ocr_evaluation.papers.eighth import cards, court, deals, letters, licences, payments, screens, service
from ocr_evaluation.sheet import Sheet

LAYOUTS: dict[str, tuple[Callable[[Facts], Sheet], ...]] = {
    "id_card_front": (cards.front_in_a_viewer, cards.front_with_a_watermark),
    "id_card_back": (cards.back_on_a_copy, cards.back_in_a_sleeve),
    "business_licence": (licences.printed_electronic_licence, licences.copy_of_a_trader),
    "lawyer_licence": (licences.copy_for_the_file, licences.card_in_an_app),
    "bank_card": (cards.upright_front, cards.number_on_the_back),
    "summons": (court.filled_by_hand, court.two_slips),
    "judgment": (court.last_page, court.changed_on_appeal),
    "contract": (deals.agency_lease, deals.consumer_loan),
    "iou": (deals.wages_owed, deals.iou_in_an_app),
    "vat_invoice": (payments.rent_invoice, payments.motor_invoice),
    "bank_receipt": (payments.wallet_bill, payments.paying_in_slip),
    "chat_screenshot": (screens.forwarded_talk, screens.marketplace),
    "fee_notice": (service.counter_slip, service.appeal_fee),
    "power_of_attorney": (letters.power_to_a_relative, letters.power_with_ticks),
    "delivery_receipt": (service.taken_by_a_relative, service.certificate_of_service),
    "page": (letters.police_receipt, letters.dismissal),
}

"""The papers, by kind and part: one to tune on, one held out with other layouts and fonts, a third to an eighth with
others again, from which nothing was learnt before each was first read. The fourth, the seventh and the eighth have two
layouts of each kind; who drew the last two had not read the code that reads.
"""

from collections.abc import Callable

from ocr_evaluation.eighth_facts import EighthFacts
from ocr_evaluation.facts import Facts
from ocr_evaluation.fourth_facts import FourthFacts
from ocr_evaluation.other_facts import OtherFacts
from ocr_evaluation.papers import cards, court, deals, eighth, fifth, fourth, payments, screens, seventh, sixth, third
from ocr_evaluation.seventh_facts import SeventhFacts
from ocr_evaluation.sheet import Sheet

Drawer = Callable[[Facts, bool], Sheet]
PARTS = ("tuning", "held_out", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_SEEDS = {"tuning": "False", "held_out": "True"}  # as at their first readings
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


def seed(kind: str, part: str, number: int) -> str:
    """What a paper's facts are drawn from, and its damage."""
    return f"{kind}/{_SEEDS.get(part, part)}/{number}"


def paper(kind: str, part: str, number: int) -> Sheet:
    """Always the same for the same arguments."""
    if part == "third":
        return third.PAPERS[kind](OtherFacts(seed(kind, part, number)))
    if part == "fourth":
        layouts = fourth.LAYOUTS[kind]
        return layouts[number % len(layouts)](FourthFacts(seed(kind, part, number)))
    if part == "fifth":
        return fifth.PAPERS[kind](FourthFacts(seed(kind, part, number)))
    if part == "sixth":
        return sixth.PAPERS[kind](FourthFacts(seed(kind, part, number)))
    if part == "seventh":
        layouts = seventh.LAYOUTS[kind]
        return layouts[number % len(layouts)](SeventhFacts(seed(kind, part, number)))
    if part == "eighth":
        layouts = eighth.LAYOUTS[kind]
        return layouts[number % len(layouts)](EighthFacts(seed(kind, part, number)))
    return PAPERS[kind](Facts(seed(kind, part, number)), part == "held_out")

"""The one list of kinds, and the choice among them."""

import re
from datetime import date

from ocr.date_checks import doubted, today_in_china
from ocr.kinds import (
    bank_card,
    bank_receipt,
    business_licence,
    chat_screenshot,
    contract,
    delivery_receipt,
    fee_notice,
    id_card_back,
    id_card_front,
    iou,
    judgment,
    lawyer_licence,
    page,
    power_of_attorney,
    summons,
    vat_invoice,
)
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper
from ocr.lines import Line
from ocr.readings import Field, PageInfo

PLUGINS: dict[str, Kind] = {
    module.KIND.name: module.KIND
    for module in (
        id_card_front, id_card_back, business_licence, lawyer_licence, bank_card, summons, judgment, contract, iou,
        vat_invoice, bank_receipt, chat_screenshot, fee_notice, power_of_attorney, delivery_receipt, page,
    )
}  # fmt: skip
_HAS_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx]")
_ENOUGH = 4  # votes, below which a paper is a page and no more
_CERTAIN = 6


def extract(
    lines: list[Line], pages: list[PageInfo], kind: str | None, codes: list[str], today: date | None = None
) -> tuple[str, float, dict[str, Field]]:
    """The kind, how sure it is (1 where it was given), and the fields.

    Pure but for ``today``, on which dates are judged: lines that are stored can be taken apart again.
    """
    paper = Paper(lines, pages, codes)
    name, confidence = detect(paper) if kind is None else (kind, 1.0)
    fields = PLUGINS[name].fields(paper)
    return name, confidence, doubted(name, fields, paper.flow, today or today_in_china())


def detect(paper: Paper) -> tuple[str, float]:
    """The kind with most votes; its share against the next says how sure that is."""
    votes = {name: plugin.votes(paper) for name, plugin in PLUGINS.items()}
    if chat_screenshot.looks_like_chat(paper):
        votes["chat_screenshot"] += _CERTAIN
    if bank_card.looks_like_card(paper):
        votes["bank_card"] += _CERTAIN
    if votes["id_card_front"] >= _ENOUGH and votes["id_card_back"] >= _ENOUGH and _HAS_NUMBER.search(paper.flow):
        votes["id_card_front"] = max(votes.values())  # both sides on one copy: the side that says whose it is
    first, second = sorted(votes.values(), reverse=True)[:2]
    if first < _ENOUGH:
        return "page", 0.5
    name = next(name for name, count in votes.items() if count == first)
    return name, round(min(1.0, first / _CERTAIN) * (1 - 0.5 * second / first), 3)

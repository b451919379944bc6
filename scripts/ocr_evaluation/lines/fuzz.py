"""Takes made-up pages of lines apart and counts what came out right."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ocr import Line, PageInfo
from ocr.kinds.plugins import extract
from ocr_evaluation.lines import cards, contracts, court, invoices, judgments, letters, loans, service, transfers
from ocr_evaluation.lines.canvas import Canvas
from ocr_evaluation.lines.facts import LineFacts
from ocr_evaluation.lines.wear import worn
from ocr_evaluation.scoring import same

Maker = Callable[[LineFacts, Canvas], dict[str, Any]]
MAKERS: dict[str, tuple[Maker, ...]] = {
    "id_card_front": (cards.id_card_front,),
    "id_card_back": (cards.id_card_back,),
    "business_licence": (cards.business_licence,),
    "lawyer_licence": (cards.lawyer_licence,),
    "bank_card": (invoices.bank_card,),
    "summons": (court.summons,),
    "judgment": (judgments.judgment,),
    "contract": (contracts.contract,),
    "iou": (loans.iou,),
    "vat_invoice": (invoices.vat_invoice,),
    "bank_receipt": (transfers.bank_receipt,),
    "fee_notice": (court.fee_notice, court.fee_notice, court.fee_notice, court.fees_of_two_sorts),
    "power_of_attorney": (letters.power_of_attorney,),
    "delivery_receipt": (service.delivery_receipt,),
    "page": (letters.page,),
}


@dataclass
class Tally:
    """Sums over the papers of one kind. `wrong_unflagged` are ID numbers and credit codes."""

    papers: int = 0
    kinds_right: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    exact: Counter[str] = field(default_factory=Counter)
    unflagged: int = 0  # wrong, and nobody is told
    wrong_unflagged: int = 0
    misses: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def exact_rate(self) -> float:
        return sum(self.exact.values()) / max(1, sum(self.fields.values()))


def made(kind: str, number: int, seed: str = "lines") -> tuple[list[Line], PageInfo, dict[str, Any]]:
    """Always the same for the same arguments."""
    facts = LineFacts(f"{seed}/{kind}/{number}")
    page = Canvas(Random(f"{seed}/{kind}/{number}/page"))  # noqa: S311 - the same page every time is the point
    maker = facts.rng.choice(MAKERS[kind])
    fields = maker(facts, page)
    lines, info = worn(page)
    return lines, info, fields


def tally(kinds: Iterable[str], count: int, seed: str = "lines") -> dict[str, Tally]:
    """`count` papers of each kind."""
    found = {kind: Tally() for kind in kinds}
    for kind, one in found.items():
        for number in range(count):
            _add(one, kind, number, seed)
    return found


def _add(one: Tally, kind: str, number: int, seed: str) -> None:
    lines, info, wanted = made(kind, number, seed)
    name, _, fields = extract(lines, [info], None, [])
    one.papers += 1
    one.kinds_right += name == kind
    for key, value in wanted.items():
        got = fields.get(key)
        is_number = key == "id_number" or key.endswith("credit_code")
        if value is None:
            one.wrong_unflagged += is_number and got is not None and not got.flagged
            continue
        one.fields[key] += 1
        if got is not None and same(got.value, value):
            one.exact[key] += 1
            continue
        one.unflagged += got is not None and not got.flagged
        one.wrong_unflagged += is_number and got is not None and not got.flagged
        one.misses[key].append(
            f"{number}: {value!r} ≠ {None if got is None else got.value!r}" + (f" ({name})" if name != kind else "")
        )


def report(found: dict[str, Tally], misses: int) -> list[str]:
    """A table of Markdown, and the first `misses` of each field below it."""
    lines = [
        "| kind | papers | kind right % | fields exact % | wrong, unflagged | wrong numbers, unflagged |",
        "|---|---|---|---|---|---|",
    ]
    for kind, one in found.items():
        right = f"{100 * one.kinds_right / max(1, one.papers):.1f}"
        exact = f"{100 * one.exact_rate:.1f}"
        lines.append(f"| {kind} | {one.papers} | {right} | {exact} | {one.unflagged} | {one.wrong_unflagged} |")
    asked, got = (sum(sum(getattr(one, name).values()) for one in found.values()) for name in ("fields", "exact"))
    wrong = sum(one.wrong_unflagged for one in found.values())
    lines.append(
        f"\n{got} of {asked} fields exact ({100 * got / max(1, asked):.2f} %), {wrong} wrong numbers unflagged"
    )
    for kind, one in found.items():
        for key, texts in sorted(one.misses.items(), key=lambda pair: -len(pair[1])):
            lines.append(f"{kind}.{key}: {len(texts)} of {one.fields[key]} lost")
            lines += [f"    {text}" for text in texts[:misses]]
    return lines

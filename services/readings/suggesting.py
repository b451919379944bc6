"""From papers to the entries of a form. Pure: nothing is filled in here, a person takes a suggestion or not."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from miniprogram_api.pay import fen_to_yuan
from ocr import KINDS
from schemas.api.suggestions import SuggestionView
from services.readings.confirmed_papers import ConfirmedPaper
from services.readings.field_labels import label_of

MOST = 5  # for one entry: more is no help on a phone

PARTIES = (
    "party_a", "party_b", "lender", "borrower", "plaintiff", "defendant", "payer", "payee", "seller", "buyer",
    "principal", "agent", "summoned", "addressee", "company_name", "name", "peer",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a form. ``filled_by``: fields of papers that may say it, the likeliest first."""

    name: str
    filled_by: Sequence[str]
    as_text: bool = True
    longest: int = 4_000
    choices: Sequence[str] = ()


def suggestions(entries: Iterable[Entry], papers: Sequence[ConfirmedPaper]) -> list[SuggestionView]:
    """``papers`` newest first. The same value is suggested once for an entry, from the newest paper that says it."""
    return [one for entry in entries for one in _of_entry(entry, papers)]


def _of_entry(entry: Entry, papers: Sequence[ConfirmedPaper]) -> list[SuggestionView]:
    found: dict[str | int, SuggestionView] = {}
    for paper in papers:
        for field, value in _values(entry, paper.values):
            if len(found) < MOST and value not in found:
                found[value] = _suggestion(entry, paper, field, value)
    return list(found.values())


def _values(entry: Entry, values: Mapping[str, object]) -> Iterator[tuple[str, str | int]]:
    for field in entry.filled_by:
        value = values.get(field)
        if isinstance(value, int) and entry.as_text:
            value = fen_to_yuan(value) if field.endswith("_fen") else str(value)
        if not isinstance(value, str | int) or value == "" or len(str(value)) > entry.longest:
            continue
        if not entry.choices or value in entry.choices:
            yield field, value


def _suggestion(entry: Entry, paper: ConfirmedPaper, field: str, value: str | int) -> SuggestionView:
    return SuggestionView(
        name=entry.name,
        value=value,
        reading_id=paper.reading_id,
        file_id=paper.file_id,
        space_id=paper.space_id,
        kind_label=KINDS[paper.kind],
        field=field,
        field_label=label_of(field),
        confirmed_at=paper.confirmed_at,
        doubtful=field in paper.doubtful,
        draft=paper.draft,
    )

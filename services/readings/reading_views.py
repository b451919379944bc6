"""A reading as somebody is shown it: what was confirmed counts, what they need not see is masked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ocr import KINDS, Field, Line, Reading
from ocr.checks import credit_code_ok, id_number_ok, luhn_ok
from schemas.api.readings import PageView, ReadingFieldView, ReadingLineView, ReadingView
from schemas.documents.readings import ReadingDocument
from schemas.problems import PROBLEMS
from schemas.reading_enums import ReadingKind, ReadingState
from services.masks import masked_number
from services.readings.field_labels import IDENTITY_KINDS, MAIN_FIELDS, is_sensitive, label_of
from services.readings.masking import masked_text, masked_value, without_days

_CHECKS = {
    "id_number": id_number_ok,
    "credit_code": credit_code_ok,
    "buyer_credit_code": credit_code_ok,
    "seller_credit_code": credit_code_ok,
    "card_number": luhn_ok,
}


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks: whether they see everything, and whether their word counts."""

    sees_all: bool
    may_confirm: bool


def value_of(reading: Reading, confirmed: Mapping[str, Any], name: str) -> Any:
    """What counts; None when neither machine nor person gave one."""
    if name in confirmed:
        return confirmed[name]
    return reading.fields[name].value if name in reading.fields else None


def values_of(reading: Reading, confirmed: Mapping[str, Any]) -> dict[str, Any]:
    return {name: field.value for name, field in reading.fields.items()} | dict(confirmed)


def view_of(
    document: ReadingDocument,
    reading: Reading | None,
    confirmed: Mapping[str, Any],
    looker: Looker,
    ahead: int | None = None,
) -> ReadingView:
    error = document.get("error")
    last = document["confirmations"][-1] if document["confirmations"] else None
    shown: dict[str, Any] = {}
    if reading is not None:
        shown = {
            "kind": ReadingKind(reading.kind),
            "kind_label": KINDS[reading.kind],
            "kind_confidence": reading.kind_confidence,
            "fields": field_views(reading, confirmed, looker),
            "missing": missing(reading, confirmed) if looker.may_confirm else {},
            "lines": line_views(reading, confirmed, looker),
            "pages": [PageView(width=page.width, height=page.height) for page in reading.pages],
        }
    return ReadingView(
        id=document["_id"],
        file_id=document["file_id"],
        space_id=document["space_id"],
        state=ReadingState(document["state"]),
        error=error,
        error_text=PROBLEMS[error].title if error else None,
        ahead=ahead,
        may_confirm=looker.may_confirm and document["state"] == ReadingState.DONE,
        may_name=looker.may_confirm and document["state"] in (ReadingState.DONE, ReadingState.FAILED),
        confirmations=len(document["confirmations"]),
        confirmed_at=last["at"] if last else None,
        confirmed_by=last["by"] if last else None,
        created_at=document["created_at"],
        **shown,
    )


def field_views(reading: Reading, confirmed: Mapping[str, Any], looker: Looker) -> dict[str, ReadingFieldView]:
    names = [*reading.fields, *(name for name in confirmed if name not in reading.fields)]
    hidden = None if looker.sees_all else hidden_values(reading, confirmed)
    return {name: _field(reading, name, confirmed, hidden) for name in names}


def missing(reading: Reading, confirmed: Mapping[str, Any]) -> dict[str, str]:
    """What such a paper says, as a rule, and nobody has found on this one, with what it is called."""
    names = MAIN_FIELDS.get(reading.kind, ())
    return {name: label_of(name) for name in names if name not in reading.fields and name not in confirmed}


def hidden_values(reading: Reading, confirmed: Mapping[str, Any]) -> list[str]:
    """What nobody is shown who need not see it, as it was read and as it was put right."""
    values = [*((name, field.value) for name, field in reading.fields.items()), *confirmed.items()]
    return sorted({str(value) for name, value in values if value and is_sensitive(reading.kind, name)})


def _field(reading: Reading, name: str, confirmed: Mapping[str, Any], hidden: list[str] | None) -> ReadingFieldView:
    """``hidden``: None for who sees everything."""
    read = reading.fields.get(name) or Field("", 0.0, False, None, 0)
    hide = hidden is not None and is_sensitive(reading.kind, name)
    agreed = name in confirmed
    value = confirmed.get(name, read.value)
    doubts = _doubts(name, value) if agreed else list(read.reasons)
    return ReadingFieldView(
        label=label_of(name),
        value=_shown(value, hide, hidden),
        read_value=_shown(read.value, hide, hidden) if agreed else None,
        confidence=read.confidence,
        flagged=bool(doubts) if agreed else read.flagged,
        reasons=doubts,
        polygon=None if read.polygon is None else list(read.polygon),
        page=read.page,
        masked=hide,
        confirmed=agreed,
    )


def _shown(value: Any, hide: bool, hidden: list[str] | None) -> Any:
    if hide:
        return masked_number(str(value))
    return value if hidden is None else masked_value(value, hidden)


def _doubts(name: str, value: object) -> list[str]:
    """A person may say what no check digit agrees with; it is kept, and stays marked."""
    check = _CHECKS.get(name)
    return ["check_digit"] if check is not None and value and not check(str(value)) else []


def line_views(reading: Reading, confirmed: Mapping[str, Any], looker: Looker) -> list[ReadingLineView]:
    texts = [line.text for line in reading.lines] if looker.sees_all else masked_lines(reading, confirmed)
    return [_line(line, text) for line, text in zip(reading.lines, texts, strict=True)]


def masked_lines(reading: Reading, confirmed: Mapping[str, Any]) -> list[str]:
    """All lines as they may be shown to, and found by, everybody in the space.

    A line in which a sensitive field was seen says nothing but its first characters: an address is spread over
    several lines, which no replacing of the whole value would find.
    """
    hidden = hidden_values(reading, confirmed)
    places = [
        (f.page, f.polygon) for name, f in reading.fields.items() if f.polygon and is_sensitive(reading.kind, name)
    ]
    texts = []
    for line in reading.lines:
        text = masked_text(line.text, hidden)
        if reading.kind in IDENTITY_KINDS:
            text = without_days(text)
            if any(page == line.page and overlaps(line.polygon, polygon) for page, polygon in places):
                text = "*" * len(line.text)
        texts.append(text)
    return texts


def searchable_text(reading: Reading, confirmed: Mapping[str, Any]) -> str:
    """What the paper can be found by: its kind, its lines, what people put right; numbers of persons are left out."""
    hidden = hidden_values(reading, confirmed)
    own = [v for name, v in confirmed.items() if isinstance(v, str) and not is_sensitive(reading.kind, name)]
    said = [masked_text(value, hidden) for value in own]
    return "\n".join([KINDS[reading.kind], *masked_lines(reading, confirmed), *said])


Polygon = tuple[tuple[float, float], ...] | list[tuple[float, float]]


def overlaps(one: Polygon, other: Polygon) -> bool:
    """Whether the boxes around them meet in more than an edge."""
    (left, top, right, bottom), (l2, t2, r2, b2) = box(one), box(other)
    return min(right, r2) - max(left, l2) > 1 and min(bottom, b2) - max(top, t2) > 0.25 * min(bottom - top, b2 - t2)


def box(polygon: Polygon) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
    return min(xs), min(ys), max(xs), max(ys)


def _line(line: Line, text: str) -> ReadingLineView:
    return ReadingLineView(
        text=text,
        score=round(line.score, 4),
        polygon=list(line.polygon),
        page=line.page,
        uncertain=line.uncertain,
    )

"""Values that many kinds hold: numbers with check digits, dates, amounts, case numbers.

Each as a field with its doubts. Pure.
"""

import re
from collections.abc import Callable, Sequence

from ocr import repairs
from ocr.checks import (
    CASE_NUMBER,
    capital_fen,
    case_number_ok,
    credit_code_ok,
    dates,
    digits_fen,
    id_number_ok,
    luhn_ok,
)
from ocr.kinds.causes import CAUSES
from ocr.kinds.paper import Paper, Seen
from ocr.kinds.shapes import COURT, DATE, only
from ocr.readings import Field

_ALMOST_DATE = r"[\d一二三四五六七八九〇零○OoＯ]{2,4}\s?年[^\s,。;、年]{0,4}月?[^\s,。;、年月]{0,4}日"
_OF_A_COPY = r"(?:打印|下载|查询|扫描|生成|导出|截图|复印|归档)(?:时间|日期|于|日)?[\s:]*"


def id_number(paper: Paper, labelled: Seen | None = None) -> Field | None:
    """What stands beside its label, if that is sound. Else the first of the paper, even over the end of a row.

    A repaired number, or one whose check digit does not fit, is flagged. A sound one further down does not stand in for
    it: it may be somebody else's.
    """
    digits = r"[0-9OoQDIliSsBZzG|]{17}[0-9XxOoIlSBZ|×*]"
    if labelled is not None and id_number_ok(labelled.text.upper()):
        return labelled.field(labelled.text.upper())
    seen = paper.search(rf"(?<![0-9A-Za-z]){digits}(?![0-9A-Za-z])")
    seen = seen or paper.flowing(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])", 0, id_number_ok)
    seen = seen or paper.search(digits)
    return None if seen is None else _repaired(seen, repairs.id_number(seen.text, id_number_ok), id_number_ok)


def credit_code(paper: Paper, start: int = 0, end: int | None = None, labelled: Seen | None = None) -> Field | None:
    if labelled is not None and credit_code_ok(labelled.text.upper()):
        return labelled.field(labelled.text.upper())
    seen = paper.search(r"(?<![0-9A-Za-z])[0-9A-Za-z|]{18}(?![0-9A-Za-z])", 0, start, end)
    return None if seen is None else _repaired(seen, repairs.credit_code(seen.text, credit_code_ok), credit_code_ok)


def id_number_of(paper: Paper, own: Sequence[str], others: Sequence[str], labelled: Seen | None = None) -> Field | None:
    """The number that stands behind the owner's name and not behind another's; flagged where that cannot be told.

    Both are given as the words that mean them: a name, a role.
    """
    shape = r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])"
    text, place = paper.text, paper.seen
    numbers = list(re.finditer(shape, text))
    if not numbers:  # over the end of a row: only sound ones, for digits of two numbers may meet there
        text, place = paper.flow, paper.stretch
        numbers = [match for match in re.finditer(shape, text) if id_number_ok(match[0].upper())]
    if not numbers and labelled is not None:  # in two lines of its cell
        return labelled.field(labelled.text.upper(), "grammar")
    if not numbers:
        return id_number(paper)
    named = {number: _last_named(text[: number.start()], [*own, *others]) for number in numbers}
    mine = [number for number in numbers if named[number] and named[number] in own]
    unknown = [number for number in numbers if not named[number]]
    chosen = [*mine, *unknown, *numbers][0]
    seen = place(chosen.start(), chosen.end())
    if seen is None:
        return None
    number = seen.text.upper()
    told, sound = chosen in mine, id_number_ok(number)
    return seen.field(number, *([] if told else ["grammar"]), *([] if sound else ["check_digit"]))


def _last_named(text: str, names: Sequence[str]) -> str:
    """The one of `names` that stands last in a text; "" for none."""
    solid = "".join(text.split())
    places = {name: solid.rfind(name) for name in names if name}
    last = max(places, key=places.__getitem__, default="")
    return last if last and places[last] >= 0 else ""


def as_credit_code(seen: Seen) -> Field | None:
    """A text that should be one; what is not even as long is flagged as it stands."""
    return _repaired(seen, repairs.credit_code(seen.text, credit_code_ok), credit_code_ok) or seen.field(
        None, "check_digit"
    )


def _repaired(seen: Seen, found: tuple[str, bool] | None, sound: Callable[[str], bool]) -> Field | None:
    if found is None:
        return None
    number, was_repaired = found
    fits = sound(number)
    reasons = ["repaired"] if was_repaired else []
    return seen.field(number, *reasons, *([] if fits else ["check_digit"]))


def card_number(seen: Seen | None) -> Field | None:
    if seen is None:
        return None
    number = re.sub(r"\D", "", seen.text)
    return seen.field(number, *([] if luhn_ok(number) else ["check_digit"]))


def case_number(paper: Paper, labelled: Seen | None = None) -> Field | None:
    """With the brackets that courts write: （2026）京0108民初123号; `labelled` is what stands beside its label."""
    match = CASE_NUMBER.search(labelled.text) if labelled else None
    if labelled is not None and match is not None:
        return labelled.field(written_case_number(match), *([] if case_number_ok(match[0]) else ["grammar"]))
    match = CASE_NUMBER.search(paper.text)
    seen = paper.seen(match.start(), match.end()) if match else None
    if match is not None and seen is not None:
        return seen.field(written_case_number(match), *([] if case_number_ok(match[0]) else ["grammar"]))
    broken = paper.flowing(CASE_NUMBER.pattern)
    if broken is not None and (match := CASE_NUMBER.search(broken.text)):
        return broken.field(written_case_number(match), *([] if case_number_ok(match[0]) else ["grammar"]))
    loose = paper.search(r"[(\[]?\d{4}[)\]][\u4e00-\u9fff]\d{0,4}[\u4e00-\u9fff]{1,5}\d+号")
    return None if loose is None else loose.field(None, "grammar")


def written_case_number(match: re.Match[str]) -> str:
    return f"（{match['year']}）{match['court']}{match['type']}{match['number']}号{match['part'] or ''}"


def date(seen: Seen | None) -> Field | None:
    """As YYYY-MM-DD; None where there is no date that exists."""
    found = dates(seen.text) if seen else []
    return seen.field(found[0]) if seen and found else None


def date_after(paper: Paper, *labels: str) -> Field | None:
    """The date beside the first of `labels` that has one; a speck between them is forgiven."""
    for label in labels:
        field = date(paper.search(label + r"[\s:]*(?:\S{1,2}\s)?(" + DATE + ")", 1))
        if field is not None:
            return field
    return None


def last_date(paper: Paper) -> Field | None:
    """Of a paper that ends with the day on which it was signed. One that is there but cannot be a date is flagged as
    it stands: an earlier date of the text must not stand in for it.
    """
    found = paper.all(rf"{_OF_A_COPY}{DATE}|({DATE}|{_ALMOST_DATE})", 1)
    if not found:
        return None
    return date(found[-1]) or found[-1].field(None, "grammar")


def agreeing(found: Sequence[Seen | None], capitals: Seen | None) -> Seen | None:
    """Of sums in digits the first that agrees with the one in capitals, else the first."""
    seen = [one for one in found if one is not None]
    told = capital_fen(capitals.text) if capitals else None
    return next((one for one in seen if told is not None and digits_fen(one.text) == told), seen[0] if seen else None)


def amount(paper: Paper, digits: Seen | None, capitals: Seen | None) -> Field | None:
    """In fen.

    Where digits and capitals both stand, they must agree; capitals alone or digits alone are taken as they are.
    """
    one = digits_fen(digits.text) if digits else None
    other = capital_fen(capitals.text) if capitals else None
    if digits is not None and one is not None:
        return digits.field(one, *(["mismatch"] if other is not None and other != one else []))
    if capitals is not None and other is not None:
        return capitals.field(other)
    return None


def text(seen: Seen | None, shape: str = "") -> Field | None:
    """As read, without what punctuation clings to it; a text that does not look like `shape` is flagged."""
    if seen is None:
        return None
    value = seen.text.strip(":;,.。、·")
    if not value:
        return None
    return seen.field(as_written(value), *(["grammar"] if shape and not re.fullmatch(shape, value) else []))


def shaped(seen: Seen | None, shape: str) -> Field | None:
    """The part of a text that looks like `shape`: what a stamp leaves at its ends does not. As `text` without one."""
    match = re.search(shape, seen.text) if seen else None
    return text(seen, shape) if seen is None or match is None else seen.field(as_written(match[0]))


def alone(paper: Paper, shape: str) -> Field | None:
    """The only cell of a paper that looks like `shape`, for where a label was not found; flagged, for it is a guess."""
    seen = paper.all(rf"(?<!\S)(?:{shape})(?!\S)")
    return seen[0].field(as_written(seen[0].text), "grammar") if len({found.text for found in seen}) == 1 else None


def guess(seen: Seen | None) -> Field | None:
    """What was told by its look alone; flagged."""
    return seen.field(as_written(seen.text), "grammar") if seen else None


def guessed_date(seen: Seen | None) -> Field | None:
    found = dates(seen.text) if seen else []
    return seen.field(found[0], "grammar") if seen and found else None


def as_written(value: str) -> str:
    """With the full-width punctuation of Chinese, which `plain` took away; numbers keep theirs."""
    wide = re.sub(r"(?<![\dA-Za-z])[,:;?!]|[,:;?!](?![\dA-Za-z])", lambda mark: _WIDE[mark[0]], value)
    return re.sub(r"[()]", lambda mark: _WIDE[mark[0]], wide)


_WIDE = dict(zip(",:;?!()", "，：；？！（）", strict=True))
_KNOWN_CAUSES = "|".join(sorted(CAUSES, key=len, reverse=True))


def sex(paper: Paper) -> Field | None:
    return text(paper.search(r"性\s?别?[\s:]*([男女])(?![\u4e00-\u9fff]{2})", 1))


def kept(**fields: Field | None) -> dict[str, Field]:
    """Those that were found."""
    return {name: field for name, field in fields.items() if field is not None}


def cause(paper: Paper, before: str = "") -> Field | None:
    """The cause of an action in a sentence: ``…与被告王五民间借贷纠纷一案``.

    `before` is a pattern of what stands right before it.
    """
    seen = paper.flowing(rf"({_KNOWN_CAUSES})一案", 1)
    if seen is None and before:
        seen = paper.flowing(rf"{before}([\u4e00-\u9fff、]{{2,24}}?)一案", 1)
    if seen is not None:
        return text(seen)
    loose = paper.flowing(r"([\u4e00-\u9fff、]{2,16}(?:纠纷|争议|责任))一案", 1)
    if loose is None:
        loose = paper.search(rf"(?:^|[\s由:])({_KNOWN_CAUSES})(?!\S)", 1)
    return None if loose is None else loose.field(None, "grammar")


def without_cause(seen: Seen | None) -> Seen | None:
    """A name out of such a sentence, which the cause follows without a break."""
    return only(seen, re.sub(rf"因?(?:{_KNOWN_CAUSES})一案.*", "", seen.text)) if seen else None


def court(paper: Paper) -> Field | None:
    """Its name where it heads the paper or has a cell of its own, else where it is first named."""
    head = paper.search(rf"(?:^|\n)({COURT})(?=\s|$)", 1) or paper.search(rf"(?:^|\s)({COURT})(?=\s|$)", 1)
    return text(head or paper.flowing(COURT))


def sentence(seen: Seen | None) -> Field | None:
    """Running text, with its punctuation."""
    return None if seen is None else seen.field(as_written(seen.text))

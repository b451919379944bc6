"""银行卡. The number must bear its check digit (ISO/IEC 7812-1)."""

from ocr.kinds import values
from ocr.kinds.kind import Kind
from ocr.kinds.paper import Paper, Seen
from ocr.readings import Field

_NUMBER = r"(?<!\d)\d(?:[\s·-]?\d){14,18}(?!\d)"

_FEW_ROWS = 12


def fields(paper: Paper) -> dict[str, Field]:
    until = paper.search(r"(?<!\d)(?:0[1-9]|1[0-2])/\d{2}(?!\d)")
    return values.kept(
        card_number=_number(paper.all(_NUMBER)),
        bank=values.text(paper.search(r"(?:本卡由)?([\u4e00-\u9fff]{2,10}?银行|[\u4e00-\u9fff]{2,8}农村信用社)", 1)),
        valid_to=until.field() if until else None,
    )


def _number(seen: list[Seen]) -> Field | None:
    found = [field for field in map(values.card_number, seen) if field is not None]
    return next((field for field in found if "check_digit" not in field.reasons), found[0] if found else None)


def looks_like_card(paper: Paper) -> bool:
    """A few lines, one of them the number of a card and no more, and the name of a bank."""
    number = _number(paper.all(rf"(?m)^{_NUMBER}$"))
    sound = number is not None and "check_digit" not in number.reasons
    return sound and len(paper.rows) <= _FEW_ROWS and "银行" in paper.flow


KIND = Kind(
    "bank_card",
    {"银联": 3, "UnionPay": 3, "借记卡": 2, "储蓄卡": 2, "信用卡": 2, "VALIDTHRU": 2, "THRU": 1, "银行": 1},
    fields,
)

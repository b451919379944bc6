"""Dates that exist and cannot be right are flagged (F2): a 7 read as a 1, told by what stands beside it."""

from datetime import date

import pytest

from ocr.date_checks import doubted
from ocr.kinds.plugins import extract
from ocr.lines import Line
from ocr.readings import Field, PageInfo

TODAY = date(2026, 11, 22)


def flagged(kind: str, text: str = "", **values: str) -> dict[str, tuple[str, ...]]:
    fields = {name: Field(value, 0.99, False, None, 0) for name, value in values.items()}
    return {name: field.reasons for name, field in doubted(kind, fields, text, TODAY).items() if field.flagged}


def both(*names: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(names, ("mismatch",))


@pytest.mark.parametrize(
    ("kind", "text", "values", "expected"),
    [
        # a weekday beside it: 12 March 2026 is a Thursday
        ("summons", "2026年3月12日(星期四)上午9时", {"appear_at": "2026-03-12T09:00"}, {}),
        ("summons", "2026年3月17日(星期四)上午9时", {"appear_at": "2026-03-17T09:00"}, both("appear_at")),
        ("judgment", "2026年3月12日周天", {"issued_on": "2026-03-12"}, both("issued_on")),
        # order
        ("iou", "", {"signed_on": "2026-01-05", "due_on": "2026-07-05"}, {}),
        ("iou", "", {"signed_on": "2026-07-05", "due_on": "2026-01-05"}, both("signed_on", "due_on")),
        ("summons", "", {"issued_on": "2026-03-12", "appear_at": "2026-03-11T09:00"}, both("issued_on", "appear_at")),
        ("summons", "", {"issued_on": "2026-03-12", "appear_at": "2026-03-12T14:30"}, {}),
        # terms
        ("id_card_back", "", {"valid_from": "2017-03-12", "valid_to": "2037-03-12"}, {}),
        ("id_card_back", "", {"valid_from": "2011-03-12", "valid_to": "2037-03-12"}, both("valid_from", "valid_to")),
        ("id_card_back", "", {"valid_from": "2016-02-29", "valid_to": "2021-02-28"}, {}),
        ("id_card_back", "", {"valid_from": "2017-03-12", "valid_to": "长期"}, {}),
        (
            "contract",
            "租期自2024年7月1日起至2026年6月30日止,共2年",
            {"valid_from": "2024-07-01", "valid_to": "2026-06-30"},
            {},
        ),
        (
            "contract",
            "租期自2024年1月1日起至2026年6月30日止,共2年",
            {"valid_from": "2024-01-01", "valid_to": "2026-06-30"},
            both("valid_from", "valid_to"),
        ),
        (
            "contract",
            "自2026年1月31日至2026年2月28日止,共一个月",
            {"valid_from": "2026-01-31", "valid_to": "2026-02-28"},
            {},
        ),
        (
            "contract",
            "自2025年11月1日至2026年9月30日止,共十一个月",
            {"valid_from": "2025-11-01", "valid_to": "2026-09-30"},
            {},
        ),
        # the same day once more, but for a digit that is easily taken for another
        ("contract", "签订日期2026年7月5日乙方2026年1月5日", {"signed_on": "2026-07-05"}, both("signed_on")),
        ("contract", "签订日期2026年7月5日乙方2026年7月9日", {"signed_on": "2026-07-05"}, {}),
        ("iou", "2026年1月5日借2026年7月5日还", {"signed_on": "2026-01-05", "due_on": "2026-07-05"}, {}),
        # the year in the case number
        ("judgment", "", {"case_number": "（2026）京0108民初123号", "issued_on": "2026-05-01"}, {}),
        ("judgment", "", {"case_number": "（2026）京0108民初123号", "issued_on": "2020-05-01"}, both("issued_on")),
        # the day of reading
        ("bank_receipt", "", {"paid_on": "2026-12-02"}, {}),
        ("bank_receipt", "", {"paid_on": "2027-11-20"}, {"paid_on": ("unlikely",)}),
        ("id_card_front", "", {"birth_date": "1931-05-01"}, {}),
        ("contract", "", {"signed_on": "1926-11-01"}, {"signed_on": ("unlikely",)}),
        ("iou", "", {"signed_on": "2026-11-01", "due_on": "2031-11-01"}, {}),
        # what is no date is left alone
        ("contract", "", {"signed_on": "二〇二六年", "party_a": "2099"}, {}),
    ],
)
def test_what_speaks_against_a_date(
    kind: str, text: str, values: dict[str, str], expected: dict[str, tuple[str, ...]]
) -> None:
    assert flagged(kind, text, **values) == expected


def test_other_doubts_stay() -> None:
    field = Field("2027-11-20", 0.4, True, None, 0, ("low_score", "handwritten"))
    (found,) = doubted("iou", {"signed_on": field}, "", TODAY).values()
    assert found.reasons == ("low_score", "handwritten", "unlikely")
    assert found.confidence == 0.4


def test_a_paper_that_is_taken_apart_is_checked() -> None:
    """On the day that the caller names, and over the end of a line."""
    texts = ("借条", "今借到张三人民币50000元,于2025年1月1日前还清。", "借款人:李四", "2025年7月1日")
    boxes = [((50.0, y), (600.0, y), (600.0, y + 30.0), (50.0, y + 30.0)) for y in (50.0, 120.0, 190.0, 260.0)]
    lines = [Line(text, 0.99, box) for text, box in zip(texts, boxes, strict=True)]
    _, _, fields = extract(lines, [PageInfo(800, 400)], "iou", [], TODAY)
    assert {name for name, field in fields.items() if "mismatch" in field.reasons} == {"signed_on", "due_on"}
    _, _, fields = extract(lines, [PageInfo(800, 400)], "iou", [], date(2024, 1, 1))
    assert "unlikely" not in fields["signed_on"].reasons  # one doubt is enough

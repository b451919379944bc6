"""Fields (F2, C8, B2): out of lines alone, without an engine. What is doubtful is flagged; nothing is invented."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ocr_evaluation.papers import PAPERS, paper
from ocr_evaluation.scoring import same
from ocr_evaluation.sheet import Sheet

from ocr import KINDS, Field, Line, PageInfo
from ocr.kinds.plugins import PLUGINS, extract
from ocr.lines import box

Change = Callable[[str], str]


def lines_of(sheet: Sheet, change: Change = str) -> list[Line]:
    """What a perfect reader would find on a made-up paper."""
    lines = []
    for written in sheet.truth.lines:
        (left, top), _, (right, bottom), _ = written.quad
        lines.append(Line(change(written.text), 0.99, box(left, top, right, bottom)))
    return lines


def fields_of(sheet: Sheet, change: Change = str, kind: str | None = None) -> tuple[str, dict[str, Field]]:
    info = PageInfo(sheet.width, sheet.height)
    name, _, fields = extract(lines_of(sheet, change), [info], kind, [])
    return name, fields


def test_the_list_of_kinds_is_the_contract() -> None:
    assert list(PLUGINS) == list(KINDS)
    assert set(PAPERS) == set(KINDS)


@pytest.mark.parametrize("part", ["fourth", "fifth", "sixth", "seventh"])
def test_layouts_that_were_once_unseen_stay_understood(part: str) -> None:
    """Read without a mistake; what the first reading of each part lost was hardly ever a character (docs/ocr.md)."""
    lost = []
    for kind in KINDS:
        sheet = paper(kind, part, 1)
        name, fields = fields_of(sheet)
        found = {key: field.value for key, field in fields.items()}
        wrong = [key for key, value in sheet.truth.fields.items() if not same(found.get(key), value)]
        lost += [(kind, name, key, found.get(key)) for key in wrong]
    assert lost == []


def before_its_case(field: Field, truth: Mapping[str, Any]) -> bool:
    """The made-up papers draw the year of a case apart from their days, and a day before it is doubted."""
    year = str(truth.get("case_number", ""))[1:5]
    return field.reasons == ("mismatch",) and str(field.value)[:4] < year


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_told_and_taken_apart(kind: str) -> None:
    """Read without a mistake, each field of a paper of the tuning part comes out exactly, and none is flagged.

    The held-out part is for the evaluation alone.
    """
    for number in range(100, 104):
        sheet = paper(kind, "tuning", number)
        name, fields = fields_of(sheet)
        assert name == kind, number
        for field, wanted in sheet.truth.fields.items():
            assert field in fields, (number, field)
            assert same(fields[field].value, wanted), (number, field, fields[field].value, wanted)
            told = fields[field]
            assert not told.flagged or before_its_case(told, sheet.truth.fields), (number, field, told.reasons)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_fields_come_out_of_lines_that_lie_in_any_way(turn: int) -> None:
    """Stored lines are in the pixels of the picture as sent, and can be taken apart again."""
    sheet = paper("summons", "tuning", 7)
    width, height = sheet.width, sheet.height
    moves: dict[int, Callable[[float, float], tuple[float, float]]] = {
        90: lambda x, y: (y, width - x),
        180: lambda x, y: (width - x, height - y),
        270: lambda x, y: (height - y, x),
    }
    lines = []
    for line in lines_of(sheet):
        a, b, c, d = (moves[turn](x, y) for x, y in line.polygon)
        lines.append(replace(line, polygon=(a, b, c, d)))
    size = (width, height) if turn == 180 else (height, width)
    _, _, fields = extract(lines, [PageInfo(*size, turn)], None, [])
    assert same(fields["case_number"].value, sheet.truth.fields["case_number"])
    assert same(fields["appear_at"].value, sheet.truth.fields["appear_at"])
    polygon = fields["case_number"].polygon
    assert polygon is not None
    assert all(0 <= x <= size[0] and 0 <= y <= size[1] for x, y in polygon)


def test_a_field_knows_its_place_within_a_line() -> None:
    line = Line("姓名张三丰", 0.99, box(100, 100, 600, 200))
    _, _, fields = extract(
        [line, Line("公民身份号码11010519491231002X", 0.99, box(100, 300, 900, 400))],
        [PageInfo(1000, 500)],
        "id_card_front",
        [],
    )
    polygon = fields["name"].polygon
    assert polygon is not None
    assert (polygon[0][0], polygon[2][0]) == (300, 600)


def test_a_wrong_check_digit_is_flagged() -> None:
    sheet = paper("id_card_front", "tuning", 3)
    number = str(sheet.truth.fields["id_number"])
    wrong = number[:16] + str((int(number[16]) + 1) % 10) + number[17]
    _, fields = fields_of(sheet, lambda text: wrong if text == number else text)
    assert fields["id_number"].value == wrong
    assert fields["id_number"].flagged
    assert "check_digit" in fields["id_number"].reasons


def test_a_birth_date_that_the_number_denies_flags_both() -> None:
    sheet = paper("id_card_front", "tuning", 3)
    year = str(sheet.truth.fields["birth_date"])[:4]
    _, fields = fields_of(sheet, lambda text: str(int(year) - 1) if text == year else text)
    assert "mismatch" in fields["birth_date"].reasons
    assert "mismatch" in fields["id_number"].reasons


def test_amounts_that_contradict_each_other_are_flagged() -> None:
    for kind in ("contract", "iou", "vat_invoice", "bank_receipt", "fee_notice"):
        sheet = paper(kind, "tuning", 5)
        _, fields = fields_of(sheet, lambda text: text.replace("元整", "元伍角整").replace("分", "角整"))
        assert "mismatch" in fields["amount_fen"].reasons, kind


def test_a_date_that_cannot_be_is_not_replaced_by_another_of_the_text() -> None:
    sheet = paper("judgment", "tuning", 5)
    written = sheet.truth.lines[-2].text
    _, fields = fields_of(sheet, lambda text: "二〇二六年月十三日" if text == written else text)
    assert fields["issued_on"].flagged
    assert fields["issued_on"].reasons == ("grammar",)


def test_low_scores_and_handwriting_are_flagged() -> None:
    sheet = paper("iou", "tuning", 1)
    info = PageInfo(sheet.width, sheet.height)
    for doubtful, reason in ((0.7, "low_score"), (0.99, "handwritten")):
        lines = [replace(line, score=doubtful, handwritten=reason == "handwritten") for line in lines_of(sheet)]
        _, _, fields = extract(lines, [info], None, [])
        assert fields
        assert all(field.flagged and reason in field.reasons for field in fields.values())


def test_the_code_of_an_invoice_counts_before_its_print() -> None:
    sheet = paper("vat_invoice", "tuning", 2)
    wanted = sheet.truth.fields
    number, day = wanted["invoice_number"], wanted["issued_on"].replace("-", "")

    def code(number: str) -> str:
        return f"01,32,{wanted['invoice_code']},{number},{wanted['amount_fen'] / 100:.2f},{day},,AB12"

    spoilt = lines_of(sheet, lambda text: text.replace(number, number[:-1] + "X"))
    _, _, fields = extract(spoilt, [PageInfo(sheet.width, sheet.height)], None, [code(number)])
    assert fields["invoice_number"].value == number
    assert fields["amount_fen"].value == wanted["amount_fen"]
    other_number = str(int(number) ^ 1).zfill(8)
    _, _, other = extract(lines_of(sheet), [PageInfo(sheet.width, sheet.height)], None, [code(other_number)])
    assert other["invoice_number"].value == other_number
    assert other["invoice_number"].reasons == ("mismatch",)
    for strange in ("", "01,32", "https://example.com", "01,32,,,,,,", "01,99,a,b,c,d"):
        extract(lines_of(sheet), [PageInfo(sheet.width, sheet.height)], None, [strange])


def test_what_is_no_known_paper_is_a_page() -> None:
    name, confidence, fields = extract(
        [Line("今天天气很好", 0.99, box(10, 10, 300, 60))], [PageInfo(400, 100)], None, []
    )
    assert (name, fields) == ("page", {})
    assert confidence <= 0.5
    assert extract([], [PageInfo(400, 100)], None, []) == ("page", 0.5, {})
    assert extract([], [], None, [])[0] == "page"


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_every_kind_bears_any_lines(kind: str, data: st.DataObject) -> None:
    """Whatever was read, wherever: fields or none, no exception."""
    words = st.sampled_from(
        [
            "姓名",
            "案号",
            "金额：",
            "2026年2月30日",
            "（2026）京",
            "¥",
            "元整",
            "至",
            "名称",
            "甲方（",
            "12:30",
            "合计",
            "借到",
            "",
            " ",
        ]
    )
    texts = data.draw(st.lists(st.lists(words | st.text(max_size=6), max_size=4).map("".join), max_size=8))
    places = data.draw(
        st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=len(texts), max_size=len(texts))
    )
    lines = [Line(text, 0.95, box(x, y, x + 100, y + 30)) for text, (x, y) in zip(texts, places, strict=True)]
    name, _, fields = extract(lines, [PageInfo(1000, 1000, data.draw(st.sampled_from([0, 90, 180, 270])))], kind, [])
    assert name == kind
    assert all(isinstance(field, Field) for field in fields.values())


def test_a_clock_in_a_chat_belongs_to_no_bubble() -> None:
    """However close it stands under one."""
    lines = [
        Line("李雷", 0.99, box(260, 40, 340, 76)), Line("14:26", 0.99, box(270, 120, 330, 146)),
        Line("钱什么时候还", 0.99, box(60, 180, 300, 212)), Line("14:29", 0.99, box(64, 222, 130, 246)),
        Line("下周一定", 0.99, box(380, 270, 540, 302)), Line("好的", 0.99, box(60, 340, 140, 372)),
    ]  # fmt: skip
    _, _, fields = extract(lines, [PageInfo(600, 1200)], "chat_screenshot", [])
    assert fields["messages"].value == [
        {"speaker": "李雷", "time": "14:26", "text": "钱什么时候还"},
        {"speaker": "我", "time": "14:29", "text": "下周一定"},
        {"speaker": "李雷", "time": "14:29", "text": "好的"},
    ]


def test_a_short_line_in_the_middle_above_the_text_is_its_heading() -> None:
    """Also when it is hardly larger than the text; a short sentence is none."""
    text = [
        Line("兹证明张三自二〇一九年起在我单位工作至今", 0.99, box(50, 100 + 40 * n, 650, 128 + 40 * n))
        for n in range(5)
    ]
    for words, heading in (("离职证明", "离职证明"), ("特此证明。", None)):
        lines = [Line(words, 0.99, box(280, 40, 420, 69)), *text]
        _, _, fields = extract(lines, [PageInfo(700, 1000)], "page", [])
        assert (fields["title"].value if "title" in fields else None) == heading


@pytest.mark.parametrize(
    ("seen", "score", "speaker"), [("郝曙", 0.6, "郝曦"), ("郝曙", 0.99, "郝曙"), ("张大山", 0.6, "张大山")]
)
def test_a_speaker_whose_name_was_read_badly_is_the_peer(seen: str, score: float, speaker: str) -> None:
    lines = [
        Line("郝曦", 0.99, box(260, 40, 340, 76)), Line("14:26", 0.99, box(270, 120, 330, 146)),
        Line(seen, score, box(60, 172, 110, 190)), Line("钱什么时候还", 0.99, box(60, 200, 300, 232)),
        Line("下周一定", 0.99, box(380, 270, 540, 302)),
    ]  # fmt: skip
    _, _, fields = extract(lines, [PageInfo(600, 1200)], "chat_screenshot", [])
    assert isinstance(fields["messages"].value, list)
    assert fields["messages"].value[0] == {"speaker": speaker, "time": "14:26", "text": "钱什么时候还"}


def test_of_ways_to_settle_disputes_the_one_counts_that_was_chosen() -> None:
    """Forms print several; the first one, unflagged, would send a client to the wrong place."""
    written = (
        "房屋租赁合同",
        "争议按下列第（2）种方式解决：",
        "（1）提交长沙仲裁委员会仲裁；",
        "（2）向房屋所在地人民法院提起诉讼。",
    )

    def clause(rows: tuple[str, ...]) -> Field:
        lines = [Line(text, 0.99, box(100, 100 * place, 900, 100 * place + 40)) for place, text in enumerate(rows)]
        return extract(lines, [PageInfo(1000, 1400)], "contract", [])[2]["dispute_clause"]

    assert (clause(written).value, clause(written).flagged) == ("向房屋所在地人民法院提起诉讼", False)
    other = tuple(row.replace("第（2）种", "第（3）种") for row in written)
    assert clause(other).flagged, "the way that was chosen is not to be found"

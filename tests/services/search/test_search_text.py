"""Pure rules of search: what folds alike, what a text is found by, where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.enums import MessageType
from services.search.search_text import Mark, fold, folded, marks, pairs, searchable, terms


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("Straße", "strasse"),
        ("①㈠", "1(一)"),
        ("e\u0301", "é"),
        ("合\u200b同", "合同"),
    ],
)
def test_what_looks_the_same_is_the_same(text: str, same: str) -> None:
    assert fold(text).text == folded(text) == same


@pytest.mark.parametrize("query", ["？", "  ", "\u200b", "——", "🎉"])
def test_a_query_without_letters_asks_for_nothing(query: str) -> None:
    assert terms(query) == []


def test_terms_stand_between_spaces_and_count_once() -> None:
    assert terms("　违约金 违约金 ABC") == ["违约金", "abc"]


def test_runs_of_letters_and_digits_are_cut_into_pairs() -> None:
    assert pairs("合同书, no1第3条。是") == {"合同", "同书", "no", "o1", "1第", "第3", "3条"}


@given(st.text(max_size=60))
def test_the_fast_way_folds_as_the_other_does(text: str) -> None:
    assert folded(text) == fold(text).text


@given(st.text(min_size=1, max_size=60), st.data())
def test_whatever_part_somebody_remembers_is_found(text: str, data: st.DataObject) -> None:
    """No piece of a part is missing from the whole: the index never hides a message."""
    whole = folded(text)
    start = data.draw(st.integers(0, max(0, len(whole) - 1)))
    part = whole[start : start + data.draw(st.integers(1, 10))]
    assert pairs(part) <= pairs(whole)


@given(st.text(min_size=1, max_size=60), st.data())
def test_a_mark_covers_what_was_looked_for(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    wanted = terms(text[start : start + data.draw(st.integers(1, 10))])
    found = marks({"text": text}, wanted) if wanted else None
    units = text.encode("utf-16-le", "surrogatepass")
    for mark in found or ():
        piece = units[2 * mark.start : 2 * (mark.start + mark.length)].decode("utf-16-le", "surrogatepass")
        assert any(term in fold(piece).text for term in wanted)


def test_marks_count_as_javascript_does_and_join_when_they_overlap() -> None:
    fields = {"text": "🎉合同书和合同", "name": "x"}
    assert marks(fields, ["合同", "同书"]) == [Mark("text", 2, 3), Mark("text", 6, 2)]
    assert marks(fields, ["合同", "没有"]) is None
    assert marks({"title": "付款", "text": "一百元"}, ["付款", "百元"]) == [Mark("title", 0, 2), Mark("text", 1, 2)]


def test_only_named_texts_of_a_body_are_found() -> None:
    assert searchable(MessageType.FILE, {"file_id": "f", "name": "合同.pdf", "url": "/x"}) == {"name": "合同.pdf"}
    assert searchable(MessageType.TEXT, {}) == {}  # recalled
    assert searchable(MessageType.RECALL, {"seq": 1}) == {}

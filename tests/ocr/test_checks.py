"""Validators of what stands in papers (F2): each refuses what is nearly right."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ocr_evaluation import facts as made_up

from ocr import checks, repairs

ID_NUMBER = "11010519491231002X"  # the example of GB 11643
CREDIT_CODE = "91350100M000100Y43"  # the example of GB 32100
CARD_NUMBER = "6228480402564890018"


def test_examples_of_the_standards_are_sound() -> None:
    assert checks.id_number_ok(ID_NUMBER)
    assert checks.credit_code_ok(CREDIT_CODE)
    assert checks.luhn_ok(CARD_NUMBER)


@given(st.integers(0, 17), st.sampled_from("0123456789X"))
def test_an_id_number_with_one_wrong_character_is_refused(place: int, other: str) -> None:
    changed = ID_NUMBER[:place] + other + ID_NUMBER[place + 1 :]
    assert checks.id_number_ok(changed) == (changed == ID_NUMBER)


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXYIOSVZ"))
def test_a_credit_code_with_one_wrong_character_is_refused(place: int, other: str) -> None:
    changed = CREDIT_CODE[:place] + other + CREDIT_CODE[place + 1 :]
    assert checks.credit_code_ok(changed) == (changed == CREDIT_CODE)


@pytest.mark.parametrize(
    "number",
    ["", "123", ID_NUMBER.lower(), "110105194913310027", "１１０１０５１９４９１２３１００２Ｘ", ID_NUMBER + "1"],
)
def test_what_is_no_id_number(number: str) -> None:
    assert not checks.id_number_ok(number)


@given(st.text(max_size=30))
def test_validators_bear_any_text(text: str) -> None:
    """None of them raises, whatever a recogniser makes of a paper."""
    for check in (checks.id_number_ok, checks.credit_code_ok, checks.luhn_ok, checks.case_number_ok):
        assert check(text) in (True, False)
    checks.dates(text)
    checks.capital_fen(text)
    checks.digits_fen(text)


@given(st.text(alphabet="零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整正年月日一二三十〇0123456789,.-", max_size=24))
def test_parsers_bear_what_looks_like_numbers(text: str) -> None:
    checks.dates(text)
    checks.capital_fen(text)
    checks.digits_fen(text)


@given(st.integers(1, 10**13))
def test_amounts_in_capitals_come_back(fen: int) -> None:
    assert checks.capital_fen(made_up.capitals(fen)) == fen
    assert checks.digits_fen(made_up.money(fen)) == fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("伍万捌仟元整", 5_800_000),
        ("人民币壹佰贰拾叁元肆角伍分", 12_345),
        ("拾万圆整", 10_000_000),
        ("壹亿零叁拾万元整", 10_030_000_000),
        ("叁仟零伍元零捌分", 300_508),
        ("万元整", None),
        ("五万元", None),
    ],
)
def test_amounts_in_capitals(text: str, fen: int | None) -> None:
    assert checks.capital_fen(text) == fen


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_dates_come_back_in_every_way_of_writing(day: date) -> None:
    for text in (made_up.han_day(day), made_up.written_day(day), f"{day:%Y.%m.%d}", f"{day:%Y-%m-%d}"):
        assert checks.dates(f"于{text}前") == [day.isoformat()]


@pytest.mark.parametrize("text", ["2026年2月30日", "2026-13-01", "二〇二六年十三月一日", "26年1月1日"])
def test_days_that_do_not_exist_are_no_dates(text: str) -> None:
    assert checks.dates(text) == []


@pytest.mark.parametrize(
    ("number", "sound"),
    [
        ("（2026）京0108民初12345号", True),
        ("(2025)最高法民申88号", True),
        ("（2024）沪0115执1201号之一", True),
        ("（2024）兵0103民初7号", True),
        ("（1876）京0108民初1号", False),
        ("（2026）火0108民初1号", False),
        ("2026京0108民初1号", False),
    ],
)
def test_case_numbers(number: str, sound: bool) -> None:
    assert checks.case_number_ok(number) is sound


def test_a_repair_needs_the_check_digit_and_says_so() -> None:
    assert repairs.id_number("11O1O519491231OO2X", checks.id_number_ok) == (ID_NUMBER, True)
    assert repairs.id_number(ID_NUMBER, checks.id_number_ok) == (ID_NUMBER, False)
    number, was_repaired = repairs.id_number("110105194912310O3X", checks.id_number_ok) or ("", True)
    assert not was_repaired
    assert not checks.id_number_ok(number)


def test_a_credit_code_is_repaired_only_where_one_candidate_fits() -> None:
    assert repairs.credit_code("9135O1OOM000100Y43", checks.credit_code_ok) == (CREDIT_CODE, True)
    assert repairs.credit_code("no code here", checks.credit_code_ok) is None


def test_made_up_numbers_are_sound() -> None:
    """The generator of the evaluation computes its check digits by itself."""
    facts = made_up.Facts("checks")
    for _ in range(200):
        assert checks.id_number_ok(facts.person().id_number)
        assert checks.credit_code_ok(facts.company().credit_code)
        assert checks.luhn_ok(facts.card_number())
        assert re.fullmatch(r"（\d{4}）.+号", facts.case_number(facts.court()[1]))


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("12,463.00", 1_246_300),
        ("6.646.00元", 664_600),
        ("1.234.567.00", 123_456_700),
        ("463.00", 46_300),
        ("1.234", None),
    ],
)
def test_sums_whose_commas_were_read_as_stops(text: str, fen: int | None) -> None:
    """Their last two digits tell; without them 1.234 may be anything."""
    assert checks.digits_fen(text) == fen

"""The limits of template fields."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniprogram_api.template_fields import FieldError, check, fit, fit_all, kind_of

LAWFUL = [
    ("thing", "字" * 20),
    ("thing", "¥1 a-b，！"),
    ("number", "12345678901234567890123456789012"),
    ("number", "-3.5"),
    ("letter", "Abc"),
    ("symbol", "%&*"),
    ("character_string", "CS-2026_11#1"),
    ("time", "15:01"),
    ("time", "2019年10月1日 15:01"),
    ("time", "2019年10月1日 15:01~16:00"),
    ("date", "2019年10月1日"),
    ("date", "2018-01-01"),
    ("date", "2019年10月1日 15:01~2019年10月2日"),
    ("amount", "¥299.00"),
    ("amount", "100元"),
    ("phone_number", "+86-0766-66888866"),
    ("car_number", "粤A8Z888挂"),
    ("name", "张三丰"),
    ("name", "Zhang-San"),
    ("phrase", "配送中"),
]
UNLAWFUL = [
    ("thing", "字" * 21, "too_long"),
    ("thing", "😀" * 11, "too_long"),
    ("thing", "  ", "empty"),
    ("thing", "a\nb", "control"),
    ("number", "12a", "format"),
    ("number", "1" * 33, "too_long"),
    ("letter", "a1", "format"),
    ("symbol", "%%%%%%", "too_long"),
    ("symbol", "a", "format"),
    ("character_string", "订单1", "format"),
    ("character_string", "x" * 33, "too_long"),
    ("time", "25:00", "format"),
    ("time", "下午三点", "format"),
    ("date", "明天", "format"),
    ("amount", "¥12345678901", "format"),
    ("amount", "免费", "format"),
    ("phone_number", "1" * 18, "too_long"),
    ("car_number", "粤A8Z8888888", "too_long"),
    ("name", "张三丰张三丰张三丰张三", "too_long"),
    ("name", "a" * 21, "too_long"),
    ("name", "张3", "format"),
    ("phrase", "正在配送途中", "too_long"),
    ("phrase", "paid", "format"),
    ("colour", "red", "unknown_kind"),
]


@pytest.mark.parametrize(("kind", "value"), LAWFUL)
def test_lawful_values_pass_and_stay(kind: str, value: str) -> None:
    check(kind, value)
    assert fit(kind, value) == value


@pytest.mark.parametrize(("kind", "value", "reason"), UNLAWFUL)
def test_unlawful_values_are_named(kind: str, value: str, reason: str) -> None:
    with pytest.raises(FieldError) as caught:
        check(kind, value)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("kind", "value", "fitted"),
    [
        ("thing", "一二三四五六七八九十一二三四五六七八九十一", "一二三四五六七八九十一二三四五六七八九…"),
        ("thing", " 两\n 行 ", "两 行"),
        ("thing", "😀" * 15, "😀" * 9 + "…"),
        ("character_string", "订单CS-1", "CS-1"),
        ("phrase", "已支付 (paid) 待受理", "已支付待受"),
        ("name", "李 律师2", "李律师"),
        ("name", "Christopher Alexander Montgomery", "ChristopherAlexander"),
        ("amount", 29900, "¥299.00"),
        ("amount", 5, "¥0.05"),
        ("date", date(2026, 1, 2), "2026年1月2日"),
        ("time", datetime(2026, 11, 21, 9, 5), "2026年11月21日 09:05"),  # noqa: DTZ001 - the reader's own clock
    ],
)
def test_values_are_made_lawful(kind: str, value: str | int | date, fitted: str) -> None:
    assert fit(kind, value) == fitted


@given(st.sampled_from(["thing", "name", "phrase", "character_string"]), st.text(max_size=80))
def test_whatever_fits_is_lawful(kind: str, text: str) -> None:
    try:
        fitted = fit(kind, text)
    except FieldError as error:
        # Nothing sensible was in it: nothing at all, or for names and phrases no letter of the right kind.
        assert error.reason in ("empty", "format")  # noqa: PT017
        return
    check(kind, fitted)


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Z")), min_size=1, max_size=300))
def test_a_thing_can_always_be_made_of_a_text(text: str) -> None:
    assert fit("thing", text)


def test_field_names_carry_the_kind() -> None:
    assert kind_of("character_string12") == "character_string"
    for name in ("thing", "colour1", ""):
        with pytest.raises(FieldError):
            kind_of(name)
    assert fit_all({"thing1": "x" * 30, "amount2": 100}) == {"thing1": "x" * 19 + "…", "amount2": "¥1.00"}

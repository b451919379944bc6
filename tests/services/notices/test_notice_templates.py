"""Pure rules: which template a notice takes, and that its fields are lawful (J1, J2)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniprogram_api.sandbox.credentials import SUBSCRIBE_TEMPLATES
from miniprogram_api.template_fields import check, kind_of
from schemas.enums import NoticeKind
from services.notices.notice_templates import STATUS, TEMPLATE_OF, TEMPLATES, MissingValueError, fill, page_of

AT = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)  # half past midnight of the 22nd in China
VALUES = {
    "case": "合同审查",
    "sender": "律师",
    "number": "CS20261121001",
    "service": "合同审查",
    "amount_fen": "19900",
}


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_fills_its_template(kind: NoticeKind) -> None:
    """J2: each step has a notice, and WeChat takes every field of it."""
    data = fill(kind, VALUES, "律师 回复了您，请查看", AT)
    assert tuple(data) == SUBSCRIBE_TEMPLATES[TEMPLATE_OF[kind]]
    for name, value in data.items():
        check(kind_of(name), value)


def test_the_fields_are_what_the_reader_expects() -> None:
    assert fill(NoticeKind.ORDER_PAID, VALUES, "", AT) == {
        "character_string1": "CS20261121001",
        "amount2": "¥199.00",
        "thing3": "合同审查",
        "time4": "2026年11月22日 00:30",
    }
    assert fill(NoticeKind.ORDER_DECLINED, VALUES, "", AT)["phrase2"] == "重新分配中"
    assert fill(NoticeKind.ORDER_DECLINED, {**VALUES, "status": "改派中"}, "", AT)["phrase2"] == "改派中"
    assert fill(NoticeKind.MESSAGE_UNREAD, VALUES, "律师 回复了您，请查看", AT) == {
        "thing1": "合同审查",
        "name2": "律师",
        "thing3": "律师 回复了您，请查看",
        "time4": "2026年11月22日 00:30",
    }


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (NoticeKind.ORDER_PAID, {"amount_fen": "a lot"}),
        (NoticeKind.ORDER_PAID, {"number": "订单"}),
        (NoticeKind.ORDER_ACCEPTED, {"service": " "}),
        (NoticeKind.MESSAGE_UNREAD, {"case": ""}),
    ],
)
def test_a_value_that_no_field_takes_is_named(kind: NoticeKind, change: dict[str, str]) -> None:
    with pytest.raises(MissingValueError, match=kind):
        fill(kind, {**VALUES, **change}, "正文", AT)


@pytest.mark.parametrize("name", ["number", "service", "amount_fen"])
def test_a_missing_value_is_named(name: str) -> None:
    values = {key: value for key, value in VALUES.items() if key != name}
    with pytest.raises(MissingValueError, match=name):
        fill(NoticeKind.ORDER_PAID, values, "正文", AT)


@given(case=st.text(max_size=60), text=st.text(max_size=60), number=st.text(max_size=60))
def test_whatever_is_told_is_lawful_or_refused(case: str, text: str, number: str) -> None:
    """A notice that WeChat would refuse (47003) is found out when it is written, not when it is sent."""
    for kind in (NoticeKind.MESSAGE_UNREAD, NoticeKind.ORDER_ACCEPTED):
        try:
            data = fill(kind, {**VALUES, "case": case, "number": number}, text, AT)
        except MissingValueError:
            continue
        for name, value in data.items():
            check(kind_of(name), value)


def test_tables_agree() -> None:
    assert set(TEMPLATE_OF) == set(NoticeKind)
    assert set(TEMPLATE_OF.values()) == set(TEMPLATES)
    assert all(len(status) <= 5 for status in STATUS.values())


def test_the_page_carries_the_link() -> None:
    assert page_of("/spaces/abc?x=1") == "pages/index/index?to=%2Fspaces%2Fabc%3Fx%3D1"

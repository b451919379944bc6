"""Pure rules: which template a notice takes, and that its fields are lawful (J1, J2)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniprogram_api.sandbox.credentials import SUBSCRIBE_TEMPLATES
from miniprogram_api.template_fields import check, kind_of
from schemas.enums import NoticeChannel, NoticeKind
from services.notices.notice_table import TABLE
from services.notices.notice_templates import TEMPLATES, MissingValueError, fill, gathered_fields, page_of
from services.orders.order_news import NEWS

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
    data = fill(kind, VALUES, "律师回复了您，请查看", AT)
    assert tuple(data) == SUBSCRIBE_TEMPLATES[TABLE[kind].template]
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
    assert fill(NoticeKind.MESSAGE_UNREAD, VALUES, "律师回复了您，请查看", AT) == {
        "thing1": "合同审查",
        "name2": "律师",
        "thing3": "律师回复了您，请查看",
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
    assert set(TABLE) == set(NoticeKind)
    assert {rule.template for rule in TABLE.values()} == set(TEMPLATES)
    assert all(len(rule.status) <= 5 for rule in TABLE.values())


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_message_for_many_is_lawful_too(kind: NoticeKind) -> None:
    for count in (2, 99_999):
        for name, value in gathered_fields(kind, fill(kind, VALUES, "正文", AT), count).items():
            check(kind_of(name), value)


def test_the_orders_news_go_to_whom_the_table_names() -> None:
    """J2: texts and table agree on the audience of each step."""
    for news in NEWS.values():
        assert {told.to for told in news.told} <= TABLE[news.kind].told, news.kind
    for kind, rule in TABLE.items():
        spoken = {told.to for news in NEWS.values() if news.kind is kind for told in news.told}
        assert not spoken or spoken == rule.told, kind


def test_steps_grow_later_and_name_each_way_once() -> None:
    for kind, rule in TABLE.items():
        assert rule.steps[0].after.total_seconds() == 0, kind
        assert sorted(rule.steps, key=lambda step: step.after) == list(rule.steps)
        ways = [way for step in rule.steps for way in step.ways]
        assert len(set(ways)) == len(ways), kind
        assert (NoticeChannel.CALL in ways) <= rule.urgent, "nobody is rung for what can wait"


def test_the_page_carries_the_link() -> None:
    assert page_of("/spaces/abc?x=1") == "pages/index/index?to=%2Fspaces%2Fabc%3Fx%3D1"

"""Pure parts of the mini-program's doors: signatures by official vectors, verdicts, windows, times."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from miniprogram_api.content import read_verdict
from miniprogram_api.customer import window_fault
from miniprogram_api.errors import WeChatError
from miniprogram_api.push import PushEvent
from miniprogram_api.shipping import upload_time
from miniprogram_api.voip import room_pass, room_signature

APPID, GROUP, NONCE, STAMP = "wx20afc706a711eefc", "1559129713_672975982", "8AP6DT9ybtniUJfb", 1559129714
SESSION_KEY = "gDyVgzwa0mFz9uUP7M6GQQ=="


def test_the_vendors_own_example_of_a_room_signature() -> None:
    expected = "b002b824688dd8593a6079e11d8c5e8734fbcb39a6d5906eb347bfbcad79c617"
    assert room_signature(APPID, GROUP, NONCE, STAMP, SESSION_KEY) == expected


def test_a_pass_is_fresh_and_hides_its_signature() -> None:
    first, second = room_pass(APPID, GROUP, SESSION_KEY, now=STAMP), room_pass(APPID, GROUP, SESSION_KEY, now=STAMP)
    assert first.nonce_str != second.nonce_str
    assert first.signature == room_signature(APPID, GROUP, first.nonce_str, STAMP, SESSION_KEY)
    assert first.signature not in repr(first)


@pytest.mark.parametrize("label", [100, "100", " 100"])
def test_a_label_may_be_a_text(label: object) -> None:
    verdict = read_verdict({"trace_id": "t", "result": {"suggest": "pass", "label": label}})
    assert verdict is not None
    assert (verdict.suggestion, verdict.label, verdict.fine) == ("pass", 100, True)


@pytest.mark.parametrize(
    "result", [None, [], {}, {"suggest": "fine", "label": 1}, {"suggest": "pass"}, {"suggest": "pass", "label": "x"}]
)
def test_half_a_verdict_is_none(result: object) -> None:
    assert read_verdict({"result": result}) is None


def event(name: str, **data: Any) -> PushEvent:
    return PushEvent("k", None, name, "o", datetime.now(UTC), data)


def test_media_verdicts_are_read_from_the_event_only() -> None:
    data = {"trace_id": "t1", "errcode": 0, "result": {"suggest": "risky", "label": "20002"}}
    got = event("wxa_media_check", **data).media_verdict()
    assert got is not None
    assert got.verdict is not None
    assert (got.trace_id, got.verdict.suggestion, got.verdict.label) == ("t1", "risky", 20002)
    assert event("text", **data).media_verdict() is None
    assert event("wxa_media_check", errcode=0).media_verdict() is None
    failed = event("wxa_media_check", **{**data, "errcode": "-1008"}).media_verdict()
    assert failed is not None
    assert (failed.verdict, failed.errcode) == (None, -1008)


def test_what_opens_a_window() -> None:
    assert event("text").opens_window() == (5, 172800)
    assert event("user_enter_tempsession").opens_window() == (2, 60)
    assert event("subscribe_msg_popup_event").opens_window() is None


def test_a_settlement_counts_once_it_is_settled() -> None:
    name = "trade_manage_order_settlement"
    assert event(name, transaction_id="42", settlement_time=1).settled_payment() == "42"
    assert event(name, transaction_id="42").settled_payment() is None
    assert event("text", transaction_id="42", settlement_time=1).settled_payment() is None


def test_window_faults_are_told_apart() -> None:
    faults = {code: window_fault(WeChatError("custom_send", code, "", False)) for code in (45015, 45047, 48001)}
    assert faults == {45015: "closed", 45047: "used_up", 48001: None}


def test_times_of_delivery() -> None:
    china = timezone(timedelta(hours=8))
    assert upload_time(datetime(2026, 11, 21, 19, 16, 0, tzinfo=china)) == "2026-11-21T19:16:00.000+08:00"
    with pytest.raises(ValueError, match="zone"):
        upload_time(datetime(2026, 11, 21))  # noqa: DTZ001 - the point of the test

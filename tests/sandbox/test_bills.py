"""Bills of the sandbox, fetched and read by the shipping client."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wechatpayv3.core import Core

from miniprogram_api.errors import BillError, PayError
from miniprogram_api.pay import BillClient
from miniprogram_api.pay.bill_rows import read_trade_bill
from miniprogram_api.pay.bills import unpack
from miniprogram_api.sandbox.books import months_before
from miniprogram_api.sandbox.funds import fee
from tests.patience import until
from tests.sandbox.playground import Playground, refusal

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)


async def at(play: Playground, moment: datetime) -> None:
    await play.control("POST", "clock", {"now": moment.isoformat()})


async def next_morning(play: Playground) -> None:
    await play.control("POST", "clock", {"next_morning": True})


async def pay(play: Playground, number: str = "order00001", fen: int = 29900, **values: Any) -> str:
    """A paid order; its transaction_id."""
    await play.order(number, fen, **values)
    paid = await play.control("POST", f"payments/{number}/pay", {"times": 0})
    return str(paid["transaction_id"])


async def refund(play: Playground, fen: int, number: str = "refund0001", total: int = 29900) -> None:
    await play.pay.refund(
        out_trade_no="order00001", out_refund_no=number, refund_fen=fen, total_fen=total, reason="服务取消"
    )


async def refunded(play: Playground, number: str = "refund0001") -> None:
    def done() -> bool:
        row = play.world.till.find_refund(number)
        return row is not None and row["status"] != "PROCESSING"

    await until(done)


def bills(play: Playground) -> BillClient:
    return BillClient(play.pay.door)


async def test_a_day_of_trades_and_funds(play: Playground) -> None:
    await at(play, NOON)
    paid = await pay(play, description="咨询,合同,`审查", attach="space")
    await pay(play, "order00002", 1)
    await refund(play, 10000)
    await refunded(play)
    await next_morning(play)
    trades = await bills(play).trades(DAY)
    assert [(row.out_trade_no, row.is_refund, row.total_fen, row.refund_fen) for row in trades.rows] == [
        ("order00001", False, 29900, 0),
        ("order00002", False, 1, 0),
        ("order00001", True, 0, 10000),
    ]
    first, _, back = trades.rows
    assert (first.transaction_id, first.description, first.fee_fen) == (paid, "咨询,合同,审查", 179)
    assert (back.out_refund_no, back.refund_status, back.fee_fen) == ("refund0001", "SUCCESS", fee(19900) - fee(29900))
    assert (trades.summary.count, trades.summary.total_fen, trades.summary.refund_fen) == (3, 29901, 10000)
    assert len(trades.sha1) == 40
    funds = await bills(play).funds(DAY)
    assert [(row.incoming, row.amount_fen, row.kind) for row in funds.rows] == [
        (True, 29900, "交易"),
        (False, 179, "扣除交易手续费"),
        (True, 1, "交易"),
        (False, 9940, "退款"),
    ]
    assert funds.rows[-1].balance_fen == funds.summary.incoming_fen - funds.summary.outgoing_fen
    assert {row.is_refund for row in (await bills(play).trades(DAY, "REFUND")).rows} == {True}
    assert {row.is_refund for row in (await bills(play).trades(DAY, "SUCCESS")).rows} == {False}


async def test_a_day_without_traffic_is_an_empty_bill(play: Playground) -> None:
    await at(play, NOON + timedelta(days=1))
    for bill in (await bills(play).trades(DAY), await bills(play).funds(DAY)):
        assert (bill.rows, bill.summary.count, bill.sha1) == ((), 0, "")
    # A gateway that says so without a signature is not believed.
    await play.control("POST", "faults", {"endpoint": "tradebill", "errcode": "NO_STATEMENT_EXIST", "tamper": True})
    assert (await refusal(bills(play).trades(DAY))).reason == "answer_unverified"


async def test_bills_have_their_hours_and_end_after_three_months(play: Playground) -> None:
    await at(play, NOON)
    await pay(play)
    assert (await refusal(bills(play).trades(DAY))).pay_code == "INVALID_REQUEST"
    await at(play, datetime(2026, 11, 21, 1, 59, tzinfo=UTC))
    early = await refusal(bills(play).trades(DAY))
    assert (early.reason, early.retryable) == ("statement_pending", True)
    await at(play, datetime(2026, 11, 21, 2, 0, tzinfo=UTC))
    assert (await bills(play).trades(DAY)).summary.count == 1
    await at(play, datetime(2027, 2, 20, 2, 0, tzinfo=UTC))
    assert (await bills(play).trades(DAY)).summary.count == 1
    await at(play, datetime(2027, 2, 21, 2, 0, tzinfo=UTC))
    assert (await refusal(bills(play).trades(DAY))).pay_code == "INVALID_REQUEST"


def test_threemonths_before_the_end_of_may() -> None:
    assert months_before(date(2027, 5, 31), 3) == date(2027, 2, 28)
    assert months_before(date(2027, 2, 10), 3) == date(2026, 11, 10)


async def test_a_refund_is_in_the_bill_of_its_own_day(play: Playground) -> None:
    await at(play, NOON)
    await pay(play)
    await at(play, NOON + timedelta(days=1))
    await refund(play, 29900)
    play.world.clock.advance(2 * 86400)
    await refunded(play)
    assert [row.is_refund for row in (await bills(play).trades(DAY)).rows] == [False]
    (row,) = (await bills(play).trades(DAY + timedelta(days=1))).rows
    # Written on that day: what happened to the refund later is not in it, the money moved two days on.
    assert (row.is_refund, row.refund_status) == (True, "PROCESSING")
    assert (await bills(play).funds(DAY + timedelta(days=1))).rows == ()
    await next_morning(play)
    (moved,) = (await bills(play).funds(DAY + timedelta(days=3))).rows
    assert (moved.incoming, moved.amount_fen, moved.note) == (False, 29721, "退款总金额299.00元;含手续费1.79元")


async def test_a_file_that_is_not_what_was_promised_is_refused(play: Playground) -> None:
    await at(play, NOON)
    await pay(play)
    await next_morning(play)
    await play.control("POST", "faults", {"endpoint": "bill_download", "tamper": True, "times": 1})
    with pytest.raises(BillError, match="hash_mismatch"):
        await bills(play).trades(DAY)
    await play.control("POST", "faults", {"endpoint": "bill_download", "status": 502, "times": 1})
    assert (await bills(play).trades(DAY)).summary.count == 1
    await play.control("POST", "faults", {"endpoint": "bill_download", "errcode": "NO_AUTH", "times": 1})
    assert not (await refusal(bills(play).trades(DAY))).verified


async def test_a_link_ends_and_wants_a_signature(play: Playground) -> None:
    with pytest.raises(PayError) as caught:
        await play.pay.door.download("bill_download", "https://elsewhere.example/v3/billdownload/file?token=x")
    assert (caught.value.pay_code, caught.value.verified) == ("INVALID_REQUEST", False)
    response = await play.fetch("GET", "/v3/billdownload/file?token=x", headers={"Accept": "*/*", "User-Agent": "t"})
    assert response.code == 401


async def test_a_tester_can_make_the_bill_differ(play: Playground) -> None:
    await at(play, NOON)
    for number in ("order00001", "order00002", "order00003"):
        await pay(play, number, 1000)
    edits: list[dict[str, Any]] = [
        {"action": "drop", "number": "order00001"},
        {"action": "double", "number": "order00002"},
        {"action": "amount", "number": "order00003", "fen": 999},
        {"action": "add", "number": "unknown0001", "fen": 500, "day": DAY.isoformat()},
    ]
    for edit in edits:
        await play.control("POST", "bill-edits", edit)
    await next_morning(play)
    rows = (await bills(play).trades(DAY)).rows
    assert sorted((row.out_trade_no, row.total_fen) for row in rows) == [
        ("order00002", 1000),
        ("order00002", 1000),
        ("order00003", 999),
        ("unknown0001", 500),
    ]
    await play.control("DELETE", "bill-edits")
    assert len((await bills(play).trades(DAY)).rows) == 3
    response = await play.fetch("POST", "/control/bill-edits", {"action": "add", "number": "x", "fen": 1})
    assert response.code == 400


async def test_odd_requests_for_bills(play: Playground) -> None:
    await play.user()
    for query in (
        "x=1",
        "bill_date=2026-13-01",
        "bill_date=2026-11-20&bill_type=X",
        "bill_date=2026-11-20&tar_type=ZIP",
    ):
        error = await refusal(play.pay.door.call("bill_trades", "GET", f"/v3/bill/tradebill?{query}", None, str))
        assert error.pay_code == "PARAM_ERROR"


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 10**7), st.integers(0, 100)), min_size=1, max_size=6), st.randoms())
async def test_any_days_bills_add_up(play: Playground, orders: list[tuple[int, int]], chance: Any) -> None:
    """Whatever was paid and refunded: both bills are lawful, and the account holds what is left of it."""
    play.world.state.run("delete from prepays")
    play.world.state.run("delete from refunds")
    play.world.till.refund_gap = 0
    await at(play, NOON)
    openid, left = await play.user(), 0
    for index, (fen, percent) in enumerate(orders):
        number = f"order{index:05d}"
        await pay(play, number, fen, openid=openid)
        refund_fen = fen * percent // 100
        left += fen - refund_fen
        parts = {refund_fen} if chance.random() < 0.5 else {refund_fen // 2, refund_fen - refund_fen // 2}
        for turn, part in enumerate(sorted(parts) if sum(parts) == refund_fen else [refund_fen]):
            if part:
                values = {"refund": part, "total": fen, "currency": "CNY"}
                body = {"out_trade_no": number, "out_refund_no": f"r{index}-{turn}", "amount": values}
                play.world.till.refund(body)
                play.world.till.finish_refund(f"r{index}-{turn}")
    await next_morning(play)
    trades, funds = await bills(play).trades(DAY), await bills(play).funds(DAY)
    assert trades.summary.total_fen - trades.summary.refund_fen == left
    assert funds.summary.incoming_fen - funds.summary.outgoing_fen == left - trades.summary.fee_fen
    assert funds.rows[-1].balance_fen == left - trades.summary.fee_fen


async def test_another_implementation_gets_the_same_bill(play: Playground) -> None:
    await at(play, NOON)
    await pay(play)
    await next_morning(play)
    await play.control("POST", "config", {"sign_with": "public_key"})
    core = Core(
        mchid=play.credentials.mchid,
        cert_serial_no=play.credentials.merchant_serial,
        private_key=play.credentials.merchant_key_pem,
        apiv3_key=play.credentials.api_v3_key,
        public_key=play.credentials.public_key_pem,
        public_key_id=play.credentials.public_key_id,
    )
    core._gate_way = play.url
    path = f"/v3/bill/tradebill?bill_date={DAY}&bill_type=ALL&tar_type=GZIP"
    status, text = await asyncio.to_thread(core.request, path)
    assert status == 200
    link = json.loads(text)
    target = link["download_url"].removeprefix(play.url)
    status, content = await asyncio.to_thread(lambda: core.request(target, skip_verify=True))
    assert status == 200
    assert isinstance(content, bytes)
    assert read_trade_bill(unpack(content))[0] == (await bills(play).trades(DAY)).rows

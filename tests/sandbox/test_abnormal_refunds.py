"""Refunds that end otherwise than well, and the limits of refunds."""

from typing import Any

from miniprogram_api.pay import (
    BankCard,
)
from tests.patience import until
from tests.sandbox.playground import Playground, refusal


async def abnormal(play: Playground) -> Any:
    await play.order()
    await play.control("POST", "payments/order00001/pay", {"times": 0})
    await play.control("POST", "rules", {"refunds_end": "ABNORMAL"})
    accepted = await play.pay.refund(
        out_trade_no="order00001",
        out_refund_no="R1",
        refund_fen=100,
        total_fen=29900,
        reason="取消",
        notify_url=play.notify_url,
    )
    (received,) = await play.product.wait_for(1)
    notice = play.notifications.refund(received.headers, received.body)
    assert (notice.event_type, notice.refund.abnormal) == ("REFUND.ABNORMAL", True)
    assert (await play.pay.query("order00001")).trade_state == "SUCCESS"
    await play.control("POST", "rules", {"refunds_end": "SUCCESS"})
    return accepted


async def test_an_abnormal_refund_is_sent_another_way(play: Playground) -> None:
    card = BankCard("ICBC_DEBIT", "6222020000000000000", "张三")
    accepted = await abnormal(play)
    again = await play.pay.apply_abnormal_refund(accepted.refund_id, "R1", card)
    assert (again.status, again.refund_id) == ("PROCESSING", accepted.refund_id)
    received = await play.product.wait_for(2)
    notices = [play.notifications.refund(item.headers, item.body) for item in received]
    assert notices[1].event_type == "REFUND.SUCCESS"
    assert notices[0].event_id != notices[1].event_id
    assert (await play.pay.query_refund("R1")).status == "SUCCESS"
    assert (await refusal(play.pay.apply_abnormal_refund(accepted.refund_id, "R1", card))).pay_code == "INVALID_REQUEST"
    assert (await refusal(play.pay.apply_abnormal_refund("503", "R1", card))).reason == "refund_not_found"
    assert "6222" not in repr(card)


async def test_a_bank_that_cannot_take_it(play: Playground) -> None:
    accepted = await abnormal(play)
    card = BankCard("XYZ_DEBIT", "6222020000000000000", "张三")
    error = await refusal(play.pay.apply_abnormal_refund(accepted.refund_id, "R1", card))
    assert error.pay_code == "PARAM_ERROR"


async def test_a_closed_refund_gives_the_amount_free(play: Playground) -> None:
    await play.order()
    await play.control("POST", "payments/order00001/pay", {"times": 0})
    await play.control("POST", "rules", {"refunds_end": "CLOSED", "refund_gap_seconds": 0})
    values = {"out_trade_no": "order00001", "refund_fen": 29900, "total_fen": 29900, "reason": "取消"}
    await play.pay.refund(**values, out_refund_no="R1")  # type: ignore[arg-type]
    await until(lambda: play.world.till.refunds()[0]["status"] == "CLOSED")
    await play.control("POST", "rules", {"refunds_end": "SUCCESS"})
    await play.pay.refund(**values, out_refund_no="R2")  # type: ignore[arg-type]


async def test_fifty_refunds_and_a_year_are_the_end(play: Playground) -> None:
    await play.order()
    await play.control("POST", "payments/order00001/pay", {"times": 0})
    play.world.till.refund_gap = 0
    values = {"refund": 1, "total": 29900, "currency": "CNY"}
    for index in range(50):
        play.world.till.refund({"out_trade_no": "order00001", "out_refund_no": f"R{index}", "amount": values})
    one = {"out_trade_no": "order00001", "refund_fen": 1, "total_fen": 29900, "reason": "取消"}
    assert (await refusal(play.pay.refund(**one, out_refund_no="R50"))).pay_code == "INVALID_REQUEST"  # type: ignore[arg-type]
    await play.order("order00002")
    await play.control("POST", "payments/order00002/pay", {"times": 0})
    await play.control("POST", "clock", {"advance_seconds": 365 * 86400 + 60})
    late = {**one, "out_trade_no": "order00002"}
    assert (await refusal(play.pay.refund(**late, out_refund_no="R51"))).pay_code == "INVALID_REQUEST"  # type: ignore[arg-type]

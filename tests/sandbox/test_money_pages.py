"""The pages that watch and steer money, and the day that they move."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from miniprogram_api.sandbox.clock import Clock
from miniprogram_api.sandbox.pages_money import fen_of
from tests.patience import until
from tests.sandbox.playground import Playground
from tests.sandbox.test_payouts import paid


async def press(play: Playground, page: str, **values: str) -> Any:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return await play.fetch("POST", page, urlencode(values).encode(), headers=headers, follow_redirects=False)


async def shown(play: Playground, page: str) -> str:
    response = await play.fetch("GET", page)
    assert response.code == 200
    assert 'href="/' not in response.body.decode()
    return str(response.body.decode())


async def test_a_payment_is_watched_refunded_and_told_again(play: Playground) -> None:
    await play.order(description="<b>咨询</b>")
    before = await shown(play, "/orders/order00001")
    assert "去支付" in before
    assert "<b>咨询" not in before
    await play.control("POST", "payments/order00001/pay", {"wait": True})
    page = await shown(play, "/orders/order00001")
    for text in ("已支付", "支付通知", "重发通知", "退款（元）", 'value="299.00"', "可用"):
        assert text in page
    done = await press(play, "/orders/order00001", action="repeat")
    assert (done.code, done.headers["Location"]) == (303, "order00001")
    first, second = await play.product.wait_for(2)
    assert (
        play.notifications.payment(first.headers, first.body).event_id
        == play.notifications.payment(second.headers, second.body).event_id
    )
    assert (await press(play, "/orders/order00001", action="refund", yuan="99.50")).code == 303
    await until(lambda: play.world.till.refunds()[0]["status"] == "SUCCESS")
    page = await shown(play, "/orders/order00001")
    assert "¥99.50" in page
    assert "已到账" in page
    assert 'value="199.50"' in page
    for yuan in ("", "abc", "1.234", "9999.00"):
        assert (await press(play, "/orders/order00001", action="refund", yuan=yuan)).code == 409
    assert (await press(play, "/orders/order00001", action="explode")).headers["Location"] == "order00001?note=unknown"
    assert (await play.fetch("GET", "/orders/none")).code == 404


async def test_a_damaged_notice_from_the_page(play: Playground) -> None:
    await play.order()
    await play.control("POST", "payments/order00001/pay", {"times": 0})
    await press(play, "/orders/order00001", action="repeat", tamper="amount")
    (received,) = await play.product.wait_for(1)
    assert play.notifications.payment(received.headers, received.body).transaction.total_fen == 299
    await until(lambda: play.world.notifier.notices("order00001")[0]["done"])
    assert "金额不符" in await shown(play, "/orders/order00001")
    await press(play, "/orders/order00001", action="repeat", tamper="nonsense")
    assert len(await play.product.wait_for(2)) == 2
    assert play.world.notifier.notices("order00001")[1]["tamper"] is None


async def test_fault_switches_on_the_page(play: Playground) -> None:
    assert "还没有" in await shown(play, "/faults")
    await press(play, "/faults", action="add", endpoint="pay_query", way="error", times="1")
    await press(play, "/faults", action="add", endpoint="pay_close", way="lost", times="")
    for wrong in ({"endpoint": "nothing"}, {"way": "explode"}, {"times": "99"}):
        await press(play, "/faults", **{"action": "add", "endpoint": "pay_jsapi", "way": "drop", "times": "1"} | wrong)
    await play.control("POST", "faults", {"endpoint": "refund_create", "errcode": "NOT_ENOUGH", "delay_ms": 5})
    page = await shown(play, "/faults")
    for text in ("系统错误", "还有 1 次", "已处理但应答丢失", "errcode=NOT_ENOUGH · delay_ms=5", "全部关闭"):
        assert text in page
    assert len(play.world.faults.list()) == 3
    assert "3 个生效中" in await shown(play, "/")
    assert "http-equiv=refresh" in await shown(play, "/?watch=1")
    await press(play, "/faults", action="clear")
    assert play.world.faults.list() == []


async def test_the_gap_between_refunds_is_on_until_somebody_turns_it_off(play: Playground) -> None:
    assert "60 秒" in await shown(play, "/desk")
    await press(play, "/desk", action="gap")
    assert play.world.till.refund_gap == 0
    assert "不限" in await shown(play, "/desk")
    await press(play, "/desk", action="gap")
    assert play.world.till.refund_gap == 60


def test_amounts_typed_by_people() -> None:
    assert [fen_of(text) for text in ("12", "12.3", "12.30", "0.01")] == [1200, 1230, 1230, 1]
    for text in ("", ".", "1.", ".5", "-1", "1.234", "１", "1e3"):
        with pytest.raises(ValueError):
            fen_of(text)


async def test_the_desk_moves_the_day_and_hands_out_bills(play: Playground) -> None:
    await play.order()
    await play.control("POST", "payments/order00001/pay", {"times": 0})
    day = play.world.clock.today()
    assert (await press(play, "/desk", action="morning")).headers["Location"] == "desk"
    assert play.world.clock.moment().hour == 10
    page = await shown(play, "/desk")
    assert f"bills/trade?day={day}" in page
    bill = await play.fetch("GET", f"/bills/trade?day={day}")
    assert bill.headers["Content-Disposition"] == f'attachment; filename="trade-{day}.csv"'
    assert "`order00001" in bill.body.decode()
    assert "扣除交易手续费" in (await play.fetch("GET", f"/bills/fund?day={day}")).body.decode()
    assert (await play.fetch("GET", f"/bills/trade?day={day - timedelta(days=3)}")).code == 404
    assert (await play.fetch("GET", "/bills/trade?day=yesterday")).code == 400
    await press(play, "/desk", action="realtime")
    assert play.world.clock.offset == 0


async def test_the_desk_switches_keys_and_rules(play: Playground) -> None:
    old = play.world.keyring.active_serial
    await press(play, "/desk", action="announce")
    assert play.world.keyring.active_serial == old
    await press(play, "/desk", action="switch")
    assert play.world.keyring.active_serial != old
    await press(play, "/desk", action="sign", value="certificate")
    await press(play, "/desk", action="sign", value="nonsense")
    assert play.world.keyring.sign_with == "certificate"
    await press(play, "/desk", action="ends", value="ABNORMAL")
    assert play.world.cashier.refunds_end == "ABNORMAL"
    await press(play, "/desk", action="rules")
    assert (await play.control("GET", "rules"))["trading_rules"] is True


async def test_the_payer_confirms_on_the_page(play: Playground) -> None:
    await play.control("POST", "rules", {"trading_rules": True})
    openid = await play.user()
    transaction = await paid(play, openid=openid, profit_sharing=False)
    assert "等待发货" in await shown(play, "/orders/order00001")
    body = {"upload_time": "x", "shipping_list": [{"item_desc": "咨询"}], "payer": {"openid": openid}}
    key = {"order_number_type": 2, "transaction_id": transaction}
    assert play.world.delivery.upload({**body, "order_key": key}) == (0, "ok")
    assert "确认收货" in await shown(play, "/orders/order00001")
    await press(play, "/orders/order00001", action="receipt")
    assert "可用" in await shown(play, "/orders/order00001")


async def test_the_day_is_kept_and_bodies_are_checked(play: Playground) -> None:
    moment = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
    got = await play.control("POST", "clock", {"now": moment.isoformat()})
    assert got["today"] == "2026-11-20"
    assert abs(Clock(play.world.state).now() - moment.timestamp()) < 5
    for body in ({"now": "2026-11-20T04:00:00"}, {"now": "soon"}, {"advance_seconds": 1e12}, {"day": 1}):
        assert (await play.fetch("POST", "/control/clock", body)).code == 400
    await play.control("DELETE", "clock")
    assert (await play.control("GET", "clock"))["offset_seconds"] == 0

"""A host of WeChat Pay that is gone or loses its answers: the second one takes over (E1)."""

import socket
from dataclasses import replace
from typing import Any

import pytest

from miniprogram_api.errors import TransportError
from miniprogram_api.pay import PayClient
from tests.sandbox.playground import Playground


def nobody() -> str:
    """An address of this machine where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


async def test_the_second_host_takes_over_and_moves_no_money_twice(play: Playground) -> None:
    """ "跨城容灾": a host that is gone, and one that loses its answers; every number is used once."""
    gone = PayClient(replace(play.pay_config, base_url=nobody(), failover_base_url=play.url), play.http)
    openid = await play.user()
    order: dict[str, Any] = {"description": "法律咨询", "amount_fen": 29900, "openid": openid}
    first = await gone.prepay_jsapi(out_trade_no="second001", notify_url=play.notify_url, **order)
    assert first == await gone.prepay_jsapi(out_trade_no="second001", notify_url=play.notify_url, **order)
    await play.control("POST", "payments/second001/pay", {"wait": True})
    assert (await gone.query("second001")).paid
    both = PayClient(replace(play.pay_config, failover_base_url=play.url), play.http)
    await play.control("POST", "faults", {"endpoint": "refund_create", "drop": True, "phase": "after", "times": 1})
    refund = await both.refund(
        out_trade_no="second001", out_refund_no="back0001", refund_fen=100, total_fen=29900, reason="退款"
    )
    assert refund.amount.refund_fen == 100
    assert len(await play.log("refund_create")) == 2
    assert len(play.world.till.refunds()) == 1


async def test_both_hosts_away_is_said_and_nothing_is_known(play: Playground) -> None:
    lost = PayClient(replace(play.pay_config, base_url=nobody(), failover_base_url=nobody()), play.http)
    with pytest.raises(TransportError) as caught:
        await lost.query("order00001")
    assert (caught.value.sent, caught.value.retryable) == (False, True)

"""Money that is frozen until a delivery is reported and confirmed."""

import json
from typing import Any

import pytest

from miniprogram_api.errors import WeChatError
from miniprogram_api.shipping import Shipping
from tests.sandbox.playground import Playground, refusal
from tests.sandbox.test_payouts import FIRM, funds, paid, share, sharing_of


async def test_money_is_frozen_until_the_service_is_shipped_and_confirmed(play: Playground) -> None:
    await play.control("POST", "rules", {"trading_rules": True})
    shipping = Shipping(play.wechat.door)
    assert await shipping.is_managed()
    openid = await play.user()
    transaction = await paid(play, openid=openid)
    await sharing_of(play).add_receiver(FIRM, "北京某某律师事务所")
    assert await funds(play) == "frozen_shipping"
    assert (await refusal(share(play, transaction, 100))).reason == "rule_limit"
    moment = play.world.clock.moment()
    values: dict[str, Any] = {"transaction_id": transaction, "openid": openid, "delivered_at": moment}
    assert (await play.fetch("POST", "/control/payments/order00001/confirm-receipt")).code == 409
    assert await shipping.upload(**values, description="法律咨询已完成")
    assert not await shipping.upload(**values, description="法律咨询已完成")
    assert await shipping.upload(**values, description="法律咨询与书面意见")
    assert not await shipping.upload(**values, description="第三次")
    assert await funds(play) == "frozen_shipping"
    confirmed = await play.control("POST", "payments/order00001/confirm-receipt")
    assert confirmed["funds"] == "frozen_sharing"
    (received,) = await play.product.wait_for(1)
    assert play.codec.decrypt(received.query, received.body).settled_payment() == transaction
    await share(play, transaction, 100)


async def test_two_days_settle_what_nobody_confirms(play: Playground) -> None:
    await play.control("POST", "rules", {"trading_rules": True})
    openid = await play.user()
    transaction = await paid(play, openid=openid, profit_sharing=False)
    shipping, moment = Shipping(play.wechat.door), play.world.clock.moment()
    await shipping.upload(transaction_id=transaction, openid=openid, description="咨询", delivered_at=moment)
    await play.control("POST", "clock", {"advance_seconds": 2 * 86400 - 60})
    assert await funds(play) == "frozen_shipping"
    await play.control("POST", "clock", {"advance_seconds": 61})
    assert await funds(play) == "available"


async def test_refusals_of_shipping(play: Playground) -> None:
    openid = await play.user()
    transaction = await paid(play, openid=openid)
    shipping, moment = Shipping(play.wechat.door), play.world.clock.moment()
    values: dict[str, Any] = {"transaction_id": transaction, "openid": openid, "description": "咨询"}

    async def errcode(**changes: Any) -> int:
        with pytest.raises(WeChatError) as caught:
            await shipping.upload(**{**values, "delivered_at": moment, **changes})
        return caught.value.errcode

    assert await errcode(transaction_id="4200") == 10060001
    assert await errcode(openid="o-stranger") == 10060031
    assert await errcode(description="") == 10060008
    assert await errcode(description="长" * 121) == 10060009
    token = await play.tokens.get()
    body = {
        "order_key": {"order_number_type": 2, "transaction_id": transaction},
        "logistics_type": 3,
        "delivery_mode": 1,
        "shipping_list": [{"item_desc": "咨询"}],
        "upload_time": "2026-11-21T19:16:00.000+08:00",
        "payer": {"openid": openid},
    }
    cases: list[tuple[dict[str, Any], int]] = [
        ({"upload_time": "2026-11-21T19:16:00+08:00"}, 268485216),
        ({"upload_time": "2026-11-31T19:16:00.000+08:00"}, 268485216),
        ({"logistics_type": 9}, 10060005),
        ({"delivery_mode": 2}, 10060006),
        ({"delivery_mode": 3}, 268485224),
        ({"shipping_list": {}}, 10060014),
        ({"shipping_list": []}, 10060014),
        ({"order_key": {"order_number_type": 3}}, 268485228),
        ({"order_key": {"order_number_type": 2}}, 268485195),
        ({"order_key": {"order_number_type": 1}}, 268485196),
        ({"order_key": {"order_number_type": 1, "mchid": play.credentials.mchid}}, 268485194),
        ({}, 0),
    ]
    for change, expected in cases:
        path = f"/wxa/sec/order/upload_shipping_info?access_token={token}"
        answer = await play.fetch("POST", path, {**body, **change})
        assert json.loads(answer.body)["errcode"] == expected, change

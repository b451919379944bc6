"""The sandbox as api.mch.weixin.qq.com, through the shipping client."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from wechatpayv3.core import Core
from wechatpayv3.type import RequestType

from miniprogram_api.errors import NotificationRejected
from miniprogram_api.pay import Notifications, PayClient
from miniprogram_api.pay.signing import MerchantSigner, nonce
from tests.patience import until
from tests.sandbox.playground import Playground, pay_config, refusal


async def test_an_order_is_placed_paid_and_told(play: Playground) -> None:
    openid, prepay_id = await play.order(attach="space")
    assert (await play.pay.query("order00001")).trade_state == "NOTPAY"
    params = play.pay.jsapi_params(prepay_id)
    assert params["package"] == f"prepay_id={prepay_id}"
    paid = await play.control("POST", "payments/order00001/pay", {"wait": True})
    assert (paid["trade_state"], paid["already_paid"]) == ("SUCCESS", False)
    (received,) = play.product.received
    notice = play.notifications.payment(received.headers, received.body)
    assert (notice.event_id, notice.event_type) == (paid["event_id"], "TRANSACTION.SUCCESS")
    transaction = notice.transaction
    assert transaction.paid
    assert (transaction.total_fen, transaction.openid, transaction.attach) == (29900, openid, "space")
    assert transaction == await play.pay.query("order00001")
    assert transaction.success_time is not None
    assert abs(datetime.now(UTC) - transaction.success_time) < timedelta(seconds=10)


async def test_the_same_order_again_is_the_same_prepay(play: Playground) -> None:
    openid, first = await play.order()
    _, again = await play.order(openid=openid)
    assert first == again
    other = await refusal(play.order(openid=openid, fen=1))
    assert (other.reason, other.verified) == ("number_used", True)


async def test_what_is_paid_or_closed_stays_so(play: Playground) -> None:
    openid, _ = await play.order()
    await play.control("POST", "payments/order00001/pay", {"times": 0})
    assert (await refusal(play.order(openid=openid))).reason == "order_paid"
    assert (await refusal(play.pay.close("order00001"))).reason == "order_paid"
    await play.order("order00002", openid=openid)
    await play.pay.close("order00002")
    await play.pay.close("order00002")
    assert (await play.pay.query("order00002")).trade_state == "CLOSED"
    assert (await refusal(play.order("order00002", openid=openid))).reason == "order_closed"
    response = await play.fetch("POST", "/control/payments/order00002/pay", {})
    assert response.code == 409
    assert (await refusal(play.pay.query("order00003"))).reason == "order_not_found"
    assert (await refusal(play.pay.close("order00003"))).reason == "order_not_found"


async def test_an_order_lapses(play: Playground) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=2)
    await play.order(expires_at=soon)
    play.world.state.run("update prepays set expires_at = 1")
    assert (await play.pay.query("order00001")).trade_state == "CLOSED"
    assert (await play.fetch("POST", "/control/payments/order00001/pay", {})).code == 409


@pytest.mark.parametrize(
    "change",
    [
        {"number": "short"},
        {"number": "x" * 33},
        {"number": "order 0001"},
        {"fen": 0},
        {"description": ""},
        {"description": "长" * 128},
        {"attach": "x" * 129},
        {"notify_url": "http://203.0.113.9/notify"},
        {"notify_url": "https://example.com/notify?order=1"},
        {"openid": "o-stranger"},
        {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
)
async def test_fields_are_checked(play: Playground, change: dict[str, Any]) -> None:
    error = await refusal(play.order(**change))
    assert (error.pay_code, error.status, error.verified) == ("PARAM_ERROR", 400, True)
    assert not error.retryable


async def test_a_stranger_cannot_ask(play: Playground) -> None:
    await play.order()
    key = generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for change in (
        {"merchant_private_key_pem": pem},
        {"merchant_serial": "AB" * 20},
        {"mchid": "1600000000"},
    ):
        stranger = PayClient(replace(play.pay_config, **change), play.http)  # type: ignore[arg-type]
        error = await refusal(stranger.query("order00001"))
        assert (error.status, error.reason) == (401, "signature_refused")
    late = PayClient(play.pay_config, play.http, clock=lambda: datetime.now(UTC).timestamp() - 400)
    assert (await refusal(late.query("order00001"))).status == 401


async def test_a_request_cannot_be_replayed_or_changed(play: Playground) -> None:
    await play.order()
    signer = MerchantSigner(play.credentials.mchid, play.credentials.merchant_serial, play.credentials.merchant_key_pem)
    target = f"/v3/pay/transactions/out-trade-no/order00001?mchid={play.credentials.mchid}"
    now = int(datetime.now(UTC).timestamp())
    headers = {
        "Authorization": signer.authorization("GET", target, "", now, nonce()),
        "Accept": "application/json",
        "User-Agent": "test",
    }
    assert (await play.fetch("GET", target, headers=headers)).code == 200
    assert (await play.fetch("GET", target, headers=headers)).code == 401
    headers["Authorization"] = signer.authorization("GET", target, "", now, nonce())
    assert (await play.fetch("GET", target + "&x=1", headers=headers)).code == 401
    del headers["Accept"]
    assert (await play.fetch("GET", target, headers=headers)).code == 400


@pytest.mark.parametrize("mode", ["certificate", "public_key"])
async def test_notices_come_under_either_key(play: Playground, mode: str) -> None:
    await play.order()
    await play.control("POST", "config", {"sign_with": mode})
    await play.control("POST", "payments/order00001/pay", {"wait": True, "times": 2})
    serials = {item.headers["Wechatpay-Serial"] for item in play.product.received}
    named = {"certificate": play.credentials.platform_serial, "public_key": play.credentials.public_key_id}
    assert serials == {named[mode]}
    for item in play.product.received:
        assert play.notifications.payment(item.headers, item.body).transaction.paid
    only_other = {s: pem for s, pem in play.pay_config.platform_keys.items() if s != named[mode]}
    narrow = Notifications(replace(play.pay_config, platform_keys=only_other))
    with pytest.raises(NotificationRejected, match="unknown_serial"):
        narrow.payment(play.product.received[0].headers, play.product.received[0].body)


async def test_by_default_both_keys_are_used_in_turn(play: Playground) -> None:
    await play.order()
    await play.control("POST", "payments/order00001/pay", {"wait": True, "times": 4})
    serials = [item.headers["Wechatpay-Serial"] for item in play.product.received]
    assert set(serials) == {play.credentials.platform_serial, play.credentials.public_key_id}


@pytest.mark.parametrize(
    ("tamper", "reason"),
    [
        ("signature", "bad_signature"),
        ("mchid", "wrong_mchid"),
        ("appid", "wrong_appid"),
        ("timestamp", "stale"),
        ("serial", "unknown_serial"),
        ("key", "bad_signature"),
        ("ciphertext", "undecryptable"),
        ("api_v3_key", "undecryptable"),
        ("probe", "probe"),
    ],
)
async def test_a_damaged_notice_is_refused(play: Playground, tamper: str, reason: str) -> None:
    await play.order()
    play.product.answers = [(401, b"")]
    await play.control("POST", "payments/order00001/pay", {"wait": True, "tamper": tamper})
    (received,) = play.product.received
    with pytest.raises(NotificationRejected) as caught:
        play.notifications.payment(received.headers, received.body)
    assert caught.value.reason == reason


async def test_a_wrong_amount_is_signed_and_for_the_product_to_see(play: Playground) -> None:
    await play.order()
    await play.control("POST", "payments/order00001/pay", {"wait": True, "tamper": "amount"})
    (received,) = play.product.received
    assert play.notifications.payment(received.headers, received.body).transaction.total_fen == 299
    assert (await play.pay.query("order00001")).total_fen == 29900


async def test_another_payer_is_refused_and_a_notice_that_names_one_is_for_the_product_to_see(play: Playground) -> None:
    openid, _ = await play.order()
    stranger = await play.user("13800000002")
    answer = await play.fetch("POST", "/control/payments/order00001/pay", {"openid": stranger})
    assert (answer.code, json.loads(answer.body)["error"]["code"]) == (409, "payer_mismatch")
    assert not (await play.pay.query("order00001")).paid
    await play.control("POST", "payments/order00001/pay", {"wait": True, "openid": openid, "tamper": "openid"})
    (received,) = play.product.received
    assert play.notifications.payment(received.headers, received.body).transaction.openid != openid
    assert (await play.pay.query("order00001")).openid == openid


async def test_an_honest_notice_follows_a_damaged_one_on_demand(play: Playground) -> None:
    await play.order()
    play.product.answers = [(401, b"")]
    first = await play.control("POST", "payments/order00001/pay", {"wait": True, "tamper": "signature"})
    second = await play.control("POST", "payments/order00001/pay", {"wait": True})
    assert second["already_paid"]
    assert first["event_id"] == second["event_id"]
    assert len(play.product.received) == 2
    received = play.product.received[1]
    assert play.notifications.payment(received.headers, received.body).event_id == first["event_id"]


async def test_a_notice_is_repeated_until_it_is_answered(play: Playground) -> None:
    await play.order()
    play.product.answers = [(500, b""), (404, b""), (302, b"")]
    await play.control("POST", "payments/order00001/pay")
    received = await play.product.wait_for(4)
    await until(lambda: play.world.notifier.notices("order00001")[0]["done"])
    assert len(received) == 4
    notices = [play.notifications.payment(item.headers, item.body) for item in received]
    assert len({notice.event_id for notice in notices}) == 1
    assert len({item.headers["Wechatpay-Nonce"] for item in received}) == 4
    (stored,) = (await play.control("GET", "payments"))["items"][0]["notices"]
    assert [attempt["status"] for attempt in stored["attempts"]] == [500, 404, 302, 200]


async def test_a_notice_can_be_late_and_many(play: Playground) -> None:
    await play.order()
    await play.control("POST", "payments/order00001/pay", {"times": 20, "delay_ms": 150})
    assert (await play.pay.query("order00001")).paid
    assert play.product.received == []
    received = await play.product.wait_for(20)
    events = {play.notifications.payment(item.headers, item.body).event_id for item in received}
    assert len(events) == 1


async def refund(play: Playground, number: str = "refund0001", fen: int = 10000, **values: Any) -> Any:
    return await play.pay.refund(
        out_trade_no=values.pop("order", "order00001"),
        out_refund_no=number,
        refund_fen=fen,
        total_fen=values.pop("total", 29900),
        reason="服务取消",
        notify_url=play.notify_url,
    )


async def test_a_refund_is_accepted_and_then_told(play: Playground) -> None:
    await play.order()
    await play.control("POST", "payments/order00001/pay", {"times": 0})
    accepted = await refund(play)
    assert (accepted.status, accepted.amount.refund_fen) == ("PROCESSING", 10000)
    (received,) = await play.product.wait_for(1)
    notice = play.notifications.refund(received.headers, received.body)
    assert (notice.event_type, notice.refund.status) == ("REFUND.SUCCESS", "SUCCESS")
    assert notice.refund.refund_id == accepted.refund_id
    assert (await play.pay.query_refund("refund0001")).status == "SUCCESS"
    after = await play.pay.query("order00001")
    assert (after.trade_state, after.paid) == ("REFUND", True)
    with pytest.raises(NotificationRejected, match="unexpected_event"):
        play.notifications.payment(received.headers, received.body)


async def test_refunds_are_idempotent_and_never_exceed_the_payment(play: Playground) -> None:
    await play.order()
    unpaid = await refusal(refund(play))
    assert unpaid.status == 404
    await play.control("POST", "payments/order00001/pay", {"times": 0})
    first, again = await refund(play), await refund(play)
    assert first.refund_id == again.refund_id
    assert (await refusal(refund(play, fen=20000))).pay_code == "INVALID_REQUEST"
    assert (await refusal(refund(play, "refund0002", fen=20000))).pay_code == "INVALID_REQUEST"
    assert (await refusal(refund(play, "refund0003", total=1, fen=1))).pay_code == "INVALID_REQUEST"
    assert (await refusal(refund(play, "refund0004", fen=0))).pay_code == "PARAM_ERROR"
    assert (await refusal(play.pay.query_refund("refund0009"))).reason == "refund_not_found"
    # A lawful one has to wait for a minute after the one before.
    assert (await refusal(refund(play, "refund0005", fen=19900))).reason == "rate_limited"
    await play.control("POST", "clock", {"advance_seconds": 61})
    await refund(play, "refund0005", fen=19900)


async def test_a_lost_answer_is_repeated_without_a_second_order(play: Playground) -> None:
    openid = await play.user()
    fault = {"endpoint": "pay_jsapi", "drop": True, "phase": "after", "times": 1}
    await play.control("POST", "faults", fault)
    _, prepay_id = await play.order(openid=openid)
    assert prepay_id == play.world.till.orders()[0]["prepay_id"]
    assert len(play.world.till.orders()) == 1
    assert [entry["outcome"] for entry in await play.log("pay_jsapi")] == ["dropped", "ok"]


async def test_trouble_at_the_vendor_is_repeated_once_and_then_told(play: Playground) -> None:
    await play.order()
    await play.control("POST", "faults", {"endpoint": "pay_query", "errcode": "SYSTEM_ERROR", "times": 1})
    assert (await play.pay.query("order00001")).trade_state == "NOTPAY"
    await play.control("POST", "faults", {"endpoint": "pay_query", "status": 502})
    error = await refusal(play.pay.query("order00001"))
    assert (error.reason, error.retryable) == ("unavailable", True)
    assert len(await play.log("pay_query")) == 4
    await play.control("DELETE", "faults")
    await play.control("POST", "faults", {"endpoint": "pay_query", "errcode": "FREQUENCY_LIMITED", "times": 9})
    assert (await refusal(play.pay.query("order00001"))).reason == "rate_limited"
    assert len(await play.log("pay_query")) == 5


async def test_an_answer_with_a_broken_signature_is_not_believed(play: Playground) -> None:
    await play.order()
    await play.control("POST", "faults", {"endpoint": "pay_query", "tamper": True})
    error = await refusal(play.pay.query("order00001"))
    assert (error.reason, error.verified) == ("answer_unverified", False)


async def test_ids_are_quoted_in_addresses(play: Playground) -> None:
    await play.order("a|b*c-d_0")
    assert (await play.pay.query("a|b*c-d_0")).out_trade_no == "a|b*c-d_0"
    assert (await refusal(play.pay.query("../../jsapi?x=1#y"))).reason == "order_not_found"


async def test_a_hundred_notices_at_once(play: Playground) -> None:
    await play.order()
    paid = await play.control("POST", "payments/order00001/pay", {"times": 100, "wait": True})
    assert [notice["attempts"][0]["status"] for notice in paid["notices"]] == [200] * 100


async def test_the_client_in_certificate_mode_only(play: Playground) -> None:
    serial = play.credentials.platform_serial
    keys = {serial: play.credentials.platform_certificate_pem}
    client = PayClient(pay_config(play.credentials, play.url, platform_keys=keys), play.http)
    await play.order()
    await play.control("POST", "config", {"sign_with": "certificate"})
    answers = await asyncio.gather(*(client.query("order00001") for _ in range(4)))
    assert {answer.trade_state for answer in answers} == {"NOTPAY"}


def other_client(play: Playground) -> Core:
    """wechatpayv3 against the sandbox: an implementation that is not ours vouches for the double."""
    core = Core(
        mchid=play.credentials.mchid,
        cert_serial_no=play.credentials.merchant_serial,
        private_key=play.credentials.merchant_key_pem,
        apiv3_key=play.credentials.api_v3_key,
        public_key=play.credentials.public_key_pem,
        public_key_id=play.credentials.public_key_id,
    )
    core._gate_way = play.url
    return core


async def test_another_implementation_gets_along_with_the_sandbox(play: Playground) -> None:
    await play.control("POST", "config", {"sign_with": "public_key"})
    core, openid = other_client(play), await play.user()
    body = {
        "appid": play.credentials.appid,
        "mchid": play.credentials.mchid,
        "description": "咨询",
        "out_trade_no": "order00001",
        "notify_url": play.notify_url,
        "amount": {"total": 100},
        "payer": {"openid": openid},
    }
    status, text = await asyncio.to_thread(core.request, "/v3/pay/transactions/jsapi", RequestType.POST, body)
    assert status == 200
    assert json.loads(text)["prepay_id"] == play.world.till.orders()[0]["prepay_id"]
    await play.control("POST", "payments/order00001/pay", {"wait": True})
    (received,) = play.product.received
    theirs = json.loads(core.decrypt_callback(received.headers, received.body.decode()))
    ours = play.notifications.payment(received.headers, received.body).transaction
    assert (theirs["out_trade_no"], theirs["amount"]["total"]) == (ours.out_trade_no, ours.total_fen)
    path = f"/v3/pay/transactions/out-trade-no/order00001?mchid={play.credentials.mchid}"
    status, text = await asyncio.to_thread(core.request, path)
    assert (status, json.loads(text)["transaction_id"]) == (200, ours.transaction_id)

"""Requests that the shipping client never makes: the double must refuse them all the same."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from miniprogram_api.pay.signing import MerchantSigner, nonce
from miniprogram_api.sandbox.cashier import Cashier
from miniprogram_api.sandbox.pay_checks import close_fault, prepay_fault, refund_fault
from tests.patience import until
from tests.sandbox.playground import Playground

PREPAY = {
    "appid": "wx1",
    "mchid": "1",
    "description": "d",
    "out_trade_no": "order00001",
    "notify_url": "https://example.com/notify",
    "amount": {"total": 1},
    "payer": {"openid": "o"},
}
REFUND = {"out_trade_no": "order00001", "out_refund_no": "r", "amount": {"refund": 1, "total": 1, "currency": "CNY"}}
NOW = datetime.now(UTC)


def test_lawful_bodies_pass() -> None:
    later = (NOW + timedelta(minutes=30)).isoformat()
    assert prepay_fault(PREPAY) is None
    assert prepay_fault({**PREPAY, "time_expire": later, "attach": "a", "support_fapiao": True}) is None
    assert refund_fault(REFUND) is None
    assert refund_fault({**REFUND, "notify_url": "http://127.0.0.1:8000/x", "reason": "r"}) is None
    assert close_fault({"mchid": "1"}) is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        *(({name: None}, name) for name in ("appid", "mchid", "description", "out_trade_no", "notify_url")),
        ({"amount": {}}, "amount.total"),
        ({"amount": {"total": "1"}}, "amount.total"),
        ({"amount": {"total": 1.0}}, "amount.total"),
        ({"amount": {"total": True}}, "amount.total"),
        ({"amount": {"total": -1}}, "amount.total"),
        ({"amount": {"total": 1, "currency": "USD"}}, "amount.currency"),
        ({"amount": {"total": 1, "tip": 1}}, "amount.tip"),
        ({"payer": {}}, "payer.openid"),
        ({"payer": "o"}, "payer.openid"),
        ({"description": 5}, "description"),
        ({"time_expire": "2099-01-01"}, "time_expire"),
        ({"time_expire": "soon"}, "time_expire"),
        ({"time_expire": "2099-01-01T00:00:00+08:00"}, "time_expire"),
        ({"time_expire": (NOW + timedelta(seconds=20)).isoformat()}, "time_expire"),
        ({"time_expire": (NOW + timedelta(hours=1)).replace(tzinfo=None).isoformat()}, "time_expire"),
        ({"notify_url": "ftp://example.com/"}, "notify_url"),
        ({"notify_url": "http://localhost.example.com/"}, "notify_url"),
        ({"notify_url": "/notify"}, "notify_url"),
        ({"support_fapiao": 1}, "support_fapiao"),
        ({"settle_info": {"profit_sharing": 1}}, "settle_info.profit_sharing"),
        ({"sub_mchid": "1"}, "sub_mchid"),
    ],
)
def test_faults_of_an_order_are_named(change: dict[str, Any], field: str) -> None:
    fault = prepay_fault({**PREPAY, **change})
    assert fault is not None
    assert fault[0] == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": {"refund": 2, "total": 1, "currency": "CNY"}}, "amount.refund"),
        ({"amount": {"refund": 1, "total": 1}}, "amount.currency"),
        ({"transaction_id": "4200"}, "out_trade_no"),
        ({"reason": "长" * 81}, "reason"),
        ({"out_refund_no": "空 格"}, "out_refund_no"),
    ],
)
def test_faults_of_a_refund_are_named(change: dict[str, Any], field: str) -> None:
    fault = refund_fault({**REFUND, **change})
    assert fault is not None
    assert fault[0] == field


async def signed(play: Playground, method: str, target: str, body: bytes | None = None) -> tuple[int, str]:
    """A properly signed request of any content: (status, the refusal's code)."""
    credentials = play.credentials
    signer = MerchantSigner(credentials.mchid, credentials.merchant_serial, credentials.merchant_key_pem)
    now, text = int(datetime.now(UTC).timestamp()), (body or b"").decode()
    headers = {
        "Authorization": signer.authorization(method, target, text, now, nonce()),
        "Accept": "application/json",
        "Content-Type": "application/json",
        "User-Agent": "test",
    }
    response = await play.fetch(method, target, body, headers=headers)
    return response.code, str(json.loads(response.body or b"{}").get("code"))


async def test_odd_payment_requests(play: Playground) -> None:
    await play.order()
    orders = "/v3/pay/transactions"
    assert await signed(play, "POST", f"{orders}/jsapi", b"{") == (400, "PARAM_ERROR")
    other = {**PREPAY, "appid": "wx0000000000000000", "mchid": play.credentials.mchid}
    assert await signed(play, "POST", f"{orders}/jsapi", json.dumps(other).encode()) == (400, "APPID_MCHID_NOT_MATCH")
    assert await signed(play, "GET", f"{orders}/out-trade-no/order00001?mchid=1") == (400, "PARAM_ERROR")
    close = f"{orders}/out-trade-no/order00001/close"
    for body in (b"[]", b"{}", b'{"mchid":"1"}'):
        assert await signed(play, "POST", close, body) == (400, "PARAM_ERROR")
    assert await signed(play, "POST", "/v3/refund/domestic/refunds", b"x") == (400, "PARAM_ERROR")
    await play.control("POST", "payments/order00001/pay", {"times": 0})
    transaction_id = (await play.pay.query("order00001")).transaction_id
    target = f"{orders}/id/{transaction_id}?mchid={play.credentials.mchid}"
    assert (await signed(play, "GET", target))[0] == 200
    for authorization in ("", "Bearer x", 'WECHATPAY2-SHA256-RSA2048 mchid="1"'):
        headers = {"Authorization": authorization, "Accept": "*/*", "User-Agent": "t"}
        assert (await play.fetch("GET", target, headers=headers)).code == 401


async def wechat_code(play: Playground, method: str, path: str, body: Any = None) -> int:
    response = await play.fetch(method, path, body)
    assert response.code == 200
    return int(json.loads(response.body)["errcode"])


async def test_odd_requests_to_wechat(play: Playground) -> None:
    app = f"appid={play.credentials.appid}&secret={play.credentials.secret}"
    login = "/sns/jscode2session"
    assert await wechat_code(play, "GET", login) == 41002
    assert await wechat_code(play, "GET", f"{login}?appid={play.credentials.appid}") == 41004
    assert await wechat_code(play, "GET", f"{login}?{app}&js_code=1") == 40002
    assert await wechat_code(play, "GET", f"{login}?{app}&grant_type=authorization_code") == 41008
    assert await wechat_code(play, "POST", "/cgi-bin/stable_token", b"x") == 47001
    grant = {"grant_type": "client_credential", "appid": play.credentials.appid, "secret": play.credentials.secret}
    assert await wechat_code(play, "POST", "/cgi-bin/stable_token", {**grant, "force_refresh": "yes"}) == 40097
    send, phone = "/cgi-bin/message/subscribe/send", "/wxa/business/getuserphonenumber"
    for path in (send, phone):
        assert await wechat_code(play, "POST", path, {}) == 41001
        assert await wechat_code(play, "POST", f"{path}?access_token=x", {}) == 40001
    token = await play.tokens.get()
    for path in (send, phone):
        assert await wechat_code(play, "POST", f"{path}?access_token={token}", b"x") == 47001
    openid = await play.user()
    message = {"touser": openid, "template_id": play.credentials.template_ids["hearing"]}
    wrong = {**message, "miniprogram_state": "beta"}
    assert await wechat_code(play, "POST", f"{send}?access_token={token}", wrong) == 40097
    assert await wechat_code(play, "POST", f"{send}?access_token={token}", message) == 47003


async def test_odd_requests_for_sms(play: Playground) -> None:
    async def code(headers: dict[str, str]) -> str:
        response = await play.fetch("POST", "/", b"{}", headers=headers)
        return str(json.loads(response.body)["Response"]["Error"]["Code"])

    headers = {"X-TC-Action": "SendSms", "X-TC-Version": "2021-01-11", "X-TC-Region": "ap-guangzhou"}
    assert await code({**headers, "X-TC-Action": "PullSmsSendStatus"}) == "InvalidAction"
    assert await code({**headers, "X-TC-Version": "2019-07-11"}) == "NoSuchVersion"
    assert await code({**headers, "X-TC-Region": ""}) == "MissingParameter"
    assert await code(headers) == "AuthFailure.InvalidAuthorization"


async def test_a_refund_in_the_making_goes_on_after_a_restart(play: Playground) -> None:
    await play.order()
    await play.control("POST", "payments/order00001/pay", {"times": 0})
    body = {**REFUND, "notify_url": play.notify_url, "amount": {"refund": 1, "total": 29900, "currency": "CNY"}}
    play.world.till.refund(body)
    await asyncio.sleep(0.05)
    assert (await play.control("GET", "refunds"))["items"][0]["status"] == "PROCESSING"
    restarted = Cashier(play.world.till, play.world.notifier, refund_seconds=0.01)
    restarted.resume()
    received = await play.product.wait_for(1)
    assert play.notifications.refund(received[0].headers, received[0].body).refund.status == "SUCCESS"
    await until(lambda: all(row["done"] for row in play.world.notifier.notices("r")))
    assert (await play.control("GET", "refunds"))["items"][0]["notices"][0]["attempts"][0]["ok"]
    assert "已到账" in (await play.fetch("GET", "/")).body.decode()


async def test_a_faulty_pay_answer_after_the_fact(play: Playground) -> None:
    """The order is placed though the answer says that the system failed: what a product must survive."""
    openid = await play.user()
    fault = {"endpoint": "pay_jsapi", "errcode": "SYSTEM_ERROR", "phase": "after", "times": 1}
    await play.control("POST", "faults", fault)
    _, prepay_id = await play.order(openid=openid)
    assert [row["prepay_id"] for row in play.world.till.orders()] == [prepay_id]

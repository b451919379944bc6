"""Answers that are well formed but wrong: nothing of them may be believed."""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from miniprogram_api.access_token import AccessTokens, StoredToken
from miniprogram_api.errors import NotificationRejected, PayError, TransportError, VendorError, WeChatError
from miniprogram_api.http import Answer, Call, HttpClient, HttpConfig
from miniprogram_api.pay import Notifications, PayClient
from miniprogram_api.sandbox import SandboxCredentials
from miniprogram_api.sandbox.credentials import load_private
from miniprogram_api.sandbox.crypto import encrypt_resource, rsa_sign
from miniprogram_api.settings import WeChatConfig
from miniprogram_api.wechat import WeChatClient
from tests.memory_tokens import MemoryTokenStore
from tests.sandbox.playground import pay_config

URL = "http://127.0.0.1:1"


class Scripted(HttpClient):
    """Answers every call with what the test holds ready."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(HttpConfig(attempts=1))
        self.answer = answer

    async def _send(self, call: Call, turn: int) -> Answer:
        return self.answer


def signed(credentials: SandboxCredentials, body: bytes) -> dict[str, str]:
    stamp, serial = str(int(time.time())), credentials.public_key_id
    signature = rsa_sign(load_private(credentials.public_key_private_pem), stamp, "n", body)
    names = {"serial": serial, "timestamp": stamp, "nonce": "n", "signature": signature}
    return {f"wechatpay-{name}": value for name, value in names.items()}


def payer(credentials: SandboxCredentials, status: int, body: bytes, *, sign: bool = True) -> PayClient:
    headers = signed(credentials, body) if sign else {}
    return PayClient(pay_config(credentials, URL), Scripted(Answer(status, headers, body)))


async def wechat(body: Any, status: int = 200) -> WeChatClient:
    config, store = WeChatConfig("wx1", "s", URL), MemoryTokenStore()
    await store.save(StoredToken("t", time.time() + 7000))
    http = Scripted(Answer(status, {}, json.dumps(body).encode()))
    return WeChatClient(config, AccessTokens(config, http, store), http)


@pytest.mark.parametrize("body", [{}, {"openid": "o"}, {"openid": "", "session_key": "k"}, {"openid": 1}])
async def test_half_a_session_is_none(body: dict[str, Any]) -> None:
    with pytest.raises(TransportError, match="bad_answer"):
        await (await wechat(body)).code_to_session("c")


async def test_a_gateway_page_is_no_answer() -> None:
    with pytest.raises(TransportError, match="bad_answer"):
        await (await wechat({"openid": "o", "session_key": "k"}, status=502)).code_to_session("c")


@pytest.mark.parametrize("body", [{}, {"phone_info": {}}, {"phone_info": []}])
async def test_half_a_phone_is_none(body: dict[str, Any]) -> None:
    with pytest.raises(TransportError, match="bad_answer"):
        await (await wechat(body)).phone_number("c")


@pytest.mark.parametrize("watermark", [None, {}, {"appid": "wx2"}])
async def test_a_phone_given_to_another_program_is_refused(watermark: Mapping[str, str] | None) -> None:
    info = {"purePhoneNumber": "13800000000", "watermark": watermark}
    with pytest.raises(WeChatError) as caught:
        await (await wechat({"phone_info": info})).phone_number("c")
    assert caught.value.errcode == 40013


@pytest.mark.parametrize(
    "body",
    [
        {"expires_in": 7200},
        {"access_token": "", "expires_in": 7200},
        {"access_token": "x" * 5000, "expires_in": 7200},
        {"access_token": "x", "expires_in": "7200"},
    ],
)
async def test_half_a_token_is_none(body: dict[str, Any]) -> None:
    config = WeChatConfig("wx1", "s", URL)
    http = Scripted(Answer(200, {}, json.dumps(body).encode()))
    with pytest.raises(TransportError, match="bad_answer"):
        await AccessTokens(config, http, MemoryTokenStore()).get()


def transaction(credentials: SandboxCredentials, **changes: Any) -> bytes:
    body = {"appid": credentials.appid, "mchid": credentials.mchid, "out_trade_no": "n", "trade_state": "SUCCESS"}
    return json.dumps({**body, **changes}).encode()


Ask = Callable[[PayClient], Awaitable[object]]


def query(client: PayClient) -> Awaitable[object]:
    return client.query("n")


def prepay(client: PayClient) -> Awaitable[object]:
    return client.prepay_jsapi(out_trade_no="n", description="d", amount_fen=1, openid="o", notify_url=URL)


@pytest.mark.parametrize(
    ("ask", "body"),
    [
        (query, b"{}"),
        (query, b"[]"),
        (query, b'{"amount": {"total": 1.5}}'),
        (prepay, b"{}"),
        (prepay, b'{"prepay_id": 5}'),
        (lambda client: client.query_refund("r"), b"{}"),
        (lambda client: client.query_refund("r"), b'{"amount": {"total": 1}}'),
    ],
)
async def test_half_a_pay_answer_is_none(credentials: SandboxCredentials, ask: Ask, body: bytes) -> None:
    with pytest.raises(TransportError, match="bad_answer"):
        await ask(payer(credentials, 200, body))


@pytest.mark.parametrize("change", [{"mchid": "1"}, {"appid": "wx1"}])
async def test_somebody_elses_transaction_is_none(credentials: SandboxCredentials, change: dict[str, str]) -> None:
    with pytest.raises(TransportError, match="bad_answer"):
        await query(payer(credentials, 200, transaction(credentials, **change)))


async def test_an_unsigned_success_is_not_believed(credentials: SandboxCredentials) -> None:
    with pytest.raises(PayError) as caught:
        await query(payer(credentials, 200, transaction(credentials), sign=False))
    assert (caught.value.reason, caught.value.retryable) == ("answer_unverified", True)


@pytest.mark.parametrize(("sign", "body"), [(False, b"<html>"), (True, b'{"code": "ORDER_NOT_EXIST"}')])
async def test_a_refusal_says_whether_it_was_signed(credentials: SandboxCredentials, sign: bool, body: bytes) -> None:
    with pytest.raises(PayError) as caught:
        await query(payer(credentials, 404, body, sign=sign))
    error = caught.value
    assert error.verified is sign
    assert error.reason == ("order_not_found" if sign else "refused")
    assert isinstance(error, VendorError)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"mchid": "1"}, "wrong_mchid"),
        ({}, "bad_resource"),
        ({"amount": {"total": 1, "refund": 1}, "out_trade_no": "n"}, "bad_resource"),
    ],
)
def test_odd_refund_notices_are_refused(
    credentials: SandboxCredentials, content: dict[str, Any], expected: str
) -> None:
    plain = json.dumps({"mchid": credentials.mchid, **content}).encode()
    sealed = encrypt_resource(credentials.api_v3_key, plain, "refund")
    raw = json.dumps({"id": "e", "event_type": "REFUND.SUCCESS", "resource": sealed}).encode()
    with pytest.raises(NotificationRejected, match=expected):
        Notifications(pay_config(credentials, URL)).refund(signed(credentials, raw), raw)

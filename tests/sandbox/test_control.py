"""The tester's side: refusals, faults, the log and the configuration."""

import asyncio
import json
from typing import Any

import pytest

from miniprogram_api.errors import TransportError, WeChatError
from miniprogram_api.http import HttpClient, HttpConfig, Outcome
from miniprogram_api.sandbox.faults import resolve
from miniprogram_api.wechat import WeChatClient
from tests.patience import PATIENCE
from tests.sandbox.playground import Playground


async def refused(play: Playground, method: str, path: str, body: Any = None) -> tuple[int, str]:
    response = await play.fetch(method, f"/control/{path}", body)
    return response.code, str(json.loads(response.body)["error"]["code"])


async def test_refusals_are_clear_json(play: Playground) -> None:
    assert await refused(play, "POST", "codes", {"openid": "nobody"}) == (404, "unknown_openid")
    assert await refused(play, "POST", "phone-codes", {"openid": "nobody"}) == (404, "unknown_openid")
    assert await refused(play, "POST", "codes", b"{") == (400, "bad_request")
    assert await refused(play, "POST", "codes", {"openid": "o", "x": 1}) == (400, "bad_request")
    assert await refused(play, "POST", "users", {"phone": "123"}) == (400, "bad_request")
    assert await refused(play, "POST", "payments/none/pay", {}) == (404, "order_not_exist")
    assert await refused(play, "POST", "payments/none/pay", {"tamper": "all"}) == (400, "bad_request")
    assert await refused(play, "POST", "faults", {"endpoint": "/nowhere"}) == (404, "unknown_endpoint")
    openid = await play.user()
    body = {"openid": openid, "template_id": "none"}
    assert await refused(play, "POST", "subscribe-credits", body) == (404, "unknown_template")
    assert await refused(play, "GET", "log?after=x") == (400, "bad_request")


async def test_registering_twice_changes_the_user(play: Playground) -> None:
    openid = await play.user()
    body = {"openid": openid, "phone": "13900000009", "nickname": "李四"}
    await play.control("POST", "users", body)
    assert (await play.control("GET", "users"))["items"] == [body]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("jscode2session", "jscode2session"),
        ("/sns/jscode2session", "jscode2session"),
        ("code2Session", "jscode2session"),
        ("stable_token", "stable_token"),
        ("cgi-bin/stable_token", "stable_token"),
        ("subscribe/send", "subscribe_send"),
        ("subscribeMessage.send", "subscribe_send"),
        ("/v3/pay/transactions/jsapi", "pay_jsapi"),
        ("/v3/pay/transactions/out-trade-no/{out_trade_no}", "pay_query"),
        ("/v3/pay/transactions/out-trade-no/A1/close", "pay_close"),
        ("/v3/refund/domestic/refunds", "refund_create"),
        ("SendSms", "send_sms"),
        ("/v3/profitsharing/orders/unfreeze", "sharing_unfreeze"),
        ("/v3/profitsharing/orders/{out_order_no}", "sharing_query"),
        ("/v3/refund/domestic/refunds/5030/apply-abnormal-refund", "refund_abnormal"),
        ("fapiao-applications/F1/reverse", None),
        ("/v3/new-tax-control-fapiao/fapiao-applications/F1/fapiao-files", "invoice_files"),
        ("msgSecCheck", "msg_sec_check"),
        ("nothing", None),
    ],
)
def test_endpoints_are_found_by_name_path_or_end(written: str, name: str | None) -> None:
    assert resolve(written) == name


async def test_a_fault_lasts_as_long_as_told(play: Playground) -> None:
    await play.control("POST", "faults", {"endpoint": "/sns/jscode2session", "errcode": 45011, "times": 2})
    openid = await play.user()
    login = (await play.control("POST", "codes", {"openid": openid}))["code"]
    for _ in range(2):
        with pytest.raises(WeChatError) as caught:
            await play.wechat.code_to_session(login)
        assert (caught.value.errcode, caught.value.retryable) == (45011, True)
    assert (await play.wechat.code_to_session(login)).openid == openid
    await play.control("POST", "faults", {"endpoint": "jscode2session", "status": 503})
    assert len((await play.control("GET", "faults"))["items"]) == 1
    with pytest.raises(TransportError):
        await play.wechat.code_to_session(login)
    await play.control("DELETE", "faults")
    assert (await play.control("GET", "faults"))["items"] == []


async def test_a_delay_runs_into_the_clients_limit(play: Playground) -> None:
    outcomes: list[Outcome] = []
    hasty = HttpClient(HttpConfig(request_timeout=0.2, backoff=0.01), outcomes.append)
    client = WeChatClient(play.wechat_config, play.tokens, hasty)
    login = (await play.control("POST", "codes", {"openid": await play.user()}))["code"]
    await play.control("POST", "faults", {"endpoint": "jscode2session", "delay_ms": 600})
    with pytest.raises(TransportError) as caught:
        await client.code_to_session(login)
    hasty.close()
    # One attempt only: the code may have been used up by it.
    assert outcomes[0].attempts == 1
    assert (caught.value.reason, caught.value.sent) == ("timeout", True)


async def test_the_log_can_be_followed_and_cleared(play: Playground) -> None:
    with pytest.raises(WeChatError):
        await play.wechat.code_to_session("x")
    first = (await play.control("GET", "log"))["items"]
    assert [(entry["endpoint"], entry["outcome"]) for entry in first] == [("jscode2session", "40029")]
    with pytest.raises(WeChatError):
        await play.wechat.code_to_session("y")
    newer = (await play.control("GET", f"log?after={first[-1]['id']}"))["items"]
    assert len(newer) == 1
    await play.control("DELETE", "log")
    assert (await play.control("GET", "log"))["items"] == []


async def test_the_product_can_move(play: Playground) -> None:
    await play.control("POST", "config", {"product_url": None})
    openid = await play.user()
    body = {"openid": openid, "template_id": play.credentials.template_ids["payment"]}
    await play.control("POST", "subscribe-credits", body)
    assert play.product.received == []
    url = play.product.base_url
    assert (await play.control("POST", "config", {"product_url": url}))["product_url"] == url
    await asyncio.wait_for(play.control("POST", "subscribe-credits", body), PATIENCE)
    assert len(play.product.received) == 1


async def test_health(play: Playground) -> None:
    response = await play.fetch("GET", "/healthz")
    assert (response.code, json.loads(response.body)) == (200, {"status": "ok"})

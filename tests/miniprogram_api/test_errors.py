"""Errors tell what is needed and nothing more."""

from datetime import datetime

import pytest

from miniprogram_api.errors import NotificationRejected, PayError, PushError, VendorError, WeChatError
from miniprogram_api.pay import PayClient
from miniprogram_api.sandbox import SandboxCredentials
from miniprogram_api.settings import PayConfig, PushConfig, WeChatConfig
from miniprogram_api.wechat import LoginSession, PhoneNumber
from tests.sandbox.playground import Playground, pay_config, push_config, sms_config


def test_a_wechat_error_keeps_the_rid_and_hides_the_text() -> None:
    error = WeChatError("subscribe_send", 43101, "user o-person refuse rid: 5f-a1-b2", retryable=False)
    assert str(error) == "wechat.43101: subscribe_send (rid 5f-a1-b2)"
    assert (error.code, error.field, error.retryable) == ("wechat.43101", "", False)
    assert isinstance(error, VendorError)


@pytest.mark.parametrize(
    ("code", "status", "message", "reason"),
    [
        ("ORDERNOTEXIST", 404, "", "order_not_found"),
        ("ORDER_NOT_EXIST", 404, "", "order_not_found"),
        ("INVALID_REQUEST", 400, "该订单已支付", "order_paid"),
        ("INVALID_REQUEST", 400, "参数错误", "refused"),
        ("ORDERPAID", 400, "", "order_paid"),
        ("WHATEVER", 502, "", "unavailable"),
        ("FREQUENCY_LIMITED", 429, "", "rate_limited"),
    ],
)
def test_pay_errors_have_one_reason(code: str, status: int, message: str, reason: str) -> None:
    error = PayError(code, status, message, retryable=False)
    assert error.reason == reason
    assert message not in str(error) or not message


def test_a_push_error_is_a_rejection() -> None:
    with pytest.raises(NotificationRejected, match="bad_signature"):
        raise PushError("bad_signature")


def test_configurations_and_results_hide_secrets(credentials: SandboxCredentials) -> None:
    shown = repr(
        [
            WeChatConfig(credentials.appid, credentials.secret),
            push_config(credentials),
            pay_config(credentials, "http://127.0.0.1:1"),
            sms_config(credentials, "http://127.0.0.1:1"),
            LoginSession("o-person", "session-key"),
            PhoneNumber("13800000000", "86", "+8613800000000"),
        ]
    )
    secrets = (
        credentials.secret,
        credentials.push_token,
        credentials.push_aes_key,
        credentials.api_v3_key,
        credentials.sms_secret_key,
        "PRIVATE",
        "o-person",
        "session-key",
        "138",
    )
    for secret in secrets:
        assert secret not in shown
    assert isinstance(push_config(credentials), PushConfig)
    assert isinstance(pay_config(credentials, ""), PayConfig)


async def test_nothing_personal_is_logged(play: Playground, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        openid, _ = await play.order()
        code = (await play.control("POST", "codes", {"openid": openid}))["code"]
        session = await play.wechat.code_to_session(code)
        button = (await play.control("POST", "phone-codes", {"openid": openid}))["code"]
        await play.wechat.phone_number(button)
        await play.sms.send("+8613800000001", play.credentials.sms_template_ids["login"], ["482913", "5"])
        token = await play.tokens.get()
        template = play.credentials.template_ids["hearing"]
        with pytest.raises(WeChatError):
            await play.wechat.send_subscribe_message(openid, template, "", {})
    text = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    private = (openid, code, session.session_key, button, "13800000001", "482913", token, play.credentials.secret)
    for value in private:
        assert value not in text
    assert "vendor call jscode2session ok" in caplog.text


async def test_a_zone_is_needed(play: Playground) -> None:
    client: PayClient = play.pay
    with pytest.raises(ValueError, match="time zone"):
        await client.prepay_jsapi(
            out_trade_no="order00001",
            description="x",
            amount_fen=1,
            openid="o",
            notify_url=play.notify_url,
            expires_at=datetime(2026, 1, 1),  # noqa: DTZ001 - the very mistake that is refused
        )

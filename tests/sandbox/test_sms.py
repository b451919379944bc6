"""The sandbox as Tencent's SMS API, through the shipping client."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from miniprogram_api.errors import SmsError
from miniprogram_api.provider_reports import read_reports
from miniprogram_api.sms import TencentSmsSender
from miniprogram_api.sms_reports import TencentSmsReports
from tests.sandbox.playground import Playground, sms_config

PHONE = "+8613800000001"


async def test_a_code_is_sent(play: Playground) -> None:
    receipt = await play.sms.send(PHONE, play.credentials.sms_template_ids["login"], ["482913", "5"])
    assert receipt.serial
    assert receipt.fee == 1
    for query in ("sms?phone=13800000001", "sms?phone=%2B8613800000001", "sms"):
        (row,) = (await play.control("GET", query))["items"]
        assert (row["phone"], row["params"]) == (PHONE, ["482913", "5"])
        assert row["text"] == "【案件空间】您的登录验证码是482913，5分钟内有效。请勿告诉他人。"
    assert (await play.control("GET", "sms?phone=13800000002"))["items"] == []


async def reason(play: Playground, sender: TencentSmsSender | None = None, **values: object) -> tuple[str, str]:
    template = values.get("template", play.credentials.sms_template_ids["login"])
    with pytest.raises(SmsError) as caught:
        await (sender or play.sms).send(
            str(values.get("phone", PHONE)),
            str(template),
            values.get("params", ["1", "2"]),  # type: ignore[arg-type]
        )
    return caught.value.reason, caught.value.vendor_code


async def test_refusals(play: Playground) -> None:
    assert (await reason(play, phone="+8612345"))[0] == "bad_number"
    assert (await reason(play, phone="13800000001"))[0] == "bad_number"
    assert (await reason(play, template="999"))[0] == "refused"
    assert (await reason(play, params=["1"]))[1] == "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"
    config = sms_config(play.credentials, play.url)
    wrong = {
        "secret_key": "AuthFailure.SignatureFailure",
        "secret_id": "AuthFailure.SecretIdNotFound",
        "app_id": "UnauthorizedOperation.SmsSdkAppIdVerifyFail",
    }
    for name, code in wrong.items():
        stranger = TencentSmsSender(replace(config, **{name: "wrong"}), play.http)
        assert await reason(play, stranger) == ("misconfigured", code)
    unsigned = TencentSmsSender(replace(config, sign_name="别家"), play.http)
    assert (await reason(play, unsigned))[0] == "refused"
    late = TencentSmsSender(config, play.http, clock=lambda: time.time() - 400)
    assert (await reason(play, late))[1] == "AuthFailure.SignatureExpire"
    assert (await play.control("GET", "sms"))["items"] == []


async def test_limits_and_trouble(play: Playground) -> None:
    fault = {"endpoint": "send_sms", "errcode": "LimitExceeded.PhoneNumberDailyLimit", "times": 1}
    await play.control("POST", "faults", fault)
    assert (await reason(play))[0] == "rate_limited"
    await play.control("POST", "faults", {"endpoint": "sms", "errcode": "InternalError.Timeout", "times": 1})
    assert (await reason(play))[0] == "unavailable"
    # Neither was repeated: a person must not get a code twice.
    assert len(await play.log("send_sms")) == 2


async def test_what_became_of_a_message_can_be_asked(play: Playground) -> None:
    """The answer comes from the provider itself, which its reports do not prove."""
    since, template = datetime.now(UTC), play.credentials.sms_template_ids["login"]
    play.product.answers += [(200, b'{"result": 0, "errmsg": "OK"}')] * 2
    first = await play.sms.send(PHONE, template, ["482913", "5"])
    await play.control("POST", "unreachable", {"phone": "13800000001", "code": "MK:0001"})
    second = await play.sms.send(PHONE, template, ["482913", "5"])
    provider = TencentSmsReports(sms_config(play.credentials, play.url), play.http)
    told = [await provider.arrived(PHONE, serial, since) for serial in (first.serial, second.serial, "unknown")]
    assert told == [True, False, None]
    assert await provider.arrived("+8613800000002", first.serial, since) is None


async def test_what_became_of_a_message_is_reported(play: Playground) -> None:
    """As Tencent Cloud posts it, until the product has said that it is OK."""
    template = play.credentials.sms_template_ids["login"]
    play.product.answers += [(503, b""), (200, b'{"result": 0, "errmsg": "OK"}')]
    receipt = await play.sms.send(PHONE, template, ["482913", "5"])
    first, again = await play.product.wait_for(2)
    assert first.path == f"/api/v1/provider-reports/{play.credentials.report_token}"
    assert first.body == again.body
    (report,) = read_reports(first.body)
    assert (report.channel, report.number, report.arrived) == ("sms", receipt.serial, True)
    await play.control("POST", "unreachable", {"phone": "13800000001", "code": "MK:0001"})
    play.product.answers += [(200, b'{"result": 0, "errmsg": "OK"}')]
    await play.sms.send(PHONE, template, ["482913", "5"])
    *_, last = await play.product.wait_for(3)
    (report,) = read_reports(last.body)
    assert (report.arrived, report.cause) == (False, "report.MK:0001")

"""The sandbox as Tencent's voice calls, through the shipping client (J1)."""

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from miniprogram_api.errors import SmsError, TransportError
from miniprogram_api.settings import TencentVoiceConfig
from miniprogram_api.voice_calls import TencentVoiceCaller
from tests.sandbox.playground import Playground

PHONE = "+8613800000001"


def config(play: Playground) -> TencentVoiceConfig:
    keys = play.credentials
    return TencentVoiceConfig(keys.sms_secret_id, keys.sms_secret_key, keys.voice_app_id, f"{play.url}/vms")


async def ring(
    play: Playground,
    caller: TencentVoiceCaller | None = None,
    *,
    phone: str = PHONE,
    template: str | None = None,
    params: Sequence[str] = ("退款未成功",),
) -> str:
    template = template or play.credentials.voice_template_ids["notice"]
    return await (caller or TencentVoiceCaller(config(play), play.http)).call(phone, template, params)


async def test_a_phone_is_rung(play: Playground) -> None:
    assert await ring(play)
    (call,) = (await play.control("GET", "calls?phone=13800000001"))["items"]
    assert (call["phone"], call["plays"]) == (PHONE, 2)
    assert "退款未成功" in call["text"]
    assert (await play.control("GET", "calls?phone=13800000002"))["items"] == []


async def test_refusals(play: Playground) -> None:
    async def reason(caller: TencentVoiceCaller | None = None, **values: str) -> tuple[str, str]:
        with pytest.raises(SmsError) as caught:
            await ring(play, caller, **values)
        return caught.value.reason, caught.value.vendor_code

    assert (await reason(phone="13800000001"))[0] == "refused"
    assert (await reason(template="999"))[1] == "FailedOperation.TemplateIncorrectOrUnapproved"
    with pytest.raises(SmsError, match="TemplateParamSet"):
        await ring(play, params=[])
    wrong = {
        "secret_key": "AuthFailure.SignatureFailure",
        "secret_id": "AuthFailure.SecretIdNotFound",
        "app_id": "UnauthorizedOperation.VoiceSdkAppidVerifyFail",
    }
    for name, code in wrong.items():
        stranger = TencentVoiceCaller(replace(config(play), **{name: "wrong"}), play.http)
        assert await reason(stranger) == ("misconfigured", code)
    late = TencentVoiceCaller(config(play), play.http, clock=lambda: time.time() - 400)
    assert (await reason(late))[1] == "AuthFailure.SignatureExpire"
    assert (await play.control("GET", "calls"))["items"] == []


async def test_a_lost_answer_is_not_repeated(play: Playground) -> None:
    """Nobody is rung twice because an answer got lost."""
    await play.control("POST", "faults", {"endpoint": "send_tts_voice", "drop": True, "phase": "after", "times": 1})
    with pytest.raises(TransportError) as caught:
        await ring(play)
    assert caught.value.sent
    assert len((await play.control("GET", "calls"))["items"]) == 1

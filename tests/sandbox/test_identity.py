"""The sandbox as Tencent's checks of persons, faces and companies, through the shipping client (B2)."""

import time
from dataclasses import replace

import pytest

from miniprogram_api.errors import IdentityCheckError, TransportError
from miniprogram_api.identity_checks import Match, TencentIdentityChecks
from miniprogram_api.settings import TencentIdentityConfig
from tests.sandbox.playground import Playground

NUMBER, COMPANY = "110101199003074477", "91310000MA1FL0XK5E"


def config(play: Playground) -> TencentIdentityConfig:
    keys = play.credentials
    return TencentIdentityConfig(
        keys.sms_secret_id, keys.sms_secret_key, keys.face_rule, f"{play.url}/faceid", f"{play.url}/ocr"
    )


def checks(play: Playground, **other: str) -> TencentIdentityChecks:
    return TencentIdentityChecks(replace(config(play), **other), play.http)


@pytest.mark.parametrize(
    ("number", "name", "state", "expected"),
    [
        (NUMBER, "王晓", "known", Match.MATCH),
        (NUMBER, "王小", "known", Match.MISMATCH),
        (NUMBER, "王晓", "unknown", Match.NO_RECORD),
        (NUMBER, "王晓", "too_often", Match.TOO_OFTEN),
        (NUMBER[:-1] + "1", "王晓", "known", Match.MALFORMED),
        (NUMBER, "W", "known", Match.MALFORMED),
    ],
)
async def test_a_name_and_a_number(play: Playground, number: str, name: str, state: str, expected: Match) -> None:
    await play.control("POST", "residents", {"number": NUMBER, "name": "王晓", "state": state})
    assert await checks(play).match_person(name, number) is expected


async def test_a_register_that_is_down_is_no_answer(play: Playground) -> None:
    await play.control("POST", "residents", {"number": NUMBER, "name": "王晓", "state": "busy"})
    with pytest.raises(IdentityCheckError) as caught:
        await checks(play).match_person("王晓", NUMBER)
    assert (caught.value.reason, caught.value.retryable) == ("unavailable", True)
    assert NUMBER not in str(caught.value)


async def test_a_company(play: Playground) -> None:
    known = {"credit_code": COMPANY, "name": "明理商贸有限公司", "legal_representative": "陈立"}
    await play.control("POST", "enterprises", known)
    asks = checks(play)
    assert await asks.match_company("明理商贸有限公司", COMPANY, "陈立") is Match.MATCH
    assert await asks.match_company("明理商贸有限公司", COMPANY, "王晓") is Match.MISMATCH
    await play.control("POST", "enterprises", {**known, "status": "4"})
    assert await asks.match_company("明理商贸有限公司", COMPANY, "陈立") is Match.NOT_TRADING


async def test_a_face_by_the_providers_own_page(play: Playground) -> None:
    asks = checks(play)
    flow = await asks.begin_face("王晓", NUMBER, "https://case.example/me/verification")
    assert (await play.fetch("GET", flow.url.removeprefix(play.url))).code == 200
    assert await asks.face_result(flow.token) is None
    await play.control("POST", f"faces/{flow.token}", {"passed": False})
    assert await asks.face_result(flow.token) is False
    await play.control("POST", f"faces/{flow.token}", {"passed": True})
    assert await asks.face_result(flow.token) is True
    with pytest.raises(IdentityCheckError, match="BizTokenIllegal"):
        await asks.face_result("another")
    with pytest.raises(IdentityCheckError, match="RuleIdNotExist"):
        await checks(play, face_rule="another").begin_face("王晓", NUMBER, "")


async def test_the_signature_is_checked(play: Playground) -> None:
    for wrong, code in (
        ({"secret_key": "wrong"}, "AuthFailure.SignatureFailure"),
        ({"secret_id": "wrong"}, "AuthFailure.SecretIdNotFound"),
    ):
        with pytest.raises(IdentityCheckError) as caught:
            await checks(play, **wrong).match_person("王晓", NUMBER)
        assert (caught.value.reason, caught.value.vendor_code) == ("misconfigured", code)
    late = TencentIdentityChecks(config(play), play.http, clock=lambda: time.time() - 400)
    with pytest.raises(IdentityCheckError, match="SignatureExpire"):
        await late.match_person("王晓", NUMBER)


async def test_a_lost_answer_is_not_asked_for_again(play: Playground) -> None:
    """Each answer costs money; whether to ask again is for the outbox."""
    await play.control(
        "POST", "faults", {"endpoint": "id_card_verification", "drop": True, "phase": "after", "times": 1}
    )
    with pytest.raises(TransportError) as caught:
        await checks(play).match_person("王晓", NUMBER)
    assert caught.value.sent

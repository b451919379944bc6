"""TC3 signatures and the sorting of the provider's codes."""

import json

import pytest

from miniprogram_api.errors import SmsError, TransportError
from miniprogram_api.http import Answer
from miniprogram_api.sms import _read, number_e164
from miniprogram_api.tencent_cloud import tc3_authorization


def test_the_official_example() -> None:
    """Tencent's worked example of signature v3 (DescribeInstances), with its published result."""
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    authorization = tc3_authorization(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        "cvm",
        "cvm.tencentcloudapi.com",
        1551113065,
        body,
    )
    assert authorization == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, "
        "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )


@pytest.mark.parametrize(
    ("code", "reason", "retryable"),
    [
        ("LimitExceeded.PhoneNumberThirtySecondLimit", "rate_limited", True),
        ("RequestLimitExceeded", "rate_limited", True),
        ("InternalError.Timeout", "unavailable", True),
        ("FailedOperation.PhoneNumberInBlacklist", "bad_number", False),
        ("InvalidParameterValue.IncorrectPhoneNumber", "bad_number", False),
        ("AuthFailure.SignatureFailure", "misconfigured", False),
        ("UnauthorizedOperation.SmsSdkAppIdVerifyFail", "misconfigured", False),
        ("FailedOperation.ContainSensitiveWord", "refused", False),
    ],
)
def test_codes_are_sorted_by_what_one_can_do(code: str, reason: str, retryable: bool) -> None:
    for response in (
        {"Error": {"Code": code, "Message": "to +8613800000000"}, "RequestId": "r1"},
        {"SendStatusSet": [{"Code": code, "PhoneNumber": "+8613800000000"}], "RequestId": "r1"},
    ):
        with pytest.raises(SmsError) as caught:
            _read(Answer(200, {}, json.dumps({"Response": response}).encode()))
        error = caught.value
        assert (error.reason, error.retryable, error.rid) == (reason, retryable, "r1")
        assert "138" not in str(error)


@pytest.mark.parametrize("body", [b"{}", b'{"Response": {}}', b'{"Response": {"SendStatusSet": []}}', b"x"])
def test_odd_answers(body: bytes) -> None:
    with pytest.raises(TransportError):
        _read(Answer(200, {}, body))


def test_numbers_are_written_internationally() -> None:
    assert number_e164("13800000000") == "+8613800000000"
    assert number_e164("+4915112345678") == "+4915112345678"

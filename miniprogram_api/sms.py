"""SMS through Tencent Cloud: ``SendSms`` of API 2021-01-11, signed with TC3-HMAC-SHA256.

Vendor documents: cloud.tencent.com/document/product/382/55981 (SendSms), …/382/52072 (signature v3).
"""

import hashlib
import hmac
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from miniprogram_api.errors import SmsError, TransportError
from miniprogram_api.http import Answer, Call, HttpClient, read_json, to_json
from miniprogram_api.settings import TencentSmsConfig

log = logging.getLogger(__name__)

_VERSION = "2021-01-11"
_CONTENT_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True)
class SmsReceipt:
    """``serial`` is the provider's number of the message; ``fee`` the count of billed parts."""

    serial: str
    fee: int


class SmsSender(Protocol):
    """What the product needs of an SMS provider."""

    async def send(self, phone: str, template_id: str, params: Sequence[str]) -> SmsReceipt:
        """Send one message; ``phone`` is E.164 (``+8613800000000``). Raises ``SmsError``/``TransportError``."""
        ...


class TencentSmsSender:
    """``SmsSender`` over Tencent Cloud. Never repeated after it may have arrived: people dislike two codes."""

    def __init__(self, config: TencentSmsConfig, http: HttpClient, clock: Callable[[], float] = time.time) -> None:
        self._config = config
        self._http = http
        self._clock = clock

    async def send(self, phone: str, template_id: str, params: Sequence[str]) -> SmsReceipt:
        config = self._config
        body = to_json(
            {
                "PhoneNumberSet": [phone],
                "SmsSdkAppId": config.app_id,
                "SignName": config.sign_name,
                "TemplateId": template_id,
                "TemplateParamSet": list(params),
            }
        )
        call = Call(
            api="send_sms",
            method="POST",
            urls=(config.base_url + "/",),
            headers=lambda: self._headers(body),
            body=body,
        )
        return await self._http.call(call, _read)

    def _headers(self, body: bytes) -> Mapping[str, str]:
        config, now = self._config, int(self._clock())
        keys = (config.secret_id, config.secret_key)
        return tc3_headers(*keys, "sms", "SendSms", _VERSION, config.region, config.base_url, now, body)


def tc3_headers(
    secret_id: str,
    secret_key: str,
    service: str,
    action: str,
    version: str,
    region: str,
    base_url: str,
    timestamp: int,
    body: bytes,
) -> Mapping[str, str]:
    """All headers of a call of Tencent Cloud's API 3.0; ``timestamp`` in Unix seconds."""
    host = urlsplit(base_url).netloc
    return {
        "Authorization": tc3_authorization(secret_id, secret_key, service, host, timestamp, body),
        "Content-Type": _CONTENT_TYPE,
        "Host": host,
        "X-TC-Action": action,
        "X-TC-Version": version,
        "X-TC-Timestamp": str(timestamp),
        "X-TC-Region": region,
    }


def tc3_authorization(secret_id: str, secret_key: str, service: str, host: str, timestamp: int, body: bytes) -> str:
    """The ``Authorization`` header of a TC3-HMAC-SHA256 POST to ``/`` that signs content-type and host."""
    day = datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d")
    signed = "content-type;host"
    headers = f"content-type:{_CONTENT_TYPE}\nhost:{host}\n"
    request = "\n".join(("POST", "/", "", headers, signed, hashlib.sha256(body).hexdigest()))
    scope = f"{day}/{service}/tc3_request"
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{digest}"
    key = ("TC3" + secret_key).encode()
    for part in (day, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders={signed}, Signature={signature}"


def _read(answer: Answer) -> SmsReceipt:
    response = read_json("send_sms", answer).get("Response")
    if not isinstance(response, dict):
        raise TransportError("send_sms", "bad_answer", sent=True)
    rid = str(response.get("RequestId", ""))
    error = response.get("Error")
    if isinstance(error, dict):
        raise sort_tencent_error(str(error.get("Code", "Unknown")), rid)
    statuses = response.get("SendStatusSet")
    if not isinstance(statuses, list) or len(statuses) != 1 or not isinstance(statuses[0], dict):
        raise TransportError("send_sms", "bad_answer", sent=True)
    status: dict[str, Any] = statuses[0]
    if str(status.get("Code")).lower() != "ok":
        raise sort_tencent_error(str(status.get("Code", "Unknown")), rid)
    return SmsReceipt(serial=str(status.get("SerialNo", "")), fee=int(status.get("Fee") or 0))


def sort_tencent_error(code: str, rid: str) -> SmsError:
    """Sort Tencent Cloud's codes (``LimitExceeded.PhoneNumberDailyLimit`` …) by what the caller can do."""
    family = code.split(".")[0]
    if family in ("LimitExceeded", "RequestLimitExceeded"):
        return SmsError(code, "rate_limited", retryable=True, rid=rid)
    if family == "InternalError":
        return SmsError(code, "unavailable", retryable=True, rid=rid)
    if "PhoneNumber" in code or code.endswith("InvalidPhoneNumber"):
        return SmsError(code, "bad_number", retryable=False, rid=rid)
    if family in ("AuthFailure", "UnauthorizedOperation") or "SdkAppId" in code:
        log.error("sms provider refuses our credentials", extra={"alarm": "sms_credentials", "code": code})
        return SmsError(code, "misconfigured", retryable=False, rid=rid)
    return SmsError(code, "refused", retryable=False, rid=rid)


def number_e164(phone: str) -> str:
    """``13800000000`` → ``+8613800000000``; anything already international stays as it is."""
    return phone if phone.startswith("+") else f"+86{phone}"

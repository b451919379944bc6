"""SMS through Tencent Cloud: ``SendSms`` of API 2021-01-11.

Vendor document: cloud.tencent.com/document/product/382/55981 (SendSms).
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from miniprogram_api.errors import SmsError, TransportError
from miniprogram_api.http import Answer, HttpClient
from miniprogram_api.settings import TencentSmsConfig
from miniprogram_api.tencent_cloud import TencentApi, response_of

log = logging.getLogger(__name__)

VERSION = "2021-01-11"


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
        keys = (config.secret_id, config.secret_key)
        self._api = TencentApi(*keys, "sms", VERSION, config.base_url, config.region, clock)

    async def send(self, phone: str, template_id: str, params: Sequence[str]) -> SmsReceipt:
        wanted = {
            "PhoneNumberSet": [phone],
            "SmsSdkAppId": self._config.app_id,
            "SignName": self._config.sign_name,
            "TemplateId": template_id,
            "TemplateParamSet": list(params),
        }
        return await self._http.call(self._api.call("send_sms", "SendSms", wanted), _read)


def _read(answer: Answer) -> SmsReceipt:
    response = response_of("send_sms", answer, sort_tencent_error)
    statuses = response.get("SendStatusSet")
    if not isinstance(statuses, list) or len(statuses) != 1 or not isinstance(statuses[0], dict):
        raise TransportError("send_sms", "bad_answer", sent=True)
    status: dict[str, Any] = statuses[0]
    if str(status.get("Code")).lower() != "ok":
        raise sort_tencent_error(str(status.get("Code", "Unknown")), str(response.get("RequestId", "")))
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

"""Whether a name and a number belong together, asked of Tencent Cloud (B2).

Vendor documents, cloud.tencent.com/document/…: product/1007/33188 (IdCardVerification), api/1007/31816 (DetectAuth),
api/1007/41957 (GetDetectInfoEnhanced), api/866/132862 (VerifyBizLicenseEnterprise3).
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from miniprogram_api.errors import IdentityCheckError, TransportError
from miniprogram_api.http import HttpClient
from miniprogram_api.settings import TencentIdentityConfig
from miniprogram_api.tencent_cloud import TencentApi, response_of

log = logging.getLogger(__name__)

_FACEID_VERSION = "2018-03-01"
_OCR_VERSION = "2018-11-19"
_TRADING = "1"  # 开业（在营）


class Match(StrEnum):
    """What the provider says of a name and a number."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NO_RECORD = "no_record"
    MALFORMED = "malformed"  # the number or the name cannot be one
    TOO_OFTEN = "too_often"  # asked too often about this number today
    NOT_TRADING = "not_trading"  # a company that is struck off, revoked or moved away


@dataclass(frozen=True)
class FaceFlow:
    """The provider's own page where a person shows their face. ``token`` names the flow for three days."""

    token: str
    url: str


# Of IdCardVerification: 0 and -1 are answers; -4, -6 mean that the register does not answer now.
_PERSON = {
    "0": Match.MATCH,
    "-1": Match.MISMATCH,
    "-2": Match.MALFORMED,
    "-3": Match.MALFORMED,
    "-5": Match.NO_RECORD,
    "-7": Match.TOO_OFTEN,
}


class TencentIdentityChecks:
    """Nothing here is stored by asking twice; each answer costs money, so only what was not sent is repeated."""

    def __init__(self, config: TencentIdentityConfig, http: HttpClient, clock: Callable[[], float] = time.time) -> None:
        self._config = config
        self._http = http
        keys = (config.secret_id, config.secret_key)
        self._faceid = TencentApi(*keys, "faceid", _FACEID_VERSION, config.faceid_url, config.region, clock)
        self._ocr = TencentApi(*keys, "ocr", _OCR_VERSION, config.ocr_url, config.region, clock)

    async def match_person(self, name: str, number: str) -> Match:
        """Raises IdentityCheckError, TransportError."""
        response = await self._ask(self._faceid, "IdCardVerification", {"IdCard": number, "Name": name})
        result = str(response.get("Result", ""))
        if result not in _PERSON:
            raise IdentityCheckError(f"IdCardVerification.{result or 'none'}", "unavailable", retryable=True)
        return _PERSON[result]

    async def match_company(self, name: str, credit_code: str, legal_representative: str) -> Match:
        """Raises IdentityCheckError, TransportError."""
        wanted = {
            "CreditCode": credit_code,
            "EntName": name,
            "LrName": legal_representative,
            "VerifyType": "ENT_3META",
        }
        response = await self._ask(self._ocr, "VerifyBizLicenseEnterprise3", wanted)
        if response.get("StatusCode") != 0:
            code = f"VerifyBizLicenseEnterprise3.{response.get('StatusCode')}"
            raise IdentityCheckError(code, "unavailable", retryable=True)
        if response.get("VerifyResult") != 1:
            return Match.MISMATCH
        return Match.MATCH if str(response.get("OperatingStatus")) == _TRADING else Match.NOT_TRADING

    async def begin_face(self, name: str, number: str, return_url: str) -> FaceFlow:
        """Raises IdentityCheckError, TransportError."""
        wanted = {
            "RuleId": self._config.face_rule or "",
            "IdCard": number,
            "Name": name,
            "RedirectUrl": return_url,
        }
        response = await self._ask(self._faceid, "DetectAuth", wanted)
        token, url = response.get("BizToken"), response.get("Url")
        if not isinstance(token, str) or not isinstance(url, str):
            raise TransportError("DetectAuth", "bad_answer", sent=True)
        return FaceFlow(token, url)

    async def face_result(self, token: str) -> bool | None:
        """Whether the face was the person's; None while they have not shown it. Raises as the others."""
        wanted = {"BizToken": token, "RuleId": self._config.face_rule or "", "InfoType": "1"}
        response = await self._ask(self._faceid, "GetDetectInfoEnhanced", wanted)
        text = response.get("Text")
        code = text.get("ErrCode") if isinstance(text, dict) else None
        return None if code is None else code == 0

    async def _ask(self, api: TencentApi, action: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        return await self._http.call(
            api.call(action, action, wanted), lambda answer: response_of(action, answer, _sorted)
        )


def _sorted(code: str, rid: str) -> IdentityCheckError:
    """Tencent Cloud's common codes (api/1007/31320) by what can be done."""
    family = code.split(".")[0]
    if family in ("LimitExceeded", "RequestLimitExceeded"):
        return IdentityCheckError(code, "rate_limited", retryable=True, rid=rid)
    if family == "InternalError":
        return IdentityCheckError(code, "unavailable", retryable=True, rid=rid)
    if family in ("AuthFailure", "UnauthorizedOperation", "ResourceUnavailable"):
        log.error("the identity provider refuses our account", extra={"alarm": "identity_credentials", "code": code})
        return IdentityCheckError(code, "misconfigured", retryable=True, rid=rid)
    return IdentityCheckError(code, "refused", retryable=False, rid=rid)

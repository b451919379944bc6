"""Tencent Cloud's API 3.0: calls signed with TC3-HMAC-SHA256, and what comes back under ``Response``.

Vendor document: cloud.tencent.com/document/product/382/52072 (signature v3).
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from miniprogram_api.errors import TransportError, VendorError
from miniprogram_api.http import Answer, Call, read_json, to_json

_CONTENT_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True)
class TencentApi:
    """One API under one account. ``clock`` gives Unix seconds."""

    secret_id: str
    secret_key: str = field(repr=False)
    service: str
    version: str
    base_url: str
    region: str
    clock: Callable[[], float]

    def call(self, name: str, action: str, wanted: Mapping[str, Any]) -> Call:
        """``name`` is what our logs and figures call it. Signed anew each time that it is sent."""
        body = to_json(wanted)
        return Call(
            api=name,
            method="POST",
            urls=(self.base_url + "/",),
            headers=lambda: self._headers(action, body),
            body=body,
        )

    def _headers(self, action: str, body: bytes) -> Mapping[str, str]:
        host, now = urlsplit(self.base_url).netloc, int(self.clock())
        return {
            "Authorization": tc3_authorization(self.secret_id, self.secret_key, self.service, host, now, body),
            "Content-Type": _CONTENT_TYPE,
            "Host": host,
            "X-TC-Action": action,
            "X-TC-Version": self.version,
            "X-TC-Timestamp": str(now),
            "X-TC-Region": self.region,
        }


def response_of(name: str, answer: Answer, sort: Callable[[str, str], VendorError]) -> dict[str, Any]:
    """What the answer holds. Raises TransportError, or what ``sort`` makes of the error's code and the request's id."""
    response = read_json(name, answer).get("Response")
    if not isinstance(response, dict):
        raise TransportError(name, "bad_answer", sent=True)
    error = response.get("Error")
    if isinstance(error, dict):
        raise sort(str(error.get("Code", "Unknown")), str(response.get("RequestId", "")))
    return response


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

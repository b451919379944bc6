"""What Tencent Cloud reports about messages and calls: whether they arrived.

Vendor documents: cloud.tencent.com/document/product/382/43547 (短信下发状态通知), …/1128/37725 (语音通知状态通知),
…/1128/37727 (语音送达失败原因推送). These calls are not signed: who may make them, the address itself must say.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

_MOST = 1_000
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z:_.-]{0,39}")
_ANSWERED, _NOT_ANSWERED = "0", "1"


class ReportError(ValueError):
    """No report that Tencent Cloud would send."""


@dataclass(frozen=True, slots=True)
class ProviderReport:
    """``number`` is what the provider gave when it took the message (SerialNo, CallId); ``cause`` is stable, holds
    nothing personal, and is "" for what arrived."""

    channel: Literal["sms", "call"]
    number: str
    arrived: bool
    cause: str


def read_reports(body: bytes) -> list[ProviderReport]:
    """One or many, as they are posted. Pressed keys and calls with codes say nothing here. Raises ``ReportError``."""
    try:
        told = json.loads(body)
    except ValueError:
        raise ReportError("no JSON") from None
    if isinstance(told, list):
        return _messages(told)
    if isinstance(told, dict):
        return _calls(told)
    raise ReportError("neither a list nor an object")


def _messages(told: Sequence[Any]) -> list[ProviderReport]:
    if len(told) > _MOST or not all(isinstance(one, dict) for one in told):
        raise ReportError("no list of reports")
    return [_message(one) for one in told]


def _message(one: Mapping[str, Any]) -> ProviderReport:
    status = one.get("report_status")
    if status not in ("SUCCESS", "FAIL"):
        raise ReportError("no status")
    arrived = status == "SUCCESS"
    return ProviderReport("sms", _number(one.get("sid")), arrived, "" if arrived else _cause(one.get("errmsg")))


def _calls(told: Mapping[str, Any]) -> list[ProviderReport]:
    state, failure = told.get("voiceprompt_callback"), told.get("voice_failure_callback")
    if isinstance(state, dict):
        result = str(state.get("result"))
        cause = "" if result == _ANSWERED else "not_answered" if result == _NOT_ANSWERED else "call_failed"
        return [ProviderReport("call", _number(state.get("callid")), result == _ANSWERED, cause)]
    if isinstance(failure, dict):
        return [ProviderReport("call", _number(failure.get("callid")), False, _cause(failure.get("failure_code")))]
    if isinstance(told.get("voicekey_callback"), dict) or isinstance(told.get("voicecode_callback"), dict):
        return []
    raise ReportError("no report of a call")


def _number(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 128:
        raise ReportError("no number")
    return value


def _cause(value: object) -> str:
    """The carrier's code as it is, if it looks like one: free text may quote a phone number."""
    code = str(value)
    return f"report.{code}" if _CODE.fullmatch(code) and not re.search(r"\d{7}", code) else "report.failed"

"""WeChat's message push (消息推送): proving that it comes from WeChat, and reading it.

Safe mode: ``msg_signature`` = sha1 over the sorted token, timestamp, nonce and ciphertext; the body is
AES-256-CBC. The cipher is wechatpy's; signatures are compared here in constant time.
WeChat repeats a push up to three times when it is not answered ``success`` within 5 s.
Vendor documents: developers.weixin.qq.com, "消息推送", "订阅消息事件推送", "mediaCheckAsync", "接收消息和事件",
"发货信息管理".
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import xmltodict  # type: ignore[import-untyped]  # a dependency of wechatpy, without stubs
from wechatpy.crypto import PrpCrypto, WeChatCrypto

from miniprogram_api.content import Verdict, read_verdict
from miniprogram_api.errors import PushError
from miniprogram_api.settings import PushConfig


@dataclass(frozen=True)
class SubscribeDecision:
    """A user's answer about one template. ``status``: ``accept``, ``reject``, ``ban`` or ``filter``."""

    template_id: str
    status: str


@dataclass(frozen=True)
class SendResult:
    """How one sent message ended: ``msg_id`` as ``send_subscribe_message`` returned it, 0 = delivered."""

    template_id: str
    msg_id: str
    error_code: int


@dataclass(frozen=True)
class MediaVerdict:
    """What became of a ``check_media``: a ``verdict``, or the ``errcode`` for which there is none (-1008: WeChat
    could not fetch the file).
    """

    trace_id: str
    verdict: Verdict | None
    errcode: int


@dataclass(frozen=True)
class PushEvent:
    """One push. ``dedupe_key`` is the same for repetitions and contains no personal data.

    ``event`` is WeChat's event name (``subscribe_msg_popup_event`` …), or the message type for a message.
    ``data`` is the whole decrypted message.
    """

    dedupe_key: str
    msg_id: str | None
    event: str
    openid: str = field(repr=False)
    created_at: datetime
    data: Mapping[str, Any] = field(repr=False)

    def decisions(self) -> tuple[SubscribeDecision, ...]:
        """What the user accepted or refused (popup and change events); empty for other events."""
        if self.event not in ("subscribe_msg_popup_event", "subscribe_msg_change_event"):
            return ()
        return tuple(
            SubscribeDecision(str(row.get("TemplateId", "")), str(row.get("SubscribeStatusString", "")))
            for row in self._rows()
        )

    def send_results(self) -> tuple[SendResult, ...]:
        """How sent messages ended (``subscribe_msg_sent_event``); empty for other events."""
        if self.event != "subscribe_msg_sent_event":
            return ()
        return tuple(
            SendResult(str(row.get("TemplateId", "")), str(row.get("MsgID", "")), _int(row.get("ErrorCode")))
            for row in self._rows()
        )

    def media_verdict(self) -> MediaVerdict | None:
        """The result of a media check (``wxa_media_check``); None for other events, and for one without an id.

        Believe it only for a ``trace_id`` that ``check_media`` returned here.
        """
        trace_id = self.data.get("trace_id")
        if self.event != "wxa_media_check" or not isinstance(trace_id, str) or not trace_id:
            return None
        errcode = _int(self.data.get("errcode"))
        return MediaVerdict(trace_id, read_verdict(self.data) if errcode == 0 else None, errcode)

    def opens_window(self) -> tuple[int, int] | None:
        """``(messages, seconds)`` of the customer-service window that this event opens, or None."""
        if self.event in ("text", "image", "miniprogrampage"):
            return 5, 48 * 3600
        return (2, 60) if self.event == "user_enter_tempsession" else None

    def settled_payment(self) -> str | None:
        """The ``transaction_id`` whose money WeChat has released (``trade_manage_order_settlement``), or None."""
        value = self.data.get("transaction_id")
        # The event comes twice, after shipping and after settling; only the latter has a settlement time.
        settled = self.event == "trade_manage_order_settlement" and self.data.get("settlement_time")
        return value if settled and isinstance(value, str) and value else None

    def _rows(self) -> list[dict[str, Any]]:
        # JSON puts the list at the top, XML inside an element named after the event; one row may come bare.
        holder: Any = self.data
        if "List" not in holder:
            name = "".join(part.capitalize() for part in self.event.split("_"))
            holder = self.data.get(name) or {}
        rows = holder.get("List") if isinstance(holder, dict) else None
        rows = [rows] if isinstance(rows, dict) else rows
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


class PushCodec:
    """Checks and reads what WeChat pushes to this mini-program."""

    def __init__(self, config: PushConfig) -> None:
        self._config = config
        self._key = WeChatCrypto(config.token, config.aes_key, config.appid).key

    def verify_url(self, query: Mapping[str, str]) -> str:
        """The ``echostr`` to answer WeChat's GET with. Raises ``PushError``."""
        values = _required(query, "signature", "timestamp", "nonce", "echostr")
        if not self._signed(values["signature"], values["timestamp"], values["nonce"]):
            raise PushError("bad_signature")
        return values["echostr"]

    def decrypt(self, query: Mapping[str, str], body: bytes) -> PushEvent:
        """Read a POST in safe mode, JSON or XML. Raises ``PushError``; plain-text mode is refused."""
        values = _required(query, "msg_signature", "timestamp", "nonce")
        envelope = _parse(body)
        encrypted = envelope.get("Encrypt")
        if not isinstance(encrypted, str):
            raise PushError("bad_body")
        if not self._signed(values["msg_signature"], values["timestamp"], values["nonce"], encrypted):
            raise PushError("bad_signature")
        try:
            plain = PrpCrypto(self._key).decrypt(encrypted, self._config.appid)
        except Exception as error:  # the cipher's several errors share no narrower base
            raise PushError("undecryptable") from error
        return _event(_parse(plain.encode()))

    def _signed(self, signature: str, *parts: str) -> bool:
        text = "".join(sorted((self._config.token, *parts)))
        # SHA-1 is the vendor's choice.
        expected = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        return hmac.compare_digest(expected.encode(), signature.encode())


def _required(query: Mapping[str, str], *names: str) -> dict[str, str]:
    found = {name: query.get(name, "") for name in names}
    if not all(found.values()):
        raise PushError("missing_parameter")
    return found


def _parse(body: bytes) -> dict[str, Any]:
    try:
        is_xml = body.lstrip()[:1] == b"<"
        value = xmltodict.parse(body.decode())["xml"] if is_xml else json.loads(body)
    except Exception as error:  # expat's error is no ValueError; every failure means the same
        raise PushError("bad_body") from error
    if not isinstance(value, dict):
        raise PushError("bad_body")
    return value


def _event(message: dict[str, Any]) -> PushEvent:
    openid, created = str(message.get("FromUserName", "")), _int(message.get("CreateTime"))
    event = str(message.get("Event") or message.get("MsgType") or "")
    msg_id = message.get("MsgId")
    # WeChat's own advice: MsgId where there is one, else sender + time + event. Hashed, for it gets stored.
    identity = f"id:{msg_id}" if msg_id else f"{openid}:{created}:{event}"
    return PushEvent(
        dedupe_key=hashlib.sha256(identity.encode()).hexdigest(),
        msg_id=str(msg_id) if msg_id else None,
        event=event,
        openid=openid,
        created_at=datetime.fromtimestamp(created, UTC),
        data=message,
    )


def _int(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0

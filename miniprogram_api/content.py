"""Content safety (内容安全): WeChat's opinion of a text at once, of a picture or a recording later, by push.

Version 2 of both. The user must have been in the mini-program within two hours (61010 otherwise).
Vendor documents: developers.weixin.qq.com, "msgSecCheck", "mediaCheckAsync".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

from miniprogram_api.errors import TransportError
from miniprogram_api.wechat_door import WeChatDoor

MAX_TEXT = 2500
MAX_MEDIA_BYTES = 10 * 1024 * 1024
Suggestion = Literal["pass", "review", "risky"]
_SUGGESTIONS: tuple[Suggestion, ...] = ("pass", "review", "risky")
# What WeChat says when a user has not been in the mini-program lately: no verdict, no fault of the text.
USER_AWAY = 61010


class Scene(IntEnum):
    """Where the content appears, in the vendor's numbers."""

    PROFILE = 1
    COMMENT = 2
    FORUM = 3
    SOCIAL_LOG = 4


@dataclass(frozen=True)
class Verdict:
    """WeChat's opinion: ``suggestion``, the vendor's ``label`` (100 = fine), and the id to name it by."""

    suggestion: Suggestion
    label: int
    trace_id: str

    @property
    def fine(self) -> bool:
        return self.suggestion == "pass"


class ContentSafety:
    """Raises ``WeChatError`` (61010: the user is away; 45009: quota) and ``TransportError``."""

    def __init__(self, door: WeChatDoor) -> None:
        self._door = door

    async def check_text(self, openid: str, text: str, scene: Scene = Scene.SOCIAL_LOG) -> Verdict:
        """WeChat's opinion of ``text`` by ``openid``. Raises ``ValueError`` beyond 2,500 characters: cut it up."""
        if not 0 < len(text) <= MAX_TEXT:
            raise ValueError("text")
        body = {"version": 2, "openid": openid, "scene": int(scene), "content": text}
        data = await self._door.call("msg_sec_check", "POST", "/wxa/msg_sec_check", body=body, idempotent=True)
        verdict = read_verdict(data)
        if verdict is None:
            raise TransportError("msg_sec_check", "bad_answer", sent=True)
        return verdict

    async def check_media(
        self, openid: str, url: str, kind: Literal["audio", "image"], scene: Scene = Scene.SOCIAL_LOG
    ) -> str:
        """Ask for an opinion of the file at ``url`` (at most 10 MB, reachable by WeChat); returns its trace id.

        The verdict comes within 30 minutes as the event ``wxa_media_check``: see ``PushEvent.media_verdict``.
        """
        body = {
            "version": 2,
            "openid": openid,
            "scene": int(scene),
            "media_url": url,
            "media_type": 1 if kind == "audio" else 2,
        }
        # Not idempotent: each request costs quota and brings a push of its own.
        data = await self._door.call("media_check_async", "POST", "/wxa/media_check_async", body=body)
        trace_id = data.get("trace_id")
        if not isinstance(trace_id, str) or not trace_id:
            raise TransportError("media_check_async", "bad_answer", sent=True)
        return trace_id


def read_verdict(data: Mapping[str, Any]) -> Verdict | None:
    """The verdict of an answer or an event; None when there is none. Labels come as numbers and as texts."""
    result = data.get("result")
    if not isinstance(result, dict) or result.get("suggest") not in _SUGGESTIONS:
        return None
    label = str(result.get("label", "")).strip()
    if not (label.isascii() and label.isdigit()):
        return None
    return Verdict(result["suggest"], int(label), str(data.get("trace_id", "")))

"""The signature that ``wx.joinVoIPChat`` wants for a room.

Vendor document: developers.weixin.qq.com, "多人音视频对话".
"""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RoomPass:
    """What a client needs to enter ``group_id``: the parameters of ``wx.joinVoIPChat``."""

    group_id: str
    nonce_str: str
    timestamp: int
    signature: str = field(repr=False)


def room_signature(appid: str, group_id: str, nonce_str: str, timestamp: int, session_key: str) -> str:
    """HMAC-SHA256 (hex) over the four values sorted as texts and joined, keyed with the session key's *text*."""
    joined = "".join(sorted((appid, group_id, nonce_str, str(timestamp))))
    return hmac.new(session_key.encode(), joined.encode(), hashlib.sha256).hexdigest()


def room_pass(appid: str, group_id: str, session_key: str, now: float | None = None) -> RoomPass:
    """A fresh pass. ``session_key`` must be the user's living one; a newer login makes the pass worthless."""
    nonce_str, timestamp = secrets.token_hex(16), int(time.time() if now is None else now)
    return RoomPass(group_id, nonce_str, timestamp, room_signature(appid, group_id, nonce_str, timestamp, session_key))

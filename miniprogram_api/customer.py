"""Customer-service messages (客服消息): free text to a user, while the user's window is open.

A user's message opens the window for 48 hours and 5 messages; entering the customer-service session for a minute and
2 messages. Whoever sends learns of a closed window by 45015 only, so keep count of the events that open it
(``PushEvent.opens_window``).
Vendor document: developers.weixin.qq.com, "发送客服消息".
"""

from miniprogram_api.errors import WeChatError
from miniprogram_api.wechat_door import WeChatDoor

WINDOW_CLOSED = 45015
WINDOW_USED_UP = 45047
NOT_ALLOWED = 48001
MAX_BYTES = 2048


class CustomerMessages:
    """Raises ``WeChatError`` and ``TransportError``; see ``window_fault``."""

    def __init__(self, door: WeChatDoor) -> None:
        self._door = door

    async def send_text(self, openid: str, text: str) -> None:
        """Send ``text`` (at most 2,048 bytes in UTF-8, ``ValueError`` beyond).

        Never repeated on its own after it may have arrived: the user would read it twice.
        """
        if not 0 < len(text.encode()) <= MAX_BYTES:
            raise ValueError("text")
        body = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        await self._door.call("custom_send", "POST", "/cgi-bin/message/custom/send", body=body)


def window_fault(error: WeChatError) -> str | None:
    """Why the window did not let a message through, or None for any other error.

    ``closed`` (45015): the user must write or enter first. ``used_up`` (45047): this window's messages are spent.
    Neither is worth a retry; take another channel.
    """
    return {WINDOW_CLOSED: "closed", WINDOW_USED_UP: "used_up"}.get(error.errcode)

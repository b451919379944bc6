"""Customer-service messages: what users write, the window it opens, and what the product answers."""

import time
from typing import Any

from miniprogram_api.sandbox.journal import timestamp
from miniprogram_api.sandbox.notifier import Notifier
from miniprogram_api.sandbox.people import People
from miniprogram_api.sandbox.state import Row, State

# What opens a window → (messages, seconds).
WINDOWS = {"message": (5, 48 * 3600.0), "enter": (2, 60.0)}


class ServiceDesk:
    """Windows by openid. Their time is real time: a product counts them by its own clock."""

    def __init__(self, state: State, people: People, notifier: Notifier) -> None:
        self._state = state
        self._people = people
        self._notifier = notifier

    async def user_acts(self, openid: str, kind: str, text: str) -> None:
        """A user writes (``message``) or enters the session (``enter``); the product hears of it."""
        count, seconds = WINDOWS[kind]
        self._state.run(
            "insert or replace into windows values (?, ?, ?, ?)", openid, count, time.time() + seconds, count
        )
        event: dict[str, Any] = {"FromUserName": openid, "CreateTime": self._people.next_event_time(openid)}
        if kind == "message":
            event |= {"MsgType": "text", "Content": text, "MsgId": time.time_ns()}
        else:
            event |= {"MsgType": "event", "Event": "user_enter_tempsession", "SessionFrom": ""}
        await self._notifier.push(event)

    def send(self, openid: str, text: str) -> int:
        """Take a message to a user; the errcode, 0 for sent."""
        window = self._state.one("select * from windows where openid = ?", openid)
        if window is None or window["ends_at"] < time.time():
            return 45015
        if window["remaining"] < 1:
            return 45047
        self._state.run("update windows set remaining = remaining - 1 where openid = ?", openid)
        self._state.insert("customer_messages", {"openid": openid, "text": text, "sent_at": timestamp()})
        return 0

    def messages(self, openid: str | None) -> list[Row]:
        """What the product sent, oldest first."""
        where, values = ("where openid = ?", (openid,)) if openid else ("", ())
        return self._state.all(f"select * from customer_messages {where} order by id", *values)  # noqa: S608

    def close(self, openid: str) -> None:
        """Let a user's window run out."""
        self._state.run("update windows set ends_at = 0 where openid = ?", openid)

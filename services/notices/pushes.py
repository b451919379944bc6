"""WeChat's message push: what WeChat tells us by itself. Each event counts once, however often it comes."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from miniprogram_api.errors import PushError
from miniprogram_api.push import PushCodec, PushEvent
from services.clock import Clock, utc_now
from services.errors import Problem
from services.notices.customer_windows import CustomerWindows
from services.notices.subscription_messages import SubscriptionMessages
from services.notices.subscriptions import Subscriptions
from services.storage.database import Database

log = logging.getLogger("casespace.pushes")

# Who else wants to hear of events: whose it is (None: nobody we know), and the event. Must bear repetition, since
# WeChat sends an event again until it has been recorded.
Listener = Callable[[str | None, PushEvent], Awaitable[None]]


class Pushes:
    def __init__(
        self,
        database: Database,
        codec: PushCodec,
        subscriptions: Subscriptions,
        messages: SubscriptionMessages,
        windows: CustomerWindows,
        user_of: Callable[[str], Awaitable[str | None]],
        listeners: Sequence[Listener] = (),
        clock: Clock = utc_now,
    ) -> None:
        """``user_of(openid)``: whose WeChat identity that is, or None."""
        self._db = database
        self._codec = codec
        self._subscriptions = subscriptions
        self._messages = messages
        self._windows = windows
        self._user_of = user_of
        self._listeners = listeners
        self._clock = clock

    def verify(self, query: Mapping[str, str]) -> str:
        """What to answer when WeChat checks the address. Raises ``push.rejected``."""
        try:
            return self._codec.verify_url(query)
        except PushError as fault:
            raise _rejected(fault) from None

    async def receive(self, query: Mapping[str, str], body: bytes) -> None:
        """Take one push in. Raises ``push.rejected``; anything else makes WeChat send it again.

        Events that mean nothing to us are taken in too: WeChat would only repeat them.
        """
        try:
            event = self._codec.decrypt(query, body)
        except PushError as fault:
            raise _rejected(fault) from None
        event_id = f"push:{event.dedupe_key}"
        if await self._known(event_id):
            return
        user_id = await self._user_of(event.openid) if event.openid else None
        if user_id is not None:
            for result in event.send_results():
                await self._messages.settle(user_id, result)
        for listener in self._listeners:
            await listener(user_id, event)
        await self._record(event_id, event, user_id)
        log.info("push taken in", extra={"event": event.event, "user_id": user_id})

    async def _known(self, event_id: str) -> bool:
        return await self._db.provider_events.find_one({"_id": event_id}, {"_id": 1}) is not None

    async def _record(self, event_id: str, event: PushEvent, user_id: str | None) -> None:
        async def work(session: AsyncClientSession) -> None:
            await self._db.provider_events.insert_one(
                {
                    "_id": event_id,
                    "kind": f"push.{event.event}"[:80],
                    "subject": f"user:{user_id}" if user_id else "",
                    "received_at": self._clock(),
                },
                session=session,
            )
            if user_id is not None:
                await self._subscriptions.pushed(session, user_id, event)
                await self._windows.pushed(session, user_id, event)

        try:
            await self._db.transaction(work)
        except DuplicateKeyError:
            if not await self._known(event_id):
                raise


def _rejected(fault: PushError) -> Problem:
    log.warning("push rejected: %s", fault.reason)
    return Problem("push.rejected")

"""Customer-service windows: who may be written to, for how long, and how often (WeChat tells only by refusing).

A person's message opens 48 hours and 5 messages; entering the session, a minute and 2. Both are kept side by side.
Vendor document: developers.weixin.qq.com, "发送客服消息".
"""

from datetime import timedelta

from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.push import PushEvent
from schemas.documents.ledgers import CustomerWindowDocument, WindowDocument
from services.clock import Clock, utc_now
from services.storage.database import Database

_ENTERED = "entered"
_WROTE = "wrote"
# The one that ends sooner is used up first.
_IN_TURN = (_ENTERED, _WROTE)


class CustomerWindows:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._db = database
        self._clock = clock

    async def pushed(self, session: AsyncClientSession, user_id: str, event: PushEvent) -> None:
        """WeChat's word. Runs in the transaction that makes the event's repetitions harmless."""
        opened = event.opens_window()
        if opened is None:
            return
        count, seconds = opened
        kind = _ENTERED if event.event == "user_enter_tempsession" else _WROTE
        window: WindowDocument = {"ends_at": self._clock() + timedelta(seconds=seconds), "left": count}
        await self._db.customer_windows.update_one(
            {"_id": user_id},
            {"$set": {f"windows.{kind}": window, "updated_at": self._clock()}},
            upsert=True,
            session=session,
        )

    async def take(self, user_id: str) -> str | None:
        """Count one message against an open window and name it; None when none is open."""
        for kind in _IN_TURN:
            open_now = {"_id": user_id, f"windows.{kind}.ends_at": {"$gt": self._clock()}}
            taken = await self._db.customer_windows.update_one(
                {**open_now, f"windows.{kind}.left": {"$gt": 0}}, {"$inc": {f"windows.{kind}.left": -1}}
            )
            if taken.modified_count:
                return kind
        return None

    async def give_back(self, user_id: str, kind: str) -> None:
        """The message was certainly not sent."""
        await self._db.customer_windows.update_one({"_id": user_id}, {"$inc": {f"windows.{kind}.left": 1}})

    async def close(self, user_id: str) -> None:
        """WeChat says that no window is open: it knows better."""
        await self._db.customer_windows.delete_one({"_id": user_id})

    async def open_until(self, user_id: str) -> WindowDocument | None:
        """The window that stays open longest, for people to look at."""
        found: CustomerWindowDocument | None = await self._db.customer_windows.find_one({"_id": user_id})
        windows = found["windows"].values() if found else ()
        usable = [one for one in windows if one["left"] > 0 and one["ends_at"] > self._clock()]
        return max(usable, key=lambda one: one["ends_at"], default=None)

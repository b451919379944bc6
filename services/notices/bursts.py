"""Never spam (J1): many notices of one kind within a window become one outside. In the app each stands for itself.

The first few of a window go out as they come. Those that follow wait for its end; whichever of them then opens the next
window, which only one can, tells all of them in one message.
"""

from datetime import datetime

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.documents.ledgers import NoticeDocument
from schemas.enums import ChannelState, NoticeKind
from services.audit import Audit
from services.clock import Clock, utc_now
from services.notices.notice_table import Burst
from services.notices.notice_templates import gathered_fields
from services.storage.database import Database


class Bursts:
    def __init__(self, database: Database, audit: Audit, clock: Clock = utc_now) -> None:
        self._db = database
        self._audit = audit
        self._clock = clock

    async def turn(self, notice: NoticeDocument, burst: Burst) -> datetime | None:
        """None: it may go out now. Otherwise it waits, and is to be looked at again then."""
        key = f"{notice['user_id']}:{notice['kind']}"
        if not notice.get("waiting", False) and await self._use(key, burst):
            return None
        if await self._open(key, burst):
            await self._gather(notice)
            return None
        await self._db.notices.update_one({"_id": notice["_id"]}, {"$set": {"waiting": True}})
        turn = await self._db.notice_turns.find_one({"_id": key})
        return turn["ends_at"] if turn else self._clock()

    async def give_back(self, notice: NoticeDocument) -> None:
        """It did not go out after all: its place is free for another."""
        used = {"_id": f"{notice['user_id']}:{notice['kind']}", "used": {"$gt": 0}}
        await self._db.notice_turns.update_one(used, {"$inc": {"used": -1}})

    async def _use(self, key: str, burst: Burst) -> bool:
        """Take one of the places in the window that runs."""
        running = {"_id": key, "ends_at": {"$gt": self._clock()}, "used": {"$lt": burst.most}}
        return (await self._db.notice_turns.update_one(running, {"$inc": {"used": 1}})).modified_count == 1

    async def _open(self, key: str, burst: Burst) -> bool:
        """Begin the next window, when none runs. Of many who try at once one succeeds."""
        now = self._clock()
        try:
            opened = await self._db.notice_turns.update_one(
                {"_id": key, "ends_at": {"$lte": now}},
                {"$set": {"ends_at": now + burst.within, "used": 1}},
                upsert=True,
            )
        except DuplicateKeyError:  # one runs
            return False
        return opened.modified_count == 1 or opened.upserted_id is not None

    async def _gather(self, notice: NoticeDocument) -> None:
        """Take in all others that wait, so that ``notice`` tells them too."""
        others = {
            "user_id": notice["user_id"],
            "kind": notice["kind"],
            "waiting": True,
            "_id": {"$ne": notice["_id"]},
            "read_at": {"$exists": False},
        }

        async def work(session: AsyncClientSession) -> NoticeDocument | None:
            ids = [row["_id"] async for row in self._db.notices.find(others, {"_id": 1}, session=session)]
            taken = {"_id": {"$in": ids}}
            owed = {**taken, "channels.wechat.state": ChannelState.OWED}
            await self._db.notices.update_many(
                owed, {"$set": {"channels.wechat.state": ChannelState.GATHERED}}, session=session
            )
            into = {"$set": {"gathered_into": notice["_id"]}, "$unset": {"waiting": ""}}
            await self._db.notices.update_many(taken, into, session=session)
            change: dict[str, object] = {"$unset": {"waiting": ""}}
            if ids:
                change["$set"] = {"gathers": len(ids) + 1, **_told_together(notice, len(ids) + 1)}
                await self._audit.write(None, "notice.gathered", f"notice:{notice['_id']}", session, notices=ids)
            return await self._db.notices.find_one_and_update(
                {"_id": notice["_id"]}, change, session=session, return_document=ReturnDocument.AFTER
            )

        changed = await self._db.transaction(work)
        if changed is not None:
            notice.update(changed)


def _told_together(notice: NoticeDocument, count: int) -> dict[str, object]:
    """What changes in the subscription message that tells ``count`` notices."""
    if "wechat" not in notice["channels"]:
        return {}
    data = notice["channels"]["wechat"]["data"]
    return {"channels.wechat.data": gathered_fields(NoticeKind(notice["kind"]), data, count)}

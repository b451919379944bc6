"""Unread while away: who has messages waiting and is not here is told outside the chat, once (A5).

The worker follows every space's entries and notes each message for the members it waits for. A note becomes due
when it has waited for ``after``; then it is forgotten when the member has read it, looked at again later while the
member is here, and told once for each unread stretch otherwise. The text never repeats what was written.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from pymongo import ASCENDING, UpdateOne

from schemas.documents.ledgers import AttentionDocument, AttentionKey
from schemas.documents.spaces import SpaceDocument
from schemas.enums import SILENT, NoticeKind, Role, SystemRole
from services.clock import Clock, utc_now
from services.followers import EntryHead
from services.live import Live
from services.notices.notices import Notices
from services.spaces.spaces import current_member
from services.storage.database import Database, in_slices

BATCH = 200
# Who is here is looked at again with growing pauses, and at the latest then: the word that somebody went away is
# lost when the process that held their socket is killed.
LONGEST_PAUSE = timedelta(seconds=60)

_SENDERS: dict[str, str] = {
    Role.CLIENT: "客户",
    Role.LAWYER: "律师",
    Role.SUPPORT: "客服",
    Role.REVIEWER: "审核律师",
    Role.PRESIDER: "主持人",
    Role.CLERK: "书记员",
    Role.OPS: "运营",
}


class Attention:
    def __init__(
        self,
        database: Database,
        notices: Notices,
        live: Live,
        after: timedelta,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._notices = notices
        self._live = live
        self._after = after
        self._clock = clock

    async def follow(self, heads: Sequence[EntryHead]) -> None:
        """Entries were stored. Only people's messages are noted, because what the system shows in a space
        (payment, assignment) has a notice of its own. May be called again with the same entries."""
        newest: dict[str, list[EntryHead]] = {}
        for head in heads:
            if head["type"] not in SILENT and head["sender"] != SystemRole.SYSTEM:
                newest.setdefault(head["_id"]["space"], []).append(head)
        if not newest:
            return
        rows: list[UpdateOne] = []
        async for space in self._db.spaces.find({"_id": {"$in": list(newest)}}, {"members": 1}):
            rows += self._rows(space, newest[space["_id"]])
        for some in in_slices(rows):
            await self._db.attention.bulk_write(some, ordered=False)

    def _rows(self, space: SpaceDocument, heads: Sequence[EntryHead]) -> list[UpdateOne]:
        """One row for each member whom something of this waits for: the newest seq counts."""
        waiting: dict[str, EntryHead] = {}
        for head in heads:
            for user_id in _waiting(space, head["_id"]["seq"], head["sender"]):
                waiting[user_id] = head
        now = self._clock()
        return [
            UpdateOne(
                {"_id": _key(space["_id"], user_id)},
                {
                    "$max": {"seq": head["_id"]["seq"]},
                    "$setOnInsert": {"since": now, "due_at": head["at"] + self._after},
                },
                upsert=True,
            )
            for user_id, head in waiting.items()
        ]

    async def went_offline(self, user_ids: Collection[str]) -> None:
        """Their last sockets are gone: what waits for them is due after the pause, counted from now."""
        theirs = {"_id.user": {"$in": list(user_ids)}}
        await self._db.attention.update_many(theirs, {"$set": {"due_at": self._clock() + self._after}})

    async def tick(self) -> int:
        """Look at what is due, oldest first; the number of rows looked at. Call about once a second."""
        rows = (
            await self._db.attention.find({"due_at": {"$lte": self._clock()}})
            .sort("due_at", ASCENDING)
            .limit(BATCH)
            .to_list()
        )
        if not rows:
            return 0
        here = await self._live.online({row["_id"]["user"] for row in rows})
        for row in rows:
            await self._look(row, row["_id"]["user"] in here)
        return len(rows)

    async def _look(self, row: AttentionDocument, is_here: bool) -> None:
        space_id, user_id = row["_id"]["space"], row["_id"]["user"]
        read = await self._db.reads.find_one({"_id": {"space": space_id, "user": user_id}})
        read_seq = read["seq"] if read else 0
        space = await self._space(space_id)
        if read_seq >= row["seq"] or space is None or current_member(space, user_id) is None:
            await self._forget(row)
        elif is_here:
            await self._look_later(row)
        else:
            if not await self._told_of_mention(row):
                await self._tell(space, row, read_seq)
            await self._forget(row)

    async def _space(self, space_id: str) -> SpaceDocument | None:
        """Read afresh: a member of the last second must not be missed because of a cache."""
        return await self._db.spaces.find_one({"_id": space_id}, {"title": 1, "members": 1})

    async def _told_of_mention(self, row: AttentionDocument) -> bool:
        """Whether the newest message has called them already: one message, one notice."""
        fact = mention_fact(row["_id"]["space"], row["seq"])
        return await self._db.notices.find_one({"user_id": row["_id"]["user"], "fact": fact}, {"_id": 1}) is not None

    async def _tell(self, space: SpaceDocument, row: AttentionDocument, read_seq: int) -> None:
        """Who wrote, and where; what they wrote stays in the space."""
        space_id, user_id = row["_id"]["space"], row["_id"]["user"]
        entry = await self._db.entries.find_one({"_id": {"space": space_id, "seq": row["seq"]}}, {"role": 1})
        sender = sender_word(entry["role"] if entry else "")
        await self._notices.tell(
            user_id,
            NoticeKind.MESSAGE_UNREAD,
            f"unread:{space_id}:{user_id}:{read_seq}",
            title=f"{sender}发来新消息",
            text=f"{sender}回复了您，请查看",
            link=f"/spaces/{space_id}",
            values={"case": space["title"], "sender": sender},
        )

    async def _look_later(self, row: AttentionDocument) -> None:
        now = self._clock()
        due_at = now + min(max(self._after, now - row["since"]), LONGEST_PAUSE)
        # Somebody who went away at this very moment has set an earlier time, which must stand.
        await self._db.attention.update_one({"_id": row["_id"], "due_at": row["due_at"]}, {"$set": {"due_at": due_at}})

    async def _forget(self, row: AttentionDocument) -> None:
        """Unless something newer has been noted meanwhile."""
        await self._db.attention.delete_one({"_id": row["_id"], "seq": row["seq"]})


def sender_word(role: str) -> str:
    """Who wrote, as a notice may say it: no name."""
    return _SENDERS.get(role, "对方")


def mention_fact(space_id: str, seq: int) -> str:
    """The fact that a message mentions somebody (``services/spaces/mentions.py``)."""
    return f"mention:{space_id}:{seq}"


def _key(space_id: str, user_id: str) -> AttentionKey:
    return {"space": space_id, "user": user_id}


def _waiting(space: SpaceDocument, seq: int, sender: str) -> Sequence[str]:
    """Whom a message waits for: every present member who may read it, but its sender."""
    present = {member["user_id"]: member for member in space["members"] if "left_at" not in member}
    return [user_id for user_id, member in present.items() if user_id != sender and member["first_seq"] <= seq]

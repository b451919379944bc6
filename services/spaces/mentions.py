"""@mention (A2): who is mentioned is told by a notice, even while they are here and busy elsewhere; once a message.

The worker notes each mention. A few seconds later it is forgotten when the person has read the message, because
then they had the space open, when it was recalled, or when they are no member any more; otherwise they are told.
The notice says who and where, never what.
"""

from collections.abc import Sequence
from datetime import timedelta

from pymongo import ASCENDING, UpdateOne

from schemas.documents.ledgers import MentionDocument
from schemas.documents.spaces import SpaceDocument
from schemas.enums import SENDABLE, MessageType, NoticeKind
from services.clock import Clock, utc_now
from services.followers import EntryHead
from services.notices.attention import mention_fact, sender_word
from services.notices.notices import Notices
from services.spaces.spaces import current_member
from services.storage.database import Database

# Long enough for a phone that shows the space to say that the message was read.
WAIT = timedelta(seconds=3)
# A worker that catches up after days does not call people to what is over.
STALE = timedelta(hours=24)
BATCH = 200


class Mentions:
    def __init__(self, database: Database, notices: Notices, clock: Clock = utc_now) -> None:
        self._db = database
        self._notices = notices
        self._clock = clock

    async def follow(self, heads: Sequence[EntryHead]) -> None:
        """Entries were stored: note who is mentioned in them. May be called again with the same ones."""
        oldest = self._clock() - STALE
        rows = [
            UpdateOne(
                {"_id": {"space": head["_id"]["space"], "seq": head["_id"]["seq"], "user": user_id}},
                {"$setOnInsert": {"due_at": head["at"] + WAIT}},
                upsert=True,
            )
            for head in heads
            if head["type"] in SENDABLE and head["at"] > oldest
            for user_id in head.get("mentions", ())
            if user_id != head["sender"]
        ]
        if rows:
            await self._db.mentions.bulk_write(rows, ordered=False)

    async def tick(self) -> int:
        """Tell what is due, oldest first; the number of mentions looked at. Call about once a second."""
        due = {"due_at": {"$lte": self._clock()}}
        rows = await self._db.mentions.find(due).sort("due_at", ASCENDING).limit(BATCH).to_list()
        for row in rows:
            await self._look(row)
            await self._db.mentions.delete_one({"_id": row["_id"]})
        return len(rows)

    async def _look(self, row: MentionDocument) -> None:
        space_id, seq, user_id = row["_id"]["space"], row["_id"]["seq"], row["_id"]["user"]
        space = await self._db.spaces.find_one({"_id": space_id}, {"title": 1, "members": 1})
        member = current_member(space, user_id) if space else None
        if space is None or member is None or member["first_seq"] > seq:
            return
        read = await self._db.reads.find_one({"_id": {"space": space_id, "user": user_id}})
        if (read is None or read["seq"] < seq) and not await self._recalled(space_id, seq):
            await self._tell(space, seq, user_id)

    async def _recalled(self, space_id: str, seq: int) -> bool:
        recall = {"_id.space": space_id, "target": seq, "type": MessageType.RECALL.value}
        return await self._db.entries.find_one(recall, {"_id": 1}) is not None

    async def _tell(self, space: SpaceDocument, seq: int, user_id: str) -> None:
        space_id = space["_id"]
        entry = await self._db.entries.find_one({"_id": {"space": space_id, "seq": seq}}, {"role": 1})
        sender = sender_word(entry["role"] if entry else "")
        await self._notices.tell(
            user_id,
            NoticeKind.MENTIONED,
            mention_fact(space_id, seq),
            title=f"{sender}提到了您",
            text=f"{sender} 在案件中提到了您，请查看",
            link=f"/spaces/{space_id}",
            values={"case": space["title"], "sender": sender},
        )

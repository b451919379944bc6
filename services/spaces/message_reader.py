"""Reading a record: pages, unread counts, last messages. Everything is derived, nothing is counted up."""

from collections.abc import Sequence

from schemas.api.messages import MessageListQuery, MessagePage, MessageView
from schemas.documents.spaces import EntryDocument, EntryKey, MemberDocument, SpaceDocument
from schemas.enums import SILENT
from services.errors import Problem
from services.keys import KeyDestroyedError
from services.record import Recorder
from services.spaces.message_views import LaterChanges, Links, later_changes, message_view, names_of, purged_view
from services.storage.database import Database

MOST_UNREAD = 999
_LAST_SEQ = 2**53 - 1


def _key(space_id: str, seq: int) -> EntryKey:
    return {"space": space_id, "seq": seq}


class MessageReader:
    def __init__(self, database: Database, recorder: Recorder, links: Links, held_links: Links | None = None) -> None:
        """``held_links`` are for files of messages under review, in the views of who may see those."""
        self._db = database
        self._recorder = recorder
        self._links = links
        self._held_links = held_links or links

    async def after(self, space: SpaceDocument, member: MemberDocument, seq: int, limit: int) -> list[EntryDocument]:
        """Up to ``limit`` entries after ``seq`` that the member may see, ascending."""
        low = max(seq, member["first_seq"] - 1)
        where = {"_id": {"$gt": _key(space["_id"], low), "$lte": _key(space["_id"], _LAST_SEQ)}}
        return await self._db.entries.find(where).sort("_id", 1).limit(limit).to_list()

    async def before(self, space: SpaceDocument, member: MemberDocument, seq: int, limit: int) -> list[EntryDocument]:
        """The last ``limit`` entries before ``seq`` that the member may see, ascending."""
        where = {"_id": {"$lt": _key(space["_id"], seq), "$gte": _key(space["_id"], member["first_seq"])}}
        found = await self._db.entries.find(where).sort("_id", -1).limit(limit).to_list()
        return found[::-1]

    async def page(self, space: SpaceDocument, member: MemberDocument, query: MessageListQuery) -> MessagePage:
        """A page of what the member may see, ascending: after a seq, before a seq, or the newest.

        Raises ``request.invalid`` for both at once.
        """
        if query.after_seq is not None and query.before_seq is not None:
            raise Problem("request.invalid", "after_seq 与 before_seq 不能同时使用")
        if query.after_seq is not None:
            entries = await self.after(space, member, query.after_seq, query.limit + 1)
            shown = entries[: query.limit]
        else:
            before = query.before_seq if query.before_seq is not None else _LAST_SEQ
            entries = await self.before(space, member, before, query.limit + 1)
            shown = entries[-query.limit :]
        items = await self.views(space, shown, viewer=member)
        return MessagePage(items=items, has_more=len(entries) > query.limit)

    async def between(self, space_id: str, after: int, up_to: int, limit: int) -> list[EntryDocument]:
        """Entries with ``after`` < seq ≤ ``up_to``, ascending, whoever may see them: for delivery only."""
        where = {"_id": {"$gt": _key(space_id, after), "$lte": _key(space_id, up_to)}}
        return await self._db.entries.find(where).sort("_id", 1).limit(limit).to_list()

    async def views(
        self,
        space: SpaceDocument,
        entries: Sequence[EntryDocument],
        *,
        viewer: MemberDocument | None = None,
        to_the_end: bool = False,
    ) -> list[MessageView]:
        """Entries of one space as they are shown now: recalled ones without body, cards in their latest state.

        ``viewer``: whose eyes they are for; without one, what is held for review is hidden. ``to_the_end``: they are
        everything up to the head, so what changes them is among them.
        """
        later = await (self._changes(entries) if to_the_end else self._later(space["_id"], entries))
        names = names_of(space)
        views = []
        for entry in entries:
            try:
                body, salt = await self._recorder.open(entry)
            except KeyDestroyedError:
                views.append(MessageView.model_validate(purged_view(entry, names)))
                continue
            links = self._held_links if entry["_id"]["seq"] in later.held else self._links
            view = message_view(entry, body, salt, names, links, later, viewer)
            views.append(MessageView.model_validate(view))
        return views

    async def _later(self, space_id: str, entries: Sequence[EntryDocument]) -> LaterChanges:
        if not entries:
            return LaterChanges()
        seqs = [entry["_id"]["seq"] for entry in entries]
        where = {"_id.space": space_id, "target": {"$gte": seqs[0], "$lte": seqs[-1]}}
        return await self._changes(await self._db.entries.find(where).sort("_id", 1).to_list())

    async def _changes(self, entries: Sequence[EntryDocument]) -> LaterChanges:
        updates = [entry for entry in entries if "target" in entry]
        try:
            return later_changes([(update, (await self._recorder.open(update))[0]) for update in updates])
        except KeyDestroyedError:  # then there is no body that they could hide or change
            return LaterChanges()

    async def read_seq(self, space_id: str, user_id: str) -> int:
        document = await self._db.reads.find_one({"_id": {"space": space_id, "user": user_id}})
        return document["seq"] if document else 0

    async def unread(self, space_id: str, member: MemberDocument, read_seq: int) -> int:
        """Others' and the system's messages after ``read_seq``, without the silent kinds; at most 999."""
        low = max(read_seq, member["first_seq"] - 1)
        return await self._db.entries.count_documents(
            {
                "_id": {"$gt": _key(space_id, low), "$lte": _key(space_id, _LAST_SEQ)},
                "sender": {"$ne": member["user_id"]},
                "type": {"$nin": [kind.value for kind in SILENT]},
            },
            limit=MOST_UNREAD,
        )


def unread_of(entries: Sequence[EntryDocument], member: MemberDocument, read_seq: int) -> int:
    """``MessageReader.unread``, counted in entries that are everything after ``read_seq``."""
    unread = [
        entry
        for entry in entries
        if entry["_id"]["seq"] > read_seq and entry["sender"] != member["user_id"] and entry["type"] not in SILENT
    ]
    return min(len(unread), MOST_UNREAD)

"""Notices: one fact is told to one person once (J1), in the app at once and outside when the kind has a way.

The notice, the debt of sending it outside and the audit entry commit together; the worker pays the debt
(``services/notices/deliveries.py``). The live hint is only a hint: who misses it finds the notice in
the list.
"""

from collections.abc import Collection, Mapping
from typing import Any

from pymongo import DESCENDING
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.api.notices import NoticePage, NoticeQuery, NoticeRead, NoticeView
from schemas.documents.ledgers import ChannelsDocument, NoticeDocument
from schemas.enums import ChannelState, NoticeChannel, NoticeKind
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.ids import new_id
from services.live import Live
from services.notices.notice_table import TABLE
from services.notices.notice_templates import fill
from services.outbox import Outbox
from services.storage.database import Database

OUTSIDE = "notice.outside"  # kind of the outbox row
_NOTHING: Mapping[str, str] = {}


class Notices:
    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        live: Live,
        audit: Audit,
        templates: Mapping[str, str],
        clock: Clock = utc_now,
        ways: Collection[NoticeChannel] = (),
    ) -> None:
        """``templates``: name → WeChat's template id; ``ways``: what else this deployment has. A kind that has no way
        outside stays in the app.
        """
        self._db = database
        self._outbox = outbox
        self._live = live
        self._audit = audit
        self._templates = templates
        self._clock = clock
        self._ways = frozenset(ways)

    async def tell(
        self,
        user_id: str,
        kind: NoticeKind,
        fact: str,
        *,
        title: str,
        text: str,
        link: str,
        values: Mapping[str, str] = _NOTHING,
    ) -> bool:
        """Tell somebody a fact; False when they were told already, and then nothing happens.

        ``fact`` names what happened, e.g. ``order:<id>:paid``. ``title``, ``text`` and ``values`` are shown on
        locked screens and stored as they are: no message content, no personal data. ``values`` fill the template
        (``services.notices.notice_templates.fill``). Raises MissingValueError when they do not, in every deployment
        alike.
        """
        if await self._db.notices.find_one({"user_id": user_id, "fact": fact}, {"_id": 1}):
            return False
        notice = self._notice(user_id, kind, fact, title, text, link, values)

        async def work(session: AsyncClientSession) -> None:
            await self._db.notices.insert_one(notice, session=session)
            if notice["channels"] or self._goes_outside(kind):
                await self._outbox.add(session, OUTSIDE, f"notice:{notice['_id']}", {"notice_id": notice["_id"]})
            await self._audit.write(
                None, "notice.told", f"notice:{notice['_id']}", session, user_id=user_id, kind=kind.value, fact=fact
            )

        try:
            await self._db.transaction(work)
        except DuplicateKeyError:
            return False
        self._outbox.nudge()
        hint = _view(notice).model_dump(mode="json", exclude={"read_at"})
        await self._live.to_user(user_id, "notice:new", hint)
        return True

    def _notice(
        self, user_id: str, kind: NoticeKind, fact: str, title: str, text: str, link: str, values: Mapping[str, str]
    ) -> NoticeDocument:
        now = self._clock()
        return {
            "_id": new_id(),
            "schema_version": 1,
            "user_id": user_id,
            "kind": kind.value,
            "fact": fact,
            "title": title,
            "text": text,
            "link": link,
            "channels": self._channels(kind, values, text),
            "created_at": now,
        }

    def _channels(self, kind: NoticeKind, values: Mapping[str, str], text: str) -> ChannelsDocument:
        now = self._clock()
        data = fill(kind, values, text, now)
        template_id = self._templates.get(TABLE[kind].template)
        if template_id is None:
            return {}
        return {
            "wechat": {
                "state": ChannelState.OWED,
                "template_id": template_id,
                "data": data,
                "attempts": 0,
                "updated_at": now,
            }
        }

    def _goes_outside(self, kind: NoticeKind) -> bool:
        return any(not self._ways.isdisjoint(step.ways) for step in TABLE[kind].steps)

    async def list(self, actor: Actor, query: NoticeQuery) -> NoticePage:
        """The caller's notices, newest first."""
        wanted: dict[str, Any] = {"user_id": actor.user_id}
        if query.cursor is not None:
            wanted["_id"] = {"$lt": query.cursor}
        found = await self._db.notices.find(wanted).sort("_id", DESCENDING).limit(query.limit + 1).to_list()
        shown, more = found[: query.limit], len(found) > query.limit
        return NoticePage(
            items=[_view(notice) for notice in shown],
            next_cursor=shown[-1]["_id"] if more else None,
            has_more=more,
            unread=await self._unread(actor.user_id),
        )

    async def read(self, actor: Actor, notice_id: str) -> NoticeRead:
        """Mark one of the caller's notices as read; the first time counts. Raises ``notice.not_found``."""

        async def work(session: AsyncClientSession) -> NoticeDocument:
            mine = {"_id": notice_id, "user_id": actor.user_id}
            marked = await self._db.notices.update_one(
                {**mine, "read_at": {"$exists": False}}, {"$set": {"read_at": self._clock()}}, session=session
            )
            notice = await self._db.notices.find_one(mine, session=session)
            if notice is None:
                raise Problem("notice.not_found")
            if marked.modified_count:
                await self._audit.write(actor, "notice.read", f"notice:{notice_id}", session)
            return notice

        notice = await self._db.transaction(work)
        return NoticeRead(notice=_view(notice), unread=await self._unread(actor.user_id))

    async def read_in_space(self, actor: Actor, space_id: str, seq: int) -> int:
        """Somebody opened a space and has read up to ``seq``: what called them there is read; how many notices.

        Asked at every reading, so that it costs two looks into an index when there is nothing.
        """
        calls = {
            "user_id": actor.user_id,
            "$or": [_facts("unread", space_id), _facts("mention", space_id)],
            "read_at": {"$exists": False},
        }
        found = await self._db.notices.find(calls, {"fact": 1}).to_list()
        read = [notice["_id"] for notice in found if not _mentions_after(notice["fact"], seq)]
        if not read:
            return 0

        async def work(session: AsyncClientSession) -> None:
            unread = {"_id": {"$in": read}, "read_at": {"$exists": False}}
            await self._db.notices.update_many(unread, {"$set": {"read_at": self._clock()}}, session=session)
            await self._audit.write(actor, "notice.read", f"space:{space_id}", session, notices=read)

        await self._db.transaction(work)
        return len(read)

    async def _unread(self, user_id: str) -> int:
        return await self._db.notices.count_documents({"user_id": user_id, "read_at": {"$exists": False}})


def _facts(kind: str, space_id: str) -> dict[str, Any]:
    """Facts that begin with ``kind:space:``, as a range that the index can follow."""
    return {"fact": {"$gte": f"{kind}:{space_id}:", "$lt": f"{kind}:{space_id};"}}


def _mentions_after(fact: str, seq: int) -> bool:
    """Whether it is a mention in a message that was not read yet."""
    kind, _, rest = fact.partition(":")
    return kind == "mention" and int(rest.partition(":")[2]) > seq


def _view(notice: NoticeDocument) -> NoticeView:
    return NoticeView(
        id=notice["_id"],
        kind=NoticeKind(notice["kind"]),
        title=notice["title"],
        text=notice["text"],
        link=notice["link"],
        created_at=notice["created_at"],
        read_at=notice.get("read_at"),
    )

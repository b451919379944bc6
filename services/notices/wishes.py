"""How a person wants to be told (J1): which ways, which kinds, and when not."""

from dataclasses import dataclass, field
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.notice_preferences import NoticePreferencesBody, NoticePreferencesView, QuietHours
from schemas.documents.ledgers import NoticeWishesDocument, QuietDocument
from schemas.enums import NoticeChannel, NoticeKind
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.notices.notice_table import TABLE
from services.notices.quiet_hours import clock_of, minutes_of
from services.storage.database import Database

# Nobody is rung who has not asked for it.
BY_DEFAULT = {channel: channel is not NoticeChannel.CALL for channel in NoticeChannel}


@dataclass(frozen=True, slots=True)
class Wish:
    channels: dict[str, bool] = field(default_factory=dict)
    muted: frozenset[NoticeKind] = frozenset()
    quiet: QuietDocument | None = None

    def wants(self, channel: NoticeChannel) -> bool:
        return self.channels.get(channel, BY_DEFAULT[channel])


class Wishes:
    def __init__(self, database: Database, audit: Audit, clock: Clock = utc_now) -> None:
        self._db = database
        self._audit = audit
        self._clock = clock

    async def of(self, user_id: str) -> Wish:
        return _wish(await self._db.notice_wishes.find_one({"_id": user_id}))

    async def view(self, actor: Actor) -> NoticePreferencesView:
        return _view(await self._db.notice_wishes.find_one({"_id": actor.user_id}))

    async def change(self, actor: Actor, body: NoticePreferencesBody) -> NoticePreferencesView:
        """Replace all of it. Raises ``request.invalid`` for an urgent kind that was to be muted."""
        urgent = [kind for kind in body.muted if TABLE[kind].urgent]
        if urgent:
            fault = "紧急提醒不能关闭"
            raise Problem("request.invalid", fault, errors=[{"field": "muted", "message": fault}])
        quiet = body.quiet_hours
        wishes: dict[str, Any] = {
            "channels": {channel.value: wanted for channel, wanted in body.channels.items()},
            "muted": sorted({kind.value for kind in body.muted}),
            "quiet": {"start": minutes_of(quiet.start), "end": minutes_of(quiet.end)} if quiet else None,
            "updated_at": self._clock(),
        }

        async def work(session: AsyncClientSession) -> None:
            await self._db.notice_wishes.update_one(
                {"_id": actor.user_id},
                {"$set": wishes, "$setOnInsert": {"schema_version": 1}},
                upsert=True,
                session=session,
            )
            await self._audit.write(actor, "notice.preferences_changed", f"user:{actor.user_id}", session)

        await self._db.transaction(work)
        return await self.view(actor)


def _wish(document: NoticeWishesDocument | None) -> Wish:
    if document is None:
        return Wish()
    known = set(NoticeKind)
    muted = frozenset(NoticeKind(kind) for kind in document.get("muted", []) if kind in known)
    return Wish(document.get("channels", {}), muted, document.get("quiet"))


def _view(document: NoticeWishesDocument | None) -> NoticePreferencesView:
    wish = _wish(document)
    quiet = wish.quiet
    return NoticePreferencesView(
        channels={channel: wish.wants(channel) for channel in NoticeChannel},
        muted=sorted(wish.muted),
        quiet_hours=QuietHours(start=clock_of(quiet["start"]), end=clock_of(quiet["end"])) if quiet else None,
        email_masked=document.get("email_hint") if document else None,
    )

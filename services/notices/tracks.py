"""How far each notice got on each channel: claimed before it is sent, and written down how it ended.

No provider here knows a number of ours that would make a repetition harmless. So an attempt is written down before the
request goes out, by compare-and-set: two workers never make the same one.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.ledgers import ChannelDocument, NoticeDocument
from schemas.enums import ChannelState, NoticeChannel
from services.audit import Audit
from services.clock import Clock, utc_now
from services.storage.database import Database

Tally = Callable[[str, str], None]  # channel, state
# It went out, or may have: another way is needed only when it stays unread.
TAKEN = frozenset({ChannelState.SENT, ChannelState.DELIVERED, ChannelState.UNKNOWN})
# It will not go out this way.
OVER = frozenset({ChannelState.REFUSED, ChannelState.UNREACHABLE, ChannelState.FAILED, ChannelState.OFF})
UNENDED = frozenset({ChannelState.OWED, ChannelState.SENDING})


def no_tally(channel: str, state: str) -> None:
    """Where nobody counts."""


class Tracks:
    def __init__(self, database: Database, audit: Audit, clock: Clock = utc_now, tally: Tally = no_tally) -> None:
        self._db = database
        self._audit = audit
        self._clock = clock
        self._tally = tally

    async def claim(self, notice: NoticeDocument, channel: NoticeChannel) -> ChannelDocument | None:
        """Write an attempt down before it is made. None: somebody else is making it."""
        track = track_of(notice, channel)
        begun = {"state": ChannelState.SENDING, "started_at": self._clock(), "updated_at": self._clock()}
        claimed = await self._db.notices.find_one_and_update(
            _at(notice, channel, track),
            {
                "$set": {f"channels.{channel}.{name}": value for name, value in begun.items()},
                "$inc": {f"channels.{channel}.attempts": 1},
            },
            return_document=ReturnDocument.AFTER,
        )
        return track_of(claimed, channel) if claimed else None

    async def owe_again(self, notice: NoticeDocument, channel: NoticeChannel, track: ChannelDocument, why: str) -> None:
        """The attempt failed and may be made again."""
        changes = {"state": ChannelState.OWED, "fault": why, "updated_at": self._clock()}
        await self._db.notices.update_one(
            _at(notice, channel, track),
            {"$set": {f"channels.{channel}.{name}": value for name, value in changes.items()}},
        )

    async def end(
        self,
        notice: NoticeDocument,
        channel: NoticeChannel,
        track: ChannelDocument | None,
        state: ChannelState,
        **detail: Any,
    ) -> bool:
        """Write down how it ended, with the cause; False when it has moved on meanwhile."""

        async def work(session: AsyncClientSession) -> bool:
            return await self.end_in(session, notice, channel, track, {"state": state, **detail})

        return await self._db.transaction(work)

    async def end_in(
        self,
        session: AsyncClientSession,
        notice: NoticeDocument,
        channel: NoticeChannel,
        track: ChannelDocument | None,
        ending: Mapping[str, Any],
    ) -> bool:
        """``end`` as a part of a larger change."""
        fields = {**ending, "updated_at": self._clock()}
        if track is None:
            fields["attempts"] = 0
        ended = await self._db.notices.update_one(
            _at(notice, channel, track),
            {"$set": {f"channels.{channel}.{name}": value for name, value in fields.items()}},
            session=session,
        )
        if ended.modified_count == 0:
            return False
        detail = {name: value for name, value in ending.items() if name != "state"}
        subject = f"notice:{notice['_id']}"
        await self._audit.write(None, f"notice.{ending['state']}", subject, session, channel=channel.value, **detail)
        self._tally(channel.value, str(ending["state"]))
        return True


def track_of(notice: NoticeDocument, channel: NoticeChannel) -> ChannelDocument | None:
    """How far the notice got on this channel; None before anything was tried."""
    return cast("Mapping[str, ChannelDocument]", notice["channels"]).get(channel)


def _at(notice: NoticeDocument, channel: NoticeChannel, track: ChannelDocument | None) -> dict[str, Any]:
    """The notice, if nobody has moved its channel since it was read."""
    if track is None:
        return {"_id": notice["_id"], f"channels.{channel}": {"$exists": False}}
    return {
        "_id": notice["_id"],
        f"channels.{channel}.state": track["state"],
        f"channels.{channel}.attempts": track["attempts"],
    }

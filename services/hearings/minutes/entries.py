"""The lines of the minutes: written, amended and struck by who keeps them."""

from datetime import timedelta
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.minutes import EntryBody, EntryChange, EntryView, HeadChange, MinutesView
from schemas.documents.minutes import MinutesEntryDocument
from schemas.hearing_enums import HearingRole, HearingStage
from schemas.minutes_enums import EntryKind, MinutesAct, VersionCause
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.hearings.minutes.book import MinutesBook, Step
from services.hearings.minutes.lines import MOST, blank, version
from services.hearings.minutes.sheet import Sheet, current
from services.hearings.minutes.telling import MinutesTelling
from services.storage.database import Database

MOST_VERSIONS = 50


class MinutesEntries:
    def __init__(self, database: Database, book: MinutesBook, telling: MinutesTelling, clock: Clock = utc_now) -> None:
        self._db = database
        self._book = book
        self._telling = telling
        self._clock = clock

    async def write(self, actor: Actor, hearing_id: str, body: EntryBody) -> EntryView:
        """A new line. The same ``client_id`` again adds nothing.

        Raises as ``MinutesBook.access``; ``hearing.no_participant``, ``minutes.no_entry`` (``after``),
        ``minutes.id_reused``, ``minutes.full``.
        """
        client_id, at = f"{actor.user_id}:{body.client_id}", self._clock() - timedelta(milliseconds=body.ago_ms)

        async def do(sheet: Sheet, session: AsyncClientSession) -> Step | None:
            known = await self._known(hearing_id, client_id, session)
            if known is not None:
                _same(sheet, known, body)
                return None
            _speaker(sheet, body.speaker_id)
            before = await self._entry(hearing_id, body.after, session) if body.after else None
            stage = HearingStage(before["stage"]) if before else sheet.court.stage
            entry = blank(sheet, client_id, body.kind, stage, at, sheet.court.recording)
            entry["versions"].append(
                version(sheet, entry, body.text, body.speaker_id, actor, self._clock(), VersionCause.WRITTEN)
            )
            place = sheet.minutes["order"].index(before["_id"]) + 1 if before else None
            return await self._insert(sheet, session, entry, place)

        sheet, _ = await self._book.change(actor, hearing_id, MinutesAct.WRITE, do)
        known = await self._known(hearing_id, client_id)
        return await self._telling.entry(sheet, _there(known))

    async def change(self, actor: Actor, hearing_id: str, entry_id: str, body: EntryChange) -> EntryView:
        """Put a line right before it is read; what it said before is kept.

        Raises as ``MinutesBook.access``; ``minutes.no_entry``, ``request.changed_meanwhile``,
        ``hearing.no_participant``, ``minutes.full`` after too many versions.
        """

        async def do(sheet: Sheet, session: AsyncClientSession) -> Step | None:
            entry = await self._entry(hearing_id, entry_id, session)
            if entry["revision"] != body.revision:
                raise Problem("request.changed_meanwhile")
            update = self._amended(sheet, entry, body, actor)
            if not update:
                return None
            update["$inc"] = {"revision": 1}
            await self._db.minutes_entries.update_one({"_id": entry_id}, update, session=session)
            return Step("amended")

        sheet, _ = await self._book.change(actor, hearing_id, MinutesAct.WRITE, do)
        return await self._telling.entry(sheet, await self._entry(hearing_id, entry_id))

    async def head(self, actor: Actor, hearing_id: str, body: HeadChange) -> MinutesView:
        """Who holds it, case number, cause and place, as the paper heads them."""
        wanted = body.model_dump(exclude_none=True)

        async def do(sheet: Sheet, session: AsyncClientSession) -> Step | None:
            same = all(sheet.minutes.get(name, "") == value for name, value in wanted.items())
            return None if same else Step("headed", {"$set": wanted})

        sheet, step = await self._book.change(actor, hearing_id, MinutesAct.WRITE, do)
        if step is not None:
            await self._telling.tell(sheet)
        return await self._telling.view(sheet)

    # --- parts

    def _amended(self, sheet: Sheet, entry: MinutesEntryDocument, body: EntryChange, actor: Actor) -> dict[str, Any]:
        """As MongoDB takes it; empty when nothing changes."""
        old = current(entry)
        words = sheet.open(old["text"], f"entry:{entry['_id']}")
        text, speaker = body.text or words, body.speaker_id or old["speaker_id"]
        update: dict[str, Any] = {}
        if (text, speaker) != (words, old["speaker_id"]):
            if len(entry["versions"]) >= MOST_VERSIONS:
                raise Problem("minutes.full")
            changed = version(sheet, entry, text, speaker, actor, self._clock(), VersionCause.EDITED)
            update["$push"] = {"versions": changed}
        fields: dict[str, Any] = {}
        if body.struck is not None and body.struck != entry["struck"]:
            fields["struck"] = body.struck
        if entry["kind"] == EntryKind.SUGGESTED and body.accepted:
            fields["kind"] = EntryKind.SPEECH
        if fields:
            update["$set"] = fields
        kind = fields.get("kind", entry["kind"])
        if kind == EntryKind.SPEECH:
            _speaker(sheet, speaker, needed=True)
        elif kind == EntryKind.PROCEDURE and speaker is not None:
            raise Problem("minutes.no_speech")
        return update

    async def _insert(
        self, sheet: Sheet, session: AsyncClientSession, entry: MinutesEntryDocument, place: int | None
    ) -> Step:
        if len(sheet.minutes["order"]) >= MOST:
            raise Problem("minutes.full")
        await self._db.minutes_entries.insert_one(entry, session=session)
        push: dict[str, Any] = {"$each": [entry["_id"]]}
        if place is not None:
            push["$position"] = place
        update = {"$push": {"order": push}}
        return Step("written", update)

    async def _entry(
        self, hearing_id: str, entry_id: str, session: AsyncClientSession | None = None
    ) -> MinutesEntryDocument:
        query = {"_id": entry_id, "hearing_id": hearing_id}
        return _there(await self._db.minutes_entries.find_one(query, session=session))

    async def _known(
        self, hearing_id: str, client_id: str, session: AsyncClientSession | None = None
    ) -> MinutesEntryDocument | None:
        query = {"hearing_id": hearing_id, "client_id": client_id}
        return await self._db.minutes_entries.find_one(query, session=session)


def _same(sheet: Sheet, known: MinutesEntryDocument, body: EntryBody) -> None:
    """Raises ``minutes.id_reused`` when the id stands for other words."""
    first = known["versions"][0]
    words = sheet.open(first["text"], f"entry:{known['_id']}")
    if (words, first["speaker_id"]) != (body.text, body.speaker_id):
        raise Problem("minutes.id_reused")


def _speaker(sheet: Sheet, user_id: str | None, *, needed: bool = False) -> None:
    seat = sheet.court.find(user_id) if user_id else None
    if (user_id is not None or needed) and (seat is None or seat.role is HearingRole.OBSERVER):
        raise Problem("hearing.no_participant")


def _there(entry: MinutesEntryDocument | None) -> MinutesEntryDocument:
    if entry is None:
        raise Problem("minutes.no_entry")
    return entry

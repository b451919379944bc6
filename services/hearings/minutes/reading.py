"""Reading the minutes: sent to everybody, objected to, corrected or not, and at last fixed; taken back if need be."""

from typing import Any

import orjson
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.minutes import EntryView, MinutesMove, MinutesView, ObjectionAnswer, ObjectionBody
from schemas.documents.minutes import EditionDocument, MinutesEntryDocument, ObjectionDocument
from schemas.hearing_enums import HearingRole
from schemas.minutes_enums import MinutesAct, MinutesState, ObjectionState, VersionCause
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.hearings.minutes.book import MinutesBook, Step
from services.hearings.minutes.lines import version
from services.hearings.minutes.rights import MOVES
from services.hearings.minutes.sheet import Sheet, counts, current, shown_to, signers, speakers
from services.hearings.minutes.telling import MinutesTelling
from services.hearings.minutes.text import canonical, part_of, sha256, text_of
from services.ids import new_id
from services.storage.database import Database

MOST_OBJECTIONS = 20  # to one entry
LARGEST_TEXT = 12 << 20  # bytes; a document of the database holds 16 MiB


class MinutesReading:
    def __init__(self, database: Database, book: MinutesBook, telling: MinutesTelling, clock: Clock = utc_now) -> None:
        self._db = database
        self._book = book
        self._telling = telling
        self._clock = clock

    async def view(self, actor: Actor, hearing_id: str) -> MinutesView:
        """Raises ``hearing.not_found``, ``hearing.not_allowed``."""
        return await self._telling.view(await self._book.access(actor, hearing_id))

    async def text(self, actor: Actor, hearing_id: str) -> bytes:
        """The text that the caller signs, as RFC 8785 JSON. Raises ``minutes.wrong_state`` before it is fixed."""
        sheet = await self._book.access(actor, hearing_id)
        if sheet.edition is None or sheet.seat is None:
            raise Problem("minutes.wrong_state")
        whole = await self.fixed(sheet)
        return canonical(part_of(whole, actor.user_id)) if sheet.seat.role is HearingRole.WITNESS else canonical(whole)

    async def fixed(self, sheet: Sheet) -> dict[str, Any]:
        """The final text that counts now, as it was fixed."""
        if sheet.edition is None:
            raise Problem("minutes.wrong_state")
        number = sheet.edition["number"]
        stored = await self._db.minutes_texts.find_one({"_id": f"{sheet.id}:{number}"})
        if stored is None:
            raise Problem("minutes.wrong_state")
        text: dict[str, Any] = orjson.loads(sheet.open(stored["text"], f"text:{number}"))
        return text

    # --- objections

    async def object(self, actor: Actor, hearing_id: str, entry_id: str, body: ObjectionBody) -> EntryView:
        """Ask for a correction of a line. The same ``client_id`` again adds nothing.

        Raises as ``MinutesBook.access``; ``minutes.no_entry``, ``minutes.id_reused``, ``minutes.full``.
        """

        async def do(sheet: Sheet, session: AsyncClientSession) -> Step | None:
            entry = await self._entry(sheet, {"_id": entry_id}, session)
            mine = [one for one in entry["objections"] if one["by"] == actor.user_id]
            known = next((one for one in mine if one["client_id"] == body.client_id), None)
            if known is not None:
                if sheet.open(known["wanted"], f"wanted:{known['id']}") != body.wanted:
                    raise Problem("minutes.id_reused")
                return None
            if len(entry["objections"]) >= MOST_OBJECTIONS:
                raise Problem("minutes.full")
            objection = self._objection(sheet, actor, body)
            push = {"$push": {"objections": objection}, "$inc": {"revision": 1}}
            await self._db.minutes_entries.update_one({"_id": entry_id}, push, session=session)
            ids = await self._ids(sheet, session, entry_id, objection["id"])
            return Step("objected", event="objected", payload=ids)

        sheet, _ = await self._book.change(actor, hearing_id, MinutesAct.OBJECT, do)
        return await self._telling.entry(sheet, await self._entry(sheet, {"_id": entry_id}))

    async def answer(self, actor: Actor, hearing_id: str, objection_id: str, body: ObjectionAnswer) -> EntryView:
        """Correct the line, or note that it stays and why. Both the old and the new stay in the minutes.

        Raises as ``MinutesBook.access``; ``minutes.no_objection``, ``minutes.answered``.
        """
        query = {"objections.id": objection_id}

        async def do(sheet: Sheet, session: AsyncClientSession) -> Step | None:
            entry = await self._entry(sheet, query, session, missing="minutes.no_objection")
            place, objection = next(
                (place, one) for place, one in enumerate(entry["objections"]) if one["id"] == objection_id
            )
            if objection["state"] != ObjectionState.OPEN:
                raise Problem("minutes.answered")
            update = self._answered(sheet, entry, place, objection, actor, body)
            await self._db.minutes_entries.update_one({"_id": entry["_id"]}, update, session=session)
            ids = await self._ids(sheet, session, entry["_id"], objection_id)
            return Step("answered", event="answered", payload=ids)

        sheet, _ = await self._book.change(actor, hearing_id, MinutesAct.ANSWER, do)
        return await self._telling.entry(sheet, await self._entry(sheet, query, missing="minutes.no_objection"))

    # --- moving on

    async def move(self, actor: Actor, hearing_id: str, body: MinutesMove) -> MinutesView:
        """Send the minutes to everybody, take them back, fix their words, or void a fixed text with its signatures.

        Raises ``request.changed_meanwhile`` when the caller has not seen the newest; ``minutes.empty``,
        ``minutes.objections_open``, ``minutes.reason_missing``, ``server.unavailable`` while the journal's last acts
        are still being drafted; and as ``MinutesBook.access``.
        """
        act = await self._act(actor, hearing_id, body.to)

        async def do(sheet: Sheet, session: AsyncClientSession) -> Step | None:
            if not await self._book.journal_is_in(hearing_id, session):  # the court may close this very moment
                raise Problem("server.unavailable", retry_after=1)
            if sheet.minutes["version"] != body.version:
                raise Problem("request.changed_meanwhile")
            match act:
                case MinutesAct.SEND:
                    return await self._send(sheet, session)
                case MinutesAct.RECALL:
                    return Step("recalled", {"$set": {"state": MinutesState.DRAFT}}, event="recalled")
                case MinutesAct.FINISH:
                    return await self._finish(sheet, session)
                case _:
                    return self._reopen(sheet, actor, body.reason)

        sheet, _ = await self._book.change(actor, hearing_id, act, do)
        await self._telling.tell(sheet)
        return await self._telling.view(sheet)

    async def _act(self, actor: Actor, hearing_id: str, to: MinutesState) -> MinutesAct:
        sheet = await self._book.access(actor, hearing_id)
        act = MOVES.get((sheet.state, to))
        if act is None:
            raise Problem("minutes.wrong_state")
        return act

    async def _send(self, sheet: Sheet, session: AsyncClientSession) -> Step:
        if not any(counts(entry) for entry in await self._book.entries(sheet, session)):
            raise Problem("minutes.empty")
        update = {"$set": {"state": MinutesState.READING, "sent": sheet.minutes["sent"] + 1}}
        return Step("sent", update, event="sent", payload={"time": sheet.minutes["sent"] + 1})

    async def _finish(self, sheet: Sheet, session: AsyncClientSession) -> Step:
        entries = await self._book.entries(sheet, session)
        if any(one["state"] == ObjectionState.OPEN for entry in entries for one in entry["objections"]):
            raise Problem("minutes.objections_open")
        number = len(sheet.minutes["editions"]) + 1
        text = text_of(sheet, number, entries)
        written = canonical(text)
        if len(written) > LARGEST_TEXT:
            raise Problem("minutes.full")
        await self._db.minutes_texts.insert_one(
            {
                "_id": f"{sheet.id}:{number}",
                "hearing_id": sheet.id,
                "text": sheet.seal(written.decode(), f"text:{number}"),
            },
            session=session,
        )
        wanted = signers(sheet.court, speakers(entries))
        edition: EditionDocument = {
            "number": number,
            "sha256": sha256(text),
            "parts": {
                seat.user_id: sha256(part_of(text, seat.user_id)) for seat in wanted if seat.role is HearingRole.WITNESS
            },
            "finished_at": self._clock(),
            "signatures": [],
        }
        update = {"$set": {"state": MinutesState.FINAL}, "$push": {"editions": edition}}
        return Step("finished", update, event="finished", payload={"edition": number})

    def _reopen(self, sheet: Sheet, actor: Actor, reason: str | None) -> Step:
        if reason is None:
            raise Problem("minutes.reason_missing")
        last = len(sheet.minutes["editions"]) - 1
        number = last + 1
        voided = {
            f"editions.{last}.voided_at": self._clock(),
            f"editions.{last}.voided_by": actor.user_id,
            f"editions.{last}.reason": sheet.seal(reason, f"void:{number}"),
        }
        update = {"$set": {"state": MinutesState.DRAFT, **voided}}
        return Step("reopened", update, event="reopened", payload={"edition": number})

    # --- parts

    def _objection(self, sheet: Sheet, actor: Actor, body: ObjectionBody) -> ObjectionDocument:
        objection_id = new_id()
        return {
            "id": objection_id,
            "client_id": body.client_id,
            "by": actor.user_id,
            "wanted": sheet.seal(body.wanted, f"wanted:{objection_id}"),
            "at": self._clock(),
            "state": ObjectionState.OPEN,
            "reason": None,
            "answered_by": None,
            "answered_at": None,
        }

    def _answered(
        self,
        sheet: Sheet,
        entry: MinutesEntryDocument,
        place: int,
        objection: ObjectionDocument,
        actor: Actor,
        body: ObjectionAnswer,
    ) -> dict[str, Any]:
        now, state = self._clock(), ObjectionState.CORRECTED if body.correct else ObjectionState.REFUSED
        reason = sheet.seal(body.reason, f"reason:{objection['id']}") if body.reason else None
        answer = {"state": state, "answered_by": actor.user_id, "answered_at": now, "reason": reason}
        update: dict[str, Any] = {
            "$set": {f"objections.{place}.{name}": value for name, value in answer.items()},
            "$inc": {"revision": 1},
        }
        if body.correct:
            text = body.text or sheet.open(objection["wanted"], f"wanted:{objection['id']}")
            speaker = current(entry)["speaker_id"]
            corrected = version(sheet, entry, text, speaker, actor, now, VersionCause.CORRECTED)
            update["$push"] = {"versions": corrected}
        return update

    async def _ids(self, sheet: Sheet, session: AsyncClientSession, entry_id: str, objection_id: str) -> dict[str, Any]:
        """What the event names; the number of the line is that of this moment."""
        ids = [entry["_id"] for entry in await self._book.entries(sheet, session) if counts(entry)]
        return {"entry_id": entry_id, "objection_id": objection_id, "number": ids.index(entry_id) + 1}

    async def _entry(
        self,
        sheet: Sheet,
        query: dict[str, Any],
        session: AsyncClientSession | None = None,
        missing: str = "minutes.no_entry",
    ) -> MinutesEntryDocument:
        """A line that is part of the minutes and that the viewer may see."""
        found = await self._db.minutes_entries.find_one({**query, "hearing_id": sheet.id}, session=session)
        if found is None or not counts(found) or (sheet.seat is not None and not shown_to(sheet.seat, found)):
            raise Problem(missing)
        return found

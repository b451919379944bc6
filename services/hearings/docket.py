"""Hearings in the database: loaded by whoever takes part, changed act by act, each act with its journal entry."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.hearings import HearingDocument, SeatDocument
from schemas.hearing_enums import (
    AbsenceCause,
    HearingKind,
    HearingMode,
    HearingRole,
    HearingStage,
    IdentityState,
    Place,
    UndertakingState,
)
from services.actors import Actor
from services.audit import Audit
from services.errors import Problem
from services.hearings.acts import perform
from services.hearings.court import Court, Seat, Shown
from services.hearings.journal import note_of
from services.hearings.rights import Act
from services.hearings.space_seats import SpaceSeats
from services.outbox import Outbox
from services.spaces.spaces import Spaces
from services.storage.database import Database

ACTED = "hearing.acted"  # kind of the outbox row
Also = Callable[[AsyncClientSession], Awaitable[None]]
TRIES = 20  # of one act against others of the same moment; each lost race means that somebody else's went through


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a hearing, and what it owes then: all of it is written, or nothing."""

    fields: dict[str, Any]
    kind: str  # of the outbox row
    payload: dict[str, Any]
    action: str  # for the audit
    also: Also | None = None


class Docket:
    def __init__(self, database: Database, outbox: Outbox, audit: Audit, spaces: Spaces) -> None:
        self._db = database
        self._outbox = outbox
        self._audit = audit
        self._seats = SpaceSeats(spaces)

    async def load(self, hearing_id: str) -> HearingDocument:
        """For effects and the media; asks nobody's permission. Raises ``hearing.not_found``."""
        found = await self._db.hearings.find_one({"_id": hearing_id})
        if found is None:
            raise Problem("hearing.not_found")
        return found

    async def access(self, actor: Actor, hearing_id: str) -> HearingDocument:
        """The hearing, for those who take part in it and who called it. Raises ``hearing.not_found`` for others."""
        found = await self.load(hearing_id)
        if seat_of(found, actor.user_id) is None and found["created_by"] != actor.user_id:
            raise Problem("hearing.not_found")
        return found

    async def perform(
        self, actor: Actor | None, hearing_id: str, act: Act, also: Also | None = None
    ) -> HearingDocument:
        """Do an act and write it down; the hearing as it is then. ``actor`` None: the system itself. ``also`` is
        written with it, and not at all when it changes nothing.

        Raises what ``services.hearings.acts.perform`` raises. Two acts of the same moment come one after the other:
        the later is judged by what the earlier has made of the court.
        """

        async def load() -> HearingDocument:
            return await (self.access(actor, hearing_id) if actor else self.load(hearing_id))

        def judge(before: HearingDocument) -> Change | None:
            court = court_of(before)
            after = perform(court, act)
            if after is court:
                return None
            note = note_of(court, act, after)
            return Change(fields_of(after), ACTED, note, f"hearing.{act.kind}", also)

        return await self.change(actor, load, judge)

    async def change(
        self,
        actor: Actor | None,
        load: Callable[[], Awaitable[HearingDocument]],
        judge: Callable[[HearingDocument], Change | None],
    ) -> HearingDocument:
        """Change a hearing by what ``judge`` makes of it as it is; it is asked again when somebody came first.

        The outbox row's payload gets ``hearing_id`` and ``version`` besides. None changes nothing.
        """
        for _ in range(TRIES):
            before = await load()
            change = judge(before)
            if change is None:
                return before
            changed = await self._store(actor, before, change)
            if changed is not None:
                self._outbox.nudge()
                return changed
        raise Problem("server.unavailable", retry_after=1)

    async def _store(self, actor: Actor | None, before: HearingDocument, change: Change) -> HearingDocument | None:
        """None when somebody else has changed it meanwhile."""
        subject = f"hearing:{before['_id']}"
        concerned: list[str] = []  # whose place in the hearing's space it changed

        async def work(session: AsyncClientSession) -> HearingDocument | None:
            concerned.clear()
            changed: HearingDocument | None = await self._db.hearings.find_one_and_update(
                {"_id": before["_id"], "version": before["version"]},
                {"$set": change.fields, "$inc": {"version": 1}},
                return_document=ReturnDocument.AFTER,
                session=session,
            )
            if changed is not None:
                concerned.extend(
                    await self._seats.follow(session, before["space_id"], court_of(before), court_of(changed))
                )
                version = changed["version"]
                payload = {"hearing_id": before["_id"], "version": version, **change.payload}
                await self._outbox.add(session, change.kind, subject, payload)
                await self._audit.write(actor, change.action, subject, session, version=version)
                if change.also is not None:
                    await change.also(session)
            return changed

        changed = await self._db.transaction(work)
        if changed is not None and concerned:
            await self._seats.announce(changed["space_id"], concerned)
        return changed

    async def announce(self, document: HearingDocument, user_id: str) -> None:
        """Tell once more whether somebody is in the hearing's space: who changed it may have died before."""
        await self._seats.announce(document["space_id"], [user_id])


def seat_of(document: HearingDocument, user_id: str) -> SeatDocument | None:
    return next((seat for seat in document["seats"] if seat["user_id"] == user_id), None)


def court_of(document: HearingDocument) -> Court:
    shown = document["shown"]
    return Court(
        kind=HearingKind(document["kind"]),
        seats=tuple(_seat(seat) for seat in document["seats"]),
        mode=HearingMode(document.get("mode", HearingMode.LIVE)),
        stage=HearingStage(document["stage"]),
        since=document["since"],
        resumes=HearingStage(document["resumes"]) if document["resumes"] else None,
        shown=Shown(**shown) if shown else None,
        announcing=document.get("announcing", False),
        segments=document["segments"],
    )


def fields_of(court: Court) -> dict[str, Any]:
    """What is stored of a court. Its kind never changes."""
    fields = asdict(court)
    del fields["kind"]
    return {**fields, "seats": list(fields["seats"])}


def _seat(stored: SeatDocument) -> Seat:
    return Seat(
        user_id=stored["user_id"],
        role=HearingRole(stored["role"]),
        name=stored["name"],
        side=stored["side"],
        place=Place(stored["place"]),
        room=stored["room"],
        connected=stored["connected"],
        identity=IdentityState(stored["identity"]),
        accepted=stored["accepted"],
        hand_at=stored["hand_at"],
        floor=stored["floor"],
        muted=stored["muted"],
        locked=stored["locked"],
        refused=stored["refused"],
        absence=AbsenceCause(stored["absence"]) if stored["absence"] else None,
        undertaking=UndertakingState(stored.get("undertaking", UndertakingState.OPEN)),
        undertaking_file=stored.get("undertaking_file"),
        verified=stored.get("verified", False),
    )

"""What follows from a hearing's changes: its journal in the record, cards in the case, notices (A3, J2).

All of it bears being run twice.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from schemas.api.base import CHINA, rfc3339
from schemas.documents.hearings import HearingDocument
from schemas.documents.ledgers import OutboxDocument
from schemas.enums import NoticeKind
from schemas.hearing_enums import ActKind, HearingStage
from services.clock import Clock, utc_now
from services.errors import Problem
from services.hearings.docket import ACTED, Docket, court_of
from services.hearings.journal import sentence
from services.hearings.scheduling import CALLED
from services.notices.notices import Notices
from services.outbox import Effect, Outbox
from services.spaces.cards import Cards
from services.storage.database import Database

REMIND = "hearing.remind"
REMIND_BEFORE = timedelta(minutes=30)
Tell = Callable[[HearingDocument], Awaitable[None]]


class HearingEffects:
    def __init__(
        self,
        database: Database,
        docket: Docket,
        cards: Cards,
        notices: Notices,
        outbox: Outbox,
        tell: Tell,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._docket = docket
        self._cards = cards
        self._notices = notices
        self._outbox = outbox
        self._tell = tell
        self._clock = clock

    def effects(self) -> dict[str, Effect]:
        return {CALLED: self._called, ACTED: self._acted, REMIND: self._remind}

    async def _called(self, row: OutboxDocument) -> None:
        """A card in the case, a line in the hearing's own space, a notice to everybody, and one owed for later."""
        document = await self._docket.load(row["payload"]["hearing_id"])
        hearing_id, when = document["_id"], _when(document)
        await self._cards.show(
            document["case_space_id"],
            _card(hearing_id),
            "hearing",
            document["title"],
            "scheduled",
            {"hearing_id": hearing_id},
            text=when,
        )
        await self._cards.notice(document["space_id"], row["_id"], "hearing.called", f"庭审已安排：{when}")
        await self._notify(document, "called", f"庭审将于 {when} 开始，请准时参加")
        await self._owe_reminder(document)

    async def _owe_reminder(self, document: HearingDocument) -> None:
        """Once: the row's id is the hearing's, so a repeat finds it there. Past hearings remind nobody."""
        due = document["starts_at"] - REMIND_BEFORE
        if due <= self._clock():
            return
        payload = {"hearing_id": document["_id"]}
        row = self._outbox.row(REMIND, f"hearing-reminder:{document['_id']}", payload, due)
        await self._db.outbox.update_one(
            {"kind": REMIND, "subject": row["subject"]}, {"$setOnInsert": row}, upsert=True
        )

    async def _remind(self, row: OutboxDocument) -> None:
        document = await self._docket.load(row["payload"]["hearing_id"])
        if document["stage"] == HearingStage.WAITING:
            await self._notify(document, "reminder", f"庭审将于 {_when(document)} 开始，请进入候审室完成设备自测")

    async def _notify(self, document: HearingDocument, fact: str, text: str) -> None:
        for seat in document["seats"]:
            await self._notices.tell(
                seat["user_id"],
                NoticeKind.HEARING_CALLED if fact == "called" else NoticeKind.HEARING_SOON,
                f"hearing:{document['_id']}:{fact}",
                title="庭审通知",
                text=text,
                link=f"/hearings/{document['_id']}",
                values={"case": document["title"], "sender": "庭审"},
            )

    async def _acted(self, row: OutboxDocument) -> None:
        """The act in the record of the hearing's space, and the state once more: who did it may have died before."""
        note = row["payload"]
        document = await self._docket.load(note["hearing_id"])
        facts = {"at": rfc3339(note["at"]), "version": note["version"], "segment": note["segment"]}
        code = f"hearing.{note['act']}"
        try:
            await self._cards.notice(
                document["space_id"], row["_id"], code, sentence(court_of(document), note), facts=facts
            )
        except Problem as fault:
            if fault.code != "message.id_reused":  # written already, and a name has changed since
                raise
        if note["act"] == ActKind.STAGE:
            await self._move_card(document, row["_id"], HearingStage(note["stage"]))
        await self._tell(document)

    async def _move_card(self, document: HearingDocument, event_id: str, stage: HearingStage) -> None:
        state = {HearingStage.OPENING: "in_session", HearingStage.CLOSED: "closed"}.get(stage)
        if state is not None:
            await self._cards.update(document["case_space_id"], event_id, _card(document["_id"]), state)


def _card(hearing_id: str) -> str:
    return f"hearing:{hearing_id}"


def _when(document: HearingDocument) -> str:
    return document["starts_at"].astimezone(CHINA).strftime("%Y年%-m月%-d日 %H:%M")

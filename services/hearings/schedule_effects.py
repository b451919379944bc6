"""What follows when a hearing is called, moved or cancelled: cards, notices, reminders (A3, J2). Bears repetition."""

from collections.abc import Collection
from datetime import timedelta

from schemas.api.base import rfc3339
from schemas.documents.hearings import HearingDocument
from schemas.documents.ledgers import OutboxDocument
from schemas.enums import NoticeKind
from schemas.hearing_enums import HearingMode, HearingState
from services.clock import Clock, utc_now
from services.hearings.docket import Docket, court_of
from services.hearings.hearing_cards import HearingCards, when
from services.hearings.hearing_states import MOVABLE
from services.hearings.rescheduling import CANCELLED, MOVED, reason_place
from services.hearings.scheduling import CALLED
from services.keys import Vault
from services.notices.notices import Notices
from services.outbox import Effect, Outbox
from services.spaces.cards import Cards
from services.storage.database import Database

REMIND = "hearing.remind"
REMIND_BEFORE = timedelta(minutes=30)


async def tell_seats(
    notices: Notices,
    document: HearingDocument,
    kind: NoticeKind,
    fact: str,
    text: str,
    user_ids: Collection[str] | None = None,
) -> None:
    """A notice to everybody who has a seat, or to ``user_ids`` of them. ``text`` is shown on locked screens."""
    for seat in document["seats"]:
        if user_ids is not None and seat["user_id"] not in user_ids:
            continue
        await notices.tell(
            seat["user_id"],
            kind,
            f"hearing:{document['_id']}:{fact}",
            title="庭审通知",
            text=text,
            link=f"/hearings/{document['_id']}",
            values={"case": document["title"], "sender": "庭审"},
        )


class ScheduleEffects:
    def __init__(
        self,
        database: Database,
        docket: Docket,
        vault: Vault,
        cards: Cards,
        hearing_cards: HearingCards,
        notices: Notices,
        outbox: Outbox,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._docket = docket
        self._vault = vault
        self._cards = cards
        self._hearing_cards = hearing_cards
        self._notices = notices
        self._outbox = outbox
        self._clock = clock

    def effects(self) -> dict[str, Effect]:
        return {CALLED: self._called, MOVED: self._moved, CANCELLED: self._cancelled, REMIND: self._remind}

    async def _called(self, row: OutboxDocument) -> None:
        """A card in the case and in the hearing's own space, a notice to everybody, and one owed for later."""
        note = row["payload"]
        document = await self._docket.load(note["hearing_id"])
        starts_at = note.get("starts_at", document["starts_at"])  # rows of earlier versions do not name it
        await self._hearing_cards.show(document, starts_at)
        text = f"庭审将于 {when(starts_at)} 开始，请准时参加"
        await tell_seats(self._notices, document, NoticeKind.HEARING_CALLED, "called", text)
        await self._owe_reminder(document)

    async def _moved(self, row: OutboxDocument) -> None:
        note = row["payload"]
        document = await self._docket.load(note["hearing_id"])
        time, reason = when(note["starts_at"]), await self._reason(document, note["reason"])
        facts = {"sequence": note["sequence"], "starts_at": rfc3339(note["starts_at"]), "reason": reason}
        what = "转为实时庭审，时间" if note.get("live") else "改期至"
        text = f"庭审{what} {time}，原因：{reason}"
        await self._cards.notice(document["space_id"], row["_id"], MOVED, text, facts=facts)
        await self._hearing_cards.update(document, row["_id"], HearingState.SCHEDULED, f"{what} {time}")
        told = f"庭审{what} {time}，请按新的时间参加"
        await tell_seats(self._notices, document, NoticeKind.HEARING_MOVED, f"moved:{note['sequence']}", told)
        await self._owe_reminder(document)

    async def _cancelled(self, row: OutboxDocument) -> None:
        note = row["payload"]
        document = await self._docket.load(note["hearing_id"])
        reason, time = await self._reason(document, note["reason"]), when(document["starts_at"])
        text = f"原定 {time} 的庭审已取消，原因：{reason}"
        await self._cards.notice(document["space_id"], row["_id"], CANCELLED, text, facts={"reason": reason})
        await self._hearing_cards.update(document, row["_id"], HearingState.CANCELLED, "已取消")
        told = f"原定 {time} 的庭审已取消"
        await tell_seats(self._notices, document, NoticeKind.HEARING_CANCELLED, "cancelled", told)

    async def _reason(self, document: HearingDocument, sealed: bytes) -> str:
        key = await self._vault.key(f"space:{document['space_id']}")
        return key.open_text(sealed, reason_place(document["_id"]))

    async def _owe_reminder(self, document: HearingDocument) -> None:
        """Once for each time that it was set for: a repeat finds the row there. Past hearings remind nobody."""
        due = document["starts_at"] - REMIND_BEFORE
        if due <= self._clock():
            return
        sequence = document.get("sequence", 0)
        payload = {"hearing_id": document["_id"], "sequence": sequence}
        row = self._outbox.row(REMIND, f"hearing-reminder:{document['_id']}:{sequence}", payload, due)
        await self._db.outbox.update_one(
            {"kind": REMIND, "subject": row["subject"]}, {"$setOnInsert": row}, upsert=True
        )

    async def _remind(self, row: OutboxDocument) -> None:
        """Unless it has been moved since, has begun, or was cancelled."""
        document = await self._docket.load(row["payload"]["hearing_id"])
        sequence = row["payload"]["sequence"]
        if document["stage"] in MOVABLE and document.get("sequence", 0) == sequence:
            live = court_of(document).mode is HearingMode.LIVE
            ready = "请进入候审室完成设备自测" if live else "以异步方式进行，请留意提交期限"
            text = f"庭审将于 {when(document['starts_at'])} 开始，{ready}"
            await tell_seats(self._notices, document, NoticeKind.HEARING_SOON, f"reminder:{sequence}", text)

"""What follows from the steps of an asynchronous hearing: the record, notices, deadlines (A3, J2). Bears repetition."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from schemas.api.base import rfc3339
from schemas.asynchronous_enums import StepKind
from schemas.documents.hearings import HearingDocument, TurnDocument
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.spaces import EntryFile
from schemas.enums import MessageType, NoticeKind
from schemas.hearing_enums import HearingMode, HearingRole, HearingStage
from services.errors import Problem
from services.files.file_views import FileFacts
from services.files.files import Files
from services.hearings.asynchronous.alternation import awaited, side_of
from services.hearings.asynchronous.exchange import Exchange, of_one_side, speaks_for
from services.hearings.asynchronous.exchange_book import DEADLINE, DUE_SOON, EXCHANGED, Due, ExchangeBook, dues
from services.hearings.asynchronous.exchange_journal import moment_text, step_sentence
from services.hearings.asynchronous.exchange_store import exchange_of
from services.hearings.asynchronous.step_rights import SIDES
from services.hearings.asynchronous.turns import text_place
from services.hearings.court import Court
from services.hearings.docket import Docket, court_of
from services.hearings.hearing_cards import HearingCards
from services.hearings.hearing_effects import Tell
from services.hearings.rescheduling import reason_place
from services.hearings.schedule_effects import tell_seats
from services.hearings.scheduling import SPACE_ROLES
from services.hearings.stages import rule
from services.keys import Vault
from services.notices.notices import Notices
from services.outbox import Effect
from services.record import TURN_PREFIX, Draft, Recorder
from services.spaces.cards import Cards
from services.storage.database import Database

_URGENT_HOURS = 2
# What a step writes into the minutes: its sentence, or None for a turn, which has words of its own.
Says = Callable[[HearingDocument, OutboxDocument, str | None], Awaitable[None]]


class ExchangeEffects:
    def __init__(
        self,
        database: Database,
        docket: Docket,
        book: ExchangeBook,
        vault: Vault,
        files: Files,
        recorder: Recorder,
        cards: Cards,
        hearing_cards: HearingCards,
        notices: Notices,
        tell: Tell,
        says: Says,
    ) -> None:
        self._db = database
        self._docket = docket
        self._book = book
        self._vault = vault
        self._files = files
        self._recorder = recorder
        self._cards = cards
        self._hearing_cards = hearing_cards
        self._notices = notices
        self._tell = tell
        self._says = says

    def effects(self) -> dict[str, Effect]:
        return {EXCHANGED: self._exchanged, DEADLINE: self._deadline, DUE_SOON: self._due_soon}

    async def _exchanged(self, row: OutboxDocument) -> None:
        """The step in the record, in the name of who took it where it is a turn; then whom it concerns is told."""
        note = row["payload"]
        document = await self._docket.load(note["hearing_id"])
        text = None
        if "turn_id" in note:
            await self._append_turn(document, note["turn_id"])
        else:
            text = await self._append_line(document, row)
        await self._says(document, row, text)
        told = _told(exchange_of(document), note)
        if told is not None:
            said, user_ids = told
            fact = f"step:{note['version']}"
            await tell_seats(self._notices, document, NoticeKind.HEARING_TURN, fact, said, user_ids)
        await self._tell(document)

    async def _append_line(self, document: HearingDocument, row: OutboxDocument) -> str:
        """The sentence that stands in the record."""
        note = row["payload"]
        reason = await self._reason(document, note.get("reason"))
        facts = {"at": rfc3339(note["at"]), "version": note["version"], "segment": None}
        if note["due_at"] is not None:
            facts["due_at"] = rfc3339(note["due_at"])
        text = step_sentence(court_of(document), note, reason)
        try:
            await self._cards.notice(document["space_id"], row["_id"], f"hearing.{note['act']}", text, facts=facts)
        except Problem as fault:
            if fault.code != "message.id_reused":  # written already, and a name has changed since
                raise
        if note["stage"] != note["from"]:
            await self._hearing_cards.moved_on(document, row["_id"], note)
        return text

    async def _append_turn(self, document: HearingDocument, turn_id: str) -> None:
        turn = await self._db.hearing_turns.find_one({"_id": turn_id})
        if turn is None or "seq" in turn:
            return
        seat = court_of(document).seat(turn["user_id"])
        kind, body, files = await self._body(document, turn)
        draft = Draft(
            space_id=document["space_id"],
            sender=seat.user_id,
            role=SPACE_ROLES[seat.role].value,
            client_msg_id=f"{TURN_PREFIX}{turn_id}",
            type=kind,
            body=body,
            files=files,
            sender_name=seat.name,
        )
        stored = await self._recorder.append(draft)
        await self._db.hearing_turns.update_one({"_id": turn_id}, {"$set": {"seq": stored.seq}})

    async def _body(
        self, document: HearingDocument, turn: TurnDocument
    ) -> tuple[MessageType, dict[str, Any], tuple[EntryFile, ...]]:
        """As a message of its kind would be stored, with what makes it a turn beside it."""
        stage = rule(court_of(document).kind, HearingStage(turn["stage"]))
        body: dict[str, Any] = {
            "turn": {
                "number": turn["number"],
                "kind": turn["kind"],
                "stage": turn["stage"],
                "stage_title": stage.title,
                "question_id": turn["question_id"],
            }
        }
        if turn["text"] is not None:
            key = await self._vault.key(f"space:{document['space_id']}")
            body["text"] = key.open_text(turn["text"], text_place(turn["_id"]))
        if turn["file_id"] is None:
            return MessageType.TEXT, body, ()
        space_id, user_id = document["space_id"], turn["user_id"]
        (facts,) = await self._files.check_for_message(space_id, user_id, [turn["file_id"]])
        kind, stored = _with_file(facts)
        return kind, {**body, **stored}, ({"id": facts.id, "sha256": facts.sha256},)

    async def _reason(self, document: HearingDocument, sealed: bytes | None) -> str:
        if sealed is None:
            return ""
        key = await self._vault.key(f"space:{document['space_id']}")
        return key.open_text(sealed, reason_place(document["_id"]))

    # --- deadlines

    async def _deadline(self, row: OutboxDocument) -> None:
        note = row["payload"]
        try:
            await self._tell(await self._book.lapse(note["hearing_id"], note["step"], note["question_id"]))
        except Problem as fault:
            if fault.code not in _OVER:
                raise

    async def _due_soon(self, row: OutboxDocument) -> None:
        """Remind those who have said nothing yet; of a deadline that was moved, or in a live hearing, nobody."""
        note = row["payload"]
        document = await self._docket.load(note["hearing_id"])
        exchange = exchange_of(document)
        due = Due(note["step"], note["question_id"], note["due_at"])
        if exchange.court.mode is HearingMode.LIVE or exchange.court.closed or due not in dues(exchange):
            return
        kind = NoticeKind.HEARING_DUE if note["hours"] <= _URGENT_HOURS else NoticeKind.HEARING_TURN
        what = "提问的答复" if due.question_id else f"{exchange.court.rule.title}阶段的陈述"
        text = f"{what}将于 {moment_text(due.at)} 截止，请及时提交"
        fact = f"due:{due.question_id or due.step}:{due.at.isoformat()}:{note['hours']}"
        await tell_seats(self._notices, document, kind, fact, text, _late(exchange, due))


# The hearing went another way before its deadline came.
_OVER = frozenset({"hearing.closed", "hearing.not_asynchronous", "hearing.wrong_stage"})


def _late(exchange: Exchange, due: Due) -> set[str]:
    """Whom a deadline concerns that have said nothing yet, and those who speak for them."""
    court = exchange.court
    if due.question_id is not None:
        to = court.seat(exchange.question(due.question_id).to)
        return {seat.user_id for seat in of_one_side(court.seats, to)}
    return {seat.user_id for party in awaited(exchange) for seat in court.seats if speaks_for(seat, party)}


_TO_EVERYBODY = {
    StepKind.APPLY: "有人申请以异步方式进行庭审，请表示是否同意",
    StepKind.GRANT: "庭审将以异步方式进行，请留意各阶段的提交期限",
    StepKind.DECLINE: "庭审不以异步方式进行",
}
_TO_BENCH = {
    StepKind.AGREE: "当事人已对异步庭审表示意见，请查看",
    StepKind.REFUSE: "当事人已对异步庭审表示意见，请查看",
    StepKind.ANSWER: "法庭的提问已得到答复，请查看",
}


def _told(exchange: Exchange, note: Mapping[str, Any]) -> tuple[str, Collection[str]] | None:
    """The notice for a step, without a word of what was said, and to whom."""
    court, kind = exchange.court, StepKind(note["act"])
    everybody = {seat.user_id for seat in court.seats if seat.role in SPACE_ROLES} - {note["by"]}
    bench = {seat.user_id for seat in court.seats if seat.role is HearingRole.PRESIDER} - {note["by"]}
    stage = rule(court.kind, HearingStage(note["stage"])).title
    due = moment_text(note["due_at"]) if note["due_at"] else ""
    if kind in _TO_EVERYBODY:
        return _TO_EVERYBODY[kind], everybody
    if kind in _TO_BENCH:
        return _TO_BENCH[kind], bench
    match kind:
        case StepKind.MOVE | StepKind.LAPSE if note["stage"] != note["from"]:
            return (f"庭审进入{stage}，提交期限至 {due}" if due else f"庭审：{stage}"), everybody
        case StepKind.LAPSE:
            return "庭审的一项期限已届满，请查看", bench
        case StepKind.EXTEND:
            return f"庭审的提交期限延长至 {due}", everybody
        case StepKind.TURN | StepKind.SKIP if note.get("next") is not None:
            return f"轮到您方发言，请于 {due} 前提交", _people_of(court, note["next"]) - {note["by"]}
        case StepKind.ASK:
            side = of_one_side(court.seats, court.seat(note["to"]))
            return f"法庭向您提问，请于 {due} 前答复", {seat.user_id for seat in side}
    return None


def _people_of(court: Court, side: str) -> set[str]:
    return {seat.user_id for seat in court.seats if seat.role in SIDES and side_of(seat) == side}


def _with_file(facts: FileFacts) -> tuple[MessageType, dict[str, Any]]:
    if facts.content_type.startswith("audio/"):
        return MessageType.VOICE, {"file_id": facts.id, "duration_ms": facts.duration_ms}
    if facts.content_type.startswith("image/"):
        return MessageType.IMAGE, {"file_id": facts.id, "width": facts.width, "height": facts.height}
    return MessageType.FILE, {"file_id": facts.id, "name": facts.name, "size": facts.size}

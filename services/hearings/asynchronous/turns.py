"""Turns in an asynchronous hearing: what people say, ask and answer, in text or by a file of the hearing's space.

A turn is written with the step that it is, so nothing is ever said outside of its stage; the worker appends it to the
record, in the name of who said it (``exchange_effects.py``).
"""

from collections.abc import Mapping

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.api.asynchronous import QuestionBody, TurnBody, TurnFileView, TurnListView, TurnQuery, TurnView
from schemas.asynchronous_enums import StepKind, TurnKind
from schemas.documents.hearings import HearingDocument, TurnDocument
from schemas.hearing_enums import HearingStage
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.files.file_views import FileFacts, Links
from services.files.files import Files
from services.hearings.asynchronous.exchange import Exchange
from services.hearings.asynchronous.exchange_book import ExchangeBook
from services.hearings.asynchronous.step_rights import Step
from services.hearings.court import Court
from services.hearings.docket import Docket, court_of
from services.hearings.hearing_effects import Tell
from services.hearings.journal import title
from services.hearings.scheduling import SPACE_ROLES
from services.hearings.stages import rule
from services.ids import new_id
from services.keys import DataKey, Vault
from services.storage.database import Database
from services.verification.gate import Gate
from services.verification.guarded_acts import GuardedAct

_KINDS = {
    StepKind.TURN: TurnKind.STATEMENT,
    StepKind.ASK: TurnKind.QUESTION,
    StepKind.ANSWER: TurnKind.ANSWER,
}


def text_place(turn_id: str) -> str:
    return f"turn:{turn_id}"


class Turns:
    def __init__(
        self,
        database: Database,
        docket: Docket,
        book: ExchangeBook,
        vault: Vault,
        files: Files,
        links: Links,
        tell: Tell,
        gate: Gate,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._docket = docket
        self._book = book
        self._vault = vault
        self._files = files
        self._links = links
        self._tell = tell
        self._gate = gate
        self._clock = clock

    async def say(self, actor: Actor, hearing_id: str, body: TurnBody) -> TurnView:
        """Take a turn, or answer a question. A repeat of ``client_turn_id`` gives the same turn.

        Raises ``hearing.turn_over``, ``hearing.no_turn_left``, ``hearing.not_your_turn``, ``hearing.no_question``,
        ``hearing.question_closed``, ``message.id_reused``, ``file.*``, ``verification.required``,
        ``hearing.identity_doubted`` and what the table of steps refuses.
        """
        document = await self._place(actor, hearing_id)
        seat = court_of(document).seat(actor.user_id)
        await self._gate.check(GuardedAct.HEARING_TURN, seat.user_id, seat.role, seat.identity)
        if body.file_id is not None:
            await self._files.check_for_message(document["space_id"], actor.user_id, [body.file_id])
        kind = StepKind.TURN if body.question_id is None else StepKind.ANSWER
        step = Step(kind, self._clock(), actor.user_id, question_id=body.question_id)
        return await self._take(actor, document, step, body.client_turn_id, body.text, body.file_id)

    async def ask(self, actor: Actor, hearing_id: str, body: QuestionBody) -> TurnView:
        """Put a question to somebody, whose side answers it in time. Raises what ``say`` raises."""
        document = await self._place(actor, hearing_id)
        step = Step(StepKind.ASK, self._clock(), actor.user_id, question_id=new_id(), to=body.user_id, hours=body.hours)
        return await self._take(actor, document, step, body.client_turn_id, body.text, None)

    async def page(self, actor: Actor, hearing_id: str, query: TurnQuery) -> TurnListView:
        """Turns in order, for those who read the hearing's space."""
        document = await self._place(actor, hearing_id)
        wanted = {"hearing_id": hearing_id, "number": {"$gt": query.after}}
        found = await self._db.hearing_turns.find(wanted).sort("number", 1).limit(query.limit + 1).to_list()
        items = await self._views(actor, document, found[: query.limit])
        return TurnListView(items=items, has_more=len(found) > query.limit)

    async def _place(self, actor: Actor, hearing_id: str) -> HearingDocument:
        """Raises ``hearing.not_found``, and ``hearing.not_allowed`` for observers, witnesses and who has no seat."""
        document = await self._docket.access(actor, hearing_id)
        seat = court_of(document).find(actor.user_id)
        if seat is None or seat.role not in SPACE_ROLES:
            raise Problem("hearing.not_allowed")
        return document

    async def _take(
        self,
        actor: Actor,
        document: HearingDocument,
        step: Step,
        client_turn_id: str,
        text: str | None,
        file_id: str | None,
    ) -> TurnView:
        key = await self._vault.key(f"space:{document['space_id']}")
        turn_id = new_id()
        sealed = key.seal_text(text, text_place(turn_id)) if text is not None else None

        async def write(session: AsyncClientSession, after: Exchange) -> None:
            turn: TurnDocument = {
                "_id": turn_id,
                "hearing_id": document["_id"],
                "number": after.turns,
                "kind": _KINDS[step.kind],
                "stage": after.court.stage,
                "user_id": actor.user_id,
                "client_turn_id": client_turn_id,
                "text": sealed,
                "file_id": file_id,
                "question_id": step.question_id,
                "at": step.at,
            }
            await self._db.hearing_turns.insert_one(turn, session=session)

        again = await self._said_before(actor, document, client_turn_id)
        if again is None:
            try:
                await self._tell(await self._book.take(actor, document["_id"], step, {"turn_id": turn_id}, write))
            except DuplicateKeyError:  # the same turn came twice in this moment
                again = await self._said_before(actor, document, client_turn_id)
            else:
                again = await self._db.hearing_turns.find_one({"_id": turn_id})
        return await self._same(actor, document, again, key, (text, file_id, step))

    async def _said_before(self, actor: Actor, document: HearingDocument, client_turn_id: str) -> TurnDocument | None:
        wanted = {"hearing_id": document["_id"], "user_id": actor.user_id, "client_turn_id": client_turn_id}
        return await self._db.hearing_turns.find_one(wanted)

    async def _same(
        self,
        actor: Actor,
        document: HearingDocument,
        turn: TurnDocument | None,
        key: DataKey,
        said: tuple[str | None, str | None, Step],
    ) -> TurnView:
        """The stored turn, if it says what was to be said. Raises ``message.id_reused``."""
        if turn is None:
            raise Problem("server.unavailable", retry_after=1)
        text, file_id, step = said
        stored = (_text(turn, key), turn["file_id"], turn["kind"])
        asked = step.kind is StepKind.ASK
        if stored != (text, file_id, _KINDS[step.kind]) or not (asked or turn["question_id"] == step.question_id):
            raise Problem("message.id_reused")
        (view,) = await self._views(actor, document, [turn])
        return view

    # --- how they are shown

    async def _views(self, actor: Actor, document: HearingDocument, turns: list[TurnDocument]) -> list[TurnView]:
        if not turns:
            return []
        key = await self._vault.key(f"space:{document['space_id']}")
        ids = sorted({turn["file_id"] for turn in turns if turn["file_id"]})
        facts = await self._files.check_for_message(document["space_id"], actor.user_id, ids)
        files = {one.id: one for one in facts}
        court = court_of(document)
        return [self._view(court, turn, _text(turn, key), files) for turn in turns]

    def _view(self, court: Court, turn: TurnDocument, text: str | None, files: Mapping[str, FileFacts]) -> TurnView:
        seat, stage = court.seat(turn["user_id"]), HearingStage(turn["stage"])
        file_id = turn["file_id"]
        return TurnView(
            number=turn["number"],
            kind=TurnKind(turn["kind"]),
            stage=stage,
            stage_title=rule(court.kind, stage).title,
            user_id=seat.user_id,
            title=title(court.kind, seat.role, seat.side),
            display_name=seat.name,
            side=seat.side,
            text=text,
            file=self._file(files[file_id]) if file_id else None,
            question_id=turn["question_id"],
            at=turn["at"],
            seq=turn.get("seq"),
        )

    def _file(self, facts: FileFacts) -> TurnFileView:
        variant = "play" if facts.content_type.startswith("audio/") else "original"
        return TurnFileView(
            id=facts.id,
            name=facts.name,
            content_type=facts.content_type,
            duration_ms=facts.duration_ms,
            url=self._links(facts.id, variant),
        )


def _text(turn: TurnDocument, key: DataKey) -> str | None:
    return key.open_text(turn["text"], text_place(turn["_id"])) if turn["text"] is not None else None

"""Asynchronous hearings in the database: changed step by step, each with its note, and with the alarms that it sets."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.asynchronous_enums import QuestionState, StepKind
from schemas.documents.hearings import HearingDocument
from services.actors import Actor
from services.clock import Clock, utc_now
from services.hearings.asynchronous.exchange import Exchange
from services.hearings.asynchronous.exchange_journal import step_note
from services.hearings.asynchronous.exchange_store import exchange_of, stored_fields
from services.hearings.asynchronous.step_rights import Step
from services.hearings.asynchronous.steps import take
from services.hearings.docket import Change, Docket
from services.outbox import Outbox

EXCHANGED = "hearing.exchanged"  # kinds of outbox rows
DEADLINE = "hearing.deadline"
DUE_SOON = "hearing.due_soon"
REMIND_HOURS = (24, 2)  # before a deadline
Also = Callable[[AsyncClientSession, Exchange], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline: of the stage that was opened as number ``step``, or of a question, and then ``step`` is 0."""

    step: int
    question_id: str | None
    at: datetime


class ExchangeBook:
    def __init__(self, docket: Docket, outbox: Outbox, clock: Clock = utc_now) -> None:
        self._docket = docket
        self._outbox = outbox
        self._clock = clock

    async def take(
        self,
        actor: Actor | None,
        hearing_id: str,
        step: Step,
        payload: dict[str, Any] | None = None,
        also: Also | None = None,
    ) -> HearingDocument:
        """Do a step and write it down; the hearing as it is then. ``payload`` goes into the note, ``also`` is written
        in the same transaction and is given the exchange as it is then.

        Raises what ``services.hearings.asynchronous.steps.take`` raises.
        """

        async def load() -> HearingDocument:
            return await (self._docket.access(actor, hearing_id) if actor else self._docket.load(hearing_id))

        def judge(before: HearingDocument) -> Change | None:
            change = self.change(before, step, also)
            return replace(change, payload={**change.payload, **(payload or {})}) if change else None

        return await self._docket.change(actor, load, judge)

    def change(self, before: HearingDocument, step: Step, also: Also | None = None) -> Change | None:
        """What the step makes of the hearing; None when it changes nothing."""
        exchange = exchange_of(before)
        after = take(exchange, step)
        if after is exchange:
            return None

        async def write(session: AsyncClientSession) -> None:
            for due in sorted(dues(after) - dues(exchange), key=lambda one: one.at):
                await self._set_alarms(session, before["_id"], due)
            if also is not None:
                await also(session, after)

        note = step_note(exchange, step, after)
        return Change(stored_fields(after), EXCHANGED, note, f"hearing.{step.kind}", write)

    async def lapse(self, hearing_id: str, step: int, question_id: str | None) -> HearingDocument:
        """Note that a deadline has passed, if it has and nobody has done so."""
        over = Step(StepKind.LAPSE, self._clock(), None, question_id=question_id, step=step)
        return await self.take(None, hearing_id, over)

    async def _set_alarms(self, session: AsyncClientSession, hearing_id: str, due: Due) -> None:
        """Rows of their own subjects: they wait for their time and must hold up nothing else."""
        payload = {"hearing_id": hearing_id, "step": due.step, "question_id": due.question_id, "due_at": due.at}
        subject = f"hearing-deadline:{hearing_id}:{due.question_id or due.step}:{due.at.isoformat()}"
        await self._outbox.add(session, DEADLINE, subject, payload, due.at)
        for hours in REMIND_HOURS:
            moment = due.at - timedelta(hours=hours)
            if moment > self._clock():
                note = {**payload, "hours": hours}
                await self._outbox.add(session, DUE_SOON, f"{subject}:{hours}", note, moment)


def dues(exchange: Exchange) -> frozenset[Due]:
    """The deadlines that run."""
    running = [
        Due(0, question.id, question.due_at)  # it outlives its stage
        for question in exchange.questions
        if question.state is QuestionState.OPEN
    ]
    if exchange.due_at is not None and not exchange.lapsed:
        running.append(Due(exchange.step, None, exchange.due_at))
    return frozenset(running)

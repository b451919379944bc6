"""Asynchronous hearings, as people decide about them: whether a hearing is one, its stages, its deadlines."""

from dataclasses import replace
from typing import Any

from schemas.api.asynchronous import ApplicationReasonView, AsynchronousChoice, DeadlineBody, StageOpening
from schemas.api.hearings import HearingMove, HearingView
from schemas.asynchronous_enums import StepKind
from schemas.documents.hearings import HearingDocument
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.hearings.asynchronous.exchange_book import ExchangeBook
from services.hearings.asynchronous.exchange_store import exchange_of
from services.hearings.asynchronous.step_rights import Step
from services.hearings.docket import Change, Docket, court_of
from services.hearings.hearing_effects import TellAlso
from services.hearings.hearing_views import HearingViews
from services.hearings.rescheduling import moved, reason_place
from services.hearings.scheduling import SPACE_ROLES
from services.keys import Vault
from services.verification.gate import Gate
from services.verification.guarded_acts import GuardedAct

_BINDING = (StepKind.APPLY, StepKind.AGREE)  # who refuses loses nothing by it


class Exchanges:
    def __init__(
        self,
        docket: Docket,
        book: ExchangeBook,
        vault: Vault,
        views: HearingViews,
        tell: TellAlso,
        gate: Gate,
        clock: Clock = utc_now,
    ) -> None:
        self._docket = docket
        self._book = book
        self._vault = vault
        self._views = views
        self._tell = tell
        self._gate = gate
        self._clock = clock

    async def choose(self, actor: Actor, hearing_id: str, body: AsynchronousChoice) -> HearingView:
        """Ask for an asynchronous hearing, agree, refuse; the presider grants or declines.

        Raises ``hearing.no_application``, ``hearing.consent_missing``, for whoever binds their side
        ``verification.required`` and ``hearing.identity_doubted``, and what the table of steps refuses.
        """
        step = Step(StepKind(body.action), self._clock(), actor.user_id)
        if step.kind in _BINDING:
            seat = court_of(await self._docket.access(actor, hearing_id)).seat(actor.user_id)
            await self._gate.check(GuardedAct.HEARING_CONSENT, seat.user_id, seat.role, seat.identity)
        return await self._do(actor, hearing_id, step, body.reason)

    async def application(self, actor: Actor, hearing_id: str) -> ApplicationReasonView:
        """Why somebody asks for it, for those who read the hearing's space: they are to agree, or to decide.

        Raises ``hearing.not_found``, ``hearing.not_allowed``, ``hearing.no_application``.
        """
        document = await self._docket.access(actor, hearing_id)
        seat = court_of(document).find(actor.user_id)
        if seat is None or seat.role not in SPACE_ROLES:
            raise Problem("hearing.not_allowed")
        application = exchange_of(document).application
        if application is None:
            raise Problem("hearing.no_application")
        return ApplicationReasonView(reason=await self._opened(document, application.reason))

    async def move(self, actor: Actor, hearing_id: str, body: StageOpening) -> HearingView:
        """Open a stage, or go into a recess, or close. Raises ``hearing.consent_missing`` before everybody agreed."""
        step = Step(StepKind.MOVE, self._clock(), actor.user_id, stage=body.stage, hours=body.hours)
        return await self._do(actor, hearing_id, step)

    async def skip(self, actor: Actor, hearing_id: str) -> HearingView:
        """Leave it to the next side to speak, where the sides alternate; or, as the presider, go on to them.

        Raises ``hearing.not_your_turn``, ``hearing.turn_over``, and ``hearing.wrong_stage`` where there is no order.
        """
        return await self._do(actor, hearing_id, Step(StepKind.SKIP, self._clock(), actor.user_id))

    async def extend(self, actor: Actor, hearing_id: str, body: DeadlineBody) -> HearingView:
        """Raises ``hearing.deadline_invalid``, ``hearing.no_question``, ``hearing.question_closed``."""
        step = Step(StepKind.EXTEND, self._clock(), actor.user_id, question_id=body.question_id, until=body.until)
        return await self._do(actor, hearing_id, step, body.reason)

    async def live(self, actor: Actor, hearing_id: str, body: HearingMove) -> HearingView:
        """Go on in the court room, at that time: everybody is told as of any hearing that is moved."""
        step = Step(StepKind.LIVE, self._clock(), actor.user_id)
        document = await self._docket.access(actor, hearing_id)
        reason = await self._sealed(document, body.reason)

        def judge(before: HearingDocument) -> Change | None:
            change = self._book.change(before, step)
            if change is None:
                return None
            back = moved(before, body.starts_at, body.minutes or before["minutes"], reason, **change.fields)
            return replace(back, payload={**back.payload, "live": True}, action=change.action)

        return await self._told(
            actor, await self._docket.change(actor, lambda: self._docket.access(actor, hearing_id), judge)
        )

    async def _do(self, actor: Actor, hearing_id: str, step: Step, reason: str | None = None) -> HearingView:
        sealed = None
        if reason is not None:
            sealed = await self._sealed(await self._docket.access(actor, hearing_id), reason)
        payload: dict[str, Any] = {"reason": sealed}
        return await self._told(actor, await self._book.take(actor, hearing_id, replace(step, reason=sealed), payload))

    async def _told(self, actor: Actor, document: HearingDocument) -> HearingView:
        """Everybody is shown it, in the court room or not: who is asked to agree need not be there."""
        await self._tell(document, [seat["user_id"] for seat in document["seats"]])
        return self._views.view(document, actor.user_id)

    async def _opened(self, document: HearingDocument, reason: bytes | None) -> str | None:
        if reason is None:
            return None
        key = await self._vault.key(f"space:{document['space_id']}")
        return key.open_text(reason, reason_place(document["_id"]))

    async def _sealed(self, document: HearingDocument, reason: str) -> bytes:
        key = await self._vault.key(f"space:{document['space_id']}")
        return key.seal_text(reason, reason_place(document["_id"]))

"""An asynchronous hearing as one of its people sees it. No I/O."""

from datetime import datetime

from schemas.api.exchanges import ApplicationView, ExchangeView, ModeConsentView, OpenStageView, QuestionView
from schemas.asynchronous_enums import ApplicationState, QuestionState, StepKind
from schemas.documents.hearings import HearingDocument
from schemas.hearing_enums import HearingKind, HearingMode, HearingRole, HearingStage
from services.hearings.asynchronous.alternation import in_turn, side_title, turn_of
from services.hearings.asynchronous.exchange import Application, Exchange, Question, parties, speaks_for
from services.hearings.asynchronous.exchange_store import exchange_of
from services.hearings.asynchronous.procedures import PROCEDURES, OpenStage, turns_of
from services.hearings.asynchronous.step_rights import RIGHTS
from services.hearings.asynchronous.steps import may_answer
from services.hearings.court import Seat
from services.hearings.scheduling import SPACE_ROLES
from services.hearings.stages import rule


def exchange_view(document: HearingDocument, user_id: str, now: datetime) -> ExchangeView | None:
    """None for those who do not read the hearing's space. Of a live hearing it says whether one may ask for turns."""
    exchange = exchange_of(document)
    seat = exchange.court.find(user_id)
    if seat is None or seat.role not in SPACE_ROLES:
        return None
    application, court = exchange.application, exchange.court
    return ExchangeView(
        application=_application(application) if application else None,
        consents=[_consent(exchange, party) for party in parties(court)],
        step=exchange.step,
        due_at=exchange.due_at,
        lapsed=exchange.lapsed,
        turns=exchange.turns,
        turns_taken=dict(exchange.taken),
        turns_allowed=turns_of(court.kind, court.stage, seat.role),
        turns_left=exchange.left_for(seat),
        turn_side=side_title(court, side) if (side := turn_of(exchange)) else None,
        can=can(exchange, seat, now),
        questions=[_question(exchange, question, seat, now) for question in exchange.questions],
        plan=[
            open_stage_view(court.kind, stage, order, exchange.hours_of(stage))
            for stage, order in PROCEDURES[court.kind].items()
        ],
    )


def can(exchange: Exchange, seat: Seat, now: datetime) -> list[str]:
    """What somebody may do now, by the table and by what stands in the way of it."""
    court = exchange.court
    if court.closed:
        return []
    return [
        kind.value
        for kind, right in RIGHTS.items()
        if seat.role in right.roles
        and court.stage in right.stages
        and court.mode in right.mode
        and _possible(kind, exchange, seat, now)
    ]


def _possible(kind: StepKind, exchange: Exchange, seat: Seat, now: datetime) -> bool:
    court = exchange.court
    asked = exchange.application is not None and exchange.application.state is ApplicationState.OPEN
    match kind:
        case StepKind.APPLY:
            return not asked
        case StepKind.GRANT:
            return asked and not exchange.unwilling()
        case StepKind.DECLINE:
            return asked
        case StepKind.AGREE | StepKind.REFUSE:
            before = court.mode is HearingMode.ASYNCHRONOUS and court.stage is HearingStage.WAITING
            said = [exchange.consent_of(party.user_id) for party in parties(court) if speaks_for(seat, party)]
            agreed = kind is StepKind.AGREE
            return (asked or before) and any(one is None or one.agreed is not agreed for one in said)
        case StepKind.TURN:
            return exchange.left_for(seat) != 0 and in_turn(exchange, seat) and _in_time(exchange, seat, now)
        case StepKind.SKIP:
            return turn_of(exchange) is not None and in_turn(exchange, seat) and _in_time(exchange, seat, now)
        case StepKind.ANSWER:
            return any(_open_to(exchange, question, seat, now) for question in exchange.questions)
    return True


def _in_time(exchange: Exchange, seat: Seat, now: datetime) -> bool:
    return exchange.due_at is None or now < exchange.due_at or seat.role is HearingRole.PRESIDER


def _open_to(exchange: Exchange, question: Question, seat: Seat, now: datetime) -> bool:
    return question.state is QuestionState.OPEN and now < question.due_at and may_answer(exchange.court, question, seat)


def _application(application: Application) -> ApplicationView:
    return ApplicationView(by=application.by, at=application.at, state=application.state)


def _consent(exchange: Exchange, party: Seat) -> ModeConsentView:
    said = exchange.consent_of(party.user_id)
    return ModeConsentView(user_id=party.user_id, agreed=said.agreed if said else None)


def open_stage_view(
    kind: HearingKind, stage: HearingStage, order: OpenStage, hours: int | None = None
) -> OpenStageView:
    """``hours``: where they are not the procedure's."""
    return OpenStageView(
        stage=stage,
        title=rule(kind, stage).title,
        hours=hours or order.hours,
        turns=order.turns,
        alternating=order.alternating,
    )


def _question(exchange: Exchange, question: Question, seat: Seat, now: datetime) -> QuestionView:
    to = exchange.court.seat(question.to)
    return QuestionView(
        id=question.id,
        number=question.number,
        by=question.by,
        to_user_id=question.to,
        to_side=to.side,
        asked_at=question.asked_at,
        due_at=question.due_at,
        state=question.state,
        answer_number=question.answer,
        mine=_open_to(exchange, question, seat, now),
    )

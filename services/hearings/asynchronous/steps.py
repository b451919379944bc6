"""What comes of each step in an asynchronous hearing: the next exchange, or why not. No I/O."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from schemas.asynchronous_enums import ApplicationState, QuestionState, StepKind
from schemas.hearing_enums import HearingMode, HearingRole, HearingStage, Place
from services.errors import Problem
from services.hearings.asynchronous.alternation import alternating, in_turn, side_of, turn_of
from services.hearings.asynchronous.exchange import (
    Application,
    Consent,
    Exchange,
    Question,
    of_one_side,
    parties,
    speaks_for,
)
from services.hearings.asynchronous.procedures import open_stage
from services.hearings.asynchronous.step_rights import PAUSED, RIGHTS, SIDES, Step
from services.hearings.court import Court, Seat

LONGEST = timedelta(days=180)  # how far ahead a deadline can lie
MOST_QUESTIONS = 200


def take(before: Exchange, step: Step) -> Exchange:
    """The exchange after the step; the same object when it changes nothing.

    Raises ``hearing.closed``, ``hearing.not_allowed``, ``hearing.asynchronous``, ``hearing.not_asynchronous``,
    ``hearing.wrong_stage``, ``hearing.no_participant`` and what the step itself needs.
    """
    court, right = before.court, RIGHTS[step.kind]
    if court.closed:
        raise Problem("hearing.closed")
    if step.by is not None:
        if court.seat(step.by).role not in right.roles:
            raise Problem("hearing.not_allowed")
    elif step.kind is not StepKind.LAPSE:
        raise Problem("hearing.not_allowed")
    if court.mode not in right.mode:
        raise Problem("hearing.not_asynchronous" if court.mode is HearingMode.LIVE else "hearing.asynchronous")
    if court.stage not in right.stages:
        raise Problem("hearing.wrong_stage")
    after = _TAKE[step.kind](before, step)
    return before if after == before else after


# --- whether it shall be one


def _apply(before: Exchange, step: Step) -> Exchange:
    """Whoever asks for it agrees to it, for those they speak for. What was said to an earlier application is void."""
    if before.application is not None and before.application.state is ApplicationState.OPEN:
        return before
    asked = replace(before, application=Application(step.by or "", step.at, reason=step.reason), consents=())
    return _say(asked, step, agreed=True, must=False)


def _agree(before: Exchange, step: Step) -> Exchange:
    _check_asked(before)
    return _say(before, step, agreed=True)


def _refuse(before: Exchange, step: Step) -> Exchange:
    """One refusal is enough: what all must agree to has failed."""
    _check_asked(before)
    after = _say(before, step, agreed=False)
    if after.application is None:
        return after
    return replace(after, application=replace(after.application, state=ApplicationState.REFUSED))


def _grant(before: Exchange, step: Step) -> Exchange:
    """Everybody out of the rooms: from here on there is nothing to be heard live."""
    application = _open_application(before)
    if before.unwilling():
        raise Problem("hearing.consent_missing")
    court = replace(before.court, mode=HearingMode.ASYNCHRONOUS, shown=None, announcing=False).with_seats(_away)
    return replace(before, court=court, application=replace(application, state=ApplicationState.GRANTED))


def _decline(before: Exchange, step: Step) -> Exchange:
    return replace(before, application=replace(_open_application(before), state=ApplicationState.DECLINED))


def _live(before: Exchange, step: Step) -> Exchange:
    """Back into the court room: the stage is left as for a recess, and the presider resumes it there."""
    court = before.court
    if court.stage not in PAUSED:
        court = replace(court, stage=HearingStage.RECESS, resumes=court.stage, since=step.at)
    back = replace(court, mode=HearingMode.LIVE)
    return replace(before, court=back, due_at=None, lapsed=False, application=None, consents=(), step=before.step + 1)


def _check_asked(before: Exchange) -> None:
    if before.court.mode is HearingMode.LIVE:
        _open_application(before)
    elif before.court.stage is not HearingStage.WAITING:
        raise Problem("hearing.wrong_stage")


def _open_application(before: Exchange) -> Application:
    if before.application is None or before.application.state is not ApplicationState.OPEN:
        raise Problem("hearing.no_application")
    return before.application


def _say(before: Exchange, step: Step, *, agreed: bool, must: bool = True) -> Exchange:
    seat = before.court.seat(step.by or "")
    spoken_for = [party.user_id for party in parties(before.court) if speaks_for(seat, party)]
    if must and not spoken_for:
        raise Problem("hearing.not_allowed")
    known = {one.user_id: one for one in before.consents}
    for user_id in spoken_for:
        if user_id not in known or known[user_id].agreed is not agreed:
            known[user_id] = Consent(user_id, agreed, seat.user_id, step.at)
    return replace(before, consents=tuple(known.values()))


def _away(seat: Seat) -> Seat:
    return replace(seat, place=Place.OUTSIDE, room=0, connected=False, floor=False, hand_at=None)


# --- stages and their time


def _move(before: Exchange, step: Step) -> Exchange:
    """The presider goes on, as in a live hearing; a stage that is taken up after a recess keeps its count of turns."""
    court, to = before.court, step.stage
    if to is None or to not in court.rule.next:
        raise Problem("hearing.wrong_stage")
    if court.stage is HearingStage.RECESS and to not in (court.resumes, HearingStage.CLOSED):
        raise Problem("hearing.wrong_stage")
    if court.stage is HearingStage.WAITING and before.unwilling():
        raise Problem("hearing.consent_missing")
    return _opened(before, to, step)


def _opened(before: Exchange, to: HearingStage, step: Step) -> Exchange:
    court = before.court
    hours = before.hours_of(to)
    pause = to is HearingStage.RECESS
    same = pause or court.stage is HearingStage.RECESS
    return replace(
        before,
        court=replace(court, stage=to, since=step.at, resumes=court.stage if pause else None),
        step=before.step + 1,
        due_at=step.at + timedelta(hours=step.hours or hours) if hours else None,
        lapsed=False,
        taken=before.taken if same else (),
        last_side=before.last_side if same else None,
        passed=before.passed if same else (),
    )


def _extend(before: Exchange, step: Step) -> Exchange:
    """More time, also where it has run out and nothing has come of that but the note that it did."""
    if step.until is None or not step.at < step.until <= step.at + LONGEST:
        raise Problem("hearing.deadline_invalid")
    if step.question_id is not None:
        question = before.question(step.question_id)
        if question.state is QuestionState.ANSWERED:
            raise Problem("hearing.question_closed")
        _check_later(question.due_at, step.until)
        return before.with_question(replace(question, due_at=step.until, lapsed=False))
    if before.due_at is None:
        raise Problem("hearing.wrong_stage")
    _check_later(before.due_at, step.until)
    return replace(before, due_at=step.until, lapsed=False)


def _check_later(due_at: datetime, until: datetime) -> None:
    if until < due_at:
        raise Problem("hearing.deadline_invalid")


def _lapse(before: Exchange, step: Step) -> Exchange:
    """A deadline has passed, of the stage or of a question; not one that was extended, nor of what is over."""
    if step.question_id is not None:
        question = before.question(step.question_id)
        if question.state is not QuestionState.OPEN or step.at < question.due_at:
            return before
        return before.with_question(replace(question, lapsed=True))
    if before.step != step.step or before.due_at is None or before.lapsed or step.at < before.due_at:
        return before
    order = open_stage(before.court.kind, before.court.stage)
    if order is None or order.then is None:
        return replace(before, lapsed=True)
    return _opened(before, order.then, step)


# --- turns


def _turn(before: Exchange, step: Step) -> Exchange:
    seat = before.court.seat(step.by or "")
    if seat.role is not HearingRole.PRESIDER and _over(before.due_at, step.at):
        raise Problem("hearing.turn_over")
    left = before.left_for(seat)
    if left is not None and left < 1:
        raise Problem("hearing.no_turn_left")
    if not in_turn(before, seat):
        raise Problem("hearing.not_your_turn")
    taken = {**dict(before.taken), seat.user_id: before.taken_by(seat.user_id) + 1}
    return replace(_heard(before, seat), taken=tuple(taken.items()), turns=before.turns + 1)


def _heard(before: Exchange, seat: Seat) -> Exchange:
    """The next side follows a side that spoke; the presider may say something between."""
    ordered = alternating(before.court) and seat.role in SIDES
    return replace(before, last_side=side_of(seat)) if ordered else before


def _skip(before: Exchange, step: Step) -> Exchange:
    """A side leaves it to the next one, in time; or the presider does, when they keep the others waiting."""
    seat, side = before.court.seat(step.by or ""), turn_of(before)
    if side is None:
        raise Problem("hearing.wrong_stage")
    if seat.role is HearingRole.PRESIDER:
        return replace(before, last_side=side)
    if _over(before.due_at, step.at):
        raise Problem("hearing.turn_over")
    if side_of(seat) != side:
        raise Problem("hearing.not_your_turn")
    return replace(before, last_side=side, passed=tuple(dict.fromkeys((*before.passed, side))))


def _ask(before: Exchange, step: Step) -> Exchange:
    to = before.court.seat(step.to or "")
    if to.role not in SIDES:
        raise Problem("hearing.not_allowed")
    if step.hours is None or step.question_id is None or len(before.questions) >= MOST_QUESTIONS:
        raise Problem("hearing.deadline_invalid")
    due_at = step.at + timedelta(hours=step.hours)
    number = before.turns + 1
    question = Question(step.question_id, number, step.by or "", to.user_id, step.at, due_at)
    return replace(before, questions=(*before.questions, question), turns=number)


def _answer(before: Exchange, step: Step) -> Exchange:
    question = before.question(step.question_id or "")
    seat = before.court.seat(step.by or "")
    if not may_answer(before.court, question, seat):
        raise Problem("hearing.not_allowed")
    if question.state is QuestionState.ANSWERED:
        raise Problem("hearing.question_closed")
    if question.lapsed or _over(question.due_at, step.at):
        raise Problem("hearing.turn_over")
    number = before.turns + 1
    return replace(before.with_question(replace(question, answer=number)), turns=number)


def may_answer(court: Court, question: Question, seat: Seat) -> bool:
    return seat in of_one_side(court.seats, court.seat(question.to))


def _over(due_at: datetime | None, at: datetime) -> bool:
    return due_at is not None and at >= due_at


_TAKE: Mapping[StepKind, Callable[[Exchange, Step], Exchange]] = {
    StepKind.APPLY: _apply,
    StepKind.AGREE: _agree,
    StepKind.REFUSE: _refuse,
    StepKind.GRANT: _grant,
    StepKind.DECLINE: _decline,
    StepKind.MOVE: _move,
    StepKind.TURN: _turn,
    StepKind.SKIP: _skip,
    StepKind.ASK: _ask,
    StepKind.ANSWER: _answer,
    StepKind.EXTEND: _extend,
    StepKind.LIVE: _live,
    StepKind.LAPSE: _lapse,
}

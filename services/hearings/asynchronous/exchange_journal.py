"""What the record of an asynchronous hearing says of each step: one Chinese sentence. No I/O.

Turns need none: they stand there themselves, by whoever took them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from schemas.api.base import CHINA
from schemas.asynchronous_enums import StepKind
from schemas.hearing_enums import HearingRole, HearingStage
from services.hearings.asynchronous.alternation import awaited, side_title, turn_of
from services.hearings.asynchronous.exchange import Exchange, Question
from services.hearings.asynchronous.step_rights import Step
from services.hearings.court import Court
from services.hearings.journal import title
from services.hearings.stages import rule

_PLAIN = {
    StepKind.APPLY: "{by}申请以异步方式（非同步）进行庭审，理由：{reason}",
    StepKind.AGREE: "{by}同意以异步方式进行庭审",
    StepKind.REFUSE: "{by}不同意以异步方式进行庭审",
    StepKind.GRANT: "经各方当事人同意，{by}决定以异步方式进行庭审",
    StepKind.DECLINE: "{by}决定不以异步方式进行庭审",
}


def moment_text(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime("%Y年%-m月%-d日 %H:%M")


def step_note(before: Exchange, step: Step, after: Exchange) -> dict[str, Any]:
    """What must be kept of a step to put it into words later: ids and values, nobody's name and nobody's words."""
    question = _of(after, step.question_id)
    stage_over = step.kind is StepKind.LAPSE and question is None
    return {
        "act": step.kind,
        "at": step.at,
        "by": step.by,
        "from": before.court.stage,
        "stage": after.court.stage,
        "resumed": before.court.stage is HearingStage.RECESS and after.court.stage is before.court.resumes,
        "due_at": question.due_at if question else after.due_at,
        "question": question.number if question else None,
        "to": question.to if question else None,
        "missing": [seat.user_id for seat in awaited(before)] if stage_over else [],
        "side": turn_of(before) if step.kind is StepKind.SKIP else None,
        "next": turn_of(after) if step.kind in (StepKind.TURN, StepKind.SKIP) else None,
    }


def step_sentence(court: Court, note: Mapping[str, Any], reason: str) -> str:
    """The note in words. ``court`` lends the names. ``reason`` is empty where none was given."""
    kind, by = StepKind(note["act"]), _who(court, note["by"])
    because = f"，原因：{reason}" if reason else ""
    if kind in _PLAIN:
        return _PLAIN[kind].format(by=by, reason=reason)
    stage = rule(court.kind, HearingStage(note["stage"])).title
    due = f"，提交期限至 {moment_text(note['due_at'])}" if note["due_at"] else ""
    match kind:
        case StepKind.MOVE:
            return f"{by}宣布：{'复庭，继续' if note['resumed'] else ''}{stage}{due}"
        case StepKind.SKIP:
            return _skipped(court, note, by)
        case StepKind.EXTEND if note["question"] is not None:
            return f"{by}将第 {note['question']} 号提问的答复期限延长至 {moment_text(note['due_at'])}{because}"
        case StepKind.EXTEND:
            return f"{by}将{stage}的提交期限延长至 {moment_text(note['due_at'])}{because}"
        case StepKind.LAPSE if note["question"] is not None:
            return f"第 {note['question']} 号提问的答复期限届满，{_who(court, note['to'])}未答复"
        case StepKind.LAPSE:
            return _lapsed(court, note, due)
    raise ValueError(f"{kind} is not put into words")


def _skipped(court: Court, note: Mapping[str, Any], by: str) -> str:
    seat, side, following = court.find(note["by"] or ""), note["side"], note["next"]
    then = f"，由{side_title(court, following)}发言" if following and following != side else ""
    if seat is not None and seat.role is HearingRole.PRESIDER:
        return f"{by}宣布{side_title(court, side)}本轮不再发言{then}"
    return f"{by}放弃本轮发言{then}"


def _lapsed(court: Court, note: Mapping[str, Any], due: str) -> str:
    before, after = HearingStage(note["from"]), HearingStage(note["stage"])
    missing = "、".join(_who(court, user_id) for user_id in note["missing"])
    text = f"{rule(court.kind, before).title}期限届满，" + (f"逾期未提交：{missing}" if missing else "各方均已提交")
    return text if after is before else f"{text}；进入{rule(court.kind, after).title}{due}"


def _of(exchange: Exchange, question_id: str | None) -> Question | None:
    return next((one for one in exchange.questions if one.id == question_id), None)


def _who(court: Court, user_id: str | None) -> str:
    seat = court.find(user_id or "")
    return f"{title(court.kind, seat.role, seat.side)}{seat.name}" if seat else "系统"

"""What can be done in an asynchronous hearing, and who may do it when: a table that a judge could read. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from schemas.asynchronous_enums import StepKind
from schemas.hearing_enums import HearingMode, HearingRole, HearingStage


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody does. ``by`` None is the system itself; ``at`` is the time that it counts from."""

    kind: StepKind
    at: datetime
    by: str | None
    stage: HearingStage | None = None
    hours: int | None = None
    question_id: str | None = None
    to: str | None = None
    until: datetime | None = None
    reason: bytes | None = None  # sealed for ``rescheduling.reason_place``
    step: int | None = None  # the opening of the stage that a lapse is about


@dataclass(frozen=True, slots=True)
class Right:
    roles: frozenset[HearingRole]
    stages: frozenset[HearingStage]
    mode: frozenset[HearingMode]


_R, _S, _K = HearingRole, HearingStage, StepKind
_PRESIDER = frozenset({_R.PRESIDER})
SIDES = frozenset({_R.PARTY, _R.COUNSEL})
PAUSED = frozenset({_S.WAITING, _S.RECESS})
_OPEN = frozenset(_S) - {_S.CLOSED}
_SESSION = _OPEN - PAUSED
_LIVE, _ASYNC = frozenset({HearingMode.LIVE}), frozenset({HearingMode.ASYNCHRONOUS})

RIGHTS: Mapping[StepKind, Right] = {
    _K.APPLY: Right(SIDES | _PRESIDER, PAUSED, _LIVE),
    _K.AGREE: Right(SIDES, PAUSED, _LIVE | _ASYNC),
    _K.REFUSE: Right(SIDES, PAUSED, _LIVE | _ASYNC),
    _K.GRANT: Right(_PRESIDER, PAUSED, _LIVE),
    _K.DECLINE: Right(_PRESIDER, PAUSED, _LIVE),
    _K.MOVE: Right(_PRESIDER, _OPEN, _ASYNC),
    _K.TURN: Right(SIDES | _PRESIDER, _SESSION, _ASYNC),
    _K.SKIP: Right(SIDES | _PRESIDER, _SESSION, _ASYNC),
    _K.ASK: Right(_PRESIDER, _SESSION, _ASYNC),
    _K.ANSWER: Right(SIDES, _OPEN - {_S.WAITING}, _ASYNC),
    _K.EXTEND: Right(_PRESIDER, _OPEN - {_S.WAITING}, _ASYNC),
    _K.LIVE: Right(_PRESIDER, _OPEN, _ASYNC),
    _K.LAPSE: Right(frozenset(), _OPEN - {_S.WAITING}, _ASYNC),
}

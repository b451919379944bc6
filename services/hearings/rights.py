"""What can be done in a hearing, and who may do it when: a table that a judge could read. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from schemas.hearing_enums import AbsenceCause, ActKind, HearingRole, HearingStage, IdentityState, UndertakingState
from schemas.verification_enums import IdentityBasis


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does. ``by`` None is the system itself; ``at`` is the time that it counts from."""

    kind: ActKind
    at: datetime
    by: str | None
    target: str | None = None
    targets: tuple[str, ...] = ()
    on: bool = False  # raised, given, muted, called, opened; of a connection: the page was left, nothing broke
    lock: bool = False
    stage: HearingStage | None = None
    identity: IdentityState | None = None
    cause: AbsenceCause | None = None
    undertaking: UndertakingState | None = None
    confront: bool = False  # a witness is called though another is there
    file_id: str | None = None
    sha256: str | None = None  # of the file, where it is a drawn signature
    basis: IdentityBasis | None = None  # what it rests on that who signs is who they say
    page: int = 1
    pages: int | None = None  # that the file has
    verified: bool = False  # who comes in has proven who they are
    unproven: bool = False  # whom it is done to would have to prove who they are, and has not
    failed: bool = False  # the announcement could not be played


@dataclass(frozen=True, slots=True)
class Right:
    roles: frozenset[HearingRole]
    stages: frozenset[HearingStage]


_R, _S = HearingRole, HearingStage
_ALL = frozenset(_R)
_PRESIDER = frozenset({_R.PRESIDER})
BENCH = frozenset({_R.PRESIDER, _R.CLERK})
_SIDES = frozenset({_R.PARTY, _R.COUNSEL})
_OPEN = frozenset(_S) - {_S.CLOSED}
_SESSION = _OPEN - {_S.WAITING, _S.RECESS}

RIGHTS: Mapping[ActKind, Right] = {
    ActKind.COME: Right(_ALL, _OPEN),
    ActKind.LEAVE: Right(_ALL, _OPEN),
    ActKind.LOSE: Right(frozenset(), _OPEN),
    ActKind.ACCEPT: Right(_ALL, _OPEN),
    ActKind.ADMIT: Right(BENCH, _OPEN),
    ActKind.IDENTIFY: Right(BENCH, _OPEN),
    ActKind.ABSENCE: Right(BENCH, _OPEN),
    ActKind.STAGE: Right(_PRESIDER, _OPEN),
    ActKind.HAND: Right(_SIDES | {_R.WITNESS}, _SESSION),
    ActKind.FLOOR: Right(_PRESIDER, _SESSION),
    ActKind.MUTE_SELF: Right(_ALL - {_R.OBSERVER}, _OPEN),
    ActKind.MUTE: Right(BENCH, _OPEN),
    ActKind.MUTE_ALL: Right(BENCH, _OPEN),
    ActKind.REMOVE: Right(_PRESIDER, _OPEN),
    ActKind.READMIT: Right(_PRESIDER, _OPEN),
    ActKind.WITNESS: Right(_PRESIDER, _SESSION),
    ActKind.UNDERTAKE: Right(frozenset({_R.WITNESS}), _OPEN),
    ActKind.UNDERTAKING: Right(BENCH, _OPEN),
    ActKind.CAUCUS: Right(_PRESIDER, _OPEN),
    ActKind.SHOW: Right(BENCH | _SIDES, _SESSION),
    ActKind.ANNOUNCE: Right(BENCH, _OPEN - {_S.RECESS}),
}

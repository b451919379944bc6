"""Who may do what with the minutes, and when: a table that a judge could read. No I/O.

It follows the Civil Procedure Law of China, art. 150 (民事诉讼法第一百五十条): the clerk writes the minutes, the judge
and the clerk sign them; parties and other participants read them and may ask for corrections, a request that is not
granted is noted; they sign, and a refusal to sign is noted too.

A witness must not listen in before they are heard (art. 72 of the Supreme Court's provisions on evidence in civil
proceedings, 2019), so sees, corrects and signs only what they said themselves, and not before everybody reads.
Observers see nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.hearing_enums import HearingMode, HearingRole, HearingStage
from schemas.minutes_enums import MinutesAct, MinutesState
from services.errors import Problem
from services.hearings.court import Court, Seat


@dataclass(frozen=True, slots=True)
class MinutesRight:
    roles: frozenset[HearingRole]
    states: frozenset[MinutesState]


_R, _S = HearingRole, MinutesState
_BENCH = frozenset({_R.PRESIDER, _R.CLERK})
_SIDES = frozenset({_R.PARTY, _R.COUNSEL})
_HEARD = _SIDES | {_R.WITNESS}


def _in(*states: MinutesState) -> frozenset[MinutesState]:
    return frozenset(states)


RIGHTS: Mapping[MinutesAct, MinutesRight] = {
    MinutesAct.READ: MinutesRight(_BENCH | _HEARD, frozenset(_S)),
    MinutesAct.WRITE: MinutesRight(_BENCH, _in(_S.DRAFT)),
    MinutesAct.SEND: MinutesRight(_BENCH, _in(_S.DRAFT)),
    MinutesAct.RECALL: MinutesRight(_BENCH, _in(_S.READING)),
    MinutesAct.OBJECT: MinutesRight(_HEARD, _in(_S.READING)),
    MinutesAct.ANSWER: MinutesRight(_BENCH, _in(_S.READING)),
    MinutesAct.FINISH: MinutesRight(_BENCH, _in(_S.READING)),
    MinutesAct.REOPEN: MinutesRight(frozenset({_R.PRESIDER}), _in(_S.FINAL)),
    MinutesAct.SIGN: MinutesRight(_BENCH | _HEARD, _in(_S.FINAL)),
    MinutesAct.REFUSE: MinutesRight(_HEARD, _in(_S.FINAL)),
    MinutesAct.NOTE_REFUSAL: MinutesRight(_BENCH, _in(_S.FINAL)),
}

MOVES: Mapping[tuple[MinutesState, MinutesState], MinutesAct] = {
    (_S.DRAFT, _S.READING): MinutesAct.SEND,
    (_S.READING, _S.DRAFT): MinutesAct.RECALL,
    (_S.READING, _S.FINAL): MinutesAct.FINISH,
    (_S.FINAL, _S.DRAFT): MinutesAct.REOPEN,
}
RIGHTS_OF_SENT_OUT = frozenset({MinutesAct.READ, MinutesAct.OBJECT, MinutesAct.SIGN, MinutesAct.REFUSE})
# Reading begins when nobody speaks: at the end, or in a recess (then it ends when the court sits again).
READ_IN = frozenset({HearingStage.RECESS, HearingStage.CLOSED})


def keeps(court: Court, seat: Seat) -> bool:
    """Whether somebody keeps the minutes: the clerk; who presides where there is none, or none who came."""
    if seat.role is _R.CLERK:
        return True
    clerks = [one for one in court.seats if one.role is _R.CLERK]
    return seat.role is _R.PRESIDER and all(_never_kept(court, one) for one in clerks)


def _never_kept(court: Court, clerk: Seat) -> bool:
    """Noted as absent, sent out, or never there until the end, which nobody can note any more."""
    stayed_away = court.closed and court.mode is HearingMode.LIVE and not clerk.accepted
    return clerk.absence is not None or court.shuts_out(clerk) or stayed_away


def may(court: Court, seat: Seat, state: MinutesState, act: MinutesAct) -> bool:
    return _role_may(court, seat, state, act) and state in RIGHTS[act].states and _court_allows(court, act)


def check(court: Court, seat: Seat, state: MinutesState, act: MinutesAct) -> None:
    """Raises ``hearing.not_allowed``, ``minutes.wrong_state``, ``minutes.court_sits``, ``minutes.not_closed``."""
    if not _role_may(court, seat, state, act):
        raise Problem("hearing.not_allowed")
    if state not in RIGHTS[act].states:
        raise Problem("minutes.wrong_state")
    if not _court_allows(court, act):
        raise Problem("minutes.court_sits" if act is MinutesAct.SEND else "minutes.not_closed")


def own_words_only(seat: Seat) -> bool:
    return seat.role is _R.WITNESS


def _role_may(court: Court, seat: Seat, state: MinutesState, act: MinutesAct) -> bool:
    """Who was sent out follows nothing as it is written, and keeps nothing; they read, correct and sign as others."""
    if seat.role not in RIGHTS[act].roles:
        return False
    if court.shuts_out(seat) and (state is _S.DRAFT or act not in RIGHTS_OF_SENT_OUT):
        return False
    if act is MinutesAct.WRITE:
        return keeps(court, seat)
    return not (own_words_only(seat) and state is _S.DRAFT)


def _court_allows(court: Court, act: MinutesAct) -> bool:
    if act is MinutesAct.SEND:
        return court.stage in READ_IN
    return court.closed if act is MinutesAct.FINISH else True

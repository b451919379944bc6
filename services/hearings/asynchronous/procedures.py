"""What an asynchronous hearing gives time for, as data: how long a stage is open, who takes how many turns in it.

What comes after what is the same as in a live hearing (``services/hearings/stages.py``). A test walks every cell.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.hearing_enums import HearingKind, HearingRole, HearingStage

NO_LIMIT = None  # turns of the presider


@dataclass(frozen=True, slots=True)
class OpenStage:
    hours: int  # from the opening of the stage to its deadline
    turns: int  # how many each party and each counsel may take; answers to questions are not counted
    then: HearingStage | None = None  # what the deadline itself leads to; None: it is for the presider to go on
    alternating: bool = False  # one side after the other (``alternation.py``), not anybody at any time


_S = HearingStage


def _trial() -> dict[HearingStage, OpenStage]:
    return {
        _S.OPENING: OpenStage(48, 1, _S.INVESTIGATION),
        _S.INVESTIGATION: OpenStage(72, 3, _S.EVIDENCE),
        _S.EVIDENCE: OpenStage(72, 5, _S.DEBATE),
        _S.DEBATE: OpenStage(72, 2, _S.FINAL, alternating=True),
        _S.FINAL: OpenStage(48, 1, alternating=True),
        _S.MEDIATION: OpenStage(120, 20),
    }


PROCEDURES: Mapping[HearingKind, Mapping[HearingStage, OpenStage]] = {
    HearingKind.COURT: _trial(),
    HearingKind.ARBITRATION: _trial(),
    HearingKind.MEDIATION: {
        _S.OPENING: OpenStage(48, 1, _S.STATEMENTS),
        _S.STATEMENTS: OpenStage(72, 3, _S.MEDIATION),
        _S.MEDIATION: OpenStage(120, 20),
        _S.AGREEMENT: OpenStage(72, 5),
    },
}

_TURNS = frozenset({HearingRole.PARTY, HearingRole.COUNSEL})


def open_stage(kind: HearingKind, stage: HearingStage) -> OpenStage | None:
    """None: nobody says anything in it (候审, 休庭, 闭庭)."""
    return PROCEDURES[kind].get(stage)


def turns_of(kind: HearingKind, stage: HearingStage, role: HearingRole) -> int | None:
    """How many turns somebody may take in a stage; None: no limit."""
    order = open_stage(kind, stage)
    if order is None:
        return 0
    if role is HearingRole.PRESIDER:
        return NO_LIMIT
    return order.turns if role in _TURNS else 0

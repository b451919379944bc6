"""The stages of a hearing as data: what comes after what, whose voice a stage opens, what may happen in it.

The order of a court hearing is that of the Civil Procedure Law (民事诉讼法: 开庭 checks who is there and their rights,
法庭调查, 法庭辩论, then the last statements of each side, then mediation); going back from debate to investigation is
allowed because new facts may come up. A table that a judge could read; a test walks every cell.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.hearing_enums import HearingKind, HearingRole, HearingStage

_BENCH = frozenset({HearingRole.PRESIDER, HearingRole.CLERK})
_SIDES = frozenset({HearingRole.PARTY, HearingRole.COUNSEL})
_HEARD = _SIDES | {HearingRole.WITNESS}
_NOBODY: frozenset[HearingRole] = frozenset()


@dataclass(frozen=True, slots=True)
class StageRule:
    title: str  # as it is announced
    speakers: frozenset[HearingRole]  # whose microphone the stage itself opens
    by_floor: frozenset[HearingRole]  # to whom the presider may give the floor
    next: frozenset[HearingStage]
    recorded: bool = True
    witnesses: bool = False  # may be called in
    caucus: bool = False  # side rooms may be opened

    @property
    def in_session(self) -> bool:
        """Whether the court sits: what is said is recorded then, and only then."""
        return self.recorded


def _after(*stages: HearingStage) -> frozenset[HearingStage]:
    return frozenset(stages)


_S = HearingStage
_WAITING = StageRule("候审", _BENCH, _NOBODY, _after(_S.OPENING), recorded=False)
_CLOSED = StageRule("闭庭", _NOBODY, _NOBODY, _after(), recorded=False)


def _recess(*sat: HearingStage) -> StageRule:
    """Back to the stage that was left (``services/hearings/acts.py`` knows which), or to the end."""
    return StageRule("休庭", _NOBODY, _NOBODY, _after(*sat, _S.CLOSED), recorded=False)


def _trial(investigation: str, debate: str) -> dict[HearingStage, StageRule]:
    """The stages of a court; an arbitral tribunal has the same ones under its own names."""
    pause = (_S.RECESS,)
    return {
        _S.WAITING: _WAITING,
        _S.OPENING: StageRule("开庭", _BENCH, _SIDES, _after(_S.INVESTIGATION, *pause, _S.CLOSED)),
        _S.INVESTIGATION: StageRule(
            investigation, _BENCH, _HEARD, _after(_S.EVIDENCE, _S.DEBATE, _S.MEDIATION, *pause), witnesses=True
        ),
        _S.EVIDENCE: StageRule(
            "举证质证", _BENCH, _HEARD, _after(_S.INVESTIGATION, _S.DEBATE, _S.MEDIATION, *pause), witnesses=True
        ),
        _S.DEBATE: StageRule(
            debate, _BENCH, _SIDES, _after(_S.INVESTIGATION, _S.EVIDENCE, _S.FINAL, _S.MEDIATION, *pause)
        ),
        _S.FINAL: StageRule("最后陈述", _BENCH, _SIDES, _after(_S.INVESTIGATION, _S.MEDIATION, *pause, _S.CLOSED)),
        _S.MEDIATION: StageRule(
            "调解",
            _BENCH | _SIDES,
            _SIDES,
            _after(_S.INVESTIGATION, _S.DEBATE, _S.FINAL, *pause, _S.CLOSED),
            caucus=True,
        ),
        _S.RECESS: _recess(_S.OPENING, _S.INVESTIGATION, _S.EVIDENCE, _S.DEBATE, _S.FINAL, _S.MEDIATION),
        _S.CLOSED: _CLOSED,
    }


_MEDIATION: dict[HearingStage, StageRule] = {
    _S.WAITING: _WAITING,
    _S.OPENING: StageRule("调解开始", _BENCH, _SIDES, _after(_S.STATEMENTS, _S.RECESS, _S.CLOSED)),
    _S.STATEMENTS: StageRule(
        "各方陈述", _BENCH, _HEARD, _after(_S.MEDIATION, _S.RECESS, _S.CLOSED), witnesses=True, caucus=True
    ),
    _S.MEDIATION: StageRule(
        "协商调解",
        _BENCH | _SIDES,
        _SIDES,
        _after(_S.STATEMENTS, _S.AGREEMENT, _S.RECESS, _S.CLOSED),
        caucus=True,
    ),
    _S.AGREEMENT: StageRule(
        "达成协议", _BENCH | _SIDES, _SIDES, _after(_S.MEDIATION, _S.RECESS, _S.CLOSED), caucus=True
    ),
    _S.RECESS: _recess(_S.OPENING, _S.STATEMENTS, _S.MEDIATION, _S.AGREEMENT),
    _S.CLOSED: StageRule("调解结束", _NOBODY, _NOBODY, _after(), recorded=False),
}

VARIANTS: Mapping[HearingKind, Mapping[HearingStage, StageRule]] = {
    HearingKind.COURT: _trial("法庭调查", "法庭辩论"),
    HearingKind.ARBITRATION: _trial("庭审调查", "庭审辩论"),
    HearingKind.MEDIATION: _MEDIATION,
}

PRESIDERS: Mapping[HearingKind, str] = {
    HearingKind.COURT: "审判员",
    HearingKind.ARBITRATION: "仲裁员",
    HearingKind.MEDIATION: "调解员",
}


def rule(kind: HearingKind, stage: HearingStage) -> StageRule:
    """Raises KeyError for a stage that this kind of hearing does not have."""
    return VARIANTS[kind][stage]

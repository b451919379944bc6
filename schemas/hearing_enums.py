"""The closed sets of values of hearings (I6). Values are lower_snake and never renamed."""

from enum import StrEnum


class HearingKind(StrEnum):
    """Which order of stages a hearing follows."""

    COURT = "court"
    MEDIATION = "mediation"
    ARBITRATION = "arbitration"


class HearingMode(StrEnum):
    """How a hearing is held."""

    LIVE = "live"  # everybody at once, in a voice room
    ASYNCHRONOUS = "asynchronous"  # 异步庭审: in turns, each before a deadline


class HearingState(StrEnum):
    """How far a hearing has come, for lists."""

    SCHEDULED = "scheduled"
    IN_SESSION = "in_session"
    RECESS = "recess"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class HearingRole(StrEnum):
    """What somebody is in one hearing; their account's roles are another matter."""

    PRESIDER = "presider"  # judge, arbitrator or mediator
    CLERK = "clerk"
    PARTY = "party"
    COUNSEL = "counsel"
    WITNESS = "witness"
    OBSERVER = "observer"


class HearingStage(StrEnum):
    WAITING = "waiting"  # 候审
    OPENING = "opening"  # 开庭
    INVESTIGATION = "investigation"  # 法庭调查
    EVIDENCE = "evidence"  # 举证质证
    DEBATE = "debate"  # 法庭辩论
    FINAL = "final"  # 最后陈述
    MEDIATION = "mediation"  # 调解
    STATEMENTS = "statements"  # 各方陈述, of a mediation
    AGREEMENT = "agreement"  # 达成协议, of a mediation
    RECESS = "recess"  # 休庭
    CLOSED = "closed"  # 闭庭


class Place(StrEnum):
    """Where somebody is. Only in the court room and in a side room is there sound."""

    OUTSIDE = "outside"
    WAITING = "waiting"
    COURT = "court"
    SIDE = "side"


class IdentityState(StrEnum):
    """What the roll-call found (核对身份)."""

    UNCHECKED = "unchecked"
    CONFIRMED = "confirmed"
    DOUBTED = "doubted"


class AbsenceCause(StrEnum):
    """Why somebody is not there, as the court decides it; a lost connection is no leaving."""

    LEFT = "left"  # 退庭
    NETWORK = "network"  # 网络中断
    NO_SHOW = "no_show"  # 未到庭
    EXCUSED = "excused"  # 准许不到庭


class UndertakingState(StrEnum):
    """How far a witness has come with their undertaking to tell the truth (保证书)."""

    OPEN = "open"
    SIGNED = "signed"
    READ = "read"  # and signed before
    EXEMPT = "exempt"  # 无民事行为能力人, 限制民事行为能力人
    REFUSED = "refused"  # and does not testify


class ActKind(StrEnum):
    """Everything that can happen in a hearing."""

    COME = "come"
    LEAVE = "leave"
    LOSE = "lose"  # their last page in the hearing went away; no decision about the seat
    ACCEPT = "accept"  # the discipline of the court
    ADMIT = "admit"
    IDENTIFY = "identify"
    ABSENCE = "absence"
    STAGE = "stage"
    HAND = "hand"
    FLOOR = "floor"
    MUTE_SELF = "mute_self"
    MUTE = "mute"
    MUTE_ALL = "mute_all"
    REMOVE = "remove"
    READMIT = "readmit"
    WITNESS = "witness"  # called in or dismissed
    UNDERTAKE = "undertake"  # a witness signs the undertaking, or refuses
    UNDERTAKING = "undertaking"  # what the court notes of it
    CAUCUS = "caucus"
    SHOW = "show"
    ANNOUNCE = "announce"  # the discipline of the court, from a recording

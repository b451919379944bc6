"""What the record of a hearing says of each act: one Chinese sentence. No I/O."""

from collections.abc import Mapping
from typing import Any

from schemas.hearing_enums import (
    AbsenceCause,
    ActKind,
    HearingKind,
    HearingRole,
    HearingStage,
    IdentityState,
    Place,
    UndertakingState,
)
from schemas.verification_enums import IdentityBasis
from services.hearings.court import Court
from services.hearings.rights import Act
from services.hearings.stages import PRESIDERS, rule
from services.hearings.undertaking_rules import witnesses_in_court

ROLES: dict[HearingRole, str] = {
    HearingRole.CLERK: "书记员",
    HearingRole.PARTY: "当事人",
    HearingRole.COUNSEL: "代理人",
    HearingRole.WITNESS: "证人",
    HearingRole.OBSERVER: "旁听人员",
}
ABSENCES: dict[AbsenceCause, str] = {
    AbsenceCause.LEFT: "退庭",
    AbsenceCause.NETWORK: "网络中断",
    AbsenceCause.NO_SHOW: "未到庭",
    AbsenceCause.EXCUSED: "准许不到庭",
}
IDENTITIES: dict[IdentityState, str] = {
    IdentityState.CONFIRMED: "身份核对无误",
    IdentityState.DOUBTED: "身份存疑",
    IdentityState.UNCHECKED: "身份待核对",
}
BASES: dict[IdentityBasis, str] = {
    IdentityBasis.VERIFIED: "已实名认证",
    IdentityBasis.CHECKED: "身份经核对",
}
# Who is asked whether they agree to take part online (人民法院在线诉讼规则 art. 4, 在线调解规则 art. 4), and says so by
# the same act; who does not agree does not come in.
_ASKED = frozenset({HearingRole.PARTY, HearingRole.COUNSEL, HearingRole.WITNESS})
_PLACES = {Place.WAITING: "进入候审室", Place.COURT: "进入法庭", Place.SIDE: "进入单独会谈室"}
# What is said when it is done, and when it is undone.
_TEXTS: dict[ActKind, tuple[str, str]] = {
    ActKind.LEAVE: ("{by}退出", "{by}退出"),
    ActKind.LOSE: ("{target}离开庭审页面", "{target}连接中断"),
    ActKind.ACCEPT: ("", "{by}{consents}已阅读并承诺遵守庭审纪律，不擅自录音录像"),
    ActKind.ADMIT: ("", "{by}准许{target}入庭"),
    ActKind.HAND: ("{by}举手申请发言", "{by}放下手"),
    ActKind.FLOOR: ("{by}准许{target}发言", "{by}结束{target}发言"),
    ActKind.REMOVE: ("", "{by}责令{target}退出法庭"),
    ActKind.READMIT: ("", "{by}准许{target}重新进入"),
    ActKind.WITNESS: ("{by}传{target}到庭作证", "{by}请{target}退庭"),
    ActKind.UNDERTAKE: ("{by}签署保证书{basis}", "{by}拒绝签署保证书"),
    ActKind.CAUCUS: ("{by}安排{targets}单独会谈（不录音）", "{by}结束{targets}的单独会谈"),
    ActKind.MUTE_SELF: ("{by}关闭自己的麦克风", "{by}打开自己的麦克风"),
    ActKind.MUTE: ("{by}关闭{target}的麦克风{lock}", "{by}解除对{target}麦克风的锁定"),
    ActKind.ANNOUNCE: ("{by}播放法庭纪律", "{by}停止播放法庭纪律"),
    ActKind.MUTE_ALL: ("{by}关闭所有人的麦克风{lock}", "{by}解除对所有人麦克风的锁定"),
}


def title(kind: HearingKind, role: HearingRole, side: str | None) -> str:
    """What somebody is called in the record: 审判员, 原告, 被告代理人 …"""
    if role is HearingRole.PRESIDER:
        return PRESIDERS[kind]
    if side is None:
        return ROLES[role]
    return side if role is HearingRole.PARTY else f"{side}{ROLES[role]}"


def note_of(before: Court, act: Act, after: Court) -> dict[str, Any]:
    """What must be kept of an act to put it into words later: ids and values, nobody's name."""
    came = after.find(act.by or "") if act.kind is ActKind.COME else None
    kept = came is not None and before.seat(came.user_id).place is not Place.OUTSIDE
    return {
        "act": act.kind,
        "at": act.at,
        "by": act.by,
        "target": act.target,
        "targets": list(act.targets),
        "on": act.on,
        "lock": act.lock,
        "identity": act.identity,
        "cause": act.cause,
        "failed": act.failed,
        "page": act.page if act.file_id else None,
        "file_id": act.file_id,
        "sha256": act.sha256,
        "basis": act.basis,
        "undertaking": act.undertaking,
        "confronts": _confronted(before, act),
        "reads": _reads(before, act),
        "stage": after.stage,
        "resumed": before.stage is HearingStage.RECESS and not after.closed,
        "came_to": None if came is None or kept else came.place,
        "segment": after.recording,
    }


def sentence(court: Court, note: Mapping[str, Any]) -> str:
    """The note in words. ``court`` lends the names and what its people are called; which moment's does not matter."""
    by, target = _who(court, note["by"]), _who(court, note["target"])
    match ActKind(note["act"]):
        case ActKind.COME:
            return f"{by}{_PLACES[Place(note['came_to'])] if note['came_to'] else '恢复连接'}"
        case ActKind.STAGE:
            word = rule(court.kind, HearingStage(note["stage"])).title
            return f"{by}宣布：{'复庭，继续' if note['resumed'] else ''}{word}"
        case ActKind.IDENTIFY:
            return f"{by}核对{target}：{IDENTITIES[IdentityState(note['identity'])]}"
        case ActKind.ABSENCE:
            cause = ABSENCES[AbsenceCause(note["cause"])] if note["cause"] else ""
            return f"{by}记明{target}缺席，原因：{cause}" if cause else f"{by}撤销对{target}缺席的记录"
        case ActKind.ANNOUNCE if note["by"] is None:
            return "法庭纪律未能播放" if note["failed"] else "法庭纪律播放完毕"
        case ActKind.SHOW:
            return f"{by}展示证据第 {note['page']} 页" if note["page"] else f"{by}结束证据展示"
        case ActKind.UNDERTAKING:
            return _undertaking(UndertakingState(note["undertaking"]), by, target, in_their_place=note["on"])
        case ActKind.WITNESS if note.get("confronts"):
            others = "、".join(_who(court, user_id) for user_id in note["confronts"])
            return f"{by}传{target}到庭，与{others}对质"
        case ActKind.FLOOR if note.get("reads"):
            return f"{by}请{target}宣读保证书"
    done, undone = _TEXTS[ActKind(note["act"])]
    targets = "、".join(_who(court, user_id) for user_id in note["targets"])
    text = done if note["on"] and done else undone
    actor = court.find(note["by"] or "")
    consents = "同意在线参加，" if actor is not None and actor.role in _ASKED else ""
    lock = "并锁定" if note["lock"] else ""
    basis = f"（{BASES[IdentityBasis(note['basis'])]}）" if note.get("basis") else ""
    return text.format(by=by, target=target, targets=targets, lock=lock, consents=consents, basis=basis)


def _undertaking(state: UndertakingState, by: str, target: str, *, in_their_place: bool) -> str:
    """What the court notes of a witness's undertaking; of one who cannot read it, why and by whom it was read."""
    if state is UndertakingState.EXEMPT:
        return f"{by}记明{target}依法无需签署保证书"
    if state is UndertakingState.REFUSED:
        return f"{by}记明{target}拒绝签署或者宣读保证书，不得作证"
    if in_their_place:
        return f"{target}有正当理由不能宣读保证书，由书记员代为宣读并说明"
    return f"{target}当庭宣读保证书"


def _confronted(before: Court, act: Act) -> list[str]:
    """With whom a witness is confronted."""
    if act.kind is not ActKind.WITNESS or not act.on or not act.confront:
        return []
    return [seat.user_id for seat in witnesses_in_court(before, before.seat(act.target or ""))]


def _reads(before: Court, act: Act) -> bool:
    """Whether the floor is given to a witness to read out what they have signed."""
    seat = before.find(act.target or "")
    given = act.kind is ActKind.FLOOR and act.on
    return given and seat is not None and seat.undertaking is UndertakingState.SIGNED


def _who(court: Court, user_id: str | None) -> str:
    seat = court.find(user_id or "")
    return f"{title(court.kind, seat.role, seat.side)}{seat.name}" if seat else "系统"

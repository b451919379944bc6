"""What the hearing's journal writes into the minutes by itself, for the clerk to amend. No I/O."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from schemas.documents.hearings import HearingDocument
from schemas.documents.minutes import SittingDocument
from schemas.hearing_enums import ActKind, HearingKind, HearingStage
from services.hearings.court import Court, Seat
from services.hearings.journal import sentence, title
from services.hearings.recordings import MIX
from services.hearings.undertaking_rules import TEXTS

PLACE = "线上（移动庭审）"
TITLES: Mapping[HearingKind, str] = {
    HearingKind.COURT: "庭审笔录",
    HearingKind.ARBITRATION: "仲裁庭审笔录",
    HearingKind.MEDIATION: "调解笔录",
}
_DISCIPLINE: Mapping[HearingKind, str] = {
    HearingKind.COURT: "宣布法庭纪律：服从审判人员指挥，未经许可不得发言、提问；"
    "不得录音、录像、拍照或者传播庭审情况；不得随意退庭。到庭人员入庭前均已阅读并承诺遵守，当事人、代理人均已同意在线参加。",
    HearingKind.ARBITRATION: "宣布仲裁庭纪律：服从仲裁庭指挥，未经许可不得发言、提问；"
    "不得录音、录像、拍照；仲裁不公开进行，不得对外透露案件情况。到庭人员入庭前均已阅读并承诺遵守，当事人、代理人均已同意在线参加。",
    HearingKind.MEDIATION: "告知调解原则与纪律：调解遵循自愿、合法原则，过程保密；"
    "不得录音、录像、拍照；应当文明陈述、尊重对方。参加人员均已阅读并承诺遵守，当事人、代理人均已同意在线参加。",
}
# What is worth a line whenever it happens; what counts only while the court sits.
_ALWAYS = frozenset(
    {
        ActKind.STAGE,
        ActKind.IDENTIFY,
        ActKind.ABSENCE,
        ActKind.SHOW,
        ActKind.WITNESS,
        ActKind.UNDERTAKE,
        ActKind.UNDERTAKING,
        ActKind.REMOVE,
        ActKind.READMIT,
        ActKind.CAUCUS,
        ActKind.ANNOUNCE,
    }
)
_IN_SESSION = frozenset({ActKind.ADMIT, ActKind.LEAVE})


def named(court: Court, seat: Seat) -> str:
    """Title and name: ``原告王晓``."""
    return f"{title(court.kind, seat.role, seat.side)}{seat.name}"


def drafted(court: Court, note: Mapping[str, Any], evidence: str | None) -> str | None:
    """The line that an act in the hearing writes; None: none. ``evidence``: the name of the file that was shown."""
    act = ActKind(note["act"])
    if act not in _ALWAYS and not (act in _IN_SESSION and note["segment"] is not None):
        return None
    said = sentence(court, note)
    if act is ActKind.SHOW:
        seat = court.find(note["by"])
        return f"{named(court, seat) if seat else ''}出示证据《{evidence}》" if evidence else None
    if act is ActKind.UNDERTAKE and note["on"]:
        return f"{said}：“{TEXTS[court.kind]}”"
    if act is ActKind.STAGE and note["stage"] == HearingStage.OPENING and not note["resumed"]:
        return f"{_DISCIPLINE[court.kind]}{said}。"
    return f"{said}。"


def journal_id(event_id: str, note: Mapping[str, Any]) -> str:
    """What makes a line the only one of its kind: the act; of a file that is shown page by page, file and stage."""
    if note["act"] == ActKind.SHOW:
        return f"journal:{note['file_id']}:{note['segment']}:{note['stage']}"
    return f"journal:{event_id}"


def in_recording(
    hearing: HearingDocument, sittings: list[SittingDocument], segment: int | None, at: datetime
) -> tuple[int | None, str | None]:
    """How far into the recording of its segment a moment lies (ms), and the file when it is ready.

    Before the file is there, the moment counts from when the court began to sit, which is about the same.
    """
    if segment is None:
        return None, None
    takes = [
        take
        for take in hearing.get("recordings", [])
        if take["number"] == segment and take["track"] == MIX and take["started_at"] <= at
    ]
    if takes:
        latest = max(takes, key=lambda take: take["started_at"])
        return _ms(latest["started_at"], at), latest["file_id"]
    began = next((one["at"] for one in sittings if one["segment"] == segment), None)
    return (_ms(began, at), None) if began is not None and began <= at else (None, None)


def _ms(start: datetime, at: datetime) -> int:
    return int((at - start).total_seconds() * 1000)

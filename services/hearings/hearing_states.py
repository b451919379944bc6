"""How far a hearing has come, in one word. No I/O."""

from schemas.documents.hearings import HearingDocument
from schemas.hearing_enums import HearingStage, HearingState

_STATES = {
    HearingStage.WAITING: HearingState.SCHEDULED,
    HearingStage.RECESS: HearingState.RECESS,
    HearingStage.CLOSED: HearingState.CLOSED,
}
# Its time can be changed while nobody is in the middle of it; it can be cancelled only before it has begun.
MOVABLE = frozenset({HearingStage.WAITING, HearingStage.RECESS})


def state_of(document: HearingDocument) -> HearingState:
    """``document`` needs its stage, and ``cancelled_at`` if it has one."""
    if "cancelled_at" in document:
        return HearingState.CANCELLED
    return _STATES.get(HearingStage(document["stage"]), HearingState.IN_SESSION)

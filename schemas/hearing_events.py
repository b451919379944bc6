"""What crosses the socket in a hearing: one class for each client event."""

from typing import Literal

from pydantic import Field

from schemas.api.base import Body, Id
from schemas.hearing_enums import AbsenceCause, HearingStage, IdentityState, UndertakingState

MAX_SDP = 20_000  # characters; an offer of one audio line with all its candidates has two to four thousand


class _InHearing(Body):
    hearing_id: Id


class HearingJoin(_InHearing):
    ticket: str = Field(min_length=20, max_length=100)


class HearingOffer(_InHearing):
    sdp: str = Field(min_length=1, max_length=MAX_SDP)


class HearingAct(_InHearing):
    """An act that needs nothing but who does it."""


class HearingTarget(_InHearing):
    user_id: Id


class HearingHand(_InHearing):
    raised: bool = Field(strict=True)


class HearingFloor(HearingTarget):
    give: bool = Field(strict=True)


class HearingMute(_InHearing):
    """Without ``user_id``: one's own microphone; with ``everybody``: the court's act on all but the presiders."""

    user_id: Id | None = None
    everybody: bool = Field(False, strict=True)
    muted: bool = Field(strict=True)
    locked: bool = Field(False, strict=True, description="Only the court may open it again")


class HearingAnnounce(_InHearing):
    play: bool = Field(strict=True, description="false: stop it")


class HearingStageMove(_InHearing):
    stage: HearingStage


class HearingRemove(HearingTarget):
    readmit: bool = Field(False, strict=True, description="Let them come again")


class HearingIdentity(HearingTarget):
    state: IdentityState


class HearingAbsence(HearingTarget):
    cause: AbsenceCause | None = Field(description="None takes the note back")


class HearingWitness(HearingTarget):
    called: bool = Field(strict=True)
    confront: bool = Field(False, strict=True, description="Though another witness is in the court room (对质)")


class HearingUndertaking(HearingTarget):
    """What the court notes of a witness's undertaking; ``refused`` of oneself: a witness will not sign it."""

    state: Literal[UndertakingState.READ, UndertakingState.EXEMPT, UndertakingState.REFUSED]
    by_clerk: bool = Field(
        False, strict=True, description="Read by the clerk, for a witness who has good reason not to"
    )


class HearingCaucus(_InHearing):
    user_ids: list[Id] = Field(min_length=1, max_length=20)
    open: bool = Field(strict=True)


class HearingShow(_InHearing):
    """``file_id`` None: nothing is shown any more."""

    file_id: Id | None
    page: int = Field(1, strict=True, ge=1, le=10_000)


class HearingLine(_InHearing):
    client_msg_id: str = Field(pattern=r"^[\x21-\x7e]{1,64}$")
    text: str = Field(min_length=1, max_length=500)

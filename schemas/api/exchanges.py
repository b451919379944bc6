"""How an asynchronous hearing (I6) stands, as one of its participants sees it."""

from pydantic import Field

from schemas.api.base import Moment, View
from schemas.asynchronous_enums import ApplicationState, QuestionState
from schemas.hearing_enums import HearingStage


class ApplicationView(View):
    by: str
    at: Moment
    state: ApplicationState


class ModeConsentView(View):
    """``agreed`` None: nothing has been said for this party yet."""

    user_id: str
    agreed: bool | None


class QuestionView(View):
    """``number`` and ``answer_number`` are those of turns, which hold the words. ``mine``: the viewer may answer it."""

    id: str
    number: int
    by: str
    to_user_id: str
    to_side: str | None
    asked_at: Moment
    due_at: Moment
    state: QuestionState
    answer_number: int | None
    mine: bool


class OpenStageView(View):
    """A stage in which people take turns. ``turns``: of each party and each counsel."""

    stage: HearingStage
    title: str
    hours: int = Field(description="From its opening to its deadline, unless the presider says otherwise then")
    turns: int
    alternating: bool = Field(description="One side after the other")


class ExchangeView(View):
    """``turns_allowed`` and ``turns_left`` are the viewer's, in the present stage; None: no limit."""

    application: ApplicationView | None
    consents: list[ModeConsentView]
    step: int = Field(description="Counts the openings of stages")
    due_at: Moment | None = Field(description="Of the present stage")
    lapsed: bool = Field(description="The deadline has passed; the presider goes on")
    turns: int = Field(description="How many there are: the number of the newest")
    turns_taken: dict[str, int]
    turns_allowed: int | None
    turns_left: int | None
    turn_side: str | None = Field(description="Whose turn it is, where the sides alternate; None: anybody's")
    can: list[str] = Field(description="What the viewer may do now")
    questions: list[QuestionView]
    plan: list[OpenStageView] = Field(description="The stages that this hearing can have, as they will be open")

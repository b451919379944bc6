"""What participants send in asynchronous hearings (I6), and the turns that they take."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from schemas.api.base import Body, Id, Moment, View
from schemas.api.hearings import Hours, Reason, Start
from schemas.api.messages import MAX_TEXT, ClientMsgId
from schemas.asynchronous_enums import TurnKind
from schemas.hearing_enums import HearingStage

TurnText = Annotated[str, Field(min_length=1, max_length=MAX_TEXT, pattern=r"\S")]


class AsynchronousChoice(Body):
    """Asking for an asynchronous hearing, and what is said to it. Asking needs a reason."""

    action: Literal["apply", "agree", "refuse", "grant", "decline"]
    reason: Reason | None = None

    @model_validator(mode="after")
    def _reasoned(self) -> "AsynchronousChoice":
        if self.action == "apply" and self.reason is None:
            raise ValueError("an application needs a reason")
        return self


class ApplicationReasonView(View):
    reason: str | None = Field(description="None: given before reasons were kept; it stands in the record")


class StageOpening(Body):
    stage: HearingStage
    hours: Hours | None = Field(None, description="Other than the procedure gives")


class TurnBody(Body):
    """What is said is evidence: nothing is stripped from it."""

    model_config = ConfigDict(str_strip_whitespace=False)

    client_turn_id: ClientMsgId
    text: TurnText | None = None
    file_id: Id | None = Field(None, description="A file of the hearing's space: a voice message, a document …")
    question_id: Id | None = Field(None, description="The question that it answers")

    @model_validator(mode="after")
    def _says_something(self) -> "TurnBody":
        if self.text is None and self.file_id is None:
            raise ValueError("text or file_id is needed")
        return self


class QuestionBody(Body):
    model_config = ConfigDict(str_strip_whitespace=False)

    client_turn_id: ClientMsgId
    user_id: Id = Field(description="To whom; everybody of their side may answer")
    text: TurnText
    hours: Hours = Field(description="To answer it in")


class DeadlineBody(Body):
    """More time for the present stage, or for a question."""

    until: Start
    question_id: Id | None = None
    reason: Reason


class TurnQuery(Body):
    after: int = Field(0, ge=0, le=1_000_000, description="Turns with a higher number")
    limit: int = Field(50, ge=1, le=100)


class TurnFileView(View):
    id: str
    name: str
    content_type: str
    duration_ms: int | None
    url: str


class TurnView(View):
    """A turn. ``seq``: its entry in the record of the hearing's space, as soon as it is there."""

    number: int
    kind: TurnKind
    stage: HearingStage
    stage_title: str
    user_id: str
    title: str
    display_name: str
    side: str | None
    text: str | None
    file: TurnFileView | None
    question_id: str | None
    at: Moment
    seq: int | None


class TurnListView(View):
    items: list[TurnView]
    has_more: bool

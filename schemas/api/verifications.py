"""Identity verification (B2): what is sent and what is shown."""

from typing import Annotated

from pydantic import Field

from schemas.api.base import Body, Flag, Id, Moment, View
from schemas.api.files import FileBegin
from schemas.reading_enums import ReadingKind
from schemas.verification_enums import PaperState, RefusalReason, VerificationKind, VerificationState

FieldText = Annotated[str, Field(min_length=1, max_length=200)]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class ConsentQuery(Body):
    kind: VerificationKind


class ConsentTextView(View):
    """What has to be agreed to before any photo is taken; send its ``version`` back."""

    kind: VerificationKind
    version: str
    title: str
    paragraphs: list[str]


class VerificationBody(Body):
    """``consent_version`` says which text was agreed to, by a separate act (个人信息保护法 29)."""

    kind: VerificationKind
    consent_version: str = Field(max_length=40)


class PaperBody(FileBegin):
    paper: ReadingKind


class PaperDone(Body):
    file_id: Id


class SubmitBody(Body):
    """The fields as the person sees them on the papers. ``face``: show the face on the provider's page, too."""

    fields: dict[FieldName, FieldText] = Field(min_length=1, max_length=20)
    face: Flag = False


class DecideBody(Body):
    approved: Flag
    reason: RefusalReason | None = Field(None, description="Why not; needed for a refusal")


class DeskVerificationsQuery(Body):
    state: VerificationState = VerificationState.IN_REVIEW
    cursor: Id | None = None
    limit: int = Field(20, ge=1, le=100)


class PaperView(View):
    paper: ReadingKind
    label: str
    required: bool
    state: PaperState
    error: str | None = Field(None, description="The code of why it could not be read")
    error_text: str | None = None


class VerificationFieldView(View):
    """``value`` is what was read, until the person submits; then only ``hints`` show, masked."""

    name: str
    label: str
    value: str | None
    flagged: bool
    reasons: list[str] = []
    optional: bool = False


class VerificationView(View):
    id: str
    kind: VerificationKind
    state: VerificationState
    papers: list[PaperView]
    fields: list[VerificationFieldView] = []
    hints: dict[str, str] = {}
    face_offered: bool = False
    face_url: str | None = Field(None, description="The provider's page, while it waits for the face")
    reason: RefusalReason | None = None
    reason_text: str | None = None
    submitted_at: Moment | None = None
    decided_at: Moment | None = None
    expires_at: Moment | None = None
    created_at: Moment


class StandingView(View):
    """What somebody has proven and until when."""

    kind: VerificationKind
    expires_at: Moment


class MyVerificationsView(View):
    standing: list[StandingView]
    items: list[VerificationView]


class DeskVerificationView(View):
    """An application as ops see it. ``values`` are in the clear only for one that is looked at by itself; audited."""

    id: str
    user_id: str
    display_name: str
    kind: VerificationKind
    state: VerificationState
    papers: list[PaperView]
    hints: dict[str, str]
    values: dict[str, str] = {}
    labels: dict[str, str] = {}
    reason: RefusalReason | None = None
    submitted_at: Moment | None
    decided_at: Moment | None = None
    expires_at: Moment | None = None


class ConsentView(View):
    """``title`` and ``paragraphs`` are the words that were agreed to."""

    purpose: str
    version: str
    title: str
    paragraphs: list[str]
    given_at: Moment
    withdrawn_at: Moment | None = None

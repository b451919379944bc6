"""The minutes of a hearing (庭审笔录, I6) as the people of the hearing see them, and what they send."""

from pydantic import Field, model_validator

from schemas.api.base import Body, Flag, Id, Moment, View
from schemas.hearing_enums import HearingRole, HearingStage
from schemas.minutes_enums import (
    EntryKind,
    MinutesAct,
    MinutesState,
    ObjectionState,
    SigningState,
    VersionCause,
)
from schemas.verification_enums import IdentityBasis

MAX_TEXT = 2_000  # characters of one entry
MAX_SIGNATURE = 200 << 10  # bytes of a drawn signature
MAX_SIGNATURE_TEXT = (MAX_SIGNATURE + 2) // 3 * 4
_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
_WORDS = r"^[^\x00-\x08\x0b-\x1f\x7f]+$"
_CLIENT_ID = r"^[\x21-\x7e]{1,64}$"


class EntryBody(Body):
    """``client_id``: drawn by the client; the same one again adds nothing. ``after``: else it goes to the end."""

    client_id: str = Field(pattern=_CLIENT_ID)
    kind: EntryKind = EntryKind.SPEECH
    text: str = Field(min_length=1, max_length=MAX_TEXT, pattern=_WORDS)
    speaker_id: Id | None = Field(None, description="Whose words they are; needed for speech")
    after: Id | None = Field(None, description="The entry that it follows")
    ago_ms: int = Field(0, strict=True, ge=0, le=600_000, description="How long ago the words began")

    @model_validator(mode="after")
    def _speech_has_a_speaker(self) -> "EntryBody":
        if self.kind is EntryKind.SUGGESTED:
            raise ValueError("suggestions come from speech recognition only")
        if (self.kind is EntryKind.SPEECH) != (self.speaker_id is not None):
            raise ValueError("speech has a speaker, and nothing else has one")
        return self


class EntryChange(Body):
    """``revision``: of the entry as the caller sees it. What is left out stays."""

    revision: int = Field(strict=True, ge=1, le=1_000)
    text: str | None = Field(None, min_length=1, max_length=MAX_TEXT, pattern=_WORDS)
    speaker_id: Id | None = None
    struck: Flag | None = Field(None, description="Out of the minutes (kept among their versions), or in again")
    accepted: Flag | None = Field(None, description="True: what speech recognition heard becomes part of the minutes")


class SuggestBody(Body):
    segment: int = Field(strict=True, ge=1, le=1_000, description="Of the recording; its files must be ready")


class HeadChange(Body):
    """What is left out stays; an empty text takes a field away."""

    tribunal: str | None = Field(None, max_length=60, pattern=_ONE_LINE, description="人民法院, 仲裁委员会, 调解组织 …")
    case_number: str | None = Field(None, max_length=60, pattern=_ONE_LINE, description="案号")
    cause: str | None = Field(None, max_length=60, pattern=_ONE_LINE, description="案由")
    place: str | None = Field(None, max_length=60, pattern=_ONE_LINE, description="地点")


class ObjectionBody(Body):
    client_id: str = Field(pattern=_CLIENT_ID)
    wanted: str = Field(min_length=1, max_length=MAX_TEXT, pattern=_WORDS, description="As the entry should read")


class ObjectionAnswer(Body):
    """A correction may differ from what was asked for (``text``); a refusal needs its reason."""

    correct: Flag
    text: str | None = Field(None, min_length=1, max_length=MAX_TEXT, pattern=_WORDS)
    reason: str | None = Field(None, min_length=1, max_length=500, pattern=_WORDS)

    @model_validator(mode="after")
    def _refusals_say_why(self) -> "ObjectionAnswer":
        if not self.correct and (self.reason is None or self.text is not None):
            raise ValueError("a refusal needs a reason, and no text")
        return self


class MinutesMove(Body):
    """``version``: of the minutes as the caller sees them. Back from ``final`` to ``draft`` needs a reason."""

    to: MinutesState
    version: int = Field(strict=True, ge=0)
    reason: str | None = Field(None, min_length=1, max_length=500, pattern=_WORDS)


class SignatureBody(Body):
    """``sha256``: of the text that the caller has read (``MinutesView.sha256``)."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    png: str = Field(
        min_length=8,
        max_length=MAX_SIGNATURE_TEXT,
        pattern=r"^[A-Za-z0-9+/]+={0,2}$",
        description="The drawing as PNG, at most 200 KiB, in base64 (RFC 4648, 4)",
    )


class RefusalBody(Body):
    """Without ``user_id``: one's own; the court notes that of others."""

    user_id: Id | None = None
    reason: str = Field(min_length=1, max_length=500, pattern=_WORDS)


class VersionView(View):
    text: str
    speaker_id: str | None
    by: str | None = Field(description="None: by the system")
    at: Moment
    cause: VersionCause


class ObjectionView(View):
    id: str
    by: str
    title: str
    display_name: str
    wanted: str
    at: Moment
    state: ObjectionState
    reason: str | None = Field(description="Why it was refused")
    answered_by: str | None
    answered_at: Moment | None


class EntryView(View):
    """Whoever numbers the entries counts those that are neither struck nor only suggested."""

    id: str
    kind: EntryKind
    stage: HearingStage
    stage_title: str
    speaker_id: str | None
    speaker: str | None = Field(description="Title and name, as the paper names them")
    text: str
    at: Moment
    segment: int | None = Field(description="Of the recording, while one ran")
    offset_ms: int | None = Field(description="Into that segment, or into the file when there is one")
    recording_file_id: str | None
    revision: int
    struck: bool
    versions: list[VersionView] = Field(description="Oldest first; the last one counts")
    objections: list[ObjectionView]


class MinutesHeadView(View):
    """``began_at`` and ``ended_at`` are the hearing's own, as are its people: nobody writes them."""

    tribunal: str
    case_number: str
    cause: str
    place: str
    began_at: Moment | None
    ended_at: Moment | None


class SignerView(View):
    """``sha256``: what they sign, or signed. ``signature_url`` carries a short-lived ticket."""

    user_id: str
    role: HearingRole
    title: str
    display_name: str
    state: SigningState
    sha256: str
    at: Moment | None
    reason: str | None
    noted_by: str | None = Field(description="Who of the court noted the refusal of another")
    signature_url: str | None
    identity: IdentityBasis | None = Field(None, description="What it rests on that the signer is who they say")


class EditionView(View):
    """A final text that was taken back: its signatures are void."""

    edition: int
    sha256: str
    finished_at: Moment
    voided_at: Moment
    voided_by: str
    reason: str
    signers: list[SignerView]


class MinutesPaperView(View):
    file_id: str
    sha256: str
    url: str


class MinutesView(View):
    """For one viewer: a witness sees their own words only. A higher ``version`` replaces a lower one."""

    hearing_id: str
    version: int
    state: MinutesState
    edition: int
    title: str = Field(description="庭审笔录, 调解笔录 …")
    head: MinutesHeadView
    entries: list[EntryView]
    sha256: str | None = Field(description="Of the final text, or of a witness's part of it: what one signs")
    signers: list[SignerView]
    voided: list[EditionView]
    paper: MinutesPaperView | None
    may: list[MinutesAct] = Field(description="What the viewer may do now")
    proof_wanted: bool = Field(False, description="Signing would be answered `verification.required`")
    hearable: list[int] = Field(
        description="Segments of the recording that the viewer can have speech recognition suggest lines from"
    )
    server_time: Moment


class MinutesChange(View):
    """Something changed. Load the minutes when ``version`` is not one more than yours, or there is no ``entry``."""

    hearing_id: str
    version: int
    state: MinutesState
    entry: EntryView | None
    after: str | None = Field(description="The entry before it; None: it is the first")

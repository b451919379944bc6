"""Readings (OCR): what is sent and what is shown."""

from typing import Annotated

from pydantic import BeforeValidator, Field, StrictInt

from schemas.api.base import Body, Moment, View
from schemas.plain_text import plain_if_text
from schemas.reading_enums import ReadingKind, ReadingState

FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Text = Annotated[str, Field(max_length=4000), BeforeValidator(plain_if_text)]
Said = dict[Annotated[str, Field(max_length=20)], Text]
Value = Text | Annotated[StrictInt, Field(ge=0, le=10**12)] | Annotated[list[Said], Field(max_length=500)]
Point = tuple[float, float]


class ReadingBody(Body):
    """Without ``kind`` the paper itself tells what it is."""

    kind: ReadingKind | None = None


class ConfirmBody(Body):
    """The values as a person sees them on the paper. What is not named stays as it was read.

    ``confirmations``: how many the caller had seen; when there are more by now, nothing is stored.
    """

    fields: dict[FieldName, Value] = Field(min_length=1, max_length=60)
    confirmations: int | None = Field(None, ge=0, le=1000)


class MaskedQuery(Body):
    page: int = Field(0, ge=0, le=999)


class ReadingBegunView(View):
    id: str


class ReadingFieldView(View):
    """``value`` is what counts: the confirmed one once there is one; ``read_value`` is what the machine read.

    ``polygon``: four points in pixels of its page, as a viewer shows the page; missing where the value comes from a
    QR code or from several places. ``masked``: part of the value is hidden from this viewer. ``reasons`` say why it is
    flagged: low_score, check_digit, mismatch, unlikely, handwritten, seal, grammar, repaired.
    """

    label: str
    value: Value
    read_value: Value | None = None
    confidence: float
    flagged: bool
    reasons: list[str] = []
    polygon: list[Point] | None = None
    page: int
    masked: bool = False
    confirmed: bool = False


class ReadingLineView(View):
    text: str
    score: float
    polygon: list[Point]
    page: int
    uncertain: bool


class PageView(View):
    """Pixels that the polygons of this page are measured in."""

    width: int
    height: int


class ReadingView(View):
    """``ahead``: about how many files are read before this one, while it is queued; everybody's in turn.

    ``missing``: fields that such a paper has as a rule and nobody has found, name → label, for who may confirm.
    ``may_name``: the viewer may say what kind of paper it is, by asking for a reading of that kind.
    """

    id: str
    file_id: str
    space_id: str
    state: ReadingState
    kind: ReadingKind | None = None
    kind_label: str | None = None
    kind_confidence: float | None = None
    fields: dict[str, ReadingFieldView] = {}
    missing: dict[str, str] = {}
    lines: list[ReadingLineView] = []
    pages: list[PageView] = []
    error: str | None = None
    error_text: str | None = None
    ahead: int | None = None
    may_confirm: bool
    may_name: bool = False
    confirmations: int = 0
    confirmed_at: Moment | None = None
    confirmed_by: str | None = None
    created_at: Moment


class ReadingListView(View):
    """Readings of one file, newest first."""

    items: list[ReadingView]

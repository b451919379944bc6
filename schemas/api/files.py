"""Files of a case space: announcing an upload, and what is shown of a file."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.api.base import Body, Id, Moment, View
from schemas.enums import FileState

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 in lower-case hex")]


class FileVariant(StrEnum):
    """Which copy of a file is wanted."""

    ORIGINAL = "original"
    THUMBNAIL = "thumbnail"  # JPEG, at most 480 px on the longer side; images only
    PREVIEW = "preview"  # the copy that every phone shows when there is one (of HEIC), else the original
    PLAY = "play"  # the copy that every phone plays when there is one, else the original
    MASKED = "masked"  # of a paper that identifies somebody: what most members are given in place of the original
    MASKED_THUMBNAIL = "masked_thumbnail"


class FileBegin(Body):
    """An upload that is to follow. What is said here is checked against the content afterwards."""

    name: str = Field(min_length=1, max_length=255, description="Shown to the members of the space")
    content_type: str = Field(
        max_length=127,
        description="The media type, e.g. image/jpeg. Empty or application/octet-stream: told from the name",
    )
    size: int = Field(strict=True, ge=0, le=1 << 40, description="Bytes")
    sha256: Sha256 | None = None
    identifies: bool = Field(
        False, description="A photo or PDF of a paper that identifies somebody (identity card, bank card, licence)"
    )


class UploadForm(View):
    """A multipart form to be sent by POST: ``fields`` first, the file itself last, as ``file_field``."""

    method: str = "POST"
    url: str
    fields: dict[str, str]
    file_field: str = "file"
    expires_at: Moment


class UploadView(View):
    file_id: Id
    upload: UploadForm


class FileView(View):
    id: Id
    space_id: Id
    name: str
    content_type: str
    size: int
    sha256: Sha256 | None = Field(description="Of the original; null until the upload is complete")
    width: int | None = Field(None, description="Pixels, as seen (orientation applied)")
    height: int | None = None
    duration_ms: int | None = Field(None, description="Measured by the server")
    state: FileState
    url: str | None = Field(None, description="Valid for 10 to 20 minutes, without a token")
    thumbnail_url: str | None = None
    preview_url: str | None = Field(None, description="Of images: what every phone shows; `url` is the original")
    play_url: str | None = Field(None, description="Of recordings: what every phone plays")
    masked: bool = Field(
        False,
        description="It identifies somebody: all links give a copy with numbers, address and portrait covered",
    )
    opens_original: bool = Field(False, description="It is masked, and who asks may open the original")
    marks: bool = Field(False, description="Whether who asks may say that it identifies somebody, or that it does not")
    created_at: Moment


class OriginalView(View):
    """The original of a paper that identifies somebody. That it was opened, and by whom, is written down."""

    url: str = Field(description="Valid for 10 to 20 minutes, without a token")
    preview_url: str | None = Field(None, description="Of images: what every phone shows")


class IdentityMark(Body):
    identifies: bool = Field(strict=True, description="Whether the paper is one that exists to identify somebody")


class ContentQuery(Body):
    variant: FileVariant = FileVariant.ORIGINAL

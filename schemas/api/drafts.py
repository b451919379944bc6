"""Papers photographed to fill in a form, before there is a case: what is sent and what is shown."""

from pydantic import Field

from schemas.api.base import Body, Id, Moment, View
from schemas.reading_enums import ReadingState


class DraftPaperBody(Body):
    """``size`` in bytes; images and PDF only."""

    name: str = Field(min_length=1, max_length=200)
    content_type: str = Field(max_length=100)
    size: int = Field(strict=True, ge=0)


class DraftPaperView(View):
    """``error_text`` says why nothing could be read."""

    file_id: str
    state: ReadingState
    kind_label: str | None = None
    error_text: str | None = None


class DraftPapersView(View):
    """Everything of it is destroyed at ``purge_at``."""

    items: list[DraftPaperView]
    purge_at: Moment | None = None


class FilePapersBody(Body):
    """Papers of the caller's that become part of a case."""

    file_ids: list[Id] = Field(min_length=1, max_length=20)


class FiledPaperView(View):
    """``number`` is its number in the catalogue of evidence; null for what identifies somebody, which is not listed."""

    file_id: str
    number: int | None = None


class FiledPapersView(View):
    items: list[FiledPaperView]

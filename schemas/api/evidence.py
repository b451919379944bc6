"""Evidence catalogues (证据目录) and the elements of a case: what is sent and what is shown."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from schemas.api.base import Body, Fen, Id, Moment, Phone, View
from schemas.api.suggestions import SuggestionView
from schemas.evidence_enums import EvidenceKind, MovementKind
from schemas.plain_text import plain_if_text

Name = Annotated[str, Field(min_length=1, max_length=100), BeforeValidator(plain_if_text)]
Purpose = Annotated[str, Field(max_length=500), BeforeValidator(plain_if_text)]
Party = Annotated[str, Field(min_length=1, max_length=60), BeforeValidator(plain_if_text)]
Pages = Annotated[int, Field(strict=True, ge=1, le=10_000)]


class EvidenceBody(Body):
    """What is left out is filled in from the file's reading, as far as it goes."""

    file_id: Id
    name: Name | None = None
    kind: EvidenceKind | None = None
    dated: date | None = None
    pages: Pages | None = None
    parties: list[Party] | None = Field(None, max_length=20)
    purpose: Purpose = ""


class EvidenceChange(Body):
    name: Name | None = None
    kind: EvidenceKind | None = None
    dated: date | None = None
    pages: Pages | None = None
    parties: list[Party] | None = Field(None, max_length=20)
    purpose: Purpose | None = None


class MovementBody(Body):
    kind: MovementKind


class MovementView(View):
    kind: MovementKind
    by: str
    at: Moment
    signed_at: Moment | None = None


class EvidenceView(View):
    """``hash``: SHA-256 of the file as it was uploaded. ``original_held``: the paper itself lies with the firm."""

    id: str
    space_id: str
    number: int
    file_id: str
    reading_id: str | None = None
    hash: str
    name: str
    kind: EvidenceKind
    kind_label: str
    dated: date | None = None
    pages: int | None = None
    parties: list[str]
    purpose: str
    submitter_id: str
    submitter_name: str
    submitted_at: Moment
    originals: list[MovementView]
    original_held: bool
    actions: list[str]


class EvidenceList(View):
    """In the order of their numbers."""

    items: list[EvidenceView]


class CaseElements(Body):
    """The seven elements of a case record (C8); none may be missing. ``case_number`` as the court gave it."""

    case_number: Annotated[str, Field(min_length=4, max_length=60)]
    firm: Annotated[str, Field(min_length=2, max_length=60)]
    lawyer_phone: Phone
    party_phone: Phone
    amount_fen: Fen
    court: Annotated[str, Field(min_length=4, max_length=60)]
    cause: Annotated[str, Field(min_length=2, max_length=60)]


class CaseElementsView(View):
    """``elements`` is missing until all seven were saved; ``suggested`` comes from what was read and confirmed, the
    first suggestion for each; ``suggestions`` are all of them, with their sources."""

    elements: CaseElements | None = None
    suggested: dict[str, str | int]
    suggestions: list[SuggestionView] = []
    updated_at: Moment | None = None

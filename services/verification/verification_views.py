"""What applicants see of their application. Pure."""

from collections.abc import Mapping

from ocr import Reading
from ocr.readings import Field
from schemas.api.verifications import PaperView, VerificationFieldView, VerificationView
from schemas.documents.verifications import VerificationDocument
from schemas.problems import PROBLEMS
from schemas.reading_enums import ReadingKind
from schemas.verification_enums import PaperState, RefusalReason, VerificationKind, VerificationState
from services.masks import masked_number
from services.verification.application_rules import DEMANDS, tidied
from services.verification.verification_texts import PAPERS, REASONS, UNREAD, field_label

# What anybody may look up of a company stays as it is.
_PUBLIC = frozenset({"company_name", "credit_code", "firm", "issued_on", "checked_on", "valid_from", "valid_to"})


def paper_views(
    document: VerificationDocument, states: Mapping[str, PaperState], errors: Mapping[str, str]
) -> list[PaperView]:
    demands = DEMANDS[VerificationKind(document["kind"])]
    return [
        PaperView(
            paper=paper,
            label=PAPERS[paper],
            required=paper in demands.papers,
            state=states.get(paper.value, PaperState.MISSING),
            error=(why := errors.get(paper.value)),
            error_text=UNREAD.get(why, PROBLEMS[why].title) if why else None,
        )
        for paper in (*demands.papers, *demands.further_papers)
    ]


def field_views(kind: VerificationKind, readings: Mapping[str, Reading]) -> list[VerificationFieldView]:
    """The fields that the person confirms, with what was read of each on whichever paper."""
    demands = DEMANDS[kind]
    return [
        _field(name, _found(name, readings), name in demands.further_fields)
        for name in (*demands.fields, *demands.further_fields)
    ]


def _found(name: str, readings: Mapping[str, Reading]) -> Field | None:
    seen = (reading.fields.get(name) for paper, reading in readings.items() if paper != ReadingKind.PAGE)
    return next((field for field in seen if field is not None), None)


def _field(name: str, read: Field | None, optional: bool) -> VerificationFieldView:
    return VerificationFieldView(
        name=name,
        label=field_label(name),
        value=None if read is None else tidied({name: str(read.value)})[name],
        flagged=read is None or read.flagged,
        reasons=[] if read is None else list(read.reasons),
        optional=optional,
    )


def hints_of(values: Mapping[str, str]) -> dict[str, str]:
    """The values as they may be shown later: names by their first character, numbers by their ends."""
    return {name: value if name in _PUBLIC else _hint(name, value) for name, value in values.items()}


def _hint(name: str, value: str) -> str:
    if name in ("name", "legal_representative"):
        return value[:1] + "*" * (len(value) - 1)
    return masked_number(value)


def view_of(
    document: VerificationDocument,
    papers: list[PaperView],
    fields: list[VerificationFieldView],
    *,
    face_offered: bool,
    face_url: str | None,
) -> VerificationView:
    reason = RefusalReason(document["reason"]) if "reason" in document else None
    return VerificationView(
        id=document["_id"],
        kind=VerificationKind(document["kind"]),
        state=VerificationState(document["state"]),
        papers=papers,
        fields=fields,
        hints=document.get("hints", {}),
        face_offered=face_offered,
        face_url=face_url,
        reason=reason,
        reason_text=REASONS[reason] if reason else None,
        submitted_at=document.get("submitted_at"),
        decided_at=document.get("decided_at"),
        expires_at=document.get("expires_at"),
        created_at=document["created_at"],
    )

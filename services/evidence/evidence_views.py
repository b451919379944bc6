"""An entry of the catalogue as somebody is shown it. Pure."""

from collections.abc import Mapping
from typing import Any

from schemas.api.evidence import EvidenceView, MovementView
from schemas.documents.evidence import EvidenceDocument
from schemas.enums import Role
from schemas.evidence_enums import EvidenceKind, MovementKind
from services.evidence.prefilling import LABELS
from services.permissions import SPACE, Permission


def held(document: EvidenceDocument) -> bool:
    """Whether the original lies with the firm."""
    return bool(document["originals"]) and document["originals"][-1]["kind"] == MovementKind.RECEIVED


def actions(document: EvidenceDocument, user_id: str, role: Role, *, closed: bool) -> list[str]:
    """What may be done with it now."""
    if closed:
        return []
    found = []
    own = document["submitter_id"] == user_id
    if own or role in SPACE[Permission.EVIDENCE_KEEP]:
        found.append("change")
    if role in SPACE[Permission.EVIDENCE_KEEP]:
        found.append(MovementKind.RETURNED.value if held(document) else MovementKind.RECEIVED.value)
    if own and any("signed_at" not in movement for movement in document["originals"]):
        found.append("sign")
    return found


def evidence_view(
    document: EvidenceDocument, facts: Mapping[str, Any], names: Mapping[str, str], may: list[str]
) -> EvidenceView:
    kind = EvidenceKind(facts["kind"])
    return EvidenceView(
        id=document["_id"],
        space_id=document["space_id"],
        number=document["number"],
        file_id=document["file_id"],
        reading_id=document.get("reading_id"),
        hash=document["sha256"],
        name=facts["name"],
        kind=kind,
        kind_label=LABELS[kind],
        dated=facts["dated"],
        pages=facts["pages"],
        parties=facts["parties"],
        purpose=facts["purpose"],
        submitter_id=document["submitter_id"],
        submitter_name=names.get(document["submitter_id"], ""),
        submitted_at=document["submitted_at"],
        originals=[
            MovementView(kind=MovementKind(one["kind"]), by=one["by"], at=one["at"], signed_at=one.get("signed_at"))
            for one in document["originals"]
        ],
        original_held=held(document),
        actions=may,
    )

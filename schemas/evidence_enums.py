"""The closed sets of values of evidence."""

from enum import StrEnum


class EvidenceKind(StrEnum):
    """Kinds of evidence by 民事诉讼法 66."""

    STATEMENT = "statement"
    DOCUMENT = "document"
    OBJECT = "object"
    AUDIOVISUAL = "audiovisual"
    ELECTRONIC = "electronic"
    TESTIMONY = "testimony"
    EXPERT_OPINION = "expert_opinion"
    INSPECTION = "inspection"


class MovementKind(StrEnum):
    RECEIVED = "received"
    RETURNED = "returned"

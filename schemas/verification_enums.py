"""The closed sets of values of identity verification (B2). Values are lower_snake and never renamed."""

from enum import StrEnum


class VerificationKind(StrEnum):
    """What somebody proves."""

    PERSON = "person"  # who they are, by identity card
    LAWYER = "lawyer"  # that they practise, by licence
    COMPANY = "company"  # that they act for a company, by its business licence


class VerificationState(StrEnum):
    DRAFT = "draft"  # consented; photos and fields are being gathered
    PENDING = "pending"  # the provider is asked
    FACE = "face"  # the provider waits for the person's face
    IN_REVIEW = "in_review"  # a person at the desk decides
    VERIFIED = "verified"
    REFUSED = "refused"
    EXPIRED = "expired"
    REPLACED = "replaced"  # a later one of the same person counts
    WITHDRAWN = "withdrawn"


class RefusalReason(StrEnum):
    """Why an application was refused; the texts for users stand in ``services/verification/verification_texts.py``."""

    MISMATCH = "mismatch"
    NO_RECORD = "no_record"
    MALFORMED = "malformed"
    TOO_OFTEN = "too_often"
    NUMBER_TAKEN = "number_taken"
    FACE_FAILED = "face_failed"
    NOT_TRADING = "not_trading"
    COMPANY_TAKEN = "company_taken"
    UNREADABLE = "unreadable"
    NOT_ENTITLED = "not_entitled"
    OTHER = "other"


class IdentityBasis(StrEnum):
    """What it rests on that somebody is who they say, when an act asks for it."""

    VERIFIED = "verified"  # their account has proven it (实名认证)
    CHECKED = "checked"  # the court has found it itself (核对身份)


class PaperState(StrEnum):
    """How far one photo of an application is."""

    MISSING = "missing"
    UPLOADING = "uploading"
    READING = "reading"
    READ = "read"
    UNREAD = "unread"  # nothing could be read: the person types
    PURGED = "purged"

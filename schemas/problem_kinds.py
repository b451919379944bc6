"""What an error is, whichever edge answers it."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The nature of an error; each edge maps it once (HTTP status, socket acknowledgement)."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    METHOD = "method"
    CONFLICT = "conflict"
    GONE = "gone"
    PRECONDITION = "precondition"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    UNPROCESSABLE = "unprocessable"
    RANGE = "range"
    RATE_LIMITED = "rate_limited"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """``errcode`` is what mini-program code written in WeChat's own style looks at; it is as stable as the code."""

    code: str
    kind: Kind
    errcode: int
    title: str  # Chinese, shown to the user
    retryable: bool = False

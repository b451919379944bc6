"""A problem at the HTTP edge: kind → status, and the RFC 9457 body."""

from typing import Any

from pydantic import ValidationError

from schemas.problem_kinds import Kind, ProblemType
from schemas.problems import PROBLEMS
from services.errors import Problem

CONTENT_TYPE = "application/problem+json; charset=utf-8"

STATUS: dict[Kind, int] = {
    Kind.INVALID: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.METHOD: 405,
    Kind.CONFLICT: 409,
    Kind.GONE: 410,
    Kind.PRECONDITION: 412,
    Kind.TOO_LARGE: 413,
    Kind.UNSUPPORTED: 415,
    Kind.RANGE: 416,
    Kind.UNPROCESSABLE: 422,
    Kind.RATE_LIMITED: 429,
    Kind.INTERNAL: 500,
    Kind.UNAVAILABLE: 503,
}
# What Tornado itself refuses, in our words.
FROM_STATUS = {
    400: "request.invalid",
    404: "request.not_found",
    405: "request.method",
    413: "request.too_large",
    415: "request.content_type",
}


def status_of(problem: ProblemType) -> int:
    return STATUS[problem.kind]


def from_status(status: int) -> Problem:
    return Problem(FROM_STATUS.get(status, "server.internal"))


def body_of(problem: Problem, request_id: str) -> dict[str, Any]:
    kind = problem.type
    return {
        "type": f"/docs/problems#{kind.code}",
        "title": kind.title,
        "status": status_of(kind),
        "detail": problem.detail,
        "code": kind.code,
        "errcode": kind.errcode,
        "errmsg": kind.title,
        "request_id": request_id,
        "retryable": kind.retryable,
        "errors": problem.errors,
    }


def from_validation(fault: ValidationError) -> Problem:
    """Name each faulty field; never repeat its value."""
    errors = [
        {
            "field": ".".join(str(part) for part in error["loc"]),
            # what our own checks say is for people, and is said without pydantic's name for it
            "message": error["msg"].removeprefix("Value error, "),
            "type": error["type"],
        }
        for error in fault.errors(include_input=False, include_url=False, include_context=False)
    ]
    return Problem("request.invalid", errors=errors)


__all__ = ["CONTENT_TYPE", "PROBLEMS", "body_of", "from_status", "from_validation", "status_of"]

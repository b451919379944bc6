"""OpenAPI 3.1 out of the doors themselves: the very classes that validate are the ones described."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter

from handlers.base import ApiHandler
from handlers.doors import DOOR, VERBS, Door
from handlers.problems import status_of
from schemas.api.base import NoBody
from schemas.described_shapes import described
from schemas.problems import PROBLEMS

_GROUP = re.compile(r"\((?!\?)[^()]*(?:\([^()]*\)[^()]*)*\)")
_ALWAYS = ("request.rate_limited", "server.internal", "server.unavailable")
_SIGNED_IN = ("auth.required", "auth.token_invalid", "auth.token_expired", "auth.session_revoked")
_WITH_BODY = ("request.bad_json", "request.content_type", "request.too_large")

_DAY = r"(\d{4}-"
Routes = Iterable[tuple[str, type[ApiHandler]]]


class UndeclaredDoorError(RuntimeError):
    """A verb method that nobody declared: the server does not start with it."""


def doors_of(handler: type[ApiHandler]) -> dict[str, Door]:
    """The verbs that a handler answers. Raises UndeclaredDoorError for one without a declaration."""
    found = {}
    for verb in VERBS:
        method = getattr(handler, verb)
        if method is getattr(ApiHandler, verb):
            continue
        declared = getattr(method, DOOR, None)
        if declared is None:
            raise UndeclaredDoorError(f"{handler.__module__}.{handler.__name__}.{verb} declares no door")
        found[verb] = declared
    return found


def path_of(pattern: str) -> tuple[str, list[str]]:
    """A route's pattern as OpenAPI writes it, and the names of its parameters.

    A parameter is named after the noun before it: ``/orders/([0-9a-f]{24})`` → ``/orders/{order_id}``; a day and a
    choice of words are called so.
    """
    names: list[str] = []

    def name(match: re.Match[str]) -> str:
        if "|" in match[0]:
            names.append("kind")
        elif match[0].startswith(_DAY):
            names.append("day")
        else:
            before = pattern[: match.start()].rstrip("/").rsplit("/", 1)[-1]
            noun = re.sub(r"[^a-z]", "_", re.sub(r"(?<=[^aeiou])ies$", "y", before).removesuffix("s")) or "path"
            names.append("seq" if noun == "message" else f"{noun}_id")
        return "{" + names[-1] + "}"

    return _GROUP.sub(name, pattern).replace("\\", ""), names


def shapes_of(pattern: str) -> list[dict[str, Any]]:
    """What each parameter of a route looks like, in the order of ``path_of``'s names."""
    shapes: list[dict[str, Any]] = []
    for group, name in zip(_GROUP.findall(pattern), path_of(pattern)[1], strict=True):
        if name == "seq":
            shapes.append({"type": "integer", "minimum": 1, "maximum": 10**15 - 1})
        else:
            shapes.append({"type": "string", "pattern": f"^{group[1:-1]}$"})
    return shapes


def describe(routes: Routes, version: str) -> dict[str, Any]:
    """The whole document. Raises TwoShapesOneNameError."""
    definitions: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    for pattern, handler in routes:
        if pattern.startswith(("/sandbox", "/(.*)", "/docs")):
            continue
        path, names = path_of(pattern)
        parameters = [_path_parameter(name, shape) for name, shape in zip(names, shapes_of(pattern), strict=True)]
        for verb, declared in doors_of(handler).items():
            paths.setdefault(path, {})[verb] = _operation(verb, path, parameters, declared, definitions)
    definitions["Problem"] = _problem_schema()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Case Space 案件空间",
            "version": version,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(
    verb: str, path: str, path_parameters: list[dict[str, Any]], declared: Door, definitions: dict[str, Any]
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": verb + re.sub(r"[^A-Za-z0-9]+", "_", path.removeprefix("/api/v1")).rstrip("_"),
        "summary": declared.summary,
        "tags": [_tag(path)],
        "parameters": [*path_parameters, *_query_parameters(declared, definitions)],
        "responses": _responses(verb, declared, definitions, named=bool(path_parameters)),
        "security": [] if declared.allow.public else [{"bearer": []}],
        "x-allow": str(declared.allow),
    }
    if declared.description:
        operation["description"] = declared.description
    if declared.idempotent:
        operation["parameters"].append(_IDEMPOTENCY)
    if declared.body is not NoBody:
        schema = described(declared.body, "validation", definitions)
        # nothing at all is taken as an empty object, so a body is required only where a field is
        needed = any(field.is_required() for field in declared.body.model_fields.values())
        operation["requestBody"] = {"required": needed, "content": {"application/json": {"schema": schema}}}
    return operation


def _tag(path: str) -> str:
    parts = path.removeprefix("/api/v1").strip("/").split("/")
    return parts[0] if path.startswith("/api/v1") else "operations"


def _path_parameter(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": shape}


_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 8, "maxLength": 128},
    "description": "The same key within 24 hours gives the same answer and no second effect.",
}


def _query_parameters(declared: Door, definitions: dict[str, Any]) -> list[dict[str, Any]]:
    if declared.query is NoBody:
        return []
    schema = TypeAdapter(declared.query).json_schema(ref_template="#/components/schemas/{model}")
    definitions.update(schema.pop("$defs", {}))
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": field}
        for name, field in schema["properties"].items()
    ]


def _responses(verb: str, declared: Door, definitions: dict[str, Any], *, named: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "OK"}
    if declared.answer is not None:
        schema = described(declared.answer, "serialization", definitions)
        answer["content"] = {"application/json": {"schema": schema}}
    responses: dict[str, Any] = {str(declared.status): answer}
    for status, codes in _problems_by_status(verb, declared, named=named).items():
        responses[status] = {
            "description": ", ".join(codes),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return responses


def _problems_by_status(verb: str, declared: Door, *, named: bool) -> Mapping[str, list[str]]:
    """``named``: the address has a part that names something, which may be of no form that leads here."""
    codes = [*declared.problems, *_ALWAYS, *(("request.not_found",) if named else ())]
    if not declared.allow.public:
        codes += _SIGNED_IN
        if not declared.before_terms:
            codes.append("terms.not_agreed")
    if declared.allow.roles:
        codes.append("auth.forbidden")
    if not declared.raw or declared.query is not NoBody:
        codes.append("request.invalid")  # an unknown field in the query is enough
    if not declared.raw and verb not in ("get", "head"):
        codes += _WITH_BODY
    if declared.idempotent:
        codes += ["idempotency.key_missing", "idempotency.running", "idempotency.key_reused"]
    by_status: dict[str, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(str(status_of(PROBLEMS[code])), []).append(code)
    return dict(sorted(by_status.items()))


def _problem_schema() -> dict[str, Any]:
    return {
        "title": "Problem",
        "description": "RFC 9457 problem details; `code` and `errcode` are stable.",
        "type": "object",
        "required": ["type", "title", "status", "detail", "code", "errcode", "errmsg", "request_id", "retryable"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string", "enum": sorted(PROBLEMS)},
            "errcode": {"type": "integer"},
            "errmsg": {"type": "string"},
            "request_id": {"type": "string"},
            "retryable": {"type": "boolean"},
            "errors": {"type": "array", "items": {"type": "object"}},
        },
    }

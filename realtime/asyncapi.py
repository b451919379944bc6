"""AsyncAPI 3.0 out of the declared events: the very classes that validate are the ones described."""

from typing import Any

from realtime.base import BaseNamespace
from schemas.api.hearings import BenchLineView, HearingAlarm, HearingView
from schemas.api.messages import MessageView, ReadView
from schemas.api.minutes import MinutesChange
from schemas.api.notes import NoteView
from schemas.described_shapes import described

# What the server sends without being asked: event → (what it says, schema or None for the one given here)
SERVER_EVENTS: dict[str, tuple[str, Any]] = {
    "message:new": ("An entry was stored in a space of yours; seq is dense", MessageView),
    "note:new": ("A staff note was written in a space where you are staff; seq is dense among notes", NoteView),
    "space:read": ("Somebody has read up to here", ReadView),
    "space:typing": ("Somebody is writing", {"space_id": "string", "user_id": "string", "typing": "boolean"}),
    "presence:changed": ("Somebody came or went", {"space_id": "string", "user_id": "string", "online": "boolean"}),
    "space:updated": ("A space's members or state changed: load it again", {"space_id": "string"}),
    "space:removed": ("You are no member any more", {"space_id": "string", "user_id": "string"}),
    "order:updated": ("An order of yours changed: load it again", {"order_id": "string", "status": "string"}),
    "hearing:state": ("A hearing that you are in changed: the whole state, as you see it", HearingView),
    "hearing:speaking": ("Who is heard now", {"hearing_id": "string", "user_id": "string", "speaking": "boolean"}),
    "hearing:removed": ("The presider has sent you out", {"hearing_id": "string", "user_id": "string"}),
    "hearing:alarm": ("Something is wrong with the recording, or it is well again", HearingAlarm),
    "hearing:line": ("Something was said between those who preside and the clerk", BenchLineView),
    "hearing:minutes": ("The minutes of a hearing changed: one entry, or (without it) load them again", MinutesChange),
    "notice:new": ("An in-app notice", {"id": "string", "kind": "string", "title": "string", "text": "string"}),
}


def describe(namespace: type[BaseNamespace], version: str) -> dict[str, Any]:
    """The whole document."""
    schemas: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for name, (declared, _) in sorted(namespace.events.items()):
        key = name.replace(":", "_")
        messages[key] = {
            "name": name,
            "summary": declared.summary,
            "payload": described(declared.body, "validation", schemas),
            "x-ack": _ack(declared.answer, schemas),
            "x-allow": str(declared.allow),
            "x-problems": list(declared.problems),
        }
        operations[f"receive_{key}"] = _operation("receive", key)
    for name, (summary, shape) in SERVER_EVENTS.items():
        key = "server_" + name.replace(":", "_")
        messages[key] = {"name": name, "summary": summary, "payload": _payload(shape, schemas)}
        operations[f"send_{key}"] = _operation("send", key)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Case Space 案件空间: Socket.IO events",
            "version": version,
            "description": "Socket.IO protocol 5 (Engine.IO 4), websocket only, path /socket.io, namespace /,"
            " auth {token}. Every client event is acknowledged with {ok: true, data} or"
            " {ok: false, error: {code, message, retryable, details?}}.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {"socket": {"address": "/socket.io", "messages": messages}},
        "operations": operations,
        "components": {"schemas": schemas},
    }


def _operation(action: str, key: str) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": "#/channels/socket"},
        "messages": [{"$ref": f"#/channels/socket/messages/{key}"}],
    }


def _payload(shape: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    if isinstance(shape, dict):
        properties = {name: {"type": kind} for name, kind in shape.items()}
        return {"type": "object", "properties": properties, "required": list(properties)}
    return described(shape, "serialization", schemas)


def _ack(answer: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    data = described(answer, "serialization", schemas) if answer is not None else {"type": "null"}
    return {"type": "object", "properties": {"ok": {"const": True}, "data": data}}

"""The doors of files on a port of their own; everybody in the table of tokens is signed in."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import urllib3

from handlers.base import Edge
from services.actors import Actor
from services.errors import Problem
from tests.services.files.world import World, person, post_form

JSON = {"Content-Type": "application/json"}


class KnownTokens:
    """Signs in whoever has an actor here; the token is the user's id."""

    def __init__(self) -> None:
        self.actors: dict[str, Actor] = {}

    async def authenticate(self, token: str, *, request_id: str, address: str) -> Actor:
        if token not in self.actors:
            raise Problem("auth.token_invalid")
        return self.actors[token]


@dataclass
class Site:
    world: World
    base: str
    tokens: KnownTokens
    edge: Edge

    def sign_in(self) -> Actor:
        actor = person()
        self.tokens.actors[actor.user_id] = actor
        return actor

    async def call(
        self,
        method: str,
        path: str,
        actor: Actor | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> urllib3.BaseHTTPResponse:
        sent = dict(headers or {})
        if actor is not None:
            sent["Authorization"] = f"Bearer {actor.user_id}"
        if isinstance(body, dict):
            sent, body = sent | JSON, json.dumps(body).encode()
        return await asyncio.to_thread(
            urllib3.request, method, self.base + path, body=body, headers=sent, retries=False, timeout=60
        )

    async def put(self, actor: Actor, space_id: str, content: bytes, content_type: str, name: str = "文件") -> Any:
        """The whole way of a good file, over HTTP; its view."""
        body = {"name": name, "content_type": content_type, "size": len(content)}
        begun = await self.call("POST", f"/api/v1/spaces/{space_id}/files", actor, body)
        assert begun.status == 201, begun.data
        upload = begun.json()["upload"]
        assert (await post_form(upload["url"], upload["fields"], content))[0] == 204
        done = await self.call("POST", f"/api/v1/files/{begun.json()['file_id']}/complete", actor, {})
        assert done.status == 200, done.data
        return done.json()


def code_of(answer: urllib3.BaseHTTPResponse) -> str:
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    return str(answer.json()["code"])

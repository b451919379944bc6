"""The real application on a real port, with its database and the sandbox, for tests of the doors of sign-in."""

import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPResponse

from server.settings import Settings
from server.web import Web
from server.wiring import House, build
from services.ids import new_id
from services.storage.indexes import apply


@dataclass
class Answer:
    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        """The stable code of a problem."""
        assert self.headers["Content-Type"].startswith("application/problem+json")
        assert self.body["status"] == self.status
        return str(self.body["code"])


class LogLines(logging.Handler):
    """Everything that was logged, with its extra fields, as text."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.__dict__}")


@dataclass
class Doors:
    house: House
    url: str
    sandbox: str
    log: LogLines

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | bytes | None = None,
        *,
        token: str | None = None,
        agent: str = "tests",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        sent = {"User-Agent": agent, "Content-Type": "application/json", **(headers or {})}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        content = json.dumps(body).encode() if isinstance(body, Mapping) else body
        return _read(await self._fetch(self.url + path, method, sent, content))

    async def control(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The sandbox's control API."""
        method, content = ("GET", None) if body is None else ("POST", json.dumps(body).encode())
        answer = await self._fetch(f"{self.sandbox}/control{path}", method, {}, content)
        assert answer.code < 300, answer.body
        return json.loads(answer.body)

    async def clear_faults(self) -> None:
        answer = await self._fetch(f"{self.sandbox}/control/faults", "DELETE", {}, None)
        assert answer.code < 300

    async def user(self, phone: str) -> str:
        """Somebody new who has WeChat; the openid."""
        openid = f"oTEST{new_id()}"
        await self.control("/users", {"openid": openid, "phone": phone, "nickname": "测试"})
        return openid

    async def login_code(self, openid: str) -> str:
        return str((await self.control("/codes", {"openid": openid}))["code"])

    async def phone_code(self, openid: str) -> str:
        return str((await self.control("/phone-codes", {"openid": openid}))["code"])

    async def sms_code(self, phone: str) -> str:
        """The code in the last message to the phone."""
        items = (await self.control(f"/sms?phone={phone}"))["items"]
        return str(items[-1]["params"][0])

    async def _fetch(self, url: str, method: str, headers: Mapping[str, str], body: bytes | None) -> HTTPResponse:
        return await AsyncHTTPClient().fetch(
            url, method=method, headers=dict(headers), body=body, allow_nonstandard_methods=True, raise_error=False
        )


def _read(answer: HTTPResponse) -> Answer:
    return Answer(answer.code, json.loads(answer.body) if answer.body else None, answer.headers)


@asynccontextmanager
async def open_doors(settings: Settings) -> AsyncIterator[Doors]:
    house = build(settings)
    await apply(house.database)
    web, log = Web(house), LogLines()
    logging.getLogger().addHandler(log)
    await web.start()
    try:
        yield Doors(house, f"http://127.0.0.1:{web.port}", str(settings.sandbox_url), log)
    finally:
        await web.stop()
        await house.close()
        logging.getLogger().removeHandler(log)

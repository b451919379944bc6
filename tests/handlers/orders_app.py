"""The real application with its worker on a real port, called by the sandbox as WeChat Pay would."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tornado.httpclient import AsyncHTTPClient

from schemas.enums import Role
from server.demo.products import PRODUCTS
from server.settings import Settings
from server.web import Web
from server.wiring import House, build
from services.ids import new_id
from services.storage.indexes import apply
from tests.parts.databases import SettingsMaker
from tests.patience import PATIENCE

NEED = {"description": "房东不退押金", "topic": "房产"}


@dataclass
class Answer:
    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def problem(self) -> tuple[int, str]:
        """Status and stable code."""
        assert self.headers["Content-Type"].startswith("application/problem+json")
        assert self.body["status"] == self.status
        return self.status, str(self.body["code"])


@dataclass
class Person:
    user_id: str
    token: str
    openid: str = ""


@dataclass
class Office:
    """The running product, and what people do with it."""

    house: House
    url: str
    sandbox: str
    products: dict[str, str]

    async def call(
        self,
        who: Person | None,
        method: str,
        path: str,
        body: Mapping[str, Any] | bytes | None = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        sent = {"Content-Type": "application/json", **(headers or {})}
        if who is not None:
            sent["Authorization"] = f"Bearer {who.token}"
        if key is not None:
            sent["Idempotency-Key"] = key
        return await self._fetch(self.url + path, method, sent, body)

    async def control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = await self._fetch(f"{self.sandbox}/control{path}", method, {}, body)
        assert answer.status < 300, answer.body
        return answer.body

    async def client(self) -> Person:
        """Somebody new, signed in by WeChat."""
        openid = f"oORD{new_id()}"
        phone = f"137{int(new_id()[-6:], 16) % 10**8:08d}"
        await self.control("POST", "/users", {"openid": openid, "phone": phone, "nickname": "测试"})
        code = (await self.control("POST", "/codes", {"openid": openid}))["code"]
        answer = await self.call(None, "POST", "/api/v1/auth/wechat", {"code": code})
        assert answer.status == 200, answer.body
        return Person(answer.body["user"]["id"], answer.body["access_token"], openid)

    async def staff(self, *roles: Role, on_duty: bool = False) -> Person:
        login = f"staff-{new_id()}"
        made = await self.house.staff.create(login, "王律师", roles, on_duty=on_duty, second_factor=False)
        answer = await self.call(None, "POST", "/api/v1/auth/staff", {"login": login, "password": made.password})
        assert answer.status == 200, answer.body
        return Person(made.user_id, answer.body["access_token"])

    async def place(self, client: Person, code: str = "consultation") -> Any:
        body = {"product_id": self.products[code], "need": NEED}
        answer = await self.call(client, "POST", "/api/v1/orders", body, key=new_id())
        assert answer.status == 201, answer.body
        return answer.body

    async def start(self, client: Person, order_id: str) -> Any:
        path = f"/api/v1/orders/{order_id}/payments"
        answer = await self.call(client, "POST", path, {"method": "wechat_jsapi"}, key=new_id())
        assert answer.status == 201, answer.body
        return answer.body

    async def pay(self, out_trade_no: str, **how: Any) -> None:
        await self.control("POST", f"/payments/{out_trade_no}/pay", how)

    async def reached(self, who: Person, order_id: str, *statuses: str) -> Any:
        """The order, once it has one of these statuses."""
        deadline = time.monotonic() + PATIENCE
        while True:
            order = (await self.call(who, "GET", f"/api/v1/orders/{order_id}")).body
            if order["status"] in statuses:
                return order
            assert time.monotonic() < deadline, f"the order is still {order['status']}"
            await asyncio.sleep(0.02)

    async def delivered_notices(self, out_trade_no: str, count: int) -> list[int]:
        """The statuses with which the sandbox's notices about a payment were answered, once there are ``count``."""
        deadline = time.monotonic() + PATIENCE
        while True:
            items = (await self.control("GET", "/payments"))["items"]
            (known,) = [item for item in items if item["out_trade_no"] == out_trade_no]
            statuses = [attempt["status"] for notice in known["notices"] for attempt in notice["attempts"]]
            if len(statuses) >= count:
                return statuses
            assert time.monotonic() < deadline, f"{len(statuses)} of {count} notices were sent"
            await asyncio.sleep(0.05)

    @staticmethod
    async def _fetch(
        url: str, method: str, headers: Mapping[str, str], body: Mapping[str, Any] | bytes | None
    ) -> Answer:
        content = json.dumps(body).encode() if isinstance(body, Mapping) else body
        answer = await AsyncHTTPClient().fetch(
            url, method=method, headers=dict(headers), body=content, allow_nonstandard_methods=True, raise_error=False
        )
        return Answer(answer.code, json.loads(answer.body) if answer.body else None, answer.headers)


def settings_with_port(make_settings: SettingsMaker, **fields: Any) -> Settings:
    """Settings whose public address is the one that the server will have."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return make_settings(http_port=port, public_url=f"http://127.0.0.1:{port}", **fields)


@asynccontextmanager
async def open_office(settings: Settings) -> AsyncIterator[Office]:
    house = build(settings)
    await apply(house.database)
    products = await house.services.products.put(PRODUCTS)
    web, stop = Web(house), asyncio.Event()
    await web.start()
    worker = asyncio.create_task(house.worker.run(stop))
    try:
        yield Office(house, settings.public_url, str(settings.sandbox_url), products)
    finally:
        stop.set()
        await worker
        await web.stop()
        await house.close()

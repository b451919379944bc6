"""The tester's side of the WeChat sandbox, and the product's API where a test only needs a case to start from."""

import json
from dataclasses import dataclass, field
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from tests.e2e.waiting import until
from tests.parts.product import Product


@dataclass(frozen=True)
class Case:
    """A paid order and its space, as the client that placed it knows them."""

    order_id: str
    number: str  # as people read the order's
    space_id: str
    lawyer: str  # display name
    token: str = field(repr=False)  # the client's


class Office:
    """What happens outside the browsers."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self._keys = 0

    def client(self, index: int = 0) -> dict[str, Any]:
        """A demo client: user_id, openid, phone, display_name."""
        found: dict[str, Any] = self.product.demo["clients"][index]
        return found

    def staff(self, role: str) -> dict[str, Any]:
        """The first demo member of the staff with this role: login, password, display_name …"""
        found: dict[str, Any] = next(one for one in self.product.demo["staff"] if role in one["roles"])
        return found

    async def sms_code(self, phone: str) -> str:
        """The newest code that was sent to this phone."""
        sent = await self._call(f"{self.product.sandbox_url}/control/sms?phone={phone}")
        return str(sent["items"][-1]["params"][0])

    async def notices(self, openid: str) -> list[dict[str, Any]]:
        """The subscription messages that WeChat took for this person, oldest first."""
        sent = await self._call(f"{self.product.sandbox_url}/control/subscribe-messages?openid={openid}")
        items: list[dict[str, Any]] = sent["items"]
        return items

    async def open_case(self, index: int = 0) -> Case:
        """A consultation, ordered and paid by a demo client over the API; waits until its space exists."""
        sandbox, api = self.product.sandbox_url, f"{self.product.base_url}/api/v1"
        code = (await self._call(f"{sandbox}/control/codes", {"openid": self.client(index)["openid"]}))["code"]
        token = (await self._call(f"{api}/auth/wechat", {"code": code}))["access_token"]
        products = (await self._call(f"{api}/products"))["items"]
        product = next(one for one in products if one["kind"] == "consultation")
        need = {field["name"]: field["choices"][0] for field in product["form"] if field["required"]}
        body = {"product_id": product["id"], "need": {**need, "description": "公司拖欠工资三个月"}}
        order = await self._call(f"{api}/orders", body, token)
        url = f"{api}/orders/{order['id']}"
        payment = await self._call(f"{url}/payments", {"method": "wechat_jsapi"}, token)
        await self._call(f"{sandbox}/control/payments/{payment['out_trade_no']}/pay", {})

        async def assigned() -> dict[str, Any] | None:
            now = await self._call(url, token=token)
            return now if now["space_id"] and now["lawyer"] else None

        order = await until(assigned, "the order has a space and a lawyer")
        return Case(order["id"], order["number"], order["space_id"], order["lawyer"]["display_name"], token)

    async def deliver(self, case: Case) -> None:
        """The case's lawyer takes the work and hands in a result."""
        login = next(one for one in self.product.demo["staff"] if one["display_name"] == case.lawyer)
        api = f"{self.product.base_url}/api/v1"
        names = {"login": login["login"], "password": login["password"]}
        token = (await self._call(f"{api}/auth/staff", names))["access_token"]
        await self._call(f"{api}/orders/{case.order_id}/accept", {}, token)
        await self._call(f"{api}/orders/{case.order_id}/deliver", {"summary": "已出具书面意见。"}, token)

    async def write(self, case: Case, texts: list[str]) -> None:
        """The client writes these, one after the other, from somewhere else."""
        for number, text in enumerate(texts):
            body = {"client_msg_id": f"api-{number}", "type": "text", "body": {"text": text}}
            await self._call(f"{self.product.base_url}/api/v1/spaces/{case.space_id}/messages", body, case.token)

    async def _call(self, url: str, body: object = None, token: str | None = None) -> dict[str, Any]:
        """GET, or POST of a JSON body; raises HTTPClientError for anything but 2xx."""
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            self._keys += 1
            headers["Idempotency-Key"] = f"e2e-{id(self)}-{self._keys}"
        content = None if body is None else json.dumps(body)
        request = HTTPRequest(url, "GET" if body is None else "POST", headers, content, request_timeout=20)
        answer = await AsyncHTTPClient().fetch(request)
        return dict(json.loads(answer.body))

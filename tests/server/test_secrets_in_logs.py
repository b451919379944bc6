"""A whole run of the product, with everything that goes wrong between, and not one secret in its logs (K2, E1)."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest_asyncio
from tornado.httpclient import AsyncHTTPClient, HTTPResponse

from server.settings import Settings
from services.ids import new_id
from tests.handlers.orders_app import NEED
from tests.parts.product import Product, start_product

OWN_LOGS = ("server.log", "migrate.log", "seed.log", "sandbox.log")


@pytest_asyncio.fixture(loop_scope="session")
async def running(tmp_path: Path) -> AsyncIterator[Product]:
    product = start_product(tmp_path / "data", environment={**os.environ, "CASESPACE_LOG_LEVEL": "debug"})
    yield product
    product.stop()


class Visitor:
    """Somebody who uses the product and remembers what nobody else may see."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self.token = ""
        self.secrets: set[str] = set()

    async def call(self, method: str, path: str, body: Any = None, *, sandbox: bool = False, **headers: str) -> Any:
        base = self._product.sandbox_url if sandbox else self._product.base_url
        sent = {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
        if self.token and not sandbox:
            sent["Authorization"] = f"Bearer {self.token}"
        answer: HTTPResponse = await AsyncHTTPClient().fetch(
            base + path,
            method=method,
            headers=sent,
            body=json.dumps(body) if body is not None else None,
            allow_nonstandard_methods=True,
            raise_error=False,
        )
        return json.loads(answer.body) if answer.body else {}

    async def control(self, path: str, body: Any) -> Any:
        return await self.call("POST", f"/control/{path}", body, sandbox=True)

    async def sign_in(self) -> None:
        openid, phone = f"oLOGS{new_id()}", "13912345678"
        await self.control("users", {"openid": openid, "phone": phone, "nickname": "日志里不能有我"})
        code = (await self.control("codes", {"openid": openid}))["code"]
        answer = await self.call("POST", "/api/v1/auth/wechat", {"code": code})
        self.token = answer["access_token"]
        phone_code = (await self.control("phone-codes", {"openid": openid}))["code"]
        await self.control("faults", {"endpoint": "stable_token", "errcode": 40001, "times": 1})
        for _ in range(2):
            await self.call("POST", "/api/v1/auth/phone/bind", {"code": phone_code})
        await self.call("POST", "/api/v1/auth/wechat", {"code": code})  # used: WeChat refuses it
        self.secrets |= {openid, phone, code, phone_code, self.token, answer["refresh_token"], "日志里不能有我"}

    async def order(self) -> str:
        products = (await self.call("GET", "/api/v1/products"))["items"]
        product_id = next(one["id"] for one in products if one["kind"] == "consultation")
        body = {"product_id": product_id, "need": NEED}
        order = await self.call("POST", "/api/v1/orders", body, Idempotency_Key=new_id())
        self.secrets.add(NEED["description"])
        return str(order["id"])

    async def pay(self, order_id: str) -> str:
        body = {"method": "wechat_jsapi"}
        path = f"/api/v1/orders/{order_id}/payments"
        payment = await self.call("POST", path, body, Idempotency_Key=new_id())
        jsapi = payment["jsapi"]
        self.secrets |= {jsapi["paySign"], jsapi["nonceStr"], jsapi["package"].removeprefix("prepay_id=")}
        return str(payment["out_trade_no"])


async def misfortunes(visitor: Visitor) -> None:
    """One payment with everything that can go wrong at its vendors, then the refund of it."""
    order_id = await visitor.order()
    for fault in (
        {"endpoint": "pay_jsapi", "status": 500, "times": 2},
        {"endpoint": "pay_jsapi", "errcode": "PARAM_ERROR", "status": 400, "times": 1},
        {"endpoint": "certificates", "drop": True, "times": 2},
    ):
        await visitor.control("faults", fault)
    path = f"/api/v1/orders/{order_id}/payments"
    for _ in range(2):
        await visitor.call("POST", path, {"method": "wechat_jsapi"}, Idempotency_Key=new_id())
    number = await visitor.pay(order_id)
    for tamper in ("signature", "amount", "openid", "serial", "ciphertext", "timestamp"):
        await visitor.control(f"payments/{number}/pay", {"tamper": tamper, "wait": True})
    await visitor.control(f"payments/{number}/pay", {"wait": True})
    await visitor.control("faults", {"endpoint": "refund_create", "errcode": "FREQUENCY_LIMITED", "times": 1})
    refund = {"reason": "日志里也不能有这个理由"}
    visitor.secrets.add(refund["reason"])
    await visitor.call("POST", f"/api/v1/orders/{order_id}/refunds", refund, Idempotency_Key=new_id())
    for _ in range(200):
        order = await visitor.call("GET", f"/api/v1/orders/{order_id}")
        if order["status"] == "refunded":
            break
        await asyncio.sleep(0.05)
    assert order["status"] == "refunded"
    await visitor.call("POST", "/api/v1/wechat/pay/notify", {"resource": {"ciphertext": "forged-ciphertext"}})
    visitor.secrets.add("forged-ciphertext")


def configured(product: Product) -> set[str]:
    """Every value of the configuration that is a secret, and the lines of its private keys."""
    lines = (product.data_dir / "casespace.env").read_text("utf-8").splitlines()
    values = {name: text.strip("'\"") for name, _, text in (line.partition("=") for line in lines) if text}
    found: set[str] = set()
    for name, field in Settings.model_fields.items():
        value = values.get(f"CASESPACE_{name.upper()}", "")
        if "SecretStr" in str(field.annotation) and name not in ("mongo_uri", "redis_url"):
            found |= {part.split(":", 1)[-1] for part in value.split(",") if part}
        if name in ("pay_private_key_file", "record_key_file"):
            found |= {line for line in Path(value).read_text("utf-8").splitlines() if "---" not in line}
    assert len(found) > 20
    return found


async def test_no_secret_of_a_whole_run_is_in_its_logs(running: Product) -> None:
    visitor = Visitor(running)
    await visitor.sign_in()
    await misfortunes(visitor)
    demo: Mapping[str, Any] = running.demo
    secrets = visitor.secrets | configured(running) | {person["password"] for person in demo["staff"]}
    secrets |= {person[name] for person in demo["clients"] for name in ("openid", "phone")}
    folder = running.data_dir / "logs"
    logs = {path.name: path.read_text("utf-8") for path in folder.iterdir() if path.name in OWN_LOGS}
    # what happened is told, by its codes
    for fact in ("notification_rejected", "amount_mismatch", "payer_mismatch", "pay.PARAM_ERROR", "wechat_token"):
        assert fact in logs["server.log"], fact
    told = [(name, secret) for name, text in logs.items() for secret in secrets if secret in text]
    assert told == []

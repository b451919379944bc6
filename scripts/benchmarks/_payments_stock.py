"""Payments that wait for their notices: the stock that the benchmark of ``payments`` works off."""

import json
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pymongo import MongoClient

from miniprogram_api.sandbox.credentials import SandboxCredentials, load_private
from miniprogram_api.sandbox.crypto import encrypt_resource, rsa_sign
from schemas.api.orders import OrderBody
from schemas.api.payments import PaymentBody
from schemas.enums import PaymentMethod, Role
from server.demo.products import PRODUCTS
from server.settings import Settings
from server.wiring import House
from services.actors import Actor
from services.idempotency import Intent
from services.identity.people import NewClient
from services.ids import new_id
from services.storage import indexes

TOUCHED = ("payments", "orders", "spaces", "provider_events", "audit", "outbox", "ledger")
NEED = {"description": "房东不退押金，合同已到期。", "topic": "房产"}


class Stock:
    """Payments in the product's database: one made by its own services, the others copies with ids of their own."""

    def __init__(self, settings: Settings, credentials: SandboxCredentials) -> None:
        self._client: MongoClient[dict[str, Any]] = MongoClient(settings.mongo_uri.get_secret_value())
        self.database = self._client[settings.mongo_database]
        self.credentials = credentials
        self._key = load_private(credentials.platform_key_pem)
        self._order: dict[str, Any] = {}
        self._payment: dict[str, Any] = {}
        self.openid = ""

    async def lay_in(self, house: House, register: Callable[[str], Awaitable[None]]) -> None:
        """Make the one that the others are copied from; ``register`` makes its payer known to WeChat."""
        self.openid = f"oBENCH{new_id()}"
        await register(self.openid)
        await indexes.apply(house.database)
        products = await house.services.products.put(PRODUCTS)
        user_id = await house.services.accounts.ensure_client(NewClient(openid=self.openid, display_name="压测"))
        actor = Actor(user_id, frozenset({Role.CLIENT}), new_id())
        order_body = OrderBody(product_id=products["consultation"], need=NEED)
        order = await house.services.orders.place(actor, order_body, _ticket(actor, order_body))
        body = PaymentBody(method=PaymentMethod.WECHAT_JSAPI)
        view = await house.services.payments.start(actor, order.id, body, _ticket(actor, body))
        self._order = self.database["orders"].find_one({"_id": order.id}) or {}
        self._payment = self.database["payments"].find_one({"_id": view.payment_id}) or {}

    def copies(self, count: int) -> list[dict[str, Any]]:
        """So many more payments that wait."""
        orders, payments = [], []
        for _ in range(count):
            order_id, payment_id = new_id(), new_id()
            orders.append({**self._order, "_id": order_id, "number": order_id, "space_id": new_id()})
            subject = {**self._payment["subject"], "id": order_id}
            own = {"_id": payment_id, "order_id": order_id, "subject": subject, "out_trade_no": f"P{payment_id}"}
            payments.append({**self._payment, **own})
        self.database["orders"].insert_many(orders)
        self.database["payments"].insert_many(payments)
        return payments

    def requests(self, path: str, payments: list[dict[str, Any]]) -> list[bytes]:
        """Signed and sealed notices as whole HTTP requests."""
        return [self._request(path, payment) for payment in payments]

    def _request(self, path: str, payment: dict[str, Any]) -> bytes:
        held = self.credentials
        amount = {"total": payment["amount_fen"], "payer_total": payment["amount_fen"], "currency": "CNY"}
        transaction = {
            "mchid": held.mchid,
            "appid": held.appid,
            "out_trade_no": payment["out_trade_no"],
            "transaction_id": f"4200{secrets.randbelow(10**24):024d}",
            "trade_type": "JSAPI",
            "trade_state": "SUCCESS",
            "bank_type": "OTHERS",
            "success_time": "2026-11-22T01:02:03+08:00",
            "payer": {"openid": self.openid},
            "amount": amount,
        }
        sealed = encrypt_resource(held.api_v3_key, json.dumps(transaction).encode(), "transaction")
        envelope = {"id": new_id(), "event_type": "TRANSACTION.SUCCESS", "resource": sealed}
        body = json.dumps(envelope).encode()
        stamp, nonce = str(int(time.time())), secrets.token_hex(16)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Wechatpay-Timestamp: {stamp}\r\nWechatpay-Nonce: {nonce}\r\n"
            f"Wechatpay-Serial: {held.platform_serial}\r\n"
            f"Wechatpay-Signature: {rsa_sign(self._key, stamp, nonce, body)}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def public_pem(self) -> str:
        """The key that proves the notices."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def written(self, payment: dict[str, Any]) -> list[dict[str, Any]]:
        """What confirming this payment left in the database: a row for each document."""
        order = self.database["orders"].find_one({"_id": payment["order_id"]}) or {}
        mine = {payment["_id"], order["_id"], order["space_id"], f"payment:{payment['_id']}", f"order:{order['_id']}"}
        rows = []
        for name in TOUCHED:
            for document in self.database[name].find().sort("$natural", -1).limit(20):
                text = json.dumps(document, default=str)
                if any(one in text for one in mine):
                    rows.append({"in": name, "document": document})
        return rows


def _ticket(actor: Actor, body: Any) -> Intent:
    return Intent.of(actor.user_id, "bench", new_id(), body)

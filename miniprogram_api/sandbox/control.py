"""The tester's side of the sandbox: everything that a user, a payer or bad luck does."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from tornado.web import RequestHandler

from miniprogram_api.sandbox.faults import ENDPOINTS, resolve
from miniprogram_api.sandbox.funds import funds_of
from miniprogram_api.sandbox.jsapi import jsapi_fault
from miniprogram_api.sandbox.tampers import Tamper
from miniprogram_api.sandbox.till import TillError
from miniprogram_api.sandbox.web import World


class ControlBody(BaseModel):
    """A body of a control call: no field that is not known."""

    model_config = ConfigDict(extra="forbid")


class UserBody(ControlBody):
    openid: str | None = Field(None, min_length=6, max_length=64)
    phone: str = Field(pattern=r"^1[3-9]\d{9}$")
    nickname: str = Field("", max_length=64)


class OpenidBody(ControlBody):
    openid: str


class PayBody(ControlBody):
    openid: str | None = None
    times: int = Field(1, ge=0, le=1000)
    delay_ms: int = Field(0, ge=0, le=3_600_000)
    tamper: Tamper | None = None
    wait: bool = False
    jsapi: dict[str, str] | None = None


class CreditsBody(ControlBody):
    openid: str
    template_id: str
    count: int = Field(1, ge=0, le=100)
    status: Literal["accept", "reject"] = "accept"


class FaultBody(ControlBody):
    endpoint: str
    errcode: int | str | None = None
    status: int | None = Field(None, ge=200, le=599)
    delay_ms: int = Field(0, ge=0, le=120_000)
    times: int | None = Field(None, ge=1)
    phase: Literal["before", "after"] = "before"
    drop: bool = False
    tamper: bool = False


class ConfigBody(ControlBody):
    product_url: str | None = Field(None, pattern=r"^https?://[^/\s]+/?$")
    sign_with: Literal["both", "certificate", "public_key"] | None = None


B = TypeVar("B", bound=ControlBody)


class ControlHandler(RequestHandler):
    """JSON in, JSON out; refusals are ``{"error": {"code", "message"}}``."""

    def initialize(self, world: World) -> None:
        self.world = world

    def read(self, model: type[B]) -> B | None:
        """The body as ``model``; answers 400 itself. An empty body stands for all defaults."""
        try:
            return model.model_validate_json(self.request.body or b"{}")
        except ValidationError as error:
            faults = [f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors()]
            self.refuse(400, "bad_request", "; ".join(faults))
            return None

    def send(self, body: Mapping[str, Any], status: int = 200) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(body, ensure_ascii=False))

    def refuse(self, status: int, code: str, message: str) -> None:
        self.send({"error": {"code": code, "message": message}}, status)

    def known(self, openid: str) -> bool:
        """Whether a user is registered; answers 404 itself when not."""
        if self.world.people.get(openid) is not None:
            return True
        self.refuse(404, "unknown_openid", "no such user: register it with POST /control/users")
        return False

    def argument(self, name: str) -> str | None:
        return self.get_query_argument(name, None)


class Users(ControlHandler):
    def get(self) -> None:
        self.send({"items": self.world.people.all()})

    def post(self) -> None:
        body = self.read(UserBody)
        if body is not None:
            self.send(self.world.people.register(body.openid, body.phone, body.nickname), 201)


class Codes(ControlHandler):
    """``wx.login`` and the getPhoneNumber button."""

    def initialize(self, world: World, kind: str) -> None:  # type: ignore[override]  # one class for two kinds
        super().initialize(world)
        self.kind = kind

    def post(self) -> None:
        body = self.read(OpenidBody)
        if body is not None and self.known(body.openid):
            self.send({"code": self.world.people.issue_code(self.kind, body.openid)}, 201)


class Payments(ControlHandler):
    def get(self) -> None:
        items = [
            {
                **self.world.till.transaction(order),
                "description": order["body"]["description"],
                "prepay_id": order["prepay_id"],
                "funds": funds_of(self.world.state, self.world.sharing, order),
                "notices": self.world.notifier.notices(order["out_trade_no"]),
            }
            for order in self.world.till.orders()
        ]
        self.send({"items": items})


class Pay(ControlHandler):
    async def post(self, out_trade_no: str) -> None:
        body = self.read(PayBody)
        if body is None or not self._signed(out_trade_no, body.jsapi):
            return
        try:
            self.world.till.check_payer(out_trade_no, body.openid)
            order, before, deliveries = self.world.cashier.pay(
                out_trade_no, times=body.times, delay=body.delay_ms / 1000, tamper=body.tamper
            )
        except TillError as error:
            self.refuse(404 if error.status == 404 else 409, error.code.lower(), error.message)
            return
        if body.wait and deliveries:
            await asyncio.wait(deliveries)
        self.send(
            {
                "out_trade_no": out_trade_no,
                "transaction_id": order["transaction_id"],
                "trade_state": order["state"],
                "event_id": order["event_id"],
                "notifications": body.times,
                "already_paid": before,
                "notices": self.world.notifier.notices(out_trade_no) if body.wait else [],
            }
        )

    def _signed(self, out_trade_no: str, jsapi: dict[str, str] | None) -> bool:
        """Check the parameters of wx.requestPayment where they are given; answers 400 itself."""
        order = self.world.till.find(out_trade_no)
        if jsapi is None or order is None:
            return True
        fault = jsapi_fault(self.world.credentials, order, jsapi)
        if fault is not None:
            self.refuse(400, "pay_sign", fault)
        return fault is None


class RefundList(ControlHandler):
    def get(self) -> None:
        till = self.world.till
        items = [
            {
                **till.refund_view(refund),
                "notices": self.world.notifier.notices(refund["out_refund_no"]),
            }
            for refund in till.refunds()
        ]
        self.send({"items": items})


class Messages(ControlHandler):
    def get(self) -> None:
        self.send({"items": self.world.people.messages(self.argument("openid"))})


class SmsList(ControlHandler):
    def get(self) -> None:
        self.send({"items": self.world.people.sms(self.argument("phone"))})


class CallList(ControlHandler):
    def get(self) -> None:
        self.send({"items": self.world.people.calls(self.argument("phone"))})


class Credits(ControlHandler):
    """The user answers WeChat's question about notices: once for each of ``count``, each pushed as an event."""

    def get(self) -> None:
        openid, template_id = self.argument("openid") or "", self.argument("template_id") or ""
        self.send({"count": self.world.people.credits(openid, template_id)})

    async def post(self) -> None:
        body = self.read(CreditsBody)
        if body is None or not self.known(body.openid):
            return
        if body.template_id not in self.world.credentials.template_ids.values():
            self.refuse(404, "unknown_template", "no such template; see the credentials")
            return
        people = self.world.people
        if body.status == "accept":
            held = people.credits(body.openid, body.template_id)
            people.set_credits(body.openid, body.template_id, held + body.count)
        for _ in range(body.count):
            await self.world.notifier.push(self._event(body))
        left = people.credits(body.openid, body.template_id)
        self.send({"openid": body.openid, "template_id": body.template_id, "count": left})

    def _event(self, body: CreditsBody) -> dict[str, Any]:
        row = {
            "TemplateId": body.template_id,
            "SubscribeStatusString": body.status,
            "PopupScene": "0",
        }
        return {
            "FromUserName": body.openid,
            "CreateTime": self.world.people.next_event_time(body.openid),
            "MsgType": "event",
            "Event": "subscribe_msg_popup_event",
            "List": [row],
        }


class FaultSwitches(ControlHandler):
    def get(self) -> None:
        self.send({"items": self.world.faults.list()})

    def post(self) -> None:
        body = self.read(FaultBody)
        if body is None:
            return
        name = resolve(body.endpoint)
        if name is None:
            self.refuse(404, "unknown_endpoint", f"known endpoints: {', '.join(ENDPOINTS)}")
            return
        values = body.model_dump(exclude={"endpoint", "times"})
        fault = self.world.faults.add(name, body.times, **values)
        self.send({"id": fault.id, "endpoint": name}, 201)

    def delete(self) -> None:
        self.world.faults.clear()
        self.set_status(204)
        self.finish()


class Log(ControlHandler):
    def get(self) -> None:
        after = self.argument("after") or "0"
        if not after.isdigit():
            self.refuse(400, "bad_request", "after: a number, please")
            return
        self.send({"items": self.world.journal.entries(self.argument("endpoint"), int(after))})

    def delete(self) -> None:
        self.world.journal.clear()
        self.set_status(204)
        self.finish()


class Config(ControlHandler):
    def get(self) -> None:
        self.send({"product_url": self.world.product_url, "sign_with": self.world.keyring.sign_with})

    def post(self) -> None:
        body = self.read(ConfigBody)
        if body is None:
            return
        if "product_url" in body.model_fields_set:
            self.world.use_product(body.product_url)
        if body.sign_with is not None:
            self.world.keyring.sign_with = body.sign_with
        self.get()

"""The tester's side of money: the day, keys, refunds' ends, shares, invoices, bills."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field
from tornado.web import RequestHandler

from miniprogram_api.sandbox.control import ControlBody, ControlHandler
from miniprogram_api.sandbox.funds import funds_of
from miniprogram_api.sandbox.pay_sharing import return_view, sharing_view
from miniprogram_api.sandbox.till import TillError
from miniprogram_api.sandbox.web import World


class ClockBody(ControlBody):
    now: AwareDatetime | None = None
    advance_seconds: float | None = Field(None, ge=-400 * 86400, le=400 * 86400)
    next_morning: bool = False


class RulesBody(ControlBody):
    trading_rules: bool | None = None
    refunds_end: Literal["SUCCESS", "ABNORMAL", "CLOSED"] | None = None
    refund_gap_seconds: float | None = Field(None, ge=0, le=3600)
    sharing_max_ratio: int | None = Field(None, ge=0, le=10000)
    sharing_fail_reason: str | None = None


class KeysBody(ControlBody):
    action: Literal["announce", "switch"]


class EditBody(ControlBody):
    action: Literal["drop", "double", "amount", "add"]
    number: str = Field(min_length=1, max_length=64)
    fen: int | None = Field(None, ge=0)
    day: date | None = None


class MoneyHandler(ControlHandler):
    """Refusals of the vendor's side come as the vendor's code in small letters."""

    def refuse_till(self, error: TillError) -> None:
        self.refuse(404 if error.status == 404 else 409, error.code.lower(), error.message)


class ClockControl(ControlHandler):
    """What day it is at the vendors: GET, POST to move it, DELETE for real time."""

    def get(self) -> None:
        clock = self.world.clock
        self.send({"now": clock.text(), "offset_seconds": round(clock.offset), "today": clock.today().isoformat()})

    async def post(self) -> None:
        body = self.read(ClockBody)
        if body is None:
            return
        if body.now is not None:
            self.world.clock.set(body.now)
        if body.advance_seconds is not None:
            self.world.clock.advance(body.advance_seconds)
        if body.next_morning:
            self.world.clock.next_morning()
        await self.world.delivery.settle_due()
        self.get()

    def delete(self) -> None:
        self.world.clock.set(None)
        self.set_status(204)
        self.finish()


class RulesControl(ControlHandler):
    """What the vendor, the bank and the receivers' accounts will do."""

    def get(self) -> None:
        world = self.world
        self.send(
            {
                "trading_rules": world.till.trading_rules,
                "refunds_end": world.cashier.refunds_end,
                "refund_gap_seconds": world.till.refund_gap,
                "sharing_max_ratio": world.sharing.max_ratio,
                "sharing_fail_reason": world.sharing.fail_reason,
            }
        )

    def post(self) -> None:
        body = self.read(RulesBody)
        if body is None:
            return
        world = self.world
        if body.trading_rules is not None:
            world.till.trading_rules = body.trading_rules
        if body.refunds_end is not None:
            world.cashier.refunds_end = body.refunds_end
        if body.refund_gap_seconds is not None:
            world.till.refund_gap = body.refund_gap_seconds
        if body.sharing_max_ratio is not None:
            world.sharing.max_ratio = body.sharing_max_ratio
        if "sharing_fail_reason" in body.model_fields_set:
            world.sharing.fail_reason = body.sharing_fail_reason
        self.get()


class Keys(ControlHandler):
    """A switch of the platform's certificate."""

    def get(self) -> None:
        keyring = self.world.keyring
        self.send({"serials": keyring.serials, "active": keyring.active_serial, "sign_with": keyring.sign_with})

    def post(self) -> None:
        body = self.read(KeysBody)
        if body is None:
            return
        serial = self.world.keyring.announce() if body.action == "announce" else self.world.keyring.switch()
        self.send({"serial": serial, "active": self.world.keyring.active_serial})


class Receipt(ControlHandler):
    """The payer confirms that the service was received."""

    async def post(self, out_trade_no: str) -> None:
        if not await self.world.delivery.confirm(out_trade_no):
            self.refuse(409, "not_shipped", "no shipping information was uploaded for this payment")
            return
        order = self.world.till.find(out_trade_no)
        funds = funds_of(self.world.state, self.world.sharing, order) if order else "none"
        self.send({"out_trade_no": out_trade_no, "funds": funds})


class Sharings(ControlHandler):
    def get(self) -> None:
        sharing = self.world.sharing
        self.send(
            {
                "items": [{**sharing_view(row), "kind": row["kind"]} for row in sharing.all()],
                "returns": [return_view(row) for row in sharing.returns()],
                "receivers": sharing.receivers(),
            }
        )


class InvoiceList(ControlHandler):
    def get(self) -> None:
        invoices = self.world.invoices
        self.send({"items": [{"apply_id": row["apply_id"], **invoices.view(row)} for row in invoices.all()]})


class BillEdits(ControlHandler):
    """Rows of the trade bill dropped, doubled, changed or invented, so that reconciliation has something to find."""

    def get(self) -> None:
        self.send({"items": self.world.books.edits()})

    def post(self) -> None:
        body = self.read(EditBody)
        if body is None:
            return
        if (body.action in ("amount", "add") and body.fen is None) or (body.action == "add" and body.day is None):
            self.refuse(400, "bad_request", "fen: needed for amount and add; day: needed for add")
            return
        self.send({"id": self.world.books.edit(body.action, body.number, body.fen, body.day)}, 201)

    def delete(self) -> None:
        self.world.books.clear_edits()
        self.set_status(204)
        self.finish()


class BillFile(RequestHandler):
    """A bill as its file, without signature or link: for people and for the page."""

    def initialize(self, world: World) -> None:
        self.world = world

    def get(self, kind: str) -> None:
        try:
            day = date.fromisoformat(self.get_query_argument("day", ""))
        except ValueError:
            self.send_error(400)
            return
        books = self.world.books
        content = books.trade_file(day) if kind == "trade" else books.fund_file(day, "BASIC")
        if content is None:
            self.set_status(404)
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.finish(f"{day.isoformat()} 没有{'交易' if kind == 'trade' else '资金流水'}")
            return
        self.set_header("Content-Type", "text/csv; charset=utf-8")
        self.set_header("Content-Disposition", f'attachment; filename="{kind}-{day.isoformat()}.csv"')
        self.finish(content)

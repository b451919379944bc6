"""What all handlers of the sandbox share: the world they act on, faults, and the journal."""

import asyncio
import json
import secrets
from dataclasses import dataclass
from typing import Any, ClassVar

from tornado.iostream import StreamClosedError
from tornado.web import RequestHandler

from miniprogram_api.sandbox.books import Books
from miniprogram_api.sandbox.cashier import Cashier
from miniprogram_api.sandbox.clock import Clock
from miniprogram_api.sandbox.content import ContentDesk
from miniprogram_api.sandbox.credentials import SandboxCredentials
from miniprogram_api.sandbox.delivery import Delivery
from miniprogram_api.sandbox.faults import Fault, Faults
from miniprogram_api.sandbox.invoices import InvoiceBooks
from miniprogram_api.sandbox.journal import Journal
from miniprogram_api.sandbox.keyring import Keyring
from miniprogram_api.sandbox.notifier import Notifier
from miniprogram_api.sandbox.people import People, Tokens
from miniprogram_api.sandbox.registers import Registers
from miniprogram_api.sandbox.service_desk import ServiceDesk
from miniprogram_api.sandbox.sharing import SharingBooks
from miniprogram_api.sandbox.state import State
from miniprogram_api.sandbox.till import Till

PUSH_PATH = "/api/v1/wechat/push"
REPORT_PATH = "/api/v1/provider-reports/"


@dataclass
class World:
    """Everything the sandbox knows. ``product_url`` is where the product is reached, without a final slash."""

    credentials: SandboxCredentials
    state: State
    journal: Journal
    faults: Faults
    people: People
    tokens: Tokens
    till: Till
    notifier: Notifier
    cashier: Cashier
    clock: Clock
    keyring: Keyring
    sharing: SharingBooks
    invoices: InvoiceBooks
    books: Books
    delivery: Delivery
    desk: ServiceDesk
    content: ContentDesk
    registers: Registers
    product_url: str | None = None
    speech: list[tuple[float, float, str]] | None = None  # what recordings say: start, end, words

    def resume(self) -> None:
        """Go on with everything that was under way when the process ended."""
        self.notifier.resume()
        self.cashier.resume()
        self.sharing.resume()
        self.invoices.resume()

    async def stop(self) -> None:
        """End everything under way; what is stored goes on at the next start."""
        for part in (self.cashier, self.sharing, self.invoices, self.content, self.notifier):
            await part.stop()
        self.state.close()

    def use_product(self, url: str | None) -> None:
        """Send pushes and reports to the product at ``url`` from now on."""
        self.product_url = url.rstrip("/") if url else None
        self.notifier.push_url = self.product_url + PUSH_PATH if self.product_url else None
        reports = REPORT_PATH + self.credentials.report_token
        self.notifier.report_url = self.product_url + reports if self.product_url else None


class VendorHandler(RequestHandler):
    """An endpoint of a vendor: applies faults, answers in the vendor's form, and writes the journal."""

    endpoint: ClassVar[str]

    def initialize(self, world: World) -> None:
        self.world = world
        self.checks: dict[str, str] = {}
        self.outcome = "ok"
        self.rid = secrets.token_hex(8)
        self.fault: Fault | None = None

    async def prepare(self) -> None:
        self.fault = fault = self.world.faults.take(self.endpoint)
        if fault is None:
            return
        await asyncio.sleep(fault.delay_ms / 1000)
        if fault.answers and fault.phase == "before":
            self._misbehave(fault)

    def answer(self, status: int, body: dict[str, Any] | None) -> None:
        """Send the vendor's answer, or the one a fault puts in its place after the fact."""
        if self.fault is not None and self.fault.answers and self.fault.phase == "after":
            self._misbehave(self.fault)
            return
        self.reply(status, body)

    def reply(self, status: int, body: dict[str, Any] | None) -> None:
        """Write an answer in this vendor's form and finish."""
        self.set_status(status)
        if body is None:
            self.clear_header("Content-Type")
            self.finish()
            return
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(body, ensure_ascii=False))

    def answer_fault(self, fault: Fault) -> None:
        """Answer as a fault wants; each vendor has its own form of an error."""
        raise NotImplementedError

    def json_body(self) -> dict[str, Any] | None:
        """The request's JSON object, or None."""
        try:
            value = json.loads(self.request.body)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    def on_finish(self) -> None:
        self.world.journal.add(
            "in",
            self.endpoint,
            self.request.method or "",
            self.request.path,
            status=self.get_status(),
            outcome=self.outcome,
            checks=self.checks,
            ms=self.request.request_time() * 1000,
        )

    def _misbehave(self, fault: Fault) -> None:
        self.checks["fault"] = f"{fault.phase}:{'drop' if fault.drop else fault.errcode or fault.status}"
        if not fault.drop:
            self.answer_fault(fault)
            return
        self.outcome = "dropped"
        try:
            self.detach().close()
        except StreamClosedError:
            self.checks["fault"] = "client had gone"
        self.on_finish()


def numeric(errcode: int | str | None) -> int | None:
    """A fault's errcode as WeChat's number, where it is one."""
    try:
        return None if errcode is None else int(errcode)
    except ValueError:
        return None

"""The order world with the ledger's keepers, on a sandbox of its own whose bills hold nothing of other tests."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from miniprogram_api.pay import BillClient
from schemas.api.base import CHINA
from schemas.api.orders import OrderView, RefundBody
from schemas.documents.money import ReconciliationDocument, WorkItemDocument
from schemas.enums import RefundState
from server.settings import Settings
from services.actors import Actor
from services.days import day_of
from services.ledger.backfill import Backfill
from services.ledger.checks import LedgerChecks
from services.ledger.ledger import Ledger
from services.parked_effects import ParkedEffects
from services.reconciliation.bill_store import BillStore
from services.reconciliation.difference_items import DifferenceItems
from services.reconciliation.finance import Finance
from services.reconciliation.nightly import Nightly
from services.reconciliation.reconciliation import Reconciliation
from services.storage.blobs import Blobs
from services.storage.leases import Leases
from tests.parts.real import RealParts
from tests.services.orders_world import World, intent, open_world

# What is about money, on both sides; people, firms, rules and products stay.
_BOOKS = (
    *("ledger", "reconciliations", "bills", "work_items", "payments", "refunds", "orders", "outbox", "tips", "quotes"),
    *("coupons", "coupon_definitions", "settlement_periods", "settlement_lines", "settlements", "payouts"),
    *("companies", "top_ups", "identities"),
)
_VENDORS_BOOKS = ("prepays", "refunds")


@dataclass
class Keepers:
    """What keeps the ledger honest, around a world."""

    world: World
    merchant: str
    bills: BillStore
    checks: LedgerChecks
    reconciliation: Reconciliation
    nightly: Nightly
    finance: Finance
    backfill: Backfill
    parked: ParkedEffects
    blobs: Blobs
    sandbox: Path

    @property
    def ledger(self) -> Ledger:
        return self.world.ledger

    @property
    def today(self) -> date:
        return day_of(self.world.clock())

    # --- time: the product's clock and the sandbox's go together

    async def at(self, hour: float, days: int = 0) -> date:
        """Move both clocks on to this hour (in China) of today, or of a later day; that day."""
        clock = self.world.clock
        here = clock().astimezone(CHINA)
        wanted = here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days, hours=hour)
        assert wanted >= here, "time does not go back"
        clock.ahead += wanted - here
        await self.follow()
        return wanted.date()

    async def follow(self) -> None:
        """Make the sandbox's clock say what ours says."""
        await self.world.control("POST", "/control/clock", {"now": self.world.clock().isoformat()})

    # --- money

    async def paid(self, client: Actor, *, told: bool = True) -> OrderView:
        """A placed order, paid in the sandbox; ``told``: its notice was taken."""
        order = await self.world.place(client)
        payment = await self.world.start(client, order.id)
        await self.world.pay(payment.out_trade_no)
        if told:
            await self.world.payments.notify(*await self.world.notice(payment.out_trade_no))
        return await self.world.orders.get(client, order.id)

    async def ask_back(self, client: Actor, order: OrderView, fen: int | None = None) -> None:
        """Ask for a refund and send it to the sandbox."""
        body = RefundBody(amount_fen=fen, reason="不需要了")
        await self.world.refunds.request(client, order.id, body, intent(client, f"refund {order.id}", body))
        await self.world.work()

    async def refunded(self, client: Actor, order: OrderView, fen: int | None = None) -> None:
        await self.ask_back(client, order, fen)
        await self.wait_for_refunds()

    async def wait_for_refunds(self) -> None:
        """Ask until the sandbox has sent back what was asked for, without moving the clock by hours."""
        for _ in range(200):
            await self.world.refunds.tick()
            if not await self.world.database.refunds.count_documents({"state": RefundState.REQUESTED.value}):
                return
            self.world.clock.forward(seconds=61)
            await asyncio.sleep(0.02)
        raise AssertionError("a refund did not end")

    async def number(self, order: OrderView) -> str:
        return (await self.world.payment(order.id))["out_trade_no"]

    async def forget(self) -> None:
        """Empty the books and the sandbox's, set it right, and go back to today."""
        database = self.world.database
        for name in _BOOKS:
            await database.raw[name].delete_many({})
        await self.world.control("DELETE", "/control/bill-edits")
        await self.world.control("DELETE", "/control/faults")
        await self.world.control("DELETE", "/control/clock")
        with contextlib.closing(sqlite3.connect(self.sandbox / "sandbox.db", isolation_level=None)) as state:
            for table in _VENDORS_BOOKS:
                state.execute(f"delete from {table}")
        self.world.faults.clear()
        self.world.clock.ahead *= 0

    # --- what is found

    async def compared(self, day: date) -> list[tuple[str, str]]:
        """The differences of a day, as (kind, subject)."""
        return told(await self.reconciliation.run(day))

    async def open_items(self) -> list[tuple[str, str]]:
        return [(item["kind"], item["subject"]) for item in await self.items()]

    async def items(self) -> list[WorkItemDocument]:
        return list(reversed(await self.world.work_items.list()))

    async def edit(self, action: str, number: str, **more: Any) -> None:
        """Make the sandbox's trade bill wrong."""
        await self.world.control("POST", "/control/bill-edits", {"action": action, "number": number, **more})


def told(found: ReconciliationDocument) -> list[tuple[str, str]]:
    return [(one["kind"], one["subject"]) for one in found["differences"]]


@asynccontextmanager
async def open_keepers(settings: Settings, parts: RealParts, sandbox: Path) -> AsyncIterator[Keepers]:
    """``settings`` name a sandbox of the test's own, which keeps its credentials in the folder ``sandbox``."""
    async with open_world(settings, parts, sandbox=sandbox) as world, open_blobs(settings) as blobs:
        yield keepers_of(settings, world, blobs, sandbox)


@asynccontextmanager
async def open_blobs(settings: Settings) -> AsyncIterator[Blobs]:
    blobs = Blobs(
        settings.s3_endpoint,
        settings.s3_access_key.get_secret_value(),
        settings.s3_secret_key.get_secret_value(),
        settings.s3_bucket,
        region=settings.s3_region,
        secure=settings.s3_secure,
    )
    await blobs.ensure_bucket()
    try:
        yield blobs
    finally:
        await blobs.close()


def keepers_of(settings: Settings, world: World, blobs: Blobs, sandbox: Path) -> Keepers:
    database, clock = world.database, world.clock
    bills = BillStore(database, blobs, world.vault, BillClient(world.pay_client.door), settings.pay_mchid, clock)
    checks = LedgerChecks(database, world.ledger)
    items = DifferenceItems(database, world.work_items)
    reconciliation = Reconciliation(database, bills, world.ledger, checks, items, world.watch.settle, clock)
    leases = Leases(database, "test", clock)
    return Keepers(
        world=world,
        merchant=settings.pay_mchid,
        bills=bills,
        checks=checks,
        reconciliation=reconciliation,
        nightly=Nightly(database, reconciliation, world.work_items, leases, 10, clock),
        finance=Finance(database, checks, reconciliation, bills, world.audit, clock),
        backfill=Backfill(database, world.ledger, settings.pay_mchid),
        parked=ParkedEffects(database, world.outbox, world.work_items, world.audit, world.clock),
        blobs=blobs,
        sandbox=sandbox,
    )

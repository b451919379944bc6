"""The order world with settlement around it: a firm, its lawyer, ops, and a calendar that begins today."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from schemas.api.base import CHINA
from schemas.api.firms import FirmBody
from schemas.api.orders import DeliverBody, OrderView, RefundBody, ReviewBody
from schemas.api.settlements import PayoutBody, SettlementQuery, SettlementSummaryView, SettlementView
from schemas.credit_codes import check_character
from schemas.documents.settlements import PeriodDocument
from schemas.enums import Role
from schemas.settlement_enums import PayoutMethod, SettlementState
from server.settings import Settings
from server.wiring.core import Core
from server.wiring.settlement import Settling, build_settling
from services.actors import Actor
from services.idempotency import Idempotency
from services.ledger.accounts import Kind, account
from services.ledger.ledger import Ledger
from services.notices.notices import Notices
from tests.parts.real import RealParts
from tests.services.orders_world import World, intent, open_world

_numbers = iter(range(10_000))


def credit_code() -> str:
    """Another firm's, each time."""
    first = f"31310000MD{next(_numbers):07d}"
    return first + check_character(first)


@dataclass
class Office:
    world: World
    notices: Notices
    settling: Settling
    settings: Settings
    firm_id: str
    lawyer: Actor
    first: Actor  # two of ops
    second: Actor
    clients: list[Actor] = field(default_factory=list)

    # --- orders

    async def served(self, stars: int | None = None, *, confirm: bool = True, late: bool = False) -> OrderView:
        """An order of 49 yuan that the lawyer served, paid in the sandbox; confirmed and rated if wanted."""
        await self._follow()
        client = await self.world.client()
        self.clients.append(client)
        order = await self._paid(client)
        await self.world.work()
        await self.world.orders.accept(self.lawyer, order.id)
        if late:
            self.world.clock.forward(days=2)
        await self.world.orders.deliver(self.lawyer, order.id, DeliverBody(summary="答复如下。"))
        if confirm:
            await self.world.orders.confirm(client, order.id)
        if stars is not None:
            await self.world.orders.review(client, order.id, ReviewBody(stars=stars))
        await self.world.work()
        return await self.world.orders.get(client, order.id)

    async def _paid(self, client: Actor) -> OrderView:
        """Placed in real time, since the sandbox's prepays live in it, and paid in ours."""
        world, ahead = self.world, self.world.clock.ahead
        world.clock.ahead = timedelta()
        order = await world.place(client)
        payment = await world.start(client, order.id)
        world.clock.ahead = ahead
        await world.pay(payment.out_trade_no)
        await world.payments.notify(*await world.notice(payment.out_trade_no))
        return await world.orders.get(client, order.id)

    async def _follow(self) -> None:
        """Make the sandbox's clock say what ours says."""
        await self.world.control("POST", "/control/clock", {"now": self.world.clock().isoformat()})

    async def ask_back(self, order: OrderView, amount_fen: int | None = None) -> None:
        """A refund by the desk, as it is for what was delivered; not sent yet."""
        body = RefundBody(amount_fen=amount_fen, reason="服务有误")
        await self.world.refunds.request(self.first, order.id, body, intent(self.first, f"refund {order.id}", body))

    async def refund(self, order: OrderView, amount_fen: int | None = None) -> None:
        """A refund by the desk that arrives."""
        await self.ask_back(order, amount_fen)
        await self.world.work()
        await self.world.settle_refunds()
        await self.world.work()

    # --- periods

    async def close(self) -> list[PeriodDocument]:
        """Go on to the end of the running period and close it; all periods."""
        last = await self.world.database.settlement_periods.find_one(sort=[("number", -1)])
        now = self.world.clock()
        start = last["ends_at"] if last else now - timedelta(hours=36)
        end = start + timedelta(days=self.settings.settlement_days + 1.2)
        if end > now:
            self.world.clock.ahead += end - now
        assert await self.settling.closing.tick() >= 1
        await self.world.work()
        return await self.world.database.settlement_periods.find().sort("number").to_list()

    async def statement(self) -> SettlementView:
        """The firm's newest."""
        page = await self.settling.settlements.list(self.first, SettlementQuery(firm_id=self.firm_id))
        return await self.settling.settlements.get(self.first, page.items[0].id)

    async def own(self) -> Sequence[SettlementSummaryView]:
        """The lawyer's, newest first."""
        return (await self.settling.settlements.list(self.lawyer, SettlementQuery())).items

    # --- approval and payout

    async def approved(self) -> SettlementSummaryView:
        """The newest statement, approved by two."""
        statement = await self.statement()
        once = await self.settling.settlements.approve(self.first, statement.id, statement.revision)
        return await self.settling.settlements.approve(self.second, statement.id, once.revision)

    async def pay(self, method: PayoutMethod, reference: str | None = None) -> SettlementSummaryView:
        statement = await self.statement()
        body = PayoutBody(method=method, bank_reference=reference)
        asked = intent(self.second, f"payout {statement.id}", body)
        return await self.settling.payouts.start(self.second, statement.id, statement.revision, body, asked)

    async def sent(self, until: SettlementState) -> SettlementView:
        """What the worker does until the statement is there."""
        for _ in range(100):
            await self.world.work()
            self.world.clock.forward(seconds=31)
            await self.settling.sending.tick()
            statement = await self.statement()
            flying = [one for one in statement.payouts if one.state in ("owed", "sent")]
            if statement.state is until and not flying:
                return statement
            await asyncio.sleep(0.05)
        raise AssertionError(f"the statement is {statement.state}, its payouts {statement.payouts}")

    async def returned(self) -> None:
        """What the worker does until no share is on its way back."""
        owed = {"kind": "payout.send", "state": "pending"}
        async for row in self.world.database.outbox.find(owed):
            await self.world.effects["payout.send"](row)
        flying = {"kind": "give_back", "state": {"$in": ["owed", "sent"]}}
        for _ in range(100):
            if not await self.world.database.payouts.count_documents(flying):
                return
            await asyncio.sleep(0.05)
            self.world.clock.forward(seconds=31)
            await self.settling.sending.tick()
        raise AssertionError("a share did not come back")

    async def rules(self, **changes: Any) -> None:
        """Other rules of the vendor's, until the next test."""
        await self.world.control("POST", "/control/rules", changes)

    # --- the books

    async def owed(self) -> int:
        """Fen that the ledger owes the firm."""
        return -await self.world.ledger.balance(account(Kind.FIRM, self.firm_id))

    async def held(self, order_id: str) -> int:
        """Fen that the ledger holds for an order."""
        return -await self.world.ledger.balance(account(Kind.ORDER, order_id))

    async def all_balances(self) -> Mapping[str, int]:
        """Account → fen, of all accounts."""
        entries = await self.world.database.ledger.find().to_list()
        names = {line["account"] for entry in entries for line in entry["lines"]}
        return await self.world.ledger.balances(names)


def another(mchid: str) -> str:
    """A merchant's number that is surely not this one: money shared with oneself never fails."""
    return mchid[:-1] + str((int(mchid[-1]) + 1) % 10)


@asynccontextmanager
async def open_office(
    settings: Settings, parts: RealParts, sandbox: Path, ledger: type[Ledger] = Ledger
) -> AsyncIterator[Office]:
    """``settings`` say how long periods are, whether payments are opened for sharing, and where the sandbox is that
    keeps its credentials in the folder ``sandbox``."""
    today = datetime.now(UTC).astimezone(CHINA).date()
    settings = settings.model_copy(update={"settlement_anchor": today - timedelta(days=1)})
    async with open_world(settings, parts, sandbox=sandbox, ledger=ledger) as world:
        notices = Notices(world.database, world.outbox, world.live, world.audit, {}, world.clock)
        settling = build_settling(_core(world, settings), world.pay_client, notices)
        world.effects.update(settling.effects())
        await world.nobody_else()
        lawyer = await world.person(Role.LAWYER, name="王律师")
        await world.person(Role.SUPPORT, name="小陈", on_duty=True)
        firm = await settling.firms.create(
            None, FirmBody(name="明理律师事务所", credit_code=credit_code(), mchid=another(settings.pay_mchid))
        )
        await settling.firms.join(None, firm.id, lawyer.user_id)
        ops = [await world.person(Role.OPS, name=name) for name in ("运营甲", "运营乙")]
        yield Office(world, notices, settling, settings, firm.id, lawyer, ops[0], ops[1])


def _core(world: World, settings: Settings) -> Core:
    core = SimpleNamespace(
        settings=settings,
        database=world.database,
        audit=world.audit,
        clock=world.clock,
        ledger=world.ledger,
        work_items=world.work_items,
        outbox=world.outbox,
        idempotency=Idempotency(world.database, world.vault, world.clock),
        tally=lambda what, which: world.tallies.update([(what, which)]),
    )
    return cast(Core, core)

"""A firm at work, and everything that can happen to money around it: late, doubled and lost notices, crashes between
steps and in the middle of them, coupons, tips, quotes, refunds, settlements. Driven by ``test_money_walks``."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.errors import VendorError
from schemas.api.companies import BankTopUpBody, CompanyBody
from schemas.api.firms import FirmBody
from schemas.api.orders import CancelBody, DeliverBody, RefundBody, ReviewBody
from schemas.api.payments import PaymentBody
from schemas.api.quotes import QuoteAcceptBody, QuoteBody, QuoteItem, TipBody
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.people import IdentityDocument
from schemas.enums import CouponState, IdentityKind, OrderStatus, PaymentMethod, PaymentState
from schemas.settlement_enums import PayoutMethod, SettlementState
from services.actors import Actor
from services.days import Span, day_of, span_of
from services.errors import Problem
from services.ids import new_id
from services.ledger.entries import Posting
from services.ledger.ledger import Ledger
from services.orders.order_rules import PAID_STATUSES
from tests.services.orders_world import JSAPI, World, intent
from tests.services.reconciliation_world import Keepers, told
from tests.services.settlement_world import Office, credit_code
from tests.services.shop import OPS

# What a step may be answered; anything else is a fault.
ANSWERS = {
    *("order.wrong_state", "order.already_paid", "order.not_found", "order.coupon_invalid", "auth.forbidden"),
    *("refund.amount_invalid", "payment.unknown", "payment.not_needed", "provider.unavailable", "tip.not_possible"),
    *("quote.wrong_state", "quote.already_paid", "tip.already_paid", "idempotency.answer_expired", "space.not_found"),
    *("company.not_found", "company.balance_short"),
}


class CrashError(Exception):
    """The process dies here."""


class CrashingLedger(Ledger):
    """Dies in the middle of a transaction when told to."""

    dies = False

    async def write(self, session: AsyncClientSession, posting: Posting) -> None:
        await super().write(session, posting)
        if self.dies:
            self.dies = False
            raise CrashError


@dataclass
class Letter:
    """A notice of WeChat Pay's on its way; it may come late, twice, or after others."""

    headers: dict[str, str]
    body: bytes
    delivered: int = 0


@dataclass
class Placed:
    client: Actor
    id: str


@dataclass(repr=False)
class Machine:
    office: Office
    keepers: Keepers
    clients: list[Actor] = field(default_factory=list)
    orders: list[Placed] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)  # that somebody may pay in WeChat
    letters: list[Letter] = field(default_factory=list)
    began: datetime = field(init=False)
    company_id: str = field(init=False)
    other_firm: str | None = None
    closed: int = 0

    def __repr__(self) -> str:
        return "Machine"  # the report of a failed walk shall not print the whole world

    @property
    def world(self) -> World:
        return self.office.world

    @property
    def ledger(self) -> CrashingLedger:
        assert isinstance(self.world.ledger, CrashingLedger)
        return self.world.ledger

    async def begin(self) -> None:
        await self.keepers.forget()
        self.ledger.dies = False
        await self.office.settling.firms.join(None, self.office.firm_id, self.office.lawyer.user_id)
        await self.keepers.follow()
        await self.office.rules(refund_gap_seconds=0)  # a minute between refunds has tests of its own
        self.began = self.world.clock() - timedelta(minutes=1)
        self.clients = [await self.world.client() for _ in range(2)]
        self.company_id = await self._company(self.clients[0])

    # --- steps; ``n`` picks what it is about

    async def go(self, step: str, n: int) -> None:
        try:
            await getattr(self, step)(n)
        except Problem as fault:
            if fault.code not in ANSWERS:
                raise AssertionError(f"{step} was answered {fault.code}") from fault
        except CrashError:
            return  # the next step is the next process's

    async def place(self, n: int) -> None:
        if len(self.orders) < 4:
            client = self.clients[n % 2]
            self.orders.append(Placed(client, (await self.world.place(client)).id))

    async def place_with_coupon(self, n: int) -> None:
        """With a coupon of theirs, perhaps one that was used before; some cover the whole price."""
        if len(self.orders) >= 4:
            return
        client = self.clients[n % 2]
        owned = await self.world.database.coupons.find({"user_id": client.user_id}).to_list()
        if n % 3 or not owned:
            coupon_id = (await self.world.shop.coupon(client, off_fen=(10_00, 49_00)[n % 2])).id
        else:
            coupon_id = owned[n % len(owned)]["_id"]
        self.orders.append(Placed(client, (await self.world.place(client, coupon_id=coupon_id)).id))

    async def start(self, n: int) -> None:
        order = self._order(n)
        if order is not None:
            self._payable((await self.world.start(order.client, order.id)).out_trade_no)

    async def pay_from_balance(self, n: int) -> None:
        """The company of the first client pays, as far as its balance goes."""
        order = self._order(n)
        if order is not None:
            body = PaymentBody(method=PaymentMethod.PREPAID, company_id=self.company_id)
            await self.world.payments.start(order.client, order.id, body, intent(order.client, f"pay {order.id}", body))

    async def top_up(self, n: int) -> None:
        """A bank transfer of the company's, entered by one and approved, or refused, by another."""
        body = BankTopUpBody(amount_fen=30_00 + n, bank_reference=new_id())
        entered = await self.world.shop.top_ups.by_bank(self.office.first, self.company_id, body)
        await self.world.shop.top_ups.decide(self.office.second, entered.id, approve=n % 4 != 0)

    async def pay(self, n: int) -> None:
        """Somebody pays what can be paid; the notice is written, and comes when it comes."""
        if self.numbers:
            await self._pay(self.numbers[n % len(self.numbers)])

    async def notify(self, n: int) -> None:
        """A notice arrives, now and then several times at once."""
        if self.letters:
            letter = self.letters[n % len(self.letters)]
            copies = 1 + n % 3
            letter.delivered += copies
            together = [self.world.payments.notify(letter.headers, letter.body) for _ in range(copies)]
            outcomes = await asyncio.gather(*together, return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, BaseException) and not isinstance(outcome, Problem):
                    raise outcome

    async def crash(self, n: int) -> None:
        """The next posting dies in its transaction, whoever makes it."""
        self.ledger.dies = True
        await (self.notify(n) if n % 2 else self.work(n))
        self.ledger.dies = False

    async def work(self, n: int) -> None:
        await self.world.outbox.run_due(self.world.effects, self._report)

    async def die_after_effects(self, n: int) -> None:
        """Effects are done, and the process dies before it could say so: they will be done again."""
        rows = await self.world.database.outbox.find({"state": "pending"}).sort("created_at", 1).to_list(1 + n % 4)
        for row in rows:
            with suppress(VendorError):  # as one that is refused now and tried again
                await self.world.effects[row["kind"]](row)

    async def tick(self, n: int) -> None:
        """Time passes, and WeChat is asked about what stays open."""
        self.world.clock.forward(seconds=(95, 31 * 60)[n % 2])
        await self.world.payments.tick()
        await self.world.refunds.tick()

    async def cancel(self, n: int) -> None:
        order = self._order(n)
        if order is not None:
            await self.world.orders.cancel(order.client, order.id, CancelBody())

    async def serve(self, n: int) -> None:
        """The next thing that is to be done for an order."""
        order = self._order(n)
        if order is None:
            return
        orders, client = self.world.orders, order.client
        steps: dict[OrderStatus, Callable[[], Awaitable[Any]]] = {
            OrderStatus.ASSIGNED: lambda: orders.accept(self.office.lawyer, order.id),
            OrderStatus.IN_SERVICE: lambda: orders.deliver(self.office.lawyer, order.id, DeliverBody(summary="意见")),
            OrderStatus.DELIVERED: lambda: orders.confirm(client, order.id),
            OrderStatus.CONFIRMED: lambda: orders.review(client, order.id, ReviewBody(stars=1 + n % 5)),
        }
        step = steps.get(OrderStatus((await self.world.stored(order.id))["status"]))
        if step is not None:
            await step()

    async def serve_whole(self, n: int) -> None:
        for _ in range(4):
            await self.work(n)
            await self.serve(n)

    async def tip(self, n: int) -> None:
        order = self._order(n)
        if order is not None:
            body = TipBody(method=PaymentMethod.WECHAT_JSAPI, amount_fen=10 + n)
            asked = intent(order.client, f"tip {order.id}", body)
            self._payable((await self.world.shop.tips.start(order.client, order.id, body, asked)).out_trade_no)

    async def quote(self, n: int) -> None:
        """The lawyer offers more work, or the client takes the offer and goes to pay it."""
        order = self._order(n)
        if order is None:
            return
        client, quotes = order.client, self.world.shop.quotes
        for quote_id in self.quotes:
            stored = await self.world.database.quotes.find_one({"_id": quote_id})
            if stored is not None and stored["order_id"] == order.id:
                if stored["state"] == "offered":
                    await quotes.accept(client, quote_id, QuoteAcceptBody(amount_fen=stored["amount_fen"]))
                self._payable((await quotes.pay(client, quote_id, JSAPI, intent(client, quote_id, JSAPI))).out_trade_no)
                return
        body = QuoteBody(items=[QuoteItem(title="代书一份", amount_fen=100 + n)], scope="起草律师函")
        asked = intent(self.office.lawyer, f"quote {order.id}", body)
        made = await quotes.offer(self.office.lawyer, (await self.world.stored(order.id))["space_id"], body, asked)
        self.quotes.append(made.id)

    async def refund(self, n: int) -> None:
        order = self._order(n)
        if order is not None:
            actor = self.office.first if n % 2 else order.client
            body = RefundBody(amount_fen=(None, 7_00, 1_00)[n % 3], reason="不需要了")
            await self.world.refunds.request(actor, order.id, body, intent(actor, f"refund {order.id}", body))

    async def settle_period(self, n: int) -> None:
        """At most twice a walk: the sandbox's prepays live in real time."""
        if self.closed < 2:
            self.closed += 1
            await self.office.close()
            await self.keepers.follow()

    async def change_firm(self, n: int) -> None:
        """The lawyer leaves the firm, joins another one, or comes back."""
        lawyer_id = self.office.lawyer.user_id
        if n % 3 == 0:
            await self.world.database.users.update_one({"_id": lawyer_id}, {"$unset": {"firm_id": ""}})
            return
        if self.other_firm is None:
            body = FirmBody(name=f"正言律师事务所{new_id()}", credit_code=credit_code())
            self.other_firm = (await self.office.settling.firms.create(None, body)).id
        joined = self.other_firm if n % 3 == 1 else self.office.firm_id
        await self.office.settling.firms.join(None, joined, lawyer_id)

    async def pay_out(self, n: int) -> None:
        """Two people approve the newest statement, and the firm gets its money by bank."""
        whole = {"lawyer_id": None, "firm_id": self.office.firm_id}
        waiting = {**whole, "state": SettlementState.AWAITING_APPROVAL.value, "total_fen": {"$gt": 0}}
        newest = await self.world.database.settlements.find_one(whole, sort=[("_id", -1)])
        if newest is not None and await self.world.database.settlements.find_one({"_id": newest["_id"], **waiting}):
            await self.office.approved()
            await self.office.pay(PayoutMethod.OUTSIDE, f"B-{new_id()}")

    # --- what must hold at every step

    async def check(self) -> None:
        assert await self.keepers.checks.total() == 0
        span = Span(self.began, self.world.clock() + timedelta(days=1))
        assert await self.keepers.checks.rebuild(span) == []
        held = {(one.fault.value, one.account) for one in await self.keepers.checks.holdings(span)}
        assert held == set()
        await self._paid_once()
        await self._coupons_once()

    async def _paid_once(self) -> None:
        payments = await self.world.database.payments.find({"state": PaymentState.SUCCEEDED.value}).to_list()
        subjects = [(one["subject"]["kind"], one["subject"]["id"]) for one in payments]
        assert len(subjects) == len(set(subjects)), "something is paid twice"
        paid = {subject for kind, subject in subjects if kind == "order"}
        orders = await self.world.database.orders.find({}).to_list()
        served = {order["_id"] for order in orders if OrderStatus(order["status"]) in PAID_STATUSES}
        assert served == paid, "an order is served unpaid, or paid and not served"

    async def _coupons_once(self) -> None:
        orders = await self.world.database.orders.find({"status": {"$ne": OrderStatus.CANCELLED.value}}).to_list()
        used = [coupon["coupon_id"] for order in orders if "price" in order for coupon in order["price"]["coupons"]]
        assert len(used) == len(set(used)), "a coupon is used twice"
        async for coupon in self.world.database.coupons.find({"_id": {"$nin": used}}):
            assert coupon["state"] == CouponState.AVAILABLE

    # --- when the dust has settled

    async def end(self) -> list[date]:
        """Everything that is on its way arrives, everything owed is done; the days that this took."""
        for number in list(self.numbers):
            await self._deliver(number)
        for letter in self.letters:
            await self.world.payments.notify(letter.headers, letter.body)
        for _ in range(3):
            await self.world.work()
            await self.keepers.wait_for_refunds()
        await self.world.payments.tick()
        await self.world.work()
        await self.check()
        first, last = day_of(self.began), self.keepers.today
        await self.keepers.at(11, days=1)
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]

    async def compared(self, days: Sequence[date]) -> list[tuple[str, str]]:
        found = []
        for day in days:
            found += told(await self.keepers.reconciliation.run(day))
        return found

    async def in_bill(self, days: Sequence[date]) -> list[str]:
        """Our numbers in the trade bills of these days."""
        rows = [row for day in days for row in await self.keepers.bills.trades(day) or ()]
        return [row.out_refund_no or row.out_trade_no for row in rows]

    async def books_of(self, days: Sequence[date]) -> bool:
        """Whether each of these days can be rebuilt exactly, bills included."""
        mistakes = [one for day in days for one in await self.keepers.reconciliation.rebuild(day)]
        inside = all(span_of(day).start < self.world.clock() for day in days)
        return inside and not mistakes

    # --- helpers of the steps

    def _order(self, n: int) -> Placed | None:
        return self.orders[n % len(self.orders)] if self.orders else None

    async def _company(self, admin: Actor) -> str:
        phone = f"137{int(admin.user_id[-7:], 16) % 10**8:08d}"
        lookup = self.world.shop.index.lookup(IdentityKind.PHONE, phone)
        identity: IdentityDocument = {
            "_id": new_id(),
            "schema_version": 1,
            "user_id": admin.user_id,
            "kind": IdentityKind.PHONE.value,
            "lookup": lookup,
            "created_at": self.world.clock(),
        }
        await self.world.database.identities.insert_one(identity)
        body = CompanyBody(name="某某科技有限公司", credit_code=credit_code(), admin_phone=phone)
        return (await self.world.shop.companies.create(OPS, body)).id

    def _payable(self, number: str) -> None:
        if number not in self.numbers:
            self.numbers.append(number)

    async def _pay(self, number: str) -> None:
        items = (await self.world.control("GET", "/control/payments"))["items"]
        (known,) = [item for item in items if item["out_trade_no"] == number]
        if known["trade_state"] == "NOTPAY":
            await self.world.pay(number)
            self.letters.append(Letter(*await self.world.notice(number)))

    async def _deliver(self, number: str) -> None:
        """What was paid and lost its letter in a crash is asked for by the tick; here the letter comes at last."""
        items = (await self.world.control("GET", "/control/payments"))["items"]
        (known,) = [item for item in items if item["out_trade_no"] == number]
        if known["trade_state"] in ("SUCCESS", "REFUND"):
            self.letters.append(Letter(*await self.world.notice(number)))

    def _report(self, row: OutboxDocument, fault: Exception, parked: bool) -> None:
        assert isinstance(fault, CrashError | VendorError), f"{row['kind']}: {fault!r}"

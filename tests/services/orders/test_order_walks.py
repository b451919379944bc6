"""Random walks through orders and money, with repeats and lost notices: what must hold holds at every step."""

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.api.orders import CancelBody, DeclineBody, DeliverBody, RefundBody, ReviewBody
from schemas.documents.orders import OrderDocument
from schemas.enums import OrderStatus, PaymentState, RefundState
from services.actors import Actor
from services.errors import Problem
from services.orders.order_rules import PAID_STATUSES, TRANSITIONS, Action, target
from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts
from tests.services.orders_world import World, intent, open_world

MOVES = (
    "start",
    "pay",
    "notify",
    "tick",
    "cancel",
    "accept",
    "decline",
    "deliver",
    "confirm",
    "review",
    "refund_part",
    "refund_all",
    "settle",
    "work",
    "lapse",
    "forget",
)
# What a walk may be answered; anything else is a fault.
ANSWERS = {
    "order.wrong_state",
    "order.already_paid",
    "order.not_found",
    "auth.forbidden",
    "refund.amount_invalid",
    "refund.needs_review",
    "payment.unknown",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(make_settings: SettingsMaker, parts: RealParts) -> AsyncIterator[World]:
    async with open_world(make_settings(), parts) as opened:
        yield opened


class Walk:
    """One order and everybody around it."""

    def __init__(self, world: World, client: Actor, lawyer: Actor, order_id: str) -> None:
        self.world = world
        self.client = client
        self.lawyer = lawyer
        self.order_id = order_id
        self.numbers: list[str] = []
        self.paid: set[str] = set()

    async def go(self, move: str) -> None:
        try:
            await getattr(self, move)()
        except Problem as fault:
            if fault.code not in ANSWERS:
                raise AssertionError(f"{move} was answered {fault.code}") from fault

    async def start(self) -> None:
        view = await self.world.start(self.client, self.order_id)
        if view.out_trade_no not in self.numbers:
            self.numbers.append(view.out_trade_no)

    async def pay(self) -> None:
        items = (await self.world.control("GET", "/control/payments"))["items"]
        open_here = {item["out_trade_no"] for item in items if item["trade_state"] == "NOTPAY"} & set(self.numbers)
        for number in open_here:
            await self.world.pay(number)
            self.paid.add(number)

    async def notify(self) -> None:
        for number in self.paid:
            notice = await self.world.notice(number)
            for _ in range(2):
                await self.world.payments.notify(*notice)

    async def tick(self) -> None:
        self.world.clock.forward(seconds=90)
        await self.world.payments.tick()

    async def lapse(self) -> None:
        self.world.clock.forward(minutes=31)
        await self.world.payments.tick()

    async def forget(self) -> None:
        """Nobody pays in the product's time."""
        self.world.clock.forward(hours=24, minutes=1)
        await self.world.payments.tick()

    async def cancel(self) -> None:
        await self.world.orders.cancel(self.client, self.order_id, CancelBody())

    async def accept(self) -> None:
        await self.world.orders.accept(self.lawyer, self.order_id)

    async def decline(self) -> None:
        await self.world.orders.decline(self.lawyer, self.order_id, DeclineBody(reason="没有时间"))

    async def deliver(self) -> None:
        await self.world.orders.deliver(self.lawyer, self.order_id, DeliverBody(summary="意见"))

    async def confirm(self) -> None:
        await self.world.orders.confirm(self.client, self.order_id)

    async def review(self) -> None:
        await self.world.orders.review(self.client, self.order_id, ReviewBody(stars=3))

    async def refund_part(self) -> None:
        await self._refund(1000)

    async def refund_all(self) -> None:
        await self._refund(None)

    async def settle(self) -> None:
        await self.world.work()
        await self.world.settle_refunds()

    async def work(self) -> None:
        await self.world.work()

    async def _refund(self, amount: int | None) -> None:
        body = RefundBody(amount_fen=amount, reason="不需要了")
        await self.world.refunds.request(self.client, self.order_id, body, intent(self.client, "refund", body))

    # --- what must hold

    async def check(self) -> None:
        db = self.world.database
        order = await self.world.stored(self.order_id)
        payments = await db.payments.find({"order_id": self.order_id}).to_list()
        refunds = await db.refunds.find({"order_id": self.order_id}).to_list()
        states = [payment["state"] for payment in payments]
        paid = order["status"] in PAID_STATUSES
        assert states.count(PaymentState.PENDING) <= 1
        assert states.count(PaymentState.SUCCEEDED) == (1 if paid else 0)  # never served unpaid, never paid twice
        assert await db.spaces.count_documents({"order_id": self.order_id}) == (1 if paid else 0)
        back = sum(r["amount_fen"] for r in refunds if r["state"] != RefundState.FAILED and not r.get("stray"))
        assert back <= (order["payable_fen"] if paid else 0)
        assert (order["status"] == OrderStatus.REFUNDING) == any(
            r["state"] == RefundState.REQUESTED and not r.get("stray") for r in refunds
        )
        legal(order)

    async def end(self) -> None:
        """When the dust has settled, all money is where it belongs."""
        await self.go("notify")
        await self.settle()
        await self.world.work()
        await self.check()
        db = self.world.database
        for payment in await db.payments.find({"order_id": self.order_id}).to_list():
            if payment["out_trade_no"] in self.paid:
                assert payment["state"] in (PaymentState.SUCCEEDED, PaymentState.STRAY)
            if payment["state"] == PaymentState.STRAY:
                (refund,) = await db.refunds.find({"payment_id": payment["_id"]}).to_list()
                assert (refund["state"], refund["amount_fen"]) == (RefundState.SUCCEEDED, payment["amount_fen"])


def legal(order: OrderDocument) -> None:
    """C2: the steps taken follow the table, each later than the one before, and each is counted."""
    steps = order["steps"]
    assert order["revision"] == len(steps)
    assert steps[-1]["status"] == order["status"]
    assert steps[0]["status"] == OrderStatus.AWAITING_PAYMENT
    for before, after in pairwise(steps):
        assert before["at"] <= after["at"]
        here = OrderStatus(before["status"])
        possible = {
            to for (status, action), _ in TRANSITIONS.items() if status is here for to in _targets(status, action)
        }
        assert OrderStatus(after["status"]) in possible, (before["status"], after["status"])


def _targets(status: OrderStatus, action: Action) -> set[OrderStatus | None]:
    return {target(status, action, before) for before in OrderStatus}


WAY = st.lists(st.sampled_from(MOVES), min_size=4, max_size=16)
BEGINNINGS = st.sampled_from(
    [
        (),
        ("start",),
        ("start", "pay", "notify"),
        ("start", "pay", "notify", "work"),
        ("start", "pay", "tick", "work", "accept"),
    ]
)


@given(beginning=BEGINNINGS, way=WAY)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
async def test_whatever_happens_the_money_is_right(world: World, beginning: tuple[str, ...], way: list[str]) -> None:
    """C2, E1: no order is paid twice or served unpaid, no fen is lost, and no step is taken that the table lacks."""
    world.clock.ahead *= 0
    await world.nobody_else()
    client = await world.client()
    lawyer, _ = await world.office()
    walk = Walk(world, client, lawyer, (await world.place(client)).id)
    for move in (*beginning, *way):
        await walk.go(move)
        await walk.check()
    await walk.end()

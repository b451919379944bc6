"""What follows from each step: cards, notices, hints; once, however often the worker runs it (A3, J1, J2)."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from schemas.api.orders import CancelBody, DeclineBody, DeliverBody, RefundBody, ReviewBody
from schemas.enums import OrderStatus, Role
from services.actors import Actor
from services.amounts import yuan
from services.orders.order_news import NEWS, CardChanged
from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts
from tests.services.orders_world import World, intent, open_world


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(make_settings: SettingsMaker, parts: RealParts) -> AsyncIterator[World]:
    async with open_world(make_settings(), parts) as opened:
        yield opened


def hints(world: World, actor: Actor) -> list[str]:
    return [
        payload["status"] for who, event, payload in world.live.said if (who, event) == (actor.user_id, "order:updated")
    ]


async def test_every_event_is_worked_off(world: World) -> None:
    """Whatever a step can owe has an effect, and every text names only facts that exist."""
    assert {f"order.{name}" for name in ("paid", "assigned", "accepted", "declined", "delivered", "confirmed")} <= set(
        world.effects
    )
    facts = dict.fromkeys(("service", "number", "yuan", "stars", "lawyer", "summary"), "x")
    for news in NEWS.values():
        for told in news.told:
            assert told.text.format(**facts)
        if news.card is not None:
            news.card.text.format(**facts)
    changed = {kind for kind, news in NEWS.items() if isinstance(news.card, CardChanged)}
    assert changed == {
        "order.accepted",
        "order.declined",
        "order.confirmed",
        "order.reviewed",
        "order.refunded",
        "order.refunded_partly",
        "order.refund_failed",
    }


@pytest.mark.parametrize(
    ("status", "kind", "waits"),
    [
        (OrderStatus.ASSIGNED, "assignment", "assigned"),
        (OrderStatus.IN_SERVICE, "assignment", "accepted"),
        (OrderStatus.DELIVERED, "delivery", "delivered"),
    ],
)
async def test_no_card_promises_what_no_longer_comes(world: World, status: OrderStatus, kind: str, waits: str) -> None:
    """C5: while money goes back, and after, the card that waited says so; after a refund in part it waits again."""
    client, desk = await world.client(), await world.person(Role.OPS)
    order, lawyer = await world.served(client, min(status, OrderStatus.IN_SERVICE, key=list(OrderStatus).index))
    if status is OrderStatus.DELIVERED:
        await world.orders.deliver(lawyer, order.id, DeliverBody(summary="意见"))
    states = [waits]
    for amount, after in ((100, waits), (None, "ended")):
        body = RefundBody(amount_fen=amount, reason="协商退款")
        view = await world.refunds.request(desk, order.id, body, intent(desk, f"refund {order.id}", body))
        assert all(one.met_at for one in view.deadlines)  # the page promises no time either
        await world.work()
        await world.settle_refunds()
        await world.repeat(order.id, "order.refund_requested")
        await world.work()
        states += ["refunding", after]
    entries = await world.entries(str(order.space_id))
    seq = 1 + next(i for i, entry in enumerate(entries) if entry.get("kind") == kind)
    shown = [entry["state"] for entry in entries if entry.get("seq") == seq]
    assert shown[-4:] == states[1:]


@pytest.mark.parametrize(("fen", "text"), [(1, "0.01"), (100, "1"), (4900, "49"), (39905, "399.05")])
def test_money_is_written_as_people_read_it(fen: int, text: str) -> None:
    assert yuan(fen) == text


async def test_the_story_of_an_order_in_its_space(world: World) -> None:
    """A3, C2, J2: each step shows in the space, and each one concerned is told once."""
    client = await world.client()
    order, lawyer = await world.served(client)
    await world.orders.deliver(lawyer, order.id, DeliverBody(summary="押金应当退还，理由如下"))
    await world.orders.confirm(client, order.id)
    await world.orders.review(client, order.id, ReviewBody(stars=5, text="好"))
    await world.work()
    story = [
        (entry["type"], entry.get("kind", entry.get("seq")), entry["state"], entry.get("text"))
        for entry in await world.entries(str(order.space_id))
    ]
    assert story == [
        ("card", "payment", "paid", "图文法律咨询"),
        ("card", "assignment", "assigned", "王律师"),
        ("card_update", 2, "accepted", None),
        ("card", "delivery", "delivered", "押金应当退还，理由如下"),
        ("card_update", 4, "confirmed", None),
        ("card_update", 4, "reviewed", "5 星"),
    ]
    (payment,) = await world.cards(str(order.space_id), "payment")
    assert payment["amount_fen"] == order.payable_fen
    assert set(payment["ref"]) == {"order_id", "payment_id"}
    assert await world.told(client) == ["order_paid", "order_assigned", "order_accepted", "order_delivered"]
    assert await world.told(lawyer) == ["order_assigned", "order_confirmed", "order_reviewed"]
    assert hints(world, client)[-1] == "reviewed"
    assert hints(world, lawyer)[-1] == "reviewed"
    assert {client.user_id, lawyer.user_id} <= world.live.inside[str(order.space_id)]


async def test_effects_run_twice_show_nothing_twice(world: World) -> None:
    """Issue 2: kill -9 between notification and effects loses nothing and doubles nothing."""
    client = await world.client()
    order, lawyer = await world.served(client)
    await world.orders.deliver(lawyer, order.id, DeliverBody(summary="意见"))
    await world.orders.confirm(client, order.id)
    await world.work()
    entries = await world.entries(str(order.space_id))
    notices = await world.told(client), await world.told(lawyer)
    for kind in ("order.paid", "order.assigned", "order.accepted", "order.delivered", "order.confirmed"):
        await world.repeat(order.id, kind)
    await world.work()
    assert await world.entries(str(order.space_id)) == entries
    assert (await world.told(client), await world.told(lawyer)) == notices
    assert (await world.stored(order.id))["status"] == OrderStatus.CONFIRMED
    assert await world.database.spaces.count_documents({"order_id": order.id}) == 1


async def test_a_lawyer_who_changed_the_name_meanwhile_does_no_harm(world: World) -> None:
    """The card was shown before the kill; the repeat would say another name under the same id."""
    client = await world.client()
    order, lawyer = await world.served(client, OrderStatus.ASSIGNED)
    before = await world.entries(str(order.space_id))
    await world.database.users.update_one({"_id": lawyer.user_id}, {"$set": {"display_name": "王大律师"}})
    await world.repeat(order.id, "order.assigned")
    assert await world.entries(str(order.space_id)) == before


async def test_killed_before_any_effect(world: World) -> None:
    """The notice was answered, the process died at once: the next worker does everything."""
    client = await world.client()
    lawyer, _ = await world.office()
    order = await world.paid(client)
    assert await world.entries(str(order.space_id)) == []
    assert await world.told(client) == []
    await world.work()
    assert [entry["kind"] for entry in await world.entries(str(order.space_id))] == ["payment", "assignment"]
    assert await world.told(client) == ["order_paid", "order_assigned"]
    assert await world.told(lawyer) == ["order_assigned"]


async def test_declining_is_told_and_the_card_says_so(world: World) -> None:
    client = await world.client()
    order, first = await world.served(client, OrderStatus.ASSIGNED)
    second = await world.person(Role.LAWYER, name="赵律师")
    await world.orders.decline(first, order.id, DeclineBody(reason="利益冲突"))
    await world.work()
    tail = [
        (entry["type"], entry["state"], entry.get("text")) for entry in (await world.entries(str(order.space_id)))[2:]
    ]
    assert tail == [("card_update", "declined", None), ("card", "assigned", "赵律师")]
    assert first.user_id not in world.live.inside[str(order.space_id)]
    assert second.user_id in world.live.inside[str(order.space_id)]
    assert (await world.told(client))[-2:] == ["order_declined", "order_assigned"]
    # run once more: nobody is let in who is not a member any more
    await world.repeat(order.id, "order.assigned")
    assert first.user_id not in world.live.inside[str(order.space_id)]


async def test_a_cancelled_order_is_told_without_a_space(world: World) -> None:
    client = await world.client()
    order = await world.place(client)
    payment = await world.start(client, order.id)
    await world.orders.cancel(client, order.id, CancelBody())
    await world.work()
    await world.repeat(order.id, "order.cancelled")
    assert await world.told(client) == ["order_cancelled"]
    assert hints(world, client)[-1] == "cancelled"
    assert (await world.payment(order.id))["state"] == "closed"
    assert payment.payment_id == (await world.payment(order.id))["_id"]
    assert await world.database.spaces.find_one({"order_id": order.id}) is None


async def test_notices_hold_no_content(world: World) -> None:
    """K2: what is shown on a locked screen names the service and the number, never what people told."""
    client = await world.client()
    order, lawyer = await world.served(client)
    await world.orders.deliver(lawyer, order.id, DeliverBody(summary="绝密结论"))
    body = RefundBody(reason="绝密理由")
    desk = await world.person(Role.SUPPORT)
    await world.refunds.request(desk, order.id, body, intent(desk, "refund", body))
    await world.work()
    texts = [n["title"] + n["text"] for n in await world.notices_of(client) + await world.notices_of(lawyer)]
    assert len(texts) >= 6
    assert not [text for text in texts if "绝密" in text or "押金" in text]

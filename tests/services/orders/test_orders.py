"""Orders against a real database: placing, seeing, moving; every refusal with its code."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from schemas.api.orders import (
    AssignBody,
    CancelBody,
    DeclineBody,
    DeliverBody,
    OrderBody,
    OrdersQuery,
    OrderView,
    RefundBody,
    ReviewBody,
)
from schemas.enums import OrderStatus, Role
from services.actors import Actor
from services.errors import Problem
from services.ids import new_id
from services.orders.assignments import Assignments
from services.orders.order_seals import OrderSeals
from services.orders.products import ProductSpec
from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts
from tests.refusals import refused
from tests.services.orders_world import NEED, World, intent, open_world


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(make_settings: SettingsMaker, parts: RealParts) -> AsyncIterator[World]:
    async with open_world(make_settings(), parts) as opened:
        yield opened


# --- the catalogue


async def test_the_catalogue_is_public_and_complete(world: World) -> None:
    """C1: price, scope, steps and promises of each product; the packs at their prices."""
    items = {item.code: item for item in (await world.products.list()).items}
    assert [items[code].price_fen for code in ("filing_acceleration", "service_watch", "closing_file")] == [
        39900,
        19900,
        29900,
    ]
    assert {"consultation", "contract_review", "drafting", "lawyer_letter", "meeting", "negotiation"} <= set(items)
    for item in items.values():
        assert item.summary
        assert item.description
        assert item.steps
        assert item.promises
        assert await world.products.get(item.id) == item


async def test_what_is_not_published_is_not_there(world: World) -> None:
    hidden = ProductSpec("hidden", "内部", "hidden", "s", "d", 100, {}, (), published=False)
    ids = await world.products.put([hidden])
    assert await refused(world.products.get(ids["hidden"])) == "product.not_found"
    assert await refused(world.products.get(new_id())) == "product.not_found"
    with pytest.raises(ValueError, match="free"):
        await world.products.put([ProductSpec("free", "n", "k", "s", "d", 0, {}, ())])


# --- placing


async def test_a_placed_order_is_whole(world: World) -> None:
    """C2, K2: the order, its key, its audit entry and its time limit exist together, and the need is sealed."""
    client = await world.client()
    view = await world.place(client)
    stored = await world.stored(view.id)
    assert (view.status, view.amount_fen, view.payable_fen) == (OrderStatus.AWAITING_PAYMENT, 4900, 4900)
    assert view.need == NEED
    assert view.space_id is None
    assert view.actions == ["pay", "cancel"]
    assert [(step.status, step.by) for step in view.steps] == [(OrderStatus.AWAITING_PAYMENT, "client")]
    assert NEED["description"].encode() not in stored["need"]
    assert await world.database.data_keys.find_one({"_id": f"space:{stored['space_id']}"}) is not None
    assert await world.audited(view.id) == ["order.placed"]
    assert (stored["unpaid_until"] - stored["created_at"]).total_seconds() == 24 * 3600
    assert view.unpaid_until == stored["unpaid_until"]
    assert await world.orders.get(client, view.id) == view


async def test_the_same_request_twice_is_one_order(world: World) -> None:
    client = await world.client()
    body = OrderBody(product_id=world.product_ids["consultation"], need=NEED)
    key = intent(client, "orders", body)
    first = await world.orders.place(client, body, key)
    assert await world.orders.place(client, body, key) == first
    assert await world.database.orders.count_documents({"client_id": client.user_id}) == 1


async def test_twenty_equal_requests_at_once_are_one_order(world: World) -> None:
    """C3: none lost, none doubled, whoever retries how."""
    client = await world.client()
    body = OrderBody(product_id=world.product_ids["consultation"], need=NEED)
    key = intent(client, "orders", body)
    views = await asyncio.gather(*(world.orders.place(client, body, key) for _ in range(20)))
    assert len({view.id for view in views}) == 1
    assert await world.database.orders.count_documents({"client_id": client.user_id}) == 1


async def test_a_key_belongs_to_one_body(world: World) -> None:
    client = await world.client()
    body = OrderBody(product_id=world.product_ids["consultation"], need=NEED)
    await world.orders.place(client, body, intent(client, "orders", body, "key-0001"))
    other = OrderBody(product_id=world.product_ids["consultation"], need={**NEED, "wish": "别的"})
    assert await refused(world.orders.place(client, other, intent(client, "orders", other, "key-0001"))) == (
        "idempotency.key_reused"
    )


async def test_a_replay_outlives_the_product(world: World) -> None:
    """The stored answer is given even when the same order could not be placed any more."""
    client = await world.client()
    spec = ProductSpec("short_lived", "限时", "drafting", "s", "d", 100, {}, ())
    ids = await world.products.put([spec])
    body = OrderBody(product_id=ids["short_lived"], need={"description": "x"})
    key = intent(client, "orders", body)
    placed = await world.orders.place(client, body, key)
    await world.products.put([ProductSpec("short_lived", "限时", "drafting", "s", "d", 100, {}, (), published=False)])
    assert await world.orders.place(client, body, key) == placed


async def test_placing_is_refused(world: World) -> None:
    client = await world.client()
    nobody = await world.person(Role.SUPPORT)
    keys = await world.database.data_keys.count_documents({"_id": {"$regex": "^space:"}})
    assert await refused(world.place(client, need={"topic": "房产"})) == "order.need_invalid"
    assert await refused(world.place(client, lawyer_id=nobody.user_id)) == "order.lawyer_unavailable"
    assert await refused(world.place(client, coupon_id=new_id())) == "order.coupon_invalid"
    body = OrderBody(product_id=new_id(), need=NEED)
    assert await refused(world.orders.place(client, body, intent(client, "orders", body))) == "product.not_found"
    assert await world.database.orders.count_documents({"client_id": client.user_id}) == 0
    assert await world.database.data_keys.count_documents({"_id": {"$regex": "^space:"}}) == keys


async def test_an_order_keeps_its_price(world: World) -> None:
    client = await world.client()
    spec = ProductSpec("priced", "文书", "drafting", "s", "d", 100, {}, ())
    ids = await world.products.put([spec])
    body = OrderBody(product_id=ids["priced"], need={"description": "x"})
    order = await world.orders.place(client, body, intent(client, "orders", body))
    await world.products.put([ProductSpec("priced", "文书", "drafting", "s", "d", 200, {}, ())])
    assert (await world.orders.get(client, order.id)).payable_fen == 100


# --- seeing


async def test_whose_order_it_is(world: World) -> None:
    """A1, K2: the client, the lawyer and the desk see it; for everybody else it does not exist."""
    client, stranger = await world.client(), await world.client()
    order, lawyer = await world.served(client)
    for actor in (client, lawyer, await world.person(Role.SUPPORT), await world.person(Role.OPS)):
        assert (await world.orders.get(actor, order.id)).id == order.id
    others = [
        stranger,
        await world.person(Role.LAWYER),
        await world.person(Role.REVIEWER),
        await world.person(Role.PRESIDER),
    ]
    for actor in others:
        assert await refused(world.orders.get(actor, order.id)) == "order.not_found"
    assert await refused(world.orders.get(client, new_id())) == "order.not_found"


async def test_the_desk_reads_under_audit(world: World) -> None:
    """K2: that somebody of the desk read what a client told is written down; their own reading is not."""
    client = await world.client()
    order = await world.place(client)
    desk = await world.person(Role.SUPPORT)
    view = await world.orders.get(desk, order.id)
    await world.orders.get(client, order.id)
    assert view.need == NEED
    assert view.client is not None
    assert view.client.display_name == "李女士"
    assert await world.audited(order.id) == ["order.placed", "order.need_read"]


async def test_lists_come_in_pages(world: World) -> None:
    client = await world.client()
    placed = [(await world.place(client)).id for _ in range(5)]
    first = await world.orders.list(client, OrdersQuery(limit=3))
    rest = await world.orders.list(client, OrdersQuery(limit=3, cursor=first.next_cursor))
    assert [item.id for item in first.items + rest.items] == placed[::-1]
    assert (first.has_more, rest.has_more, rest.next_cursor) == (True, False, None)
    assert all(item.need is None for item in first.items)
    await world.orders.cancel(client, placed[0], CancelBody())
    cancelled = await world.orders.list(client, OrdersQuery(status=OrderStatus.CANCELLED))
    assert [item.id for item in cancelled.items] == [placed[0]]


async def test_everybody_lists_their_own(world: World) -> None:
    client, stranger = await world.client(), await world.client()
    order, lawyer = await world.served(client)
    assert [item.id for item in (await world.orders.list(lawyer, OrdersQuery())).items] == [order.id]
    assert (await world.orders.list(stranger, OrdersQuery())).items == []
    desk = await world.person(Role.OPS)
    assert order.id in {item.id for item in (await world.orders.list(desk, OrdersQuery(limit=100))).items}
    reviewer = await world.person(Role.REVIEWER)
    assert (await world.orders.list(reviewer, OrdersQuery())).items == []


# --- moving


async def test_the_whole_way(world: World) -> None:
    """C2: each step in its turn, each timestamped, each with who did it."""
    client = await world.client()
    order, lawyer = await world.served(client, OrderStatus.ASSIGNED)
    accepted = await world.orders.accept(lawyer, order.id)
    assert accepted.status is OrderStatus.IN_SERVICE
    assert accepted.need == NEED
    file_id = new_id()
    world.files.complete.add((str(order.space_id), file_id))
    delivered = await world.orders.deliver(lawyer, order.id, DeliverBody(summary="押金应退", file_ids=[file_id]))
    assert delivered.delivery is not None
    assert (delivered.delivery.summary, delivered.delivery.file_ids) == ("押金应退", [file_id])
    assert (await world.orders.confirm(client, order.id)).status is OrderStatus.CONFIRMED
    reviewed = await world.orders.review(client, order.id, ReviewBody(stars=5, text="很专业"))
    assert reviewed.review is not None
    assert (reviewed.review.stars, reviewed.review.text) == (5, "很专业")
    assert [(step.status.value, step.by) for step in reviewed.steps] == [
        ("awaiting_payment", "client"),
        ("paid", "system"),
        ("assigned", "system"),
        ("in_service", "lawyer"),
        ("delivered", "lawyer"),
        ("confirmed", "client"),
        ("reviewed", "client"),
    ]
    assert [step.at for step in reviewed.steps] == sorted(step.at for step in reviewed.steps)
    assert {one.code: one.met_at is not None for one in reviewed.deadlines} == {"accept": True, "deliver": True}
    stored = await world.stored(order.id)
    assert "很专业".encode() not in bytes(stored["review"]["text"])
    assert "押金应退".encode() not in bytes(stored["delivery"]["summary"])


def steps(world: World, order: OrderView) -> dict[str, Any]:
    """Each step as a call that somebody makes."""
    orders, order_id = world.orders, order.id

    def refund(actor: Actor) -> Awaitable[OrderView]:
        body = RefundBody(reason="不需要了")
        return world.refunds.request(actor, order_id, body, intent(actor, f"refund {order_id}", body))

    return {
        "cancel": lambda actor: orders.cancel(actor, order_id, CancelBody(reason="改主意了")),
        "accept": lambda actor: orders.accept(actor, order_id),
        "decline": lambda actor: orders.decline(actor, order_id, DeclineBody(reason="有冲突")),
        "deliver": lambda actor: orders.deliver(actor, order_id, DeliverBody(summary="意见")),
        "confirm": lambda actor: orders.confirm(actor, order_id),
        "review": lambda actor: orders.review(actor, order_id, ReviewBody(stars=4)),
        "refund": refund,
        "pay": lambda actor: world.start(actor, order_id),
    }


async def test_wrong_roles_are_told_so(world: World) -> None:
    """Theirs, but not their part: 403. Not theirs: 404."""
    client, stranger = await world.client(), await world.client()
    order, lawyer = await world.served(client)
    doing = steps(world, order)
    for step in ("accept", "decline", "deliver"):
        assert await refused(doing[step](client)) == "auth.forbidden"
    for step in ("cancel", "confirm", "review", "refund", "pay"):
        assert await refused(doing[step](lawyer)) == "auth.forbidden"
    for step, do in doing.items():
        assert await refused(do(stranger)) == "order.not_found", step
    assert await refused(world.orders.assign(client, order.id, AssignBody(lawyer_id=lawyer.user_id))) == (
        "auth.forbidden"
    )


async def test_wrong_states_are_told_so(world: World) -> None:
    """C2: nothing skipped, nothing twice."""
    client = await world.client()
    order, lawyer = await world.served(client)
    doing = steps(world, order)
    for step in ("cancel", "confirm", "review"):
        assert await refused(doing[step](client)) == "order.wrong_state", step
    for step in ("accept", "decline"):
        assert await refused(doing[step](lawyer)) == "order.wrong_state", step
    assert await refused(doing["pay"](client)) == "order.already_paid"
    await doing["deliver"](lawyer)
    assert await refused(doing["deliver"](lawyer)) == "order.wrong_state"
    assert await refused(doing["refund"](client)) == "order.wrong_state"  # delivered: a person decides


async def test_two_taps_are_one_step(world: World) -> None:
    client = await world.client()
    order, lawyer = await world.served(client)
    answers = await asyncio.gather(
        *(world.orders.deliver(lawyer, order.id, DeliverBody(summary="意见")) for _ in range(5)),
        return_exceptions=True,
    )
    done = [answer for answer in answers if isinstance(answer, OrderView)]
    faults = [answer.code for answer in answers if isinstance(answer, Problem)]
    assert (len(done), faults) == (1, ["order.wrong_state"] * 4)
    stored = await world.stored(order.id)
    assert [step["status"] for step in stored["steps"]].count("delivered") == 1
    assert (await world.audited(order.id)).count("order.delivered") == 1


async def test_files_of_a_delivery_must_be_of_the_space(world: World) -> None:
    """Ruling 14."""
    client = await world.client()
    order, lawyer = await world.served(client)
    body = DeliverBody(summary="意见", file_ids=[new_id()])
    assert await refused(world.orders.deliver(lawyer, order.id, body)) == "file.not_found"
    assert (await world.stored(order.id))["status"] == OrderStatus.IN_SERVICE


async def test_cancelling(world: World) -> None:
    """C5: the reason is kept sealed, and everybody concerned may read it."""
    client = await world.client()
    order = await world.place(client)
    view = await world.orders.cancel(client, order.id, CancelBody(reason="改主意了"))
    assert (view.status, view.cancel_reason, view.actions) == (OrderStatus.CANCELLED, "改主意了", [])
    stored = await world.stored(order.id)
    assert "改主意了".encode() not in bytes(stored["cancel_reason"])
    assert await refused(world.orders.cancel(client, order.id, CancelBody())) == "order.wrong_state"
    assert await refused(world.start(client, order.id)) == "order.wrong_state"


async def test_the_desk_can_cancel(world: World) -> None:
    client, desk = await world.client(), await world.person(Role.SUPPORT)
    order = await world.place(client)
    assert (await world.orders.cancel(desk, order.id, CancelBody())).status is OrderStatus.CANCELLED


# --- assignment


async def test_assigning_by_hand(world: World) -> None:
    """D2: another lawyer takes over; the one before leaves the space and the order."""
    client = await world.client()
    order, first = await world.served(client, OrderStatus.ASSIGNED)
    desk, second = await world.person(Role.SUPPORT), await world.person(Role.LAWYER, name="赵律师")
    view = await world.orders.assign(desk, order.id, AssignBody(lawyer_id=second.user_id))
    assert view.lawyer is not None
    assert view.lawyer.display_name == "赵律师"
    await world.work()
    inside = world.live.inside[str(order.space_id)]
    assert second.user_id in inside
    assert first.user_id not in inside
    assert await refused(world.orders.get(first, order.id)) == "order.not_found"
    again = world.orders.assign(desk, order.id, AssignBody(lawyer_id=second.user_id))
    assert await refused(again) == "order.wrong_state"


async def test_only_a_lawyer_who_is_there_can_be_assigned(world: World) -> None:
    client = await world.client()
    order, _ = await world.served(client, OrderStatus.ASSIGNED)
    desk, gone = await world.person(Role.OPS), await world.person(Role.LAWYER)
    await world.database.users.update_one({"_id": gone.user_id}, {"$set": {"disabled": True}})
    for nobody in (gone.user_id, desk.user_id, new_id()):
        doing = world.orders.assign(desk, order.id, AssignBody(lawyer_id=nobody))
        assert await refused(doing) == "order.lawyer_unavailable"


async def test_declining_finds_another_lawyer(world: World) -> None:
    """D2: the rule asks the next one and nobody twice; who declined sees no more of it."""
    client = await world.client()
    order, first = await world.served(client, OrderStatus.ASSIGNED)
    second = await world.person(Role.LAWYER, name="赵律师")
    view = await world.orders.decline(first, order.id, DeclineBody(reason="与对方有利益冲突"))
    assert (view.status, view.need, view.actions) == (OrderStatus.PAID, None, [])
    await world.work()
    now = await world.orders.get(client, order.id)
    assert now.lawyer is not None
    assert now.lawyer.user_id == second.user_id
    assert await refused(world.orders.get(first, order.id)) == "order.not_found"
    await world.orders.decline(second, order.id, DeclineBody(reason="没有时间"))
    await world.work()
    stored = await world.stored(order.id)
    assert stored["status"] == OrderStatus.PAID
    assert [one["lawyer_id"] for one in stored["declines"]] == [first.user_id, second.user_id]
    assert "利益冲突".encode() not in bytes(stored["declines"][0]["reason"])


async def test_the_wished_lawyer_gets_the_order(world: World) -> None:
    client = await world.client()
    await world.office()
    wished = await world.person(Role.LAWYER, name="周律师")
    order = await world.paid(client, lawyer_id=wished.user_id)
    await world.work()
    view = await world.orders.get(client, order.id)
    assert view.lawyer is not None
    assert view.lawyer.user_id == wished.user_id


async def test_who_knows_the_matter_gets_the_order(world: World) -> None:
    """D1: by the area of law that the client chose in the form, though it is sealed."""
    client = await world.client()
    await world.office()
    await world.database.users.update_many({"roles": "lawyer"}, {"$set": {"profile": {"areas": ["婚姻家事"]}}})
    fitting = await world.person(Role.LAWYER, name="房律师", areas=["房产"])
    order = await world.paid(client)
    await world.work()
    view = await world.orders.get(client, order.id)
    assert view.lawyer is not None
    assert view.lawyer.user_id == fitting.user_id


async def test_nobody_there_is_said_to_the_desk(world: World) -> None:
    """D3: a paid order never lies about unnoticed."""
    client = await world.client()
    lawyer, desk = await world.office()
    await world.database.users.update_one({"_id": lawyer.user_id}, {"$set": {"disabled": True}})
    order = await world.paid(client)
    await world.work()
    await world.repeat(order.id, "order.paid")
    titles = [notice["title"] for notice in await world.notices_of(desk)]
    assert titles == ["有新订单", "订单待派单"]
    assert (await world.stored(order.id))["status"] == OrderStatus.PAID


async def test_only_verified_lawyers_serve_where_that_is_demanded(world: World) -> None:
    """B2: the licence must have been proven, and still count, before an order is given or taken."""
    lawyer, _ = await world.office()
    strict = Assignments(
        world.database, world.book, OrderSeals(world.vault), world.spaces, world.clock, verified_only=True
    )
    order = await world.paid(await world.client())
    assert not await strict.by_rule(order.id)
    assert await refused(strict.candidate(lawyer.user_id)) == "order.lawyer_unavailable"
    assert await refused(strict.check_may_serve(lawyer.user_id)) == "order.lawyer_unverified"
    until = {"verified_until": {"lawyer": world.clock() + timedelta(days=1)}}
    await world.database.users.update_one({"_id": lawyer.user_id}, {"$set": until})
    await strict.check_may_serve(lawyer.user_id)
    assert await strict.by_rule(order.id)
    assert (await world.stored(order.id))["lawyer_id"] == lawyer.user_id

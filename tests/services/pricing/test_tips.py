"""Tips: thanks for a confirmed service, paid on their own, shown in the space, the firm's money (E2)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from pydantic import ValidationError

from schemas.api.orders import DeliverBody
from schemas.api.payments import PaymentView
from schemas.api.quotes import HIGHEST_TIP_FEN, TipBody
from schemas.enums import OrderStatus, PaymentMethod
from services.actors import Actor
from services.ids import new_id
from services.ledger.accounts import Kind, account
from tests.refusals import refused
from tests.services.orders_world import World, intent


@pytest_asyncio.fixture(loop_scope="session")
async def world(opened: World) -> AsyncIterator[World]:
    yield opened


def tip(fen: int) -> TipBody:
    return TipBody(method=PaymentMethod.WECHAT_JSAPI, amount_fen=fen)


async def give(world: World, client: Actor, order_id: str, fen: int, key: str | None = None) -> PaymentView:
    body = tip(fen)
    return await world.shop.tips.start(client, order_id, body, intent(client, f"tip {order_id}", body, key))


async def paid(world: World, client: Actor, order_id: str, fen: int) -> None:
    view = await give(world, client, order_id, fen)
    await world.pay(view.out_trade_no)
    await world.payments.notify(*await world.notice(view.out_trade_no))
    await world.work()


async def confirmed(world: World) -> tuple[Any, Actor, Actor]:
    lawyer, _ = await world.office()
    client = await world.client()
    order = await world.paid(client)
    await world.work()
    await world.orders.accept(lawyer, order.id)
    await world.orders.deliver(lawyer, order.id, DeliverBody(summary="已写好"))
    await world.orders.confirm(client, order.id)
    await world.work()
    return order, client, lawyer


async def test_several_tips_are_shown_and_belong_to_the_lawyers_firm(world: World) -> None:
    order, client, lawyer = await confirmed(world)
    firm = new_id()
    await world.database.users.update_one({"_id": lawyer.user_id}, {"$set": {"firm_id": firm}})
    await paid(world, client, order.id, 8_88)
    await paid(world, client, order.id, 20_00)
    assert await world.ledger.balance(account(Kind.FIRM, firm)) == -28_88
    assert await world.ledger.balance(account(Kind.ORDER, order.id)) == -order.payable_fen
    view = await world.orders.get(client, order.id)
    assert (view.status, [one.amount_fen for one in view.tips]) == (OrderStatus.CONFIRMED, [8_88, 20_00])
    cards = await world.cards(order.space_id, "tip")
    assert [(card["state"], card["amount_fen"]) for card in cards] == [("paid", 8_88), ("paid", 20_00)]
    assert (await world.told(lawyer)).count("tip_received") == 2


async def test_a_repeat_of_one_request_is_one_tip(world: World) -> None:
    order, client, _ = await confirmed(world)
    key = new_id()
    first = await give(world, client, order.id, 6_66, key)
    assert (await give(world, client, order.id, 6_66, key)).payment_id == first.payment_id
    assert await refused(give(world, client, order.id, 9_99, key)) == "idempotency.key_reused"
    assert await world.database.tips.count_documents({"order_id": order.id}) == 1


async def test_a_tip_in_an_account_of_no_firm_waits_there(world: World) -> None:
    order, client, _ = await confirmed(world)
    before = await world.ledger.balance(account(Kind.FIRM, "unassigned"))
    await paid(world, client, order.id, 1_00)
    assert await world.ledger.balance(account(Kind.FIRM, "unassigned")) == before - 1_00


async def test_no_tip_before_the_service_is_confirmed_nor_by_others(world: World) -> None:
    lawyer, _ = await world.office()
    client = await world.client()
    order = await world.paid(client)
    await world.work()
    assert await refused(give(world, client, order.id, 5_00)) == "tip.not_possible"
    assert await refused(give(world, lawyer, order.id, 5_00)) == "auth.forbidden"
    assert await refused(give(world, await world.client(), order.id, 5_00)) == "order.not_found"


@pytest.mark.parametrize("fen", [0, -1, HIGHEST_TIP_FEN + 1, 1.5])
def test_a_tip_has_its_limits(fen: Any) -> None:
    with pytest.raises(ValidationError):
        tip(fen)

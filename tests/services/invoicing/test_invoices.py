"""Electronic invoices against the sandbox's WeChat Pay: asked, issued, reversed when the money goes back (E1)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from pydantic import ValidationError

from miniprogram_api.pay import Invoices as Vendor
from schemas.api.invoices import InvoiceBody, InvoiceByHandBody, InvoiceView
from schemas.api.orders import RefundBody
from schemas.enums import InvoiceState, InvoiceTitleKind, Role
from server.wiring.invoicing import Invoicing
from services.actors import Actor
from services.errors import Problem
from services.idempotency import Idempotency
from services.invoicing.invoice_book import InvoiceBook
from services.invoicing.invoice_issuing import LATE, LATE_AFTER, InvoiceIssuing, Wording
from services.invoicing.invoices import Invoices
from services.notices.notices import Notices
from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts
from tests.refusals import refused
from tests.services.orders_world import World, intent, open_world

WORDING = Wording("3040203000000000000", "法律咨询服务", 600)
PERSON = InvoiceBody(kind=InvoiceTitleKind.INDIVIDUAL, name="李女士", email="li@example.cn")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(make_settings: SettingsMaker, parts: RealParts) -> AsyncIterator[World]:
    async with open_world(make_settings(), parts) as world:
        yield world


def invoicing(world: World, wording: Wording | None) -> Invoicing:
    notices = Notices(world.database, world.outbox, world.live, world.audit, {}, world.clock)
    idempotency = Idempotency(world.database, world.vault, world.clock)
    vendor, items = Vendor(world.pay_client.door), world.work_items
    book = InvoiceBook(world.database, world.vault, notices, items, world.audit, world.clock)
    made = Invoicing(
        Invoices(world.database, book, vendor, items, idempotency, world.audit, world.outbox, world.clock),
        InvoiceIssuing(world.database, book, vendor, wording, items, world.outbox, world.clock),
    )
    world.effects |= made.issuing.effects()
    return made


@pytest.fixture
def office(world: World) -> Invoicing:
    world.clock.ahead *= 0
    return invoicing(world, WORDING)


async def paid(world: World) -> tuple[Actor, str, str]:
    """A client, their order and its payment."""
    client = await world.client()
    order = await world.paid(client)
    return client, order.id, (await world.payment(order.id))["_id"]


async def ask(world: World, office: Invoicing, client: Actor, payment_id: str) -> InvoiceView:
    view = await office.invoices.ask(client, payment_id, PERSON, intent(client, "invoices", PERSON))
    await world.work()
    return view


async def until(
    world: World, office: Invoicing, client: Actor, invoice: InvoiceView, state: InvoiceState
) -> InvoiceView:
    for _ in range(100):
        world.clock.forward(minutes=31)
        await office.issuing.tick()
        await world.work()
        found = {one.id: one for one in (await office.invoices.of_payment(client, invoice.payment_id)).items}[
            invoice.id
        ]
        if found.state is state:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"the invoice did not become {state}")


async def give_back(world: World, client: Actor, order_id: str, fen: int) -> None:
    body = RefundBody(amount_fen=fen, reason="部分退款")
    await world.refunds.request(client, order_id, body, intent(client, "refund", body))
    await world.work()
    await world.settle_refunds()


async def test_an_invoice_is_asked_for_once_issued_and_told(world: World, office: Invoicing) -> None:
    client, _, payment_id = await paid(world)
    tried = await asyncio.gather(*(ask(world, office, client, payment_id) for _ in range(4)), return_exceptions=True)
    (asked,) = [one for one in tried if isinstance(one, InvoiceView)]
    assert {one.code for one in tried if isinstance(one, Problem)} == {"invoice.exists"}
    issued = await until(world, office, client, asked, InvoiceState.ISSUED)
    assert issued.number
    assert (await office.invoices.file(client, asked.id)).url.startswith("http")
    assert (await world.told(client)).count("invoice_issued") == 1
    stored = await world.database.invoices.find_one({"_id": asked.id})
    assert stored is not None
    assert PERSON.name.encode() not in stored["title"]  # personal data lies sealed


async def test_when_money_goes_back_the_invoice_is_reversed_and_a_smaller_one_may_follow(
    world: World, office: Invoicing
) -> None:
    client, order_id, payment_id = await paid(world)
    first = await until(world, office, client, await ask(world, office, client, payment_id), InvoiceState.ISSUED)
    await give_back(world, client, order_id, 100)
    await until(world, office, client, first, InvoiceState.REVERSED)
    again = await ask(world, office, client, payment_id)
    assert again.amount_fen == first.amount_fen - 100
    await until(world, office, client, again, InvoiceState.ISSUED)


async def test_money_that_goes_back_while_the_invoice_is_on_its_way(world: World, office: Invoicing) -> None:
    client, order_id, payment_id = await paid(world)
    asked = await ask(world, office, client, payment_id)
    await give_back(world, client, order_id, 100)
    await world.work()
    await until(world, office, client, asked, InvoiceState.REVERSED)


async def test_a_refund_before_the_invoice_reverses_nothing(world: World, office: Invoicing) -> None:
    client, order_id, payment_id = await paid(world)
    await give_back(world, client, order_id, 100)
    asked = await ask(world, office, client, payment_id)
    payment = await world.payment(order_id)
    assert asked.amount_fen == payment["amount_fen"] - 100
    await until(world, office, client, asked, InvoiceState.ISSUED)
    await world.work()
    assert (await until(world, office, client, asked, InvoiceState.ISSUED)).state is InvoiceState.ISSUED


async def test_without_wording_finance_issues_by_hand(world: World) -> None:
    by_hand = invoicing(world, None)
    client, order_id, payment_id = await paid(world)
    asked = await ask(world, by_hand, client, payment_id)
    (item,) = await world.database.work_items.find({"subject": f"invoice:{asked.id}"}).to_list()
    assert (item["kind"], item["state"]) == ("money.invoice_by_hand", "open")
    ops = await world.person(Role.OPS)
    number = InvoiceByHandBody(number="25442000000123456789")
    assert await refused(by_hand.invoices.issued_by_hand(client, asked.id, number)) == "auth.forbidden"
    issued = await by_hand.invoices.issued_by_hand(ops, asked.id, number)
    assert (issued.state, issued.number) == (InvoiceState.ISSUED, number.number)
    assert await refused(by_hand.invoices.issued_by_hand(ops, asked.id, number)) == "invoice.wrong_state"
    await give_back(world, client, order_id, 100)
    await world.work()
    states = [
        one["state"] for one in await world.database.work_items.find({"subject": f"invoice:{asked.id}"}).to_list()
    ]
    assert sorted(states) == ["done", "open"]  # the reversal, too, is a person's


async def test_what_wechat_refuses_for_good_goes_to_a_person(world: World, office: Invoicing) -> None:
    client, _, payment_id = await paid(world)
    await world.control(
        "POST", "/control/faults", {"endpoint": "invoice_issue", "status": 400, "errcode": "INVALID_REQUEST"}
    )
    try:
        asked = await ask(world, office, client, payment_id)
    finally:
        await world.control("DELETE", "/control/faults")
    assert (await office.invoices.of_payment(client, payment_id)).items[0].state is InvoiceState.BY_HAND
    assert await world.database.work_items.count_documents({"subject": f"invoice:{asked.id}", "state": "open"}) == 1


async def test_an_invoice_that_was_accepted_and_lost_is_told_to_finance(world: World, office: Invoicing) -> None:
    """E1: WeChat Pay does not know it any more, or never finishes it."""
    client, _, payment_id = await paid(world)
    asked = await ask(world, office, client, payment_id)
    lost = {"endpoint": "invoice_query", "status": 404, "errcode": "NOT_FOUND", "times": 9}
    await world.control("POST", "/control/faults", lost)
    item = {"kind": LATE, "subject": f"invoice:{asked.id}"}
    try:
        await office.issuing.tick()
        assert await world.database.work_items.count_documents(item) == 0
        world.clock.forward(seconds=LATE_AFTER.total_seconds())
        await office.issuing.tick()
        assert await world.database.work_items.count_documents({**item, "state": "open"}) == 1
    finally:
        await world.control("DELETE", "/control/faults")
    await until(world, office, client, asked, InvoiceState.ISSUED)
    assert await world.database.work_items.count_documents({**item, "state": "open"}) == 0


async def test_who_reads_anothers_invoice_is_written_down(world: World, office: Invoicing) -> None:
    client, _, payment_id = await paid(world)
    asked = await ask(world, office, client, payment_id)
    await until(world, office, client, asked, InvoiceState.ISSUED)
    support = await world.person(Role.SUPPORT)
    await office.invoices.of_payment(client, payment_id)
    await office.invoices.of_payment(support, payment_id)
    await office.invoices.file(support, asked.id)
    read = world.database.audit.find({"actor": support.user_id, "action": {"$regex": "^invoice"}})
    assert [(row["action"], row["subject"]) async for row in read.sort("at", 1)] == [
        ("invoice.read", payment_id),
        ("invoice.file_read", asked.id),
    ]
    own = {"actor": client.user_id, "action": "invoice.read"}
    assert await world.database.audit.count_documents(own) == 0


async def test_whose_and_when(world: World, office: Invoicing) -> None:
    client, _, payment_id = await paid(world)
    stranger = await world.client()
    assert await refused(ask(world, office, stranger, payment_id)) == "payment.unknown"
    assert await refused(office.invoices.of_payment(stranger, payment_id)) == "payment.unknown"
    asked = await ask(world, office, client, payment_id)
    assert await refused(office.invoices.file(stranger, asked.id)) == "invoice.not_found"
    waiting = await world.place(client)
    await world.start(client, waiting.id)
    unpaid = await world.payment(waiting.id)
    assert await refused(ask(world, office, client, unpaid["_id"])) == "receipt.not_yet"


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "organization", "name": "某某科技有限公司"},
        {"kind": "organization", "name": "某某科技有限公司", "taxpayer_id": "91110000MA00000000"},
        {"kind": "individual", "name": "李女士", "taxpayer_id": "91350100M000100Y43"},
        {"kind": "individual", "name": "李"},
        {"kind": "individual", "name": "李女士", "email": "nowhere"},
    ],
)
def test_a_title_that_the_tax_office_would_refuse(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        InvoiceBody.model_validate(body)


def test_a_company_with_its_number() -> None:
    body = {"kind": "organization", "name": "某某科技有限公司", "taxpayer_id": "91350100M000100Y43"}
    assert InvoiceBody.model_validate(body).taxpayer_id == "91350100M000100Y43"

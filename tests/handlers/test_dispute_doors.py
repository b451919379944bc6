"""The doors of disputes, receipts and invoices over HTTP: whose they are, and who else may come in (C5, E1)."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import aiohttp
import orjson
import pytest

from schemas.api.files import FileBegin, UploadView
from schemas.enums import PaymentState, Role
from server.demo.products import PRODUCTS
from server.wiring import House
from services.ids import new_id
from services.orders.order_book import Move
from services.orders.order_rules import Action
from services.spaces.spaces import NewMember
from tests.house import Person, client, lawyer, open_doors, open_house
from tests.parts.databases import SettingsMaker
from tests.services.files.world import post_form
from tests.services.media_samples import picture

PRICE = 49_00


class Case(NamedTuple):
    """A delivered order, what was paid for it, and everybody who may knock."""

    order_id: str
    payment_id: str
    client: Person
    lawyer: Person
    support: Person
    ops: Person
    stranger: Person


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


@pytest.fixture(scope="module")
async def url(house: House) -> AsyncIterator[str]:
    async with open_doors(house) as base:
        yield base


class Doors:
    def __init__(self, url: str) -> None:
        self._url = url

    async def raw(
        self, person: Person | None, method: str, path: str, body: Any = None, *, keyed: bool = False
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and bytes of an answer."""
        headers = {"Authorization": f"Bearer {person.token}"} if person else {}
        headers |= {"Idempotency-Key": new_id()} if keyed else {}
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.request(method, f"{self._url}/api/v1{path}", json=body) as answer,
        ):
            return answer.status, answer.headers, await answer.read()

    async def ask(
        self, person: Person | None, method: str, path: str, body: Any = None, *, keyed: bool = False
    ) -> tuple[int, Any]:
        status, _, content = await self.raw(person, method, path, body, keyed=keyed)
        return status, orjson.loads(content)

    async def code(
        self, person: Person | None, method: str, path: str, body: Any = None, *, keyed: bool = False
    ) -> tuple[int, str]:
        """Status and error code of a refusal."""
        status, refused = await self.ask(person, method, path, body, keyed=keyed)
        return status, refused["code"]


@pytest.fixture(scope="module")
async def doors(url: str) -> Doors:
    return Doors(url)


@pytest.fixture
async def case(house: House, doors: Doors) -> Case:
    """Moved there by the book; the payment is written as its confirmation leaves it."""
    product_id = (await house.services.products.put(PRODUCTS))["consultation"]
    wang, li = await client(house), await lawyer(house)
    order_body = {"product_id": product_id, "need": {"description": "房东不退押金。", "topic": "房产"}}
    status, order = await doors.ask(wang, "POST", "/orders", order_body, keyed=True)
    assert status == 201
    people = [NewMember(wang.id, Role.CLIENT, "王晓"), NewMember(li.id, Role.LAWYER, "李律师")]

    async def work(session: Any) -> None:
        book = house.services.orders._book
        stored = await book.load(order["id"], session)
        assert stored is not None
        space = house.services.spaces.create
        await space(session, space_id=stored["space_id"], order_id=order["id"], title="咨询", members=people)
        mine = {"lawyer_id": li.id, "lawyer_name": "李律师"}
        stored = await book.move(session, stored, Move(Action.PAY, "paid", card="payment"))
        stored = await book.move(session, stored, Move(Action.ASSIGN, "assigned", set=mine, card="assignment"))
        roles = frozenset({Role.LAWYER})
        for action, event in ((Action.ACCEPT, "accepted"), (Action.DELIVER, "delivered")):
            stored = await book.move(session, stored, Move(action, event), actor=li.actor, roles=roles)

    await house.database.transaction(work)
    payment_id = await paid(house, order["id"], wang)
    support, ops = await lawyer(house, "客服小林", Role.SUPPORT), await lawyer(house, "运营小何", Role.OPS)
    return Case(order["id"], payment_id, wang, li, support, ops, await client(house, "赵敏"))


async def paid(house: House, order_id: str, payer: Person) -> str:
    now, payment_id = datetime.now(UTC), new_id()
    payment: Any = {
        "_id": payment_id,
        "schema_version": 1,
        "order_id": order_id,
        "payer_id": payer.id,
        "subject": {"kind": "order", "id": order_id},
        "amount_fen": PRICE,
        "state": PaymentState.SUCCEEDED.value,
        "out_trade_no": f"CS{payment_id}",
        "transaction_id": f"42{payment_id}",
        "paid_at": now,
        "created_at": now,
        "updated_at": now,
    }
    await house.database.payments.insert_one(payment)
    return payment_id


PICTURE = picture()
ANNOUNCED = FileBegin(name="聊天截图.jpg", content_type="image/jpeg", size=len(PICTURE))


async def sent(house: House, url: str, begun: UploadView) -> None:
    target = begun.upload.url.replace(house.settings.public_url, url)
    status, _ = await post_form(target, dict(begun.upload.fields), PICTURE)
    assert status in (200, 201, 204)


async def uploaded(house: House, url: str, owner: Person, space_id: str) -> str:
    """A small picture in a space, as the client's phone leaves it; its file id."""
    begun = await house.services.files.begin(owner.actor, space_id, ANNOUNCED)
    await sent(house, url, begun)
    await house.services.files.complete(owner.actor, begun.file_id)
    return begun.file_id


async def test_who_judges_a_dispute_sees_its_files(house: House, url: str, doors: Doors, case: Case) -> None:
    await house.blobs.ensure_bucket()
    order = await house.database.orders.find_one({"_id": case.order_id})
    assert order is not None
    file_id = await uploaded(house, url, case.client, order["space_id"])
    asked = {"kind": "complaint", "reason": "答复太简单。", "file_ids": [file_id]}
    status, dispute = await doors.ask(case.client, "POST", f"/orders/{case.order_id}/disputes", asked, keyed=True)
    assert (status, dispute["file_ids"]) == (201, [file_id])
    path = f"/disputes/{dispute['id']}/files"
    assert await doors.code(case.stranger, "GET", path) == (404, "dispute.not_found")
    assert (await doors.ask(case.ops, "GET", f"/files/{file_id}"))[0] == 404, "ops are in no space"
    for person in (case.client, case.lawyer, case.support, case.ops):
        status, shown = await doors.ask(person, "GET", path)
        assert (status, [one["name"] for one in shown["items"]]) == (200, ["聊天截图.jpg"])
    link = shown["items"][0]["url"].removeprefix("/api/v1")
    assert (await doors.raw(None, "GET", link))[0] == 200
    looked = await house.database.audit.find({"action": "dispute.files_read"}).to_list()
    assert {row["actor"] for row in looked} == {case.support.id, case.ops.id}
    await house.database.files.update_one({"_id": file_id}, {"$set": {"held": True}})
    assert (await doors.ask(case.lawyer, "GET", path))[1]["items"] == [], "what is held is shown by its reviewers alone"


async def test_ops_add_what_a_client_sent_them_though_the_space_is_closed(
    house: House, url: str, doors: Doors, case: Case
) -> None:
    """C5: whoever speaks for a client on the phone is no member of the space, and becomes none."""
    await house.blobs.ensure_bucket()
    order = await house.database.orders.find_one({"_id": case.order_id})
    assert order is not None
    await house.database.spaces.update_one({"_id": order["space_id"]}, {"$set": {"closed_at": datetime.now(UTC)}})
    path, form = f"/orders/{case.order_id}/dispute-files", ANNOUNCED.model_dump(mode="json", exclude_none=True)
    assert await doors.code(case.stranger, "POST", path, form) == (404, "order.not_found")
    assert await doors.code(case.lawyer, "POST", path, form) == (403, "auth.forbidden")
    assert await doors.code(case.support, "POST", path, form) == (403, "auth.forbidden")
    for person in (case.client, case.ops):
        status, begun = await doors.ask(person, "POST", path, form)
        assert status == 201
        complete = f"/files/{begun['file_id']}/complete"
        await sent(house, url, UploadView.model_validate(begun))
        for other in {case.client, case.ops, case.support} - {person}:
            assert (await doors.ask(other, "POST", complete, {}))[0] == 404
        assert (await doors.ask(person, "POST", complete, {}))[0] == 200
    assert (await doors.ask(case.ops, "GET", f"/files/{begun['file_id']}"))[0] == 404, "ops are in no space"
    asked = {"kind": "complaint", "reason": "客户来电。", "file_ids": [begun["file_id"]]}
    status, dispute = await doors.ask(case.ops, "POST", f"/orders/{case.order_id}/disputes", asked, keyed=True)
    assert (status, dispute["file_ids"]) == (201, [begun["file_id"]])


async def test_a_dispute_is_argued_by_its_people_and_decided_at_the_desk(doors: Doors, case: Case) -> None:
    of_order, body = f"/orders/{case.order_id}/disputes", {"kind": "complaint", "reason": "没有按约定时间答复"}
    assert await doors.code(None, "POST", of_order, body, keyed=True) == (401, "auth.required")
    assert await doors.code(case.client, "POST", of_order, body) == (400, "idempotency.key_missing")
    assert await doors.code(case.stranger, "POST", of_order, body, keyed=True) == (404, "order.not_found")
    assert await doors.code(case.lawyer, "POST", of_order, body, keyed=True) == (403, "auth.forbidden")
    by_itself = {**body, "kind": "low_rating"}
    assert (await doors.ask(case.client, "POST", of_order, by_itself, keyed=True))[0] == 422
    status, dispute = await doors.ask(case.client, "POST", of_order, body, keyed=True)
    assert (status, dispute["state"], dispute["actions"]) == (201, "open", ["state", "withdraw"])
    assert await doors.code(case.client, "POST", of_order, body, keyed=True) == (409, "dispute.open_already")

    path = f"/disputes/{dispute['id']}"
    for person, method, where in (
        (case.stranger, "GET", path),
        (case.stranger, "POST", f"{path}/withdraw"),
    ):
        assert await doors.code(person, method, where, {} if method == "POST" else None) == (404, "dispute.not_found")
    assert await doors.code(case.stranger, "GET", of_order) == (404, "order.not_found")
    assert (await doors.ask(case.lawyer, "GET", path))[1]["actions"] == ["state"]
    said = (await doors.ask(case.lawyer, "POST", f"{path}/statements", {"text": "已在次日答复。"}))[1]
    assert [(one["role"], one["text"]) for one in said["statements"]] == [("lawyer", "已在次日答复。")]

    assert (await doors.ask(case.client, "GET", "/desk/disputes"))[0] == 403
    listed = (await doors.ask(case.support, "GET", "/desk/disputes"))[1]["items"]
    assert dispute["id"] in [one["id"] for one in listed]
    decision = {"outcome": "redo", "reason": "请补充书面说明"}
    assert (await doors.ask(case.client, "POST", f"{path}/decide", decision))[0] == 403
    assert (await doors.ask(case.support, "POST", f"{path}/approve", {}))[0] == 403
    assert await doors.code(case.ops, "POST", f"{path}/approve", {}) == (409, "dispute.wrong_state")
    assert await doors.code(case.ops, "POST", f"{path}/return", {}) == (409, "dispute.wrong_state")
    status, decided = await doors.ask(case.support, "POST", f"{path}/decide", decision)
    assert (status, decided["state"], decided["decision"]["outcome"]) == (200, "decided", "redo")
    assert await doors.code(case.client, "POST", f"{path}/withdraw", {}) == (409, "dispute.wrong_state")
    shown = (await doors.ask(case.client, "GET", of_order))[1]["items"]
    assert [one["decision"]["reason"] for one in shown] == ["请补充书面说明"]


async def test_a_receipt_is_its_payers_and_proved_to_whoever_holds_it(doors: Doors, case: Case) -> None:
    path = f"/payments/{case.payment_id}/receipt"
    for where in (path, f"{path}.pdf"):
        assert await doors.code(None, "GET", where) == (401, "auth.required")
        assert await doors.code(case.stranger, "GET", where) == (404, "payment.unknown")
        assert await doors.code(case.lawyer, "GET", where) == (403, "auth.forbidden")
    status, receipt = await doors.ask(case.client, "GET", path)
    assert (status, receipt["amount_fen"], receipt["payer"]) == (200, PRICE, "王*")
    assert (await doors.ask(case.support, "GET", path))[1] == receipt
    assert (await doors.ask(case.client, "GET", f"/orders/{case.order_id}/receipts"))[1]["items"] == [receipt]
    assert (await doors.ask(case.stranger, "GET", f"/orders/{case.order_id}/receipts"))[1]["items"] == []
    status, headers, paper = await doors.raw(case.client, "GET", f"{path}.pdf")
    assert (status, headers["Content-Type"], paper[:5]) == (200, "application/pdf", b"%PDF-")
    assert headers["Content-Disposition"] == f'attachment; filename="receipt-{receipt["number"]}.pdf"'

    code = receipt["verify_url"].rpartition("=")[2]
    check = f"/receipts/{receipt['number']}"
    wrong = "0" * 8 if code != "0" * 8 else "1" * 8
    assert await doors.code(None, "GET", f"{check}?code={wrong}") == (404, "receipt.not_found")
    assert (await doors.ask(None, "GET", check))[0] == 422
    status, proved = await doors.ask(None, "GET", f"{check}?code={code}")
    assert (status, proved["statement"], proved["refunded_fen"]) == (200, receipt["statement"], 0)
    assert "transaction_id" not in proved


async def test_an_invoice_is_asked_for_by_who_paid_and_noted_by_finance(doors: Doors, house: House, case: Case) -> None:
    path, body = f"/payments/{case.payment_id}/invoices", {"kind": "individual", "name": "王晓"}
    assert await doors.code(case.client, "POST", path, body) == (400, "idempotency.key_missing")
    assert await doors.code(case.stranger, "POST", path, body, keyed=True) == (404, "payment.unknown")
    assert await doors.code(case.support, "POST", path, body, keyed=True) == (403, "auth.forbidden")
    company = {"kind": "organization", "name": "某某科技有限公司", "taxpayer_id": "91350100M000100Y44"}
    status, refused = await doors.ask(case.client, "POST", path, company, keyed=True)
    assert (status, [fault["message"] for fault in refused["errors"]]) == (422, ["纳税人识别号有误"])
    status, invoice = await doors.ask(case.client, "POST", path, body, keyed=True)
    assert (status, invoice["amount_fen"], invoice["state"]) == (201, PRICE, "asked")
    assert await doors.code(case.client, "POST", path, body, keyed=True) == (409, "invoice.exists")
    assert await doors.code(case.stranger, "GET", path) == (404, "payment.unknown")
    assert [one["id"] for one in (await doors.ask(case.ops, "GET", path))[1]["items"]] == [invoice["id"]]

    mine, number = f"/invoices/{invoice['id']}", {"number": "25442000000123456789"}
    assert await doors.code(case.stranger, "GET", f"{mine}/file") == (404, "invoice.not_found")
    assert await doors.code(case.client, "GET", f"{mine}/file") == (409, "invoice.no_file")
    assert (await doors.ask(case.support, "POST", f"{mine}/issued", number))[0] == 403
    assert await doors.code(case.ops, "POST", f"{mine}/issued", number) == (409, "invoice.wrong_state")
    assert (await doors.ask(case.ops, "POST", f"{mine}/issued", {"number": "A1"}))[0] == 422
    assert await doors.code(case.ops, "POST", f"/invoices/{new_id()}/issued", number) == (404, "invoice.not_found")

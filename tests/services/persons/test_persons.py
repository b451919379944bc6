"""A person's rights over their data (K2; PIPL 45, 47): a copy of it, and its end, with what the law keeps."""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import pytest_asyncio

from schemas.api.orders import OrderBody
from schemas.enums import OrderStatus
from server.__main__ import parser
from server.demo.products import PRODUCTS
from server.person_command import erase_person
from server.wiring import House
from services.errors import Problem
from services.identity.people import NewClient
from services.ids import new_id
from services.keys import KeyDestroyedError
from services.persons.erasing import NAME, NotErasableError
from tests.house import Person, client, lawyer, open_house, say, signed_in, space_of
from tests.parts.databases import SettingsMaker
from tests.services.orders_world import NEED, intent


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def phone() -> str:
    return f"139{secrets.randbelow(10**8):08d}"


async def with_phone(house: House, phone: str) -> Person:
    user_id = await house.services.accounts.ensure_client(NewClient(phone=phone, display_name="王晓"))
    await house.persons.terms.note(user_id, None)
    return await signed_in(house, user_id)


async def ordered(house: House, person: Person, status: OrderStatus) -> str:
    """An order that has come to ``status``; its id."""
    product_id = (await house.services.products.put(PRODUCTS))["consultation"]
    body = OrderBody(product_id=product_id, need=NEED)
    view = await house.services.orders.place(person.actor, body, intent(person.actor, "orders", body))
    await house.database.orders.update_one({"_id": view.id}, {"$set": {"status": status.value}})
    return view.id


async def owe_rename(house: House) -> None:
    """What the worker does about names that changed."""
    for row in await house.database.outbox.find({"kind": "account.renamed", "state": "pending"}).to_list():
        await house.worker._effects["account.renamed"](row)


async def test_a_copy_of_ones_own_data_holds_all_of_it(house: House, phone: str) -> None:
    """PIPL 45: in the clear for the person, and audited."""
    person = await with_phone(house, phone)
    order_id = await ordered(house, person, OrderStatus.CONFIRMED)
    space_id = await space_of(house, person)
    copy = await house.services.own_data.of(person.actor)
    assert (copy.phone, copy.account.display_name) == (phone, "王晓")
    assert [(one.id, one.need) for one in copy.orders] == [(order_id, NEED)]
    assert {one.purpose for one in copy.consents} == {"terms.privacy_policy", "terms.user_agreement"}
    assert [one.export for one in copy.spaces] == [f"/api/v1/spaces/{space_id}/export"]
    assert len(copy.sessions) == 1
    assert await house.database.audit.count_documents({"action": "person.data_copied", "subject": person.id}) == 1


async def test_nothing_goes_before_everything_is_over(house: House, phone: str) -> None:
    person, member = await with_phone(house, phone), await lawyer(house)
    await ordered(house, person, OrderStatus.IN_SERVICE)
    for who, why in ((person.id, "is not over"), (member.id, "staff"), (new_id(), "is nobody")):
        with pytest.raises(NotErasableError, match=why):
            await house.persons.erasing.erase(who, "应本人要求")
    assert (await house.services.accounts.me(person.actor)).display_name == "王晓"


async def test_looking_tells_and_changes_nothing(house: House, phone: str, capsys: pytest.CaptureFixture[str]) -> None:
    person = await with_phone(house, phone)
    order_id = await ordered(house, person, OrderStatus.CONFIRMED)
    before = await house.database.users.find_one({"_id": person.id})
    arguments = parser().parse_args(["erase-person", person.id, "--reason", "应本人要求"])
    await erase_person(house, arguments)
    told = orjson.loads(capsys.readouterr().out)
    assert told["erased_at"] is None
    assert (told["goes"]["identities"], told["goes"]["sessions"], told["stays"]["orders"]) == (1, 1, 1)
    assert (told["obstacles"], told["key_stays"]) == ([], False)
    stored = await house.database.orders.find_one({"_id": order_id})
    assert stored is not None
    assert told["cases"] == [stored["space_id"]]
    assert await house.database.users.find_one({"_id": person.id}) == before


@pytest.mark.parametrize("wrong", ["--yes-erase=" + "0" * 24, ""])
async def test_the_command_wants_the_same_person_twice(house: House, wrong: str) -> None:
    person = "f" * 24 if wrong else "nobody"
    given: list[Any] = ["erase-person", person, "--reason", "x", *([wrong] if wrong else [])]
    with pytest.raises(NotErasableError):
        await erase_person(house, parser().parse_args(given))


async def test_what_names_a_person_goes_and_what_the_law_keeps_stays(house: House, phone: str) -> None:
    """PIPL 47, E-commerce law 31: no name, no phone, no way in; order, record and consents stand under an id."""
    person, li = await with_phone(house, phone), await lawyer(house)
    order_id = await ordered(house, person, OrderStatus.CONFIRMED)
    space_id = await space_of(house, person, li)
    await say(house, person, space_id, "谢谢")
    for _ in range(2):  # an interrupted one is run again
        await house.persons.erasing.erase(person.id, "应本人要求")
    await owe_rename(house)
    user = await house.database.users.find_one({"_id": person.id})
    assert user is not None
    assert (user["display_name"], user["pii"], user["disabled"]) == (NAME, {}, True)
    assert "phone_hint" not in user
    with pytest.raises(KeyDestroyedError):
        await house.vault.key(f"user:{person.id}")
    with pytest.raises(Problem, match=r"auth\.session_revoked"):
        await house.services.sessions.authenticate(person.token)
    for name in ("identities", "sessions", "notices"):
        assert await house.database.raw[name].count_documents({"user_id": person.id}) == 0
    assert await house.database.consents.count_documents({"user_id": person.id}) == 2
    assert await house.database.orders.count_documents({"_id": order_id, "client_id": person.id}) == 1
    space = await house.services.space_views.get(li.actor, space_id)
    assert NAME in [one.display_name for one in space.members]
    entry = await house.database.audit.find_one({"action": "person.erased", "subject": person.id})
    assert entry is not None
    assert entry["detail"]["reason"] == "应本人要求"


async def test_whoever_comes_back_is_somebody_new(house: House, phone: str) -> None:
    person = await with_phone(house, phone)
    await house.persons.erasing.erase(person.id, "应本人要求")
    again = await with_phone(house, phone)
    assert again.id != person.id
    assert (await house.services.accounts.me(again.actor)).phone_masked == f"{phone[:3]}****{phone[-4:]}"


async def test_a_key_that_seals_invoices_goes_when_they_have_gone(house: House) -> None:
    person = await client(house)
    invoice: Any = {"_id": new_id(), "payer_id": person.id, "payment_id": new_id(), "state": "issued"}
    await house.database.raw["invoices"].with_options().insert_one(invoice, bypass_document_validation=True)
    assert (await house.persons.erasing.erase(person.id, "应本人要求")).key_stays
    await house.vault.key(f"user:{person.id}")
    await house.database.invoices.delete_one({"_id": invoice["_id"]})
    await house.persons.erasing.erase(person.id, "发票保存期满")
    with pytest.raises(KeyDestroyedError):
        await house.vault.key(f"user:{person.id}")

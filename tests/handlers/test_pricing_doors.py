"""The doors of prices, companies, quotes and tips over HTTP: who may come in, and where they lead (E2)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from schemas.credit_codes import check_character
from schemas.enums import Role
from server.demo.products import PRODUCTS
from server.wiring import House
from services.identity.people import NewClient
from services.ids import new_id
from services.orders.order_book import Move
from services.orders.order_rules import Action
from services.spaces.spaces import NewMember
from tests.house import Person, client, lawyer, open_doors, open_house, signed_in
from tests.parts.databases import SettingsMaker

NOW = datetime.now(UTC)
VALID = {"valid_from": (NOW - timedelta(days=1)).isoformat(), "valid_until": (NOW + timedelta(days=9)).isoformat()}


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


@pytest.fixture(scope="module")
async def url(house: House) -> AsyncIterator[str]:
    async with open_doors(house) as base:
        yield base


@pytest.fixture(scope="module")
async def product_id(house: House) -> str:
    return (await house.services.products.put(PRODUCTS))["consultation"]


async def ask(
    url: str, person: Person | None, method: str, path: str, body: Any = None, **query: str
) -> tuple[int, Any]:
    """Status and JSON of an answer; every request has a key of its own."""
    headers = {"Authorization": f"Bearer {person.token}"} if person else {}
    async with (
        aiohttp.ClientSession(headers=headers | {"Idempotency-Key": new_id()}) as http,
        http.request(method, f"{url}/api/v1{path}", json=body, params=query) as answer,
    ):
        return answer.status, await answer.json()


async def in_service(house: House, url: str, product_id: str) -> tuple[str, str, Person, Person]:
    """An order that is served, moved there by the book: its id, its space, client and lawyer."""
    wang, li = await client(house), await lawyer(house)
    body = {"product_id": product_id, "need": {"description": "房东不退押金。", "topic": "房产"}}
    status, order = await ask(url, wang, "POST", "/orders", body)
    assert status == 201
    people = [NewMember(wang.id, Role.CLIENT, "王晓"), NewMember(li.id, Role.LAWYER, "李律师")]

    async def work(session: Any) -> str:
        book = house.services.orders._book
        stored = await book.load(order["id"], session)
        assert stored is not None
        space = house.services.spaces.create
        await space(session, space_id=stored["space_id"], order_id=order["id"], title="咨询", members=people)
        mine = {"lawyer_id": li.id, "lawyer_name": "李律师"}
        stored = await book.move(session, stored, Move(Action.PAY, "paid", card="payment"))
        stored = await book.move(session, stored, Move(Action.ASSIGN, "assigned", set=mine, card="assignment"))
        roles = frozenset({Role.LAWYER})
        await book.move(
            session, stored, Move(Action.ACCEPT, "accepted", about="assignment"), actor=li.actor, roles=roles
        )
        return stored["space_id"]

    return order["id"], await house.database.transaction(work), wang, li


async def test_coupons_from_the_definition_to_the_price(house: House, url: str, product_id: str) -> None:
    ops, wang = await lawyer(house, "吴运营", Role.OPS), await client(house)
    terms = {"kind": "fixed", "off_fen": 1000}
    body = {"code": "welcome", "title": "新人券", "terms": terms, "claimable": True, **VALID}
    assert (await ask(url, wang, "POST", "/coupon-definitions", body))[0] == 403
    assert (await ask(url, ops, "POST", "/coupon-definitions", body | {"terms": {"kind": "percentage"}}))[0] == 422
    status, definition = await ask(url, ops, "POST", "/coupon-definitions", body)
    assert (status, definition["issued"]) == (201, 0)
    assert (await ask(url, ops, "POST", "/coupon-definitions", body))[1]["code"] == "coupon.code_taken"
    assert definition["waiting"] is True, "without a limit it is for two people"
    approve, other = f"/coupon-definitions/{definition['id']}/approve", await lawyer(house, "郑运营", Role.OPS)
    assert (await ask(url, ops, "POST", approve))[1]["code"] == "campaign.same_person"
    assert (await ask(url, other, "POST", approve))[1]["waiting"] is False
    offers = (await ask(url, wang, "GET", "/coupons/offers"))[1]["items"]
    assert [(one["title"], one["taken"]) for one in offers] == [("新人券", False)]
    status, coupon = await ask(url, wang, "POST", "/coupons/claim", {"definition_id": definition["id"]})
    assert (status, coupon["state"]) == (201, "available")
    assert (await ask(url, wang, "POST", "/coupons/claim", {}))[0] == 422
    mine = (await ask(url, wang, "GET", "/coupons", product_id=product_id))[1]["items"]
    assert [(one["id"], one["saving_fen"]) for one in mine] == [(coupon["id"], 1000)]
    asked = {"product_id": product_id, "coupon_ids": [coupon["id"]]}
    price = (await ask(url, wang, "POST", "/prices", asked))[1]
    assert (price["list_fen"], price["payable_fen"]) == (4900, 3900)
    path = f"/coupon-definitions/{definition['id']}"
    assert len((await ask(url, ops, "POST", f"{path}/codes", {"count": 3}))[1]["codes"]) == 3
    issued = (await ask(url, ops, "POST", f"{path}/issue", {"user_ids": [wang.id]}))[1]
    assert issued == {"issued": 0, "refused": [wang.id]}
    assert (await ask(url, ops, "POST", f"{path}/close"))[1]["closed"] is True
    assert [one["issued"] for one in (await ask(url, ops, "GET", "/coupon-definitions"))[1]["items"]] == [1]


async def test_subsidies_are_for_ops(house: House, url: str) -> None:
    ops, wang = await lawyer(house, "吴运营", Role.OPS), await client(house)
    discount = {"kind": "percentage", "off_bps": 500, "products": ["none"]}
    body = {"code": "autumn", "title": "秋季补贴", "discount": discount, **VALID}
    assert (await ask(url, wang, "POST", "/subsidies", body))[0] == 403
    status, rule = await ask(url, ops, "POST", "/subsidies", body)
    assert (status, rule["version"], rule["ended"]) == (201, 1, False)
    approve = await ask(url, ops, "POST", f"/subsidies/{rule['id']}/approve")
    assert approve[1]["code"] == ("campaign.same_person" if rule["waiting"] else "campaign.not_waiting")
    assert (await ask(url, ops, "POST", f"/subsidies/{rule['id']}/end"))[1]["ended"] is True
    assert (await ask(url, ops, "POST", f"/subsidies/{new_id()}/end"))[1]["code"] == "subsidy.not_found"
    assert len((await ask(url, ops, "GET", "/subsidies"))[1]["items"]) == 1


async def test_companies_and_their_balance(house: House, url: str, product_id: str) -> None:
    first, second = await lawyer(house, "吴运营", Role.OPS), await lawyer(house, "郑运营", Role.OPS)
    new = NewClient(phone="13700001111", display_name="赵经理")
    admin = await signed_in(house, await house.services.accounts.ensure_client(new))
    code = "91110105123456789"
    body = {"name": "某某公司", "credit_code": code + check_character(code), "admin_phone": "13700001111"}
    assert (await ask(url, admin, "POST", "/companies", body))[0] == 403
    assert (await ask(url, first, "POST", "/companies", body | {"credit_code": code + "?"}))[0] == 422
    status, company = await ask(url, first, "POST", "/companies", body)
    assert (status, company["balance_fen"], company["members"][0]["admin"]) == (201, 0, True)
    path = f"/companies/{company['id']}"
    transfer = {"amount_fen": 100000, "bank_reference": "TX-1"}
    assert (await ask(url, admin, "POST", f"{path}/bank-top-ups", transfer))[0] == 403
    status, top_up = await ask(url, first, "POST", f"{path}/bank-top-ups", transfer)
    assert (status, top_up["state"]) == (201, "waiting")
    assert (await ask(url, first, "POST", f"/top-ups/{top_up['id']}/approve"))[1]["code"] == "top_up.same_person"
    assert (await ask(url, second, "POST", f"/top-ups/{top_up['id']}/approve"))[1]["state"] == "done"
    assert (await ask(url, second, "POST", f"/top-ups/{top_up['id']}/refuse"))[1]["code"] == "top_up.wrong_state"
    assert (await ask(url, admin, "GET", path))[1]["balance_fen"] == 100000
    need = {"description": "房东不退押金。", "topic": "房产"}
    order = (await ask(url, admin, "POST", "/orders", {"product_id": product_id, "need": need}))[1]
    paying = {"method": "prepaid", "company_id": company["id"]}
    assert (await ask(url, admin, "POST", f"/orders/{order['id']}/payments", {"method": "prepaid"}))[0] == 422
    status, payment = await ask(url, admin, "POST", f"/orders/{order['id']}/payments", paying)
    assert (status, payment["state"], payment["jsapi"]) == (201, "succeeded", None)
    statement = (await ask(url, admin, "GET", f"{path}/statement", **{"from": VALID["valid_from"]}))[1]
    assert [line["amount_fen"] for line in statement["items"]] == [100000, -4900]
    assert (await ask(url, await client(house), "GET", f"{path}/statement"))[0] == 404
    assert len((await ask(url, admin, "GET", f"{path}/top-ups"))[1]["items"]) == 1
    assert len((await ask(url, admin, "GET", "/companies"))[1]["items"]) == 1
    wechat = {"method": "wechat_jsapi", "amount_fen": 1000}
    answer = await ask(url, admin, "POST", f"{path}/top-ups", wechat)
    assert answer[1]["code"] == "payment.wechat_required"
    added = (await ask(url, admin, "POST", f"{path}/members", {"phone": "13700001111", "admin": True}))[1]
    assert len(added["members"]) == 1
    assert (await ask(url, admin, "DELETE", f"{path}/members/{admin.id}"))[1]["code"] == "company.last_admin"


async def test_a_quote_is_offered_answered_and_asked_to_be_paid(house: House, url: str, product_id: str) -> None:
    order_id, space_id, wang, li = await in_service(house, url, product_id)
    body = {"items": [{"title": "起草律师函", "amount_fen": 30000}], "scope": "一份律师函"}
    assert (await ask(url, wang, "POST", f"/spaces/{space_id}/quotes", body))[0] == 403
    status, quote = await ask(url, li, "POST", f"/spaces/{space_id}/quotes", body)
    assert (status, quote["state"], quote["order_id"]) == (201, "offered", order_id)
    path = f"/quotes/{quote['id']}"
    assert (await ask(url, wang, "GET", path))[1]["actions"] == ["accept", "decline"]
    assert (await ask(url, await client(house), "GET", path))[0] == 404
    asked = await ask(url, wang, "POST", "/prices", {"quote_id": quote["id"]})
    assert asked[1]["payable_fen"] == 30000
    accepted = (await ask(url, wang, "POST", f"{path}/accept", {"amount_fen": 30000}))[1]
    assert (accepted["state"], accepted["price"]["payable_fen"]) == ("accepted", 30000)
    paying = await ask(url, wang, "POST", f"{path}/payments", {"method": "wechat_jsapi"})
    assert paying[1]["code"] == "payment.refused"  # the sandbox knows no such payer
    assert (await ask(url, wang, "POST", f"{path}/decline", {}))[1]["state"] == "declined"
    other = (await ask(url, li, "POST", f"/spaces/{space_id}/quotes", body))[1]
    assert (await ask(url, li, "POST", f"/quotes/{other['id']}/withdraw"))[1]["state"] == "withdrawn"
    shown = (await ask(url, wang, "GET", f"/spaces/{space_id}/quotes"))[1]["items"]
    assert [one["state"] for one in shown] == ["withdrawn", "declined"]
    menu = (await ask(url, li, "GET", f"/spaces/{space_id}"))[1]["actions"]
    assert "quote" in [action["code"] for action in menu]


async def test_a_tip_waits_for_the_end_of_the_service(house: House, url: str, product_id: str) -> None:
    order_id, _, wang, li = await in_service(house, url, product_id)
    tip = {"method": "wechat_jsapi", "amount_fen": 888}
    assert (await ask(url, wang, "POST", f"/orders/{order_id}/tips", tip))[1]["code"] == "tip.not_possible"
    assert (await ask(url, li, "POST", f"/orders/{order_id}/tips", tip))[0] == 403
    assert (await ask(url, wang, "POST", f"/orders/{order_id}/tips", tip | {"amount_fen": 0}))[0] == 422

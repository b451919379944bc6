"""What the desk's pages ask for: how much waits, who is who, work items by kind, a campaign's numbers (E2, H1, K2)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from schemas.enums import Role
from server.demo.products import PRODUCTS
from server.wiring import House
from services.identity.directory import SEARCHED
from services.identity.people import NewClient
from services.ids import new_id
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
        yield f"{base}/api/v1"


@pytest.fixture(scope="module")
async def ops(house: House) -> Person:
    return await lawyer(house, "钱会计", Role.OPS)


@pytest.fixture(scope="module")
async def support(house: House) -> Person:
    return await lawyer(house, "小陈", Role.SUPPORT)


async def ask(url: str, person: Person, method: str = "GET", body: Any = None, **query: str) -> tuple[int, Any]:
    """Status and JSON of an answer; every request has a key of its own."""
    headers = {"Authorization": f"Bearer {person.token}", "Idempotency-Key": new_id()}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.request(method, url, json=body, params=query) as answer,
    ):
        return answer.status, await answer.json()


async def ordered(house: House, url: str, wang: Person, **extra: Any) -> Any:
    products = await house.services.products.put(PRODUCTS)
    need = {"description": "房东不退押金。", "topic": "房产"}
    status, order = await ask(
        f"{url}/orders", wang, "POST", {"product_id": products["consultation"], "need": need, **extra}
    )
    assert status == 201, order
    return order


@pytest.mark.parametrize("path", ["/desk/summary", "/desk/people?role=lawyer"])
async def test_the_desk_is_no_place_for_clients_and_lawyers(house: House, url: str, path: str) -> None:
    for person in (await client(house), await lawyer(house), await lawyer(house, "审核", Role.REVIEWER)):
        assert (await ask(url + path, person))[0] == 403


async def test_what_waits_is_counted(house: House, url: str, ops: Person, support: Person) -> None:
    before = (await ask(f"{url}/desk/summary", support))[1]
    assert "settlements" in before
    assert before["settlements"] is None, "support approves no statements"
    await house.core.work_items.open("money.test", new_id(), title="测试", advice="测试", urgent=True)
    item = await house.core.work_items.open("dispute.open", new_id(), title="测试", advice="测试")
    after = (await ask(f"{url}/desk/summary", ops))[1]
    assert (after["work_items"], after["urgent_work_items"]) == (
        before["work_items"] + 2,
        before["urgent_work_items"] + 1,
    )
    assert after["settlements"] == 0
    assert (await ask(f"{url}/desk/work-items/{item}/close", support, "POST", {"outcome": "已处理"}))[0] == 200
    assert (await ask(f"{url}/desk/summary", ops))[1]["work_items"] == after["work_items"] - 1


async def test_work_items_are_found_by_kind_and_urgency(house: House, url: str, ops: Person) -> None:
    for kind, urgent in (("money.one", True), ("money.two", False), ("moneyed", True)):
        await house.core.work_items.open(kind, "kinds", title="测试", advice="测试", urgent=urgent)

    async def found(**query: str) -> set[str]:
        status, page = await ask(f"{url}/desk/work-items", ops, limit="100", **query)
        assert status == 200
        return {item["kind"] for item in page["items"] if item["subject"] == "kinds"}

    assert await found() == {"money.one", "money.two", "moneyed"}
    assert await found(kind="money") == {"money.one", "money.two"}
    assert await found(kind="money.two") == {"money.two"}
    assert await found(kind="money", only="urgent") == {"money.one"}
    assert await found(kind="money", state="done") == set()
    assert (await ask(f"{url}/desk/work-items", ops, kind=".*"))[0] == 422


async def test_colleagues_are_found_by_role_and_name(house: House, url: str, support: Person) -> None:
    made = [await lawyer(house, name, Role.REVIEWER) for name in ("周审核", "周复核", "郑审核")]
    people = (await ask(f"{url}/desk/people", support, role="reviewer"))[1]["items"]
    assert {one["id"] for one in people} >= {one.id for one in made}
    assert all(one["phone_masked"] is None for one in people)
    named = (await ask(f"{url}/desk/people", support, role="reviewer", q="周"))[1]["items"]
    assert [one["display_name"] for one in named] == ["周审核", "周复核"]
    first = (await ask(f"{url}/desk/people", support, role="reviewer", q="周", limit="1"))[1]
    assert first["has_more"] is True
    rest = (await ask(f"{url}/desk/people", support, role="reviewer", q="周", cursor=first["next_cursor"]))[1]
    assert [one["id"] for one in rest["items"]] == [made[1].id]
    await house.database.users.update_one({"_id": made[0].id}, {"$set": {"disabled": True}})
    left = (await ask(f"{url}/desk/people", support, role="reviewer", q="周"))[1]["items"]
    assert [one["id"] for one in left] == [made[1].id], "who left can be given nothing to do"


async def test_a_client_is_found_by_their_own_number_only_and_it_is_written_down(
    house: House, url: str, support: Person
) -> None:
    new = NewClient(phone="13700002222", display_name="赵女士")
    zhao = await signed_in(house, await house.services.accounts.ensure_client(new))
    order = await ordered(house, url, zhao)
    people = f"{url}/desk/people"
    assert (await ask(people, support, role="client"))[0] == 422
    for q in ("13700002222", order["number"], order["number"].lower()):
        (found,) = (await ask(people, support, role="client", q=q))[1]["items"]
        assert (found["id"], found["phone_masked"]) == (zhao.id, "137****2222")
    for q in ("赵女士", "1370000", "13700002223"):
        assert (await ask(people, support, role="client", q=q))[1]["items"] == []
    rows = await house.database.audit.find({"action": SEARCHED, "actor": support.id}).to_list()
    assert [row["detail"]["found"] for row in rows] == [zhao.id] * 3 + [None] * 3
    assert "13700002222" not in str(rows)


async def test_an_order_is_found_by_its_number_by_those_who_may_see_it(house: House, url: str, ops: Person) -> None:
    wang, other = await client(house), await client(house)
    order = await ordered(house, url, wang)
    for person, expected in ((ops, [order["id"]]), (wang, [order["id"]]), (other, [])):
        page = (await ask(f"{url}/orders", person, number=order["number"].lower()))[1]
        assert [one["id"] for one in page["items"]] == expected


async def test_a_campaign_has_numbers(house: House, url: str, ops: Person, support: Person) -> None:
    wang, li = await client(house), await client(house, "李女士")
    terms = {"kind": "fixed", "off_fen": 1000}
    body = {"code": f"c{new_id()}", "title": "新人券", "terms": terms, "per_user_limit": 2, "total_limit": 9, **VALID}
    definition = (await ask(f"{url}/coupon-definitions", ops, "POST", body))[1]
    path = f"{url}/coupon-definitions/{definition['id']}"
    assert (await ask(f"{path}/numbers", support))[0] == 403
    assert (await ask(f"{url}/coupon-definitions/{new_id()}/numbers", ops))[1]["code"] == "coupon.not_found"
    codes = (await ask(f"{path}/codes", ops, "POST", {"count": 3}))[1]["codes"]
    coupon = (await ask(f"{url}/coupons/claim", wang, "POST", {"code": codes[0]}))[1]
    await ask(f"{path}/issue", ops, "POST", {"user_ids": [wang.id, li.id, li.id]})
    late = {"user_id": li.id, "definition_id": definition["id"], "ordinal": 2}
    await house.database.coupons.update_one(late, {"$set": {"valid_until": NOW - timedelta(hours=1)}})
    await ordered(house, url, wang, coupon_ids=[coupon["id"]])
    assert (await ask(f"{path}/numbers", ops))[1] == {
        "available": 2,
        "expired": 1,
        "reserved": 1,
        "redeemed": 0,
        "redeemed_fen": 0,
        "codes": 3,
        "codes_used": 1,
    }
    await house.database.coupons.update_one({"_id": coupon["id"]}, {"$set": {"state": "redeemed"}})
    numbers = (await ask(f"{path}/numbers", ops))[1]
    assert (numbers["reserved"], numbers["redeemed"], numbers["redeemed_fen"]) == (0, 1, 1000)


async def test_penalties_are_listed_with_what_they_are_for(house: House, url: str, ops: Person) -> None:
    order = await ordered(house, url, await client(house))
    by_hand = (await ask(f"{url}/orders/{order['id']}/penalties", ops, "POST", {"cause": "breach"}))[1]

    async def decided(session: Any) -> None:
        await house.services.penalties.follow(session, order["id"], "complaint", f"dispute:{new_id()}", None)

    await house.database.transaction(decided)
    assert (await ask(f"{url}/penalties/{by_hand['id']}/waive", ops, "POST", {}))[0] == 200
    page = (await ask(f"{url}/penalties", ops, order_id=order["id"], limit="1"))[1]
    (newest,) = page["items"]
    assert (newest["title"], newest["order_number"], newest["by"]) == ("投诉成立", order["number"], None)
    rest = (await ask(f"{url}/penalties", ops, order_id=order["id"], cursor=page["next_cursor"]))[1]
    (first,) = rest["items"]
    assert (first["title"], first["by"]["display_name"]) == ("违反平台规则", "钱会计")
    assert first["waived_at"]
    assert (await ask(f"{url}/penalties", await lawyer(house)))[0] == 403

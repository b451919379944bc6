"""Ops change what colleagues may do, and what a lost role allowed ends (B4, B5, A1, D3)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from schemas.api.firms import FirmBody
from schemas.api.staff import OwnProfileBody, ProfileBody, StaffBody, StaffQuery, StopBody
from schemas.enums import OrderStatus, Role
from server.wiring import House
from services.clock import utc_now
from services.errors import Problem
from services.ids import new_id
from services.spaces.spaces import current_member
from tests.house import Person, client, lawyer, open_doors, open_house, space_of
from tests.parts.databases import SettingsMaker
from tests.refusals import refused
from tests.services.settlement_world import credit_code


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


@pytest.fixture(scope="module")
async def ops(house: House) -> Person:
    return await lawyer(house, "何运营", Role.OPS)


async def owed(house: House) -> None:
    """Run what the outbox owes about staff, twice, as after a crash."""
    kinds = ("staff.roles_taken", "staff.stopped")
    async for row in house.database.outbox.find({"kind": {"$in": kinds}, "state": "pending"}):
        for _ in range(2):
            await house.worker._effects[row["kind"]](row)
        await house.database.outbox.update_one({"_id": row["_id"]}, {"$set": {"state": "done"}})


async def change(house: House, by: Person, whom: Person, *roles: str, on_duty: bool = False) -> Any:
    body = StaffBody.model_validate({"roles": list(roles), "on_duty": on_duty})
    return await house.services.staff_desk.change(by.actor, whom.id, body)


async def audited(house: House, subject: str) -> list[str]:
    return [row["action"] async for row in house.database.audit.find({"subject": subject}).sort("_id")]


async def inside(house: House, space_id: str, user_id: str) -> bool:
    space = await house.database.spaces.find_one({"_id": space_id})
    return space is not None and current_member(space, user_id) is not None


async def test_a_lost_role_ends_sessions_duty_and_places(house: House, ops: Person) -> None:
    wang, lin = await client(house), await lawyer(house, "林客服", Role.SUPPORT)
    await change(house, ops, lin, "support", on_duty=True)
    stands_in = await lawyer(house, "周客服", Role.SUPPORT)
    await change(house, ops, stands_in, "support", on_duty=True)
    space_id = await space_of(house, wang, lin)
    view = await change(house, ops, lin, "reviewer", on_duty=True)
    assert (view.roles, view.on_duty) == ([Role.REVIEWER], False)
    assert await refused(house.services.sessions.authenticate(lin.token)) == "auth.session_revoked"
    await owed(house)
    assert not await inside(house, space_id, lin.id)
    assert await inside(house, space_id, stands_in.id)  # no client is left without support
    assert await inside(house, space_id, wang.id)
    assert "account.roles_changed" in await audited(house, lin.id)
    left = await house.database.audit.count_documents({"action": "space.member_left", "detail.user_id": lin.id})
    assert left == 1


async def test_duty_alone_ends_no_session(house: House, ops: Person) -> None:
    lin = await lawyer(house, "林客服", Role.SUPPORT)
    assert (await change(house, ops, lin, "support", on_duty=True)).on_duty
    await house.services.sessions.authenticate(lin.token)
    assert "account.duty_changed" in await audited(house, lin.id)


async def test_nobody_changes_their_own_and_somebody_of_ops_stays(house: House, ops: Person) -> None:
    desk, stop = house.services.staff_desk, StopBody(reason="left")
    assert await refused(change(house, ops, ops, "ops", "reviewer")) == "staff.own_account"
    assert await refused(desk.stop(ops.actor, ops.id, stop)) == "staff.own_account"
    other = await lawyer(house, "孙运营", Role.OPS)
    tries = (change(house, ops, other, "support"), change(house, other, ops, "support"))
    ends = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, Problem) for one in ends) == 1  # of two who take it from each other one comes too late
    assert await house.database.users.count_documents({"roles": "ops", "disabled": False}) == 1
    kept = await house.database.users.find_one({"roles": "ops"})
    assert kept is not None
    assert await refused(house.staff.set_roles(None, kept["_id"], [Role.SUPPORT])) == "staff.last_ops"
    assert await refused(house.staff.disable(None, kept["_id"], "left")) == "staff.last_ops"
    if kept["_id"] != ops.id:  # the module's own comes back
        await house.staff.set_roles(None, ops.id, [Role.OPS])


async def test_only_ops_and_only_staff(house: House) -> None:
    ops, wang = await lawyer(house, "郑运营", Role.OPS), await client(house)
    support = await lawyer(house, "林客服", Role.SUPPORT)
    for person in (wang, support):
        assert await refused(change(house, person, support, "ops")) == "auth.forbidden"
        assert await refused(house.services.staff_desk.page(person.actor, StaffQuery())) == "auth.forbidden"
    assert await refused(change(house, ops, wang, "ops")) == "account.not_found"
    assert await refused(house.services.staff_desk.stop(ops.actor, wang.id, StopBody(reason="abuse"))) == (
        "account.not_found"
    )
    assert await refused(house.services.staff_desk.let_in(ops.actor, wang.id)) == "account.not_found"
    shown = await house.services.staff_desk.page(ops.actor, StaffQuery(limit=100))
    assert wang.id not in {one.id for one in shown.items}
    assert support.id in {one.id for one in shown.items}


async def test_a_lawyer_with_open_orders_is_stopped_and_not_stripped(house: House) -> None:
    ops, li = await lawyer(house, "郑运营", Role.OPS), await lawyer(house)
    order: Any = {
        "_id": new_id(),
        "number": new_id(),
        "client_id": new_id(),
        "space_id": new_id(),
        "lawyer_id": li.id,
        "status": OrderStatus.IN_SERVICE.value,
        "amount_fen": 1,
        "payable_fen": 1,
        "steps": [],
        "created_at": utc_now(),
    }
    await house.database.orders.insert_one(order)
    assert await refused(change(house, ops, li, "reviewer")) == "staff.orders_open"
    view = await house.services.staff_desk.stop(ops.actor, li.id, StopBody(reason="abuse"))
    assert view.disabled
    assert await refused(house.services.sessions.authenticate(li.token)) in (
        "auth.session_revoked",
        "auth.account_disabled",
    )
    await owed(house)
    item = await house.database.work_items.find_one({"kind": "staff.orders_left", "subject": f"user:{li.id}"})
    assert item is not None
    assert item["detail"]["orders"] == 1
    assert not (await house.services.staff_desk.let_in(ops.actor, li.id)).disabled
    await house.database.orders.delete_one({"_id": order["_id"]})
    assert (await change(house, ops, li, "reviewer")).roles == [Role.REVIEWER]


async def test_a_judge_with_a_hearing_to_come_keeps_the_bench(house: House) -> None:
    ops, chen = await lawyer(house, "郑运营", Role.OPS), await lawyer(house, "陈审判员", Role.PRESIDER)
    hearing: Any = {
        "_id": new_id(),
        "version": 1,
        "kind": "trial",
        "space_id": new_id(),
        "case_space_id": new_id(),
        "starts_at": utc_now(),
        "stage": "waiting",
        "seats": [{"user_id": chen.id, "role": "presider"}],
    }
    await house.database.hearings.insert_one(hearing)
    assert await refused(change(house, ops, chen, "clerk")) == "staff.hearings_open"
    await house.database.hearings.update_one({"_id": hearing["_id"]}, {"$set": {"stage": "closed"}})
    assert (await change(house, ops, chen, "clerk")).roles == [Role.CLERK]


PROFILE = ProfileBody(
    areas=["劳动争议"],
    service_hours="工作日",
    introduction="执业十年。",
    licence_number="1" * 17,
    region="北京",
    years=10,
)


async def test_ops_write_a_profile_and_another_licence_is_verified_anew(house: House) -> None:
    """B2, B5"""
    ops, li = await lawyer(house, "郑运营", Role.OPS), await lawyer(house)
    profiles, users = house.services.profiles, house.database.users
    assert await refused(profiles.set(ops.actor, li.id, PROFILE)) == "firm.not_found"
    body = FirmBody(name="明德律师事务所", credit_code=credit_code(), tariff="standard")
    firm = await house.services.firms.create(None, body)
    await house.services.firms.join(None, firm.id, li.id)
    assert (await profiles.set(ops.actor, li.id, PROFILE)).firm == "明德律师事务所"
    until = {"verified_until": {"lawyer": utc_now()}, "verified": True}
    await users.update_one({"_id": li.id}, {"$set": until})
    await profiles.set(ops.actor, li.id, PROFILE.model_copy(update={"level": "资深"}))
    assert (await house.services.accounts.lawyer(li.id)).verified
    await profiles.set(ops.actor, li.id, PROFILE.model_copy(update={"licence_number": "2" * 17}))
    assert not (await house.services.accounts.lawyer(li.id)).verified
    renamed = body.model_copy(update={"name": "明德（北京）律师事务所"})
    await house.services.firms.change(ops.actor, firm.id, firm.revision, renamed)
    shown = (await house.services.accounts.lawyer(li.id)).profile
    assert shown is not None
    assert shown.firm == renamed.name
    last = await house.database.audit.find_one({"action": "account.profile_changed"}, sort=[("_id", -1)])
    assert last is not None
    assert last["detail"]["changed"] == ["level", "licence_number"]


async def test_a_lawyer_writes_what_they_say_of_themselves_and_no_more(house: House) -> None:
    """B5: over HTTP, since what is not in the body cannot be written."""
    li, wang = await lawyer(house), await client(house)
    stored = {"firm": "明德律师事务所", "licence_number": "3" * 17, "level": "资深"}
    await house.database.users.update_one({"_id": li.id}, {"$set": {"profile": stored}})
    own = OwnProfileBody(areas=["婚姻家事"], introduction="耐心细致。").model_dump()
    async with open_doors(house) as base, aiohttp.ClientSession() as http:

        async def put(person: Person, body: dict[str, object]) -> tuple[int, Any]:
            headers = {"Authorization": f"Bearer {person.token}"}
            async with http.put(f"{base}/api/v1/me/profile", json=body, headers=headers) as answer:
                return answer.status, await answer.json()

        status, profile = await put(li, own)
        assert (status, profile["areas"], profile["level"], profile["firm"]) == (
            200,
            ["婚姻家事"],
            "资深",
            stored["firm"],
        )
        assert (await put(li, {**own, "level": "首席"}))[0] == 422
        assert (await put(wang, own))[0] == 403

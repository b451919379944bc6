"""Whom a hearing can be called with (I6): the bench, the case, others by their phone; nobody else is shown."""

import pytest

from schemas.enums import Role
from schemas.hearing_enums import HearingKind, HearingRole
from server.wiring import House
from services.errors import Problem
from services.identity.people import NewClient
from tests.house import client, lawyer, space_of


async def test_bench_and_case_are_told_apart(house: House) -> None:
    judge, clerk = await lawyer(house, "陈明", Role.PRESIDER), await lawyer(house, "周书", Role.CLERK)
    wang, li = await client(house), await lawyer(house)
    await client(house, "外人")
    found = await house.services.hearing_candidates.all(li.actor, await space_of(house, wang, li))
    assert {one.user_id: one.suits for one in found.bench} == {
        judge.id: [HearingRole.PRESIDER],
        clerk.id: [HearingRole.CLERK],
    }
    assert {one.user_id: one.suits for one in found.case} == {
        wang.id: [HearingRole.PARTY],
        li.id: [HearingRole.COUNSEL],
    }
    hours = {one.kind: [stage.hours for stage in one.stages] for one in found.procedures}
    assert set(hours) == set(HearingKind), "the form knows what it may change before there is a hearing"
    assert hours[HearingKind.COURT] == [48, 72, 72, 72, 48, 120]


async def test_others_are_found_by_phone_only_and_every_search_is_recorded(house: House) -> None:
    wang, li = await client(house), await lawyer(house)
    space = await space_of(house, wang, li)
    user_id = await house.services.accounts.ensure_client(NewClient(phone="13900001234", display_name="赵敏"))
    candidates = house.services.hearing_candidates
    found = await candidates.by_phone(li.actor, space, "13900001234")
    assert (found.user_id, found.display_name, found.suits) == (user_id, "赵敏", [HearingRole.PARTY])
    with pytest.raises(Problem, match=r"account\.not_found"):
        await candidates.by_phone(li.actor, space, "13900009999")
    subject = {"action": "hearing.person_sought", "subject": f"space:{space}"}
    assert await house.database.audit.count_documents(subject) == 2


async def test_clients_and_strangers_look_for_nobody(house: House) -> None:
    wang, li, stranger = await client(house), await lawyer(house), await lawyer(house)
    space = await space_of(house, wang, li)
    candidates = house.services.hearing_candidates
    with pytest.raises(Problem, match=r"auth\.forbidden"):
        await candidates.all(wang.actor, space)
    with pytest.raises(Problem, match=r"space\.not_found"):
        await candidates.all(stranger.actor, space)
    with pytest.raises(Problem, match=r"space\.not_found"):
        await candidates.by_phone(stranger.actor, space, "13900001234")

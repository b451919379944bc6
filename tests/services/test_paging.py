"""Lists that grow with the house come in pages, and the pages together are the list."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from schemas.api.base import Page, PageQuery
from schemas.api.companies import CompanyBody
from schemas.enums import Role
from server.wiring import House
from services.clock import utc_now
from services.identity.people import NewClient
from tests.house import Person, client, lawyer, open_house, signed_in, space_of
from tests.parts.databases import SettingsMaker
from tests.services.hearings.hearing_world import body
from tests.services.verification.verification_world import credit_code

COUNT = 5
Listing = Callable[[PageQuery], Awaitable[Page[Any]]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def walk(listing: Listing) -> list[str]:
    """The ids on all pages of two, in order."""
    ids: list[str] = []
    cursor: str | None = None
    for _ in range(COUNT):
        page = await listing(PageQuery(limit=2, cursor=cursor))
        assert len(page.items) <= 2
        assert page.has_more is (page.next_cursor is not None)
        ids += [one.id for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return ids
    raise AssertionError("the list never ends")


async def with_phone(house: House) -> tuple[Person, str]:
    phone = f"139{secrets.randbelow(10**8):08d}"
    user_id = await house.services.accounts.ensure_client(NewClient(phone=phone, display_name="王晓"))
    return await signed_in(house, user_id), phone


async def test_companies(house: House) -> None:
    """B6: those of a member, newest first; ops see everybody's the same way."""
    ops, (person, phone) = await lawyer(house, "运营小何", Role.OPS), await with_phone(house)
    bodies = [CompanyBody(name=f"明理{n}公司", credit_code=credit_code(), admin_phone=phone) for n in range(COUNT)]
    made = [(await house.services.companies.create(ops.actor, body)).id for body in bodies]
    mine = await walk(lambda query: house.services.companies.list(person.actor, query))
    assert mine == made[::-1]
    everybody = await walk(lambda query: house.services.companies.list(ops.actor, query))
    assert everybody == made[::-1]


async def test_hearings_by_their_time(house: House) -> None:
    """G1: also two that begin at the same moment stand on one page each, once."""
    wang, li = await client(house), await lawyer(house)
    judge, clerk = await lawyer(house, "陈明", Role.PRESIDER), await lawyer(house, "周书", Role.CLERK)
    roles = ((judge, "presider"), (clerk, "clerk"), (wang, "party"))
    people = [{"user_id": one.id, "role": role} for one, role in roles]
    case = await space_of(house, wang, li)
    begin = utc_now() + timedelta(days=2)
    bodies = [body(house, people, starts_at=begin + timedelta(hours=n // 2)) for n in range(COUNT)]
    made = [(await house.services.hearings.schedule(li.actor, case, one)).id for one in bodies]
    assert await walk(lambda query: house.services.hearings.mine(wang.actor, query)) == made
    assert await walk(lambda query: house.services.hearings.of_case(wang.actor, case, query)) == made[::-1]

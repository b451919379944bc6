"""One world for all tests of files, and a space with a client and a lawyer for each of them."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from schemas.enums import Role
from services.actors import Actor
from tests.parts.databases import SettingsMaker
from tests.services.files.world import World, open_world, person


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(make_settings: SettingsMaker) -> AsyncIterator[World]:
    async with open_world(make_settings()) as opened:
        yield opened


@pytest.fixture
def client() -> Actor:
    return person()


@pytest.fixture
def lawyer() -> Actor:
    return person(Role.LAWYER)


@pytest_asyncio.fixture(loop_scope="session")
async def space(world: World, client: Actor, lawyer: Actor) -> str:
    return await world.space(client, lawyer)

"""People who sign in, for the tests of one file."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.parts.databases import SettingsMaker
from tests.services.identity_world import World, identity_world


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(make_settings: SettingsMaker) -> AsyncIterator[World]:
    async with identity_world(make_settings()) as world:
        yield world

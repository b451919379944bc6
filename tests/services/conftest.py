"""The world of orders and money, for every theme that brings none of its own."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts
from tests.services.orders_world import World, open_world


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened(make_settings: SettingsMaker, parts: RealParts) -> AsyncIterator[World]:
    async with open_world(make_settings(), parts) as world:
        yield world


@pytest_asyncio.fixture(loop_scope="session")
async def world(opened: World) -> AsyncIterator[World]:
    """At the time that it is, without what another test counted or broke."""
    opened.clock.ahead *= 0
    opened.tallies.clear()
    yield opened
    await opened.control("DELETE", "/control/faults")

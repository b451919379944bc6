"""The house in which most tests of hearings live; each file has its own."""

from collections.abc import AsyncIterator

import pytest

from server.wiring import House
from tests.house import open_house
from tests.parts.databases import SettingsMaker


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened

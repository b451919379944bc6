"""The minutes of a hearing against a real database: written, read, corrected, fixed, signed; attackers first (I6)."""

import hashlib
from collections.abc import AsyncIterator

import pytest

from schemas.minutes_enums import MinutesAct, MinutesState
from server.wiring import House
from tests.house import open_house
from tests.parts.databases import SettingsMaker
from tests.services.hearings.minutes_world import signed


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


async def test_everybody_signs_and_the_paper_is_made(house: House) -> None:
    """I6: what is signed is the hash of a text that anybody can compute again; then there is a paper."""
    scribe = await signed(house)
    await scribe.effects()
    seen = await scribe.seen(scribe.world.wang)
    assert (seen.state, seen.may) == (MinutesState.DONE, [MinutesAct.READ])
    text = await scribe.service.reading.text(scribe.world.wang.actor, scribe.id)
    assert hashlib.sha256(text).hexdigest() == seen.sha256
    assert seen.paper is not None

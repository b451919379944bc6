"""A lease of a process that was killed beside us is taken over at once, and no other."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from server.process_names import is_dead, new_name, place
from server.wiring import House
from services.storage.leases import Leases
from tests.house import open_house
from tests.parts.databases import SettingsMaker


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


def killed() -> str:
    """The name of a process that is gone."""
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    return f"{place()}/{child.pid}/aaaaaaaa"


def test_only_what_is_certain_counts_as_dead() -> None:
    assert is_dead(killed())
    assert not is_dead(new_name())
    assert not is_dead(f"{place()}/1/aaaaaaaa")  # alive, though perhaps not ours to ask
    assert not is_dead(killed().replace(place(), "another-kernel"))
    assert not is_dead("host:123:abc")
    assert not is_dead("")
    assert not is_dead(f"/{os.getpid()}/x")


async def test_a_dead_neighbours_lease_is_taken_over_at_once(house: House) -> None:
    dead = Leases(house.database, killed(), is_dead=is_dead)
    far = Leases(house.database, "another-kernel/99/x", is_dead=is_dead)
    ours = Leases(house.database, new_name(), is_dead=is_dead)
    other = Leases(house.database, new_name(), is_dead=is_dead)
    assert await dead.hold("a", 60)
    assert await ours.hold("a", 60)
    assert not await other.hold("a", 60)
    assert await far.hold("b", 60)
    assert not await ours.hold("b", 60)

"""A Janus of the tests' own, and processes that use it."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from server.embedded.janus import Janus
from server.embedded.ports import KeptPorts
from server.settings import Settings
from server.wiring import House
from tests.house import open_house
from tests.parts.databases import SettingsMaker
from tests.voice.namespace import JANUS_ADDRESS


@pytest.fixture(scope="module")
def janus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Janus]:
    folder = tmp_path_factory.mktemp("janus")
    port = KeptPorts(folder / "ports.json").get("janus")
    part = Janus(folder, port, ("api secret", "admin key"), JANUS_ADDRESS, Path("var/test-logs/janus.log").resolve())
    part.start()
    part.await_ready()
    yield part
    part.kill()


@pytest.fixture(scope="module")
def voice_settings(make_settings: SettingsMaker, janus: Janus) -> Callable[[], Settings]:
    """Settings that use this Janus, each with a database of its own."""
    fields: dict[str, Any] = {
        name.removeprefix("CASESPACE_").lower(): value for name, value in janus.variables().items()
    }
    return lambda: make_settings(**fields)


@pytest.fixture(scope="module")
async def house(voice_settings: Callable[[], Settings]) -> AsyncIterator[House]:
    async with open_house(voice_settings()) as opened:
        yield opened

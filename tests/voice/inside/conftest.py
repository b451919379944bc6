"""A Janus of the tests' own, and processes that use it."""

import wave
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from server.embedded.janus import Janus
from server.embedded.ports import KeptPorts
from server.settings import Settings
from server.wiring import House
from tests.house import open_house
from tests.parts.databases import SettingsMaker
from tests.voice.namespace import JANUS_ADDRESS

ANNOUNCED = 1_500.0  # hertz
WAV_RATE = 16_000  # another than the room's
ANNOUNCED_SECONDS = 5  # at two, a busy machine was over it before anybody had listened


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
def announcement(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the operator has recorded: a tone of its own."""
    path = tmp_path_factory.mktemp("announcement") / "discipline.wav"
    samples = np.sin(2 * np.pi * ANNOUNCED * np.arange(ANNOUNCED_SECONDS * WAV_RATE) / WAV_RATE) * 0.25 * 32767
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(WAV_RATE)
        file.writeframes(samples.astype(np.int16).tobytes())
    return path


@pytest.fixture(scope="module")
def voice_settings(make_settings: SettingsMaker, janus: Janus, announcement: Path) -> Callable[[], Settings]:
    """Settings that use this Janus, each with a database of its own."""
    fields: dict[str, Any] = {
        name.removeprefix("CASESPACE_").lower(): value for name, value in janus.variables().items()
    }
    return lambda: make_settings(**fields, hearing_announcement=announcement)


@pytest.fixture(scope="module")
async def house(voice_settings: Callable[[], Settings]) -> AsyncIterator[House]:
    async with open_house(voice_settings()) as opened:
        yield opened

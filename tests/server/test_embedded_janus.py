"""The media server that scripts/run starts: closed to everybody but us, and with nothing that is not needed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.embedded.janus import HOW_TO_INSTALL, Janus, embedded_janus, find_janus
from server.embedded.ports import LOOPBACK, KeptPorts
from server.voice.link import PLUGIN, JanusError, JanusLink
from services.hearings.media import MediaLostError
from tests.server.test_embedded_parts import listening_addresses

REFUSED, NO_SUCH_PLUGIN = 403, 460
LOOPBACK_IN_PROC = "0100007F"


@pytest.fixture(scope="module")
def janus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Janus]:
    folder = tmp_path_factory.mktemp("janus")
    assert find_janus() is not None, HOW_TO_INSTALL
    part = Janus(folder, KeptPorts(folder / "ports.json").get("janus"), ("s", "a"), LOOPBACK, folder / "janus.log")
    part.start()
    part.await_ready()
    yield part
    part.kill()


def ignore(_message: object) -> None:
    """Events of nobody's."""


async def test_only_who_knows_the_secret_is_answered(janus: Janus) -> None:
    stranger = await JanusLink.connect(janus.url, "guess", ignore)
    with pytest.raises(JanusError) as refused:
        await stranger.ask("create")
    assert refused.value.code == REFUSED
    await stranger.close()
    with pytest.raises(MediaLostError):
        await stranger.ask("create")


async def test_there_is_the_audiobridge_and_no_other_plugin(janus: Janus) -> None:
    link = await JanusLink.connect(janus.url, "s", ignore)
    session = (await link.ask("create"))["data"]["id"]
    for other in ("videoroom", "recordplay", "streaming", "sip", "echotest"):
        with pytest.raises(JanusError) as refused:
            await link.ask("attach", session_id=session, plugin=f"janus.plugin.{other}")
        assert refused.value.code == NO_SUCH_PLUGIN, other
    handle = (await link.ask("attach", session_id=session, plugin=PLUGIN))["data"]["id"]
    for key in ({}, {"admin_key": "guess"}):
        body = {"request": "create", "room": "r", **key}
        with pytest.raises(JanusError):
            await link.ask("message", session_id=session, handle_id=handle, body=body)
    listed = await link.ask("message", session_id=session, handle_id=handle, body={"request": "list"})
    assert listed["plugindata"]["data"]["list"] == [], "no demo room, and none of strangers"
    await link.close()


async def test_it_listens_on_loopback_and_keeps_recordings_to_itself(janus: Janus) -> None:
    assert (janus.folder / "config").stat().st_mode & 0o077 == 0
    assert janus.recordings.stat().st_mode & 0o077 == 0
    assert listening_addresses(janus.pid) == {LOOPBACK_IN_PROC}


def test_a_machine_without_it_is_told_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert embedded_janus(tmp_path, KeptPorts(tmp_path / "ports.json"), tmp_path / "log") == (None, HOW_TO_INSTALL)

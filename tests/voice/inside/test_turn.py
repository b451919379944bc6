"""TURN with a real coturn and the configuration that we ship: who may use it, and what it reaches (I6)."""

import asyncio
import os
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aioice.stun import TransactionFailed
from aioice.turn import DEFAULT_ALLOCATION_LIFETIME, DEFAULT_CHANNEL_REFRESH_TIME, TurnClientUdpProtocol
from aiortc import RTCIceServer

from server.embedded.processes import Command, Part
from server.wiring import House
from services.hearings.ice import LIFETIME_SECONDS, IceServers
from tests.services.hearings.hearing_world import called
from tests.voice.inside.court_room import JUDGE, TALK, WANG, connect
from tests.voice.inside.speakers import comes_about, speakers
from tests.voice.namespace import JANUS_ADDRESS, SPEAKER_ADDRESS

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
SECRET = "shared with coturn"
PORT = 3478
# Janus sends through its own interface only, and a cable between two addresses of one machine leads nowhere.
TURN_ADDRESS = JANUS_ADDRESS
USER = "6b024adb4975a8364f5228c4"
DENIED = 403


class Coturn(Part):
    name = "coturn"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "coturn.log")
        self.folder = folder

    def command(self) -> Command:
        secrets = self.folder / "voice.env"
        secrets.write_text(f"JANUS_SECRET=a\nJANUS_ADMIN_KEY=b\nTURN_SECRET={SECRET!r}\n", "utf-8")
        values = {
            "VOICE_TEMPLATES": str(DEPLOY),
            "VOICE_SECRETS": str(secrets),
            "VOICE_RUN": str(self.folder),
            "VOICE_ONLY_FILL": "yes",
            "JANUS_ADDRESS": JANUS_ADDRESS,
            "TURN_ADDRESS": TURN_ADDRESS,
            "REALM": "casespace.test",
        }
        subprocess.run([DEPLOY / "voice" / "start", "coturn"], env={**os.environ, **values}, check=True)
        config = self.folder / "coturn" / "turnserver.conf"
        with config.open("a", encoding="utf-8") as file:
            file.write("allow-loopback-peers\n")  # only here, where everything is on 127/8
        own = [f"--pidfile={self.folder / 'coturn.pid'}", f"--userdb={self.folder / 'turndb'}"]
        return Command(["/usr/bin/turnserver", "-c", str(config), *own], self.folder)

    def ready(self) -> bool:
        with socket.socket() as probe:  # it listens on TCP with the same port
            return probe.connect_ex((TURN_ADDRESS, PORT)) == 0


@pytest.fixture(scope="module", autouse=True)
def coturn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    part = Coturn(tmp_path_factory.mktemp("coturn"))
    part.start()
    part.await_ready()
    yield part
    part.kill()


def credentials(secret: str = SECRET, ago: timedelta = timedelta(0)) -> tuple[str, str]:
    """As a ticket brings them, ``ago`` before now."""
    servers = IceServers([f"turn:{TURN_ADDRESS}:{PORT}"], secret, lambda: datetime.now(UTC) - ago)
    (given,) = servers.for_user(USER)
    assert given.username is not None
    assert given.credential is not None
    return given.username, given.credential


@asynccontextmanager
async def allocation(username: str, password: str) -> AsyncIterator[TurnClientUdpProtocol]:
    """A relay of one's own. Raises TransactionFailed when it is refused."""
    transport, client = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: TurnClientUdpProtocol(
            (TURN_ADDRESS, PORT),
            username=username,
            password=password,
            lifetime=DEFAULT_ALLOCATION_LIFETIME,
            channel_refresh_time=DEFAULT_CHANNEL_REFRESH_TIME,
        ),
        remote_addr=(TURN_ADDRESS, PORT),
    )
    try:
        await client.connect()
        yield client
        await client.delete()
    finally:
        transport.close()


async def test_the_relay_reaches_the_media_server_and_nothing_else() -> None:
    async with allocation(*credentials()) as relay:
        await relay.channel_bind(0x4000, (JANUS_ADDRESS, 20_000))
        for number, address in enumerate(("127.0.0.1", SPEAKER_ADDRESS, "10.0.0.1", "169.254.169.254", "1.1.1.1"), 1):
            with pytest.raises(TransactionFailed) as refused:
                await relay.channel_bind(0x4000 + number, (address, 80))
            assert refused.value.response.attributes["ERROR-CODE"][0] == DENIED, address


async def test_who_has_no_other_way_is_heard_through_the_relay(house: House) -> None:
    """All that `deploy/compose.hearings.yaml` leaves open: Janus itself cannot be reached from outside there."""
    world = await called(house)
    await world.begin(*TALK)
    username, password = credentials()
    relay = RTCIceServer(f"turn:{TURN_ADDRESS}:{PORT}", username, password)
    async with speakers(JUDGE) as (judge,), speakers(WANG, relays=[relay]) as (wang,):
        await connect(world, world.judge, judge)
        await connect(world, world.wang, wang)
        ways = [line.split()[7] for line in wang.connection.localDescription.sdp.splitlines() if "candidate:" in line]
        assert set(ways) == {"relay"}
        await comes_about(judge, [wang], [judge])
        await comes_about(wang, [judge], [wang])


@pytest.mark.parametrize("case", ["forged", "expired", "somebody else's name", "prolonged"])
async def test_forged_and_expired_credentials_are_refused(case: str) -> None:
    username, password = credentials()
    if case == "forged":
        username, password = credentials("another secret")
    elif case == "expired":
        username, password = credentials(ago=timedelta(seconds=LIFETIME_SECONDS + 5))
    elif case == "prolonged":
        username = f"{int(username.partition(':')[0]) + 3_600}:{USER}"
    else:
        username = username.replace(USER, "0" * 24)
    with pytest.raises(TransactionFailed):
        async with allocation(username, password):
            pytest.fail("it was let in")

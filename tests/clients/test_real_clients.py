"""The libraries that phones and pages really use, as they come from npm, against a real server (A6)."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from server.wiring import House
from tests.clients.device import Network, device, install
from tests.house import client, lawyer, open_doors, open_house, say, space_of
from tests.parts.databases import SettingsMaker

LIBRARIES = ("official", "weapp")  # socket.io-client 4, weapp.socket.io 3 over wx.connectSocket


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    await install()
    async with open_house(make_settings()) as opened:
        yield opened


@pytest.fixture
async def network() -> AsyncIterator[Network]:
    way = Network()
    await way.start()
    yield way
    await way.close()


@pytest.fixture
async def served(house: House, network: Network) -> AsyncIterator[Network]:
    """A network with a server at its end."""
    async with open_doors(house) as url:
        network.lead_to(url)
        yield network


@pytest.mark.parametrize("library", LIBRARIES)
async def test_connect_sync_send_receive_drop_reconnect_heal(house: House, served: Network, library: str) -> None:
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    for number in range(1, 4):
        await say(house, li, space_id, f"第 {number} 条", f"before-{number}")
    async with device(library, served.url, wang.token, space_id) as phone:
        assert await phone.until("synced") == 3  # two trips: it asks for two entries at a time

        answer = await phone.ask({"send": {"client_msg_id": "mine-1", "text": "押金什么时候退？"}}, "acked")
        assert answer["ok"]
        assert (answer["data"]["seq"], answer["data"]["body"]) == (4, {"text": "押金什么时候退？"})
        await say(house, li, space_id, "七日内", "theirs-1")
        assert [entry["id"] for entry in await phone.heard_all(5)][3:] == ["mine-1", "theirs-1"]

        before = len(phone.said)
        served.cut()
        await phone.until("disconnected", before)
        for number in range(1, 6):
            await say(house, li, space_id, f"断线时 {number}", f"away-{number}")
        served.mend()
        await phone.until("connected", before)
        timeline = await phone.heard_all(10)
        assert [entry["seq"] for entry in timeline] == list(range(1, 11))
        assert [entry["how"] for entry in timeline] == ["sync"] * 3 + ["live"] * 2 + ["sync"] * 5

        again = await phone.ask({"send": {"client_msg_id": "mine-1", "text": "押金什么时候退？"}}, "acked")
        assert again["data"] == answer["data"]  # the repeat of what was acknowledged before the cut
        await say(house, li, space_id, "还在吗", "after-1")
        assert (await phone.heard_all(11))[-1] == {"seq": 11, "id": "after-1", "how": "live"}


@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_refusal_says_why(house: House, served: Network, library: str) -> None:
    wang = await client(house)
    space_id = await space_of(house, wang)
    async with device(library, served.url, "no.such.token", space_id) as phone:
        await phone.until("connect_error")
        assert phone.said[0]["code"] == "auth.token_invalid"
        assert not any("connected" in fact for fact in phone.said)


@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_restart_of_the_server_is_only_an_interruption(house: House, network: Network, library: str) -> None:
    """The server says good-bye (1001): both libraries come back by themselves, to its successor."""
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    async with AsyncExitStack() as stack:
        async with open_doors(house) as url:
            network.lead_to(url)
            phone = await stack.enter_async_context(device(library, network.url, wang.token, space_id))
            await phone.until("synced")
        await phone.until("disconnected")
        await say(house, li, space_id, "重启时", "while-down")
        async with open_doors(house) as url:
            network.lead_to(url)
            assert (await phone.heard_all(1))[0]["id"] == "while-down"

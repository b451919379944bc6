"""Whatever bytes a client sends, it can hurt its own connection only, and leaves nothing behind."""

import asyncio
import random
from collections.abc import AsyncIterator

import orjson
import pytest

from server.web import Web
from server.wiring import House
from services.clock import utc_now
from tests.house import Person, client, open_house, space_of
from tests.parts.databases import SettingsMaker
from tests.patience import until
from tests.realtime.test_sockets import phone
from tests.realtime.wire import doors, open_wire, wire


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


@pytest.fixture(scope="module")
async def served(house: House) -> AsyncIterator[tuple[Web, str]]:
    async with doors(house) as opened:
        yield opened


@pytest.fixture(scope="module")
async def person(house: House) -> Person:
    someone = await client(house)
    await space_of(house, someone)
    return someone


@pytest.fixture
async def url(house: House, served: tuple[Web, str]) -> AsyncIterator[str]:
    """Every test of this module must leave the process as it found it."""
    yield served[1]
    await until(lambda: nothing_left(house, served[0]))


def nothing_left(house: House, web: Web) -> bool:
    server, sockets = web.socket_server, house.core.sockets
    return not any(
        [
            server.eio.sockets,
            server.environ,
            server._binary_packet,
            server.manager.rooms,
            server.manager.pending_connect,
            server.manager.pending_disconnect,
            server.manager.callbacks,
            sockets.by_sid,
            sockets.by_user,
            sockets.by_space,
        ]
    )


ONCE_GREETED = [
    "",  # not even a type
    "9",
    "x",
    "5",
    "6",
    "0{}",  # the server's own packets
    "2probe",
    "4",
    "4{}",
    "4[1,2]",
    "4null",
    "4 ",
    "47",
    "49[]",
    "44{}",
    "42",
    "42[]",
    "42/other,[]",
    "42{}",
    "42{",
    "42nonsense",
    "42" + "9" * 101 + '["sync",{}]',  # an id that is too long
    '42²["sync",{}]',  # a digit that is no number
    "42" + "[" * 100_000,  # too deep
    "450-[]",
    '451-["message:send",{"_placeholder":true,"num":0}]',
    '4599999999-["message:send",{"_placeholder":true,"num":0}]',
    "461-1[]",
    "bAAAA",
    "b!",
]
HARMLESS = [
    "3",
    "43",
    "430[]",
    "43" + "9" * 99 + "[]",
    '42/other,["x"]',
    "41/other,",
    '42"text"',
    "42[5]",
    "42[null]",
    '42[{"a":1}]',
    '42["disconnect"]',
    '42["connect",{}]',
    '42["sync",{},{},{}]',
    '42["__class__",{}]',
    '42["message:send",{"space_id":"' + "f" * 24 + '"}]',
]


@pytest.mark.parametrize("packet", ONCE_GREETED, ids=lambda packet: packet[:16] or "empty")
async def test_a_malformed_packet_closes_its_connection(url: str, person: Person, packet: str) -> None:
    async with wire(url) as a:
        await a.greet(person)
        await a.send(packet)
        assert await a.closed() == 1008


@pytest.mark.parametrize("packet", HARMLESS, ids=lambda packet: packet[:16])
async def test_a_useless_packet_does_nothing(url: str, person: Person, packet: str) -> None:
    async with wire(url) as a:
        await a.greet(person)
        await a.send(packet)
        await a.send('427["sync",{"spaces":{}}]')
        while not (answer := await a.text()).startswith("437"):
            assert not answer.startswith("43"), "only what asks for an acknowledgement gets one"
        assert orjson.loads(answer[3:])[0]["ok"]


@pytest.mark.parametrize("payload", [b"", b"\x04", b'42["sync",{}]', bytes(1000)], ids=len)
async def test_binary_frames_are_refused(url: str, person: Person, payload: bytes) -> None:
    async with wire(url) as a:
        await a.greet(person)
        await a.send(payload)
        assert await a.closed() == 1008


async def test_text_that_is_not_utf8_closes_its_connection(url: str, person: Person) -> None:
    async with wire(url) as a:
        await a.greet(person)
        await a.frame(1, b'42["sync",{"spaces":{"\xff":0}}]')
        await a.closed()


@pytest.mark.parametrize("packet", ['421["sync",{"spaces":{}}]', '42["space:typing",{}]', "41", "430[]", "3"])
async def test_before_connect_nothing_is_answered(url: str, person: Person, packet: str) -> None:
    async with wire(url) as a:
        await a.send(packet)
        await a.greet(person)  # the next thing said is the answer to CONNECT


@pytest.mark.parametrize("packet", ["450-[]", '451-["sync"]', "bAAAA"])
async def test_before_connect_binary_is_refused_too(url: str, packet: str) -> None:
    async with wire(url) as a:
        await a.send(packet)
        assert await a.closed() == 1008


@pytest.mark.parametrize("namespace", ["/other", "/admin", "/%00", "/" + "x" * 5000])
async def test_another_namespace_is_refused(url: str, person: Person, namespace: str) -> None:
    async with wire(url) as a:
        await a.send(f'40{namespace},{{"token":"{person.token}"}}')
        assert (await a.text()).startswith(f"44{namespace},")
        await a.greet(person)


async def test_a_second_connect_is_refused_and_the_first_one_lives_on(url: str, person: Person) -> None:
    async with wire(url) as a:
        await a.greet(person)
        for _ in range(50):
            await a.send('40{"token":"other"}')
            assert (await a.text()).startswith("44")
        await a.send('421["sync",{"spaces":{}}]')
        assert (await a.text()).startswith('431[{"ok":true')


async def test_connect_and_disconnect_over_and_over(url: str, person: Person) -> None:
    async with wire(url) as a:
        for _ in range(30):
            await a.greet(person)
            await a.send("41")


async def test_an_acknowledgement_id_of_a_hundred_digits_comes_back(url: str, person: Person) -> None:
    number = "9" * 100
    async with wire(url) as a:
        await a.greet(person)
        await a.send(f'42{number}["sync",{{"spaces":{{}}}}]')
        assert (await a.text()).startswith(f'43{number}[{{"ok":true')


async def test_who_hangs_up_while_connecting_is_forgotten(url: str, person: Person) -> None:
    """Not listed as online for ever."""
    for pause in [0, 0.0005, 0.001, 0.002, 0.004] * 12:
        a = await open_wire(url)
        await a.send("40" + orjson.dumps({"token": person.token}).decode())
        await asyncio.sleep(pause)
        a.abort()


async def test_who_hangs_up_at_any_moment_is_forgotten(url: str, person: Person) -> None:
    """Also while an event of theirs is being handled."""
    for number in range(30):
        a = await open_wire(url)
        await a.greet(person)
        for event in range(number % 3):
            await a.send(f'42{event}["sync",{{"spaces":{{}}}}]')
        a.abort()


async def test_noise_of_many_clients_harms_nobody(house: House, served: tuple[Web, str], url: str) -> None:
    """A6: a thousand random packets, and somebody else's messages arrive all the while."""
    wang = await client(house)
    space_id = await space_of(house, wang)
    chance = random.Random(7)
    alphabet = '0123456789-/,[]{}":ab\x00中'

    async def noisy() -> None:
        for _ in range(25):
            a = await open_wire(url)
            if chance.random() < 0.7:
                await a.greet(wang)
            for _ in range(10):
                start = chance.choice(["4", "42", "43", "40", "45", "4" + str(chance.randrange(8)), ""])
                packet = start + "".join(chance.choices(alphabet, k=chance.randrange(30)))
                await a.send(packet if chance.random() < 0.9 else packet.encode())
            a.abort()

    async with phone(url, wang) as quiet:
        noise = asyncio.gather(*(noisy() for _ in range(4)))
        sent = 0
        while not noise.done():
            sent += 1
            assert (await quiet.send(space_id, f"{sent}"))["ok"]
        await noise
        await until(lambda: len(quiet.of("message:new")) == sent)


async def test_a_refused_connection_leaves_nothing(house: House, url: str, person: Person) -> None:
    await house.database.sessions.update_one(
        {"_id": (other := await client(house)).actor.session_id}, {"$set": {"revoked_at": utc_now()}}
    )
    for token in ("", "x", "a.b.c", other.token):
        async with wire(url) as a:
            await a.send("40" + orjson.dumps({"token": token}).decode())
            await a.text()

"""The transport (contract "Socket.IO"; architecture 3): what is different from the stock driver, held fast."""

import asyncio
import inspect
import re
import select
import socket
import time
from collections.abc import AsyncIterator
from importlib.metadata import version
from pathlib import Path

import aiohttp
import engineio
import orjson
import pytest
import socketio
from engineio.async_drivers import tornado as driver
from engineio.async_socket import AsyncSocket
from tornado.ioloop import IOLoop
from tornado.iostream import BaseIOStream
from tornado.websocket import WebSocketHandler

from realtime.engine import MAX_MESSAGE_BYTES, MAX_WAITING_BYTES, Pace
from server.web import Web
from server.wiring import House
from services.ids import new_id
from tests.house import client, lawyer, open_house, say, space_of
from tests.parts.databases import SettingsMaker
from tests.patience import PATIENCE, until
from tests.realtime.test_sockets import phone
from tests.realtime.wire import CLOSE, PING, RefusedError, doors, open_wire, wire

PINS = Path(__file__).resolve().parent.parent.parent / "constraints.txt"
QUICK = Pace(connect=1.0, ping_interval=0.2, ping_timeout=1.0)


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


@pytest.fixture(scope="module")
async def served(house: House) -> AsyncIterator[tuple[Web, str]]:
    async with doors(house) as opened:
        yield opened


@pytest.fixture(scope="module")
async def quick(house: House) -> AsyncIterator[str]:
    async with doors(house, QUICK) as (_, url):
        yield url


@pytest.fixture
def url(served: tuple[Web, str]) -> str:
    return served[1]


# --- the library that realtime/engine.py reaches into


@pytest.mark.parametrize("package", ["python-socketio", "python-engineio", "tornado"])
def test_the_libraries_are_the_ones_that_the_overrides_were_written_for(package: str) -> None:
    """Ruling 20: whoever changes a pin reads realtime/engine.py again and then changes this list."""
    written_for = {"python-socketio": "5.18.1", "python-engineio": "4.15.1", "tornado": "6.6.1"}
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)$", PINS.read_text("utf-8"), re.MULTILINE))
    assert version(package) == pinned[package] == written_for[package]


@pytest.mark.parametrize(
    ("owner", "name", "parameters"),
    [
        (AsyncSocket, "receive", ["self", "pkt"]),
        (AsyncSocket, "send", ["self", "pkt"]),
        (AsyncSocket, "schedule_ping", ["self"]),
        (engineio.AsyncServer, "_trigger_event", ["self", "event", "args", "kwargs"]),
        (engineio.AsyncServer, "generate_id", ["self"]),
        (driver, "translate_request", ["handler"]),
        (socketio.AsyncServer, "_engineio_server_class", ["self"]),
        (socketio.AsyncServer, "_handle_eio_message", ["self", "eio_sid", "data"]),
        (
            socketio.AsyncServer,
            "_handle_event_internal",
            ["self", "server", "sid", "eio_sid", "data", "namespace", "id"],
        ),
        (socketio.AsyncManager, "basic_disconnect", ["self", "sid", "namespace", "kwargs"]),
        (socketio.AsyncManager, "basic_leave_room", ["self", "sid", "namespace", "room"]),
        (socketio.AsyncManager, "connect", ["self", "sid", "namespace"]),
        (socketio.AsyncManager, "eio_sid_from_sid", ["self", "sid", "namespace"]),
        (WebSocketHandler, "get_compression_options", ["self"]),
        (WebSocketHandler, "set_nodelay", ["self", "value"]),
    ],
)
def test_what_is_overridden_or_called_inside_the_libraries_is_still_there(
    owner: object, name: str, parameters: list[str]
) -> None:
    assert list(inspect.signature(getattr(owner, name)).parameters) == parameters


async def test_fields_that_we_set_or_read_inside_the_libraries_are_still_there(served: tuple[Web, str]) -> None:
    server = served[0].socket_server
    assert {"callbacks", "pending_connect", "pending_disconnect", "rooms"} <= set(vars(server.manager))
    assert server.eio.handlers["message"] == server._handle_eio_message
    assert {"sockets", "reason"} <= set(dir(server.eio))
    assert "max_write_buffer_size" in inspect.signature(BaseIOStream.__init__).parameters
    source = inspect.getsource(BaseIOStream)
    assert "self.io_loop.add_handler(self.fileno(), self._handle_events, self._state)" in source
    for used in re.findall(r"self\.io_loop\.(\w+)", source):  # realtime/turns.py stands in for it
        assert hasattr(IOLoop, used)
    assert (IOLoop.READ, IOLoop.WRITE) == (select.EPOLLIN, select.EPOLLOUT)


# --- the upgrade


async def test_compression_is_refused_though_offered(url: str) -> None:
    async with wire(url, Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits") as offered:
        assert "sec-websocket-extensions" not in offered.headers


async def test_nothing_waits_for_a_delayed_ack(house: House, served: tuple[Web, str]) -> None:
    """TCP_NODELAY; without it an acknowledgement waits 40 ms."""
    web, url = served
    async with phone(url, await client(house)) as a:
        (ours,) = [s for s in web.socket_server.eio.sockets.values() if s.sid == a.client.eio.sid]
        stream = ours.handler.ws_connection.stream
        assert stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
        assert stream.max_write_buffer_size == MAX_WAITING_BYTES


@pytest.mark.parametrize(
    "path",
    [
        "/socket.io/?EIO=4&transport=polling",
        "/socket.io/?EIO=3&transport=websocket",
        "/socket.io/?transport=websocket",
        "/socket.io/",
    ],
)
async def test_another_transport_or_protocol_is_refused_before_the_upgrade(url: str, path: str) -> None:
    with pytest.raises(RefusedError) as refused:
        await open_wire(url, path=path)
    assert refused.value.status == 400
    async with aiohttp.ClientSession() as http, http.get(url + path) as answer:
        assert (answer.status, (await answer.json())["code"]) == (400, 5)
    async with aiohttp.ClientSession() as http, http.post(url + path, data="40") as answer:
        assert answer.status == 405


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1.evil.example", "file://"]
)
async def test_a_foreign_origin_is_refused(url: str, origin: str) -> None:
    with pytest.raises(RefusedError) as refused:
        await open_wire(url, Origin=origin)
    assert refused.value.status == 403


async def test_the_own_origin_and_configured_ones_are_welcome(make_settings: SettingsMaker) -> None:
    settings = make_settings(allowed_origins=["https://desk.example"])
    async with open_house(settings) as other, doors(other) as (_, address):
        for origin in (address, "https://desk.example"):
            async with wire(address, Origin=origin):
                pass
        with pytest.raises(RefusedError):
            await open_wire(address, Origin="https://desk.example.evil.example")


# --- clients that wait, stay silent, or do not read


async def test_one_that_never_says_connect_is_closed(quick: str) -> None:
    async with wire(quick) as silent:
        assert await silent.closed() == 1008


async def test_pongs_before_connect_earn_no_more_time(quick: str) -> None:
    async with wire(quick) as talkative:
        started = time.monotonic()
        closing = asyncio.create_task(talkative.closed())
        while not closing.done():
            await talkative.send("3")
            await asyncio.sleep(0.05)
            assert time.monotonic() - started < PATIENCE
        assert await closing == 1008


async def test_refused_connects_earn_no_more_time(quick: str) -> None:
    async with wire(quick) as stubborn:
        closing = asyncio.create_task(stubborn.closed())
        started = time.monotonic()
        while not closing.done():
            await stubborn.send('40{"token":"no.such.token"}')
            await asyncio.sleep(0.05)
            assert time.monotonic() - started < PATIENCE
        assert await closing == 1008


async def test_after_a_disconnect_the_time_for_connect_runs_again(house: House, quick: str) -> None:
    person = await client(house)
    async with wire(quick) as undecided:
        await undecided.greet(person)
        await undecided.send("41")
        await undecided.greet(person)
        await undecided.send("41")
        assert await undecided.closed() == 1008


async def test_one_that_answers_no_ping_is_closed_and_one_that_does_lives_on(house: House, quick: str) -> None:
    async with wire(quick) as dead, wire(quick) as alive:
        await dead.greet(await client(house))
        await alive.greet(await client(house))
        for _ in range(4):
            assert await alive.text() == "2"
            await alive.send("3")
        assert await dead.closed() == 1001
        assert await alive.text() == "2"


async def test_one_that_does_not_read_is_cut_off(house: House, served: tuple[Web, str]) -> None:
    _, url = served
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    slow = await open_wire(url)
    slow.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    await slow.greet(li)
    slow.reader._transport.pause_reading()  # type: ignore[attr-defined]
    async with phone(url, wang) as a:
        frame = {"space_id": space_id, "text": "案" * 50_000}
        for _ in range(200):
            await house.core.publisher.to_space(space_id, "space:updated", frame)
            if li.id not in house.core.sockets.by_user:
                break
            await asyncio.sleep(0)
        await until(lambda: li.id not in house.core.sockets.by_user)
        assert (await a.send(space_id, "还在"))["ok"]
    slow.abort()


async def test_signing_out_one_that_does_not_read_signs_out_the_others_too(house: House, url: str) -> None:
    """Not even the closing frame fits into its buffer."""
    person = await client(house)
    space_id = await space_of(house, person)
    slow = await open_wire(url)
    await slow.greet(person)
    slow.reader._transport.pause_reading()  # type: ignore[attr-defined]
    (held,) = house.core.sockets.by_user[person.id]
    stream = held.socket._stream()
    assert stream is not None
    stream.max_write_buffer_size = 64 << 10
    while not stream.writing():
        held.socket.write(b"\x81\x00" * 4096)
    stream.max_write_buffer_size = 1
    async with phone(url, person) as other:
        await house.services.sessions.revoke(person.actor.session_id, "logout", person.actor)
        await until(lambda: not other.client.connected)
        await until(lambda: person.id not in house.core.sockets.by_user)
    assert space_id not in house.core.sockets.by_space
    slow.abort()


# --- closing


async def test_from_the_closing_on_nothing_is_heard_or_told(house: House, url: str) -> None:
    """Ruling 14: a client that ignores the closing frame gains nothing by it."""
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    async with wire(url) as rude:
        await rude.greet(li)
        await house.services.sessions.revoke(li.actor.session_id, "logout", li.actor)
        body = {"space_id": space_id, "client_msg_id": new_id(), "type": "text", "body": {"text": "后门"}}
        await rude.send("421" + orjson.dumps(["message:send", body]).decode())
        await say(house, wang, space_id, "秘密")
        assert await rude.receive() == (CLOSE, (4001).to_bytes(2) + b"signed out")
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await rude.receive(8)
    assert await house.database.entries.count_documents({"_id.space": space_id, "sender": li.id}) == 0


async def test_a_message_too_large_closes_with_1009(house: House, url: str) -> None:
    async with wire(url) as big:
        await big.greet(await client(house))
        await big.send("42" + "x" * MAX_MESSAGE_BYTES)
        assert await big.closed() == 1009


async def test_the_largest_message_is_taken(house: House, url: str) -> None:
    async with wire(url) as big:
        await big.greet(await client(house))
        packet = '421["sync",{"x":""}]'
        await big.send(packet.replace('""', f'"{"x" * (MAX_MESSAGE_BYTES - len(packet))}"'))
        assert (await big.text()).startswith('431[{"ok":false')


async def test_websocket_pings_are_answered_and_close_is_clean(house: House, url: str) -> None:
    async with wire(url) as polite:
        await polite.greet(await client(house))
        await polite.frame(PING, b"here?")
        assert await polite.receive() == (10, b"here?")
        await polite.send("1")  # Engine.IO CLOSE
        assert await polite.closed() == 1000


async def test_a_stopping_server_tells_everybody_to_go_elsewhere(house: House) -> None:
    async with doors(house) as (web, address), wire(address) as a, wire(address) as b:
        await a.greet(await client(house))
        assert web.socket_server.close_all() == 2
        assert await a.closed() == await b.closed() == 1001


async def test_a_disconnect_costs_the_same_however_many_sockets_there_are(served: tuple[Web, str]) -> None:
    """Stock walks all rooms: one of 20,000 sockets took 1,000 times as long to leave as one of 20."""
    manager = served[0].socket_server.manager

    async def cost(sockets: int) -> float:
        namespace = f"/crowd{sockets}"
        sids = [await manager.pre_connect(f"eio{n}", namespace) for n in range(sockets)]
        manager.pending_connect.pop(namespace)
        started = time.perf_counter()
        for sid in sids[:20]:
            await manager.disconnect(sid, namespace, ignore_queue=True)
        spent = time.perf_counter() - started
        assert len(manager.rooms[namespace][None]) == sockets - 20
        for sid in sids[20:]:
            await manager.disconnect(sid, namespace, ignore_queue=True)
        assert namespace not in manager.rooms
        return spent

    few = min([await cost(40) for _ in range(5)])
    assert await cost(20_000) < few * 50

"""What sockets cost that do nothing, and what happens when all of them go or return at once.

  idle        memory of one process per idle socket, with clients that offer permessage-deflate (aim ≤ 40 KiB)
  disconnect  all of them gone at once (their process is killed): the longest stall that a bystander noticed
  storm       1,000 sockets drop, return within a second and sync: until all are back, their waits, the CPU

A bystander asks the loop a question every 5 ms over a socket of its own; the longest wait for an answer is at least
the longest time that the loop was blocked (it holds whatever the machine's other work adds).
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from _socket_servers import CALM, HERE, MEMBERS, ROOT, Bench, cpu_seconds, process, resident_kib, settings_of
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from server.embedded.http_check import get_status
from server.embedded.ports import choose
from server.settings import Settings
from server.wiring import House, build
from services.storage import indexes
from tests.house import client, say, space_of
from tests.parts.real import RunningParts

AIM_KIB = 40.0
AT_ONCE = 40  # people made at once
MISSED = 5  # messages that wait in each room when its people return
ASK_SECONDS = 0.005


class Bystander(WSListener):
    """Asks for the time of day, again and again."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.answered = asyncio.Event()
        self.waits: list[float] = []

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        text = frame.get_payload_as_bytes()
        if text.startswith(b"0"):
            transport.send(WSMsgType.TEXT, b"40" + json.dumps({"token": self.token}).encode())
        elif text == b"2":
            transport.send(WSMsgType.TEXT, b"3")
        elif text.startswith((b"40", b"43")):
            self.answered.set()

    async def ask_on(self, transport: WSTransport) -> None:
        while True:
            self.answered.clear()
            began = time.perf_counter()
            transport.send(WSMsgType.TEXT, b'421["sync",{"spaces":{}}]')
            await self.answered.wait()
            self.waits.append(time.perf_counter() - began)
            await asyncio.sleep(ASK_SECONDS)


@asynccontextmanager
async def bystander(url: str, token: str) -> AsyncIterator[Bystander]:
    one = Bystander(token)
    transport, _ = await ws_connect(lambda: one, url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket")
    await one.answered.wait()
    asking = asyncio.create_task(one.ask_on(transport))
    try:
        yield one
    finally:
        asking.cancel()
        transport.disconnect()


async def crowd_of(settings: Settings, sockets: int) -> tuple[list[tuple[str, str]], str]:
    """(token, space) of everybody, five to a room with something to read, and the token of a bystander."""
    house = build(settings)
    await indexes.apply(house.database)
    gate = asyncio.Semaphore(AT_ONCE // MEMBERS)

    async def room(number: int) -> list[tuple[str, str]]:
        async with gate:
            return await _room(house, number)

    rooms = await asyncio.gather(*(room(number) for number in range(sockets // MEMBERS)))
    other = await client(house, "旁观者")
    await house.close()
    return [person for people in rooms for person in people], other.token


async def _room(house: House, number: int) -> list[tuple[str, str]]:
    members = await asyncio.gather(*(client(house, f"成员{n}") for n in range(MEMBERS)))
    space_id = await space_of(house, *members, title=f"案件{number}")
    for _ in range(MISSED):
        await say(house, members[0], space_id, "押金合同约定租期届满后七日内退还")
    return [(person.token, space_id) for person in members]


class Crowd:
    """The process that holds the sockets."""

    def __init__(self, url: str, people: list[tuple[str, str]]) -> None:
        self._file = tempfile.NamedTemporaryFile("w", suffix=".json")  # noqa: SIM115 - it lives as long as the crowd
        json.dump({"url": url, "people": people}, self._file)
        self._file.flush()
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "_socket_crowd.py"), self._file.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    async def told(self, command: str | None = None) -> dict[str, Any]:
        """Its next word, after a command or of its own accord."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if command is not None:
            self._process.stdin.write(command + "\n")
            self._process.stdin.flush()
        line = await asyncio.to_thread(self._process.stdout.readline)
        if not line:
            raise RuntimeError("the crowd's process died")
        result: dict[str, Any] = json.loads(line)
        return result

    def kill(self) -> None:
        """All sockets are gone at once, without a good-bye."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._file.close()


async def calm(pid: int) -> None:
    """Until the process has done what it found at its start (cards, cursors of what is stored)."""
    for _ in range(60):
        used = cpu_seconds(pid)
        await asyncio.sleep(1)
        if cpu_seconds(pid) - used < CALM:
            return


async def run(bench: Bench, url: str, pid: int, people: list[tuple[str, str]], other: str, returning: int) -> None:
    await calm(pid)
    empty = resident_kib(pid)
    crowd = Crowd(url, people)
    arrival = await crowd.told()
    await asyncio.sleep(5)
    each = (resident_kib(pid) - empty) / len(people)
    print(f"idle        {len(people)} sockets in {arrival['seconds']:.1f} s: {each:.1f} KiB each (aim ≤ {AIM_KIB:.0f})")
    used = cpu_seconds(pid)
    await asyncio.sleep(5)
    print(f"            their CPU while idle: {(cpu_seconds(pid) - used) / 5:.1%} of a core")
    async with bystander(url, other) as one:
        await asyncio.sleep(2)
        usual, one.waits = max(one.waits), []
        used = cpu_seconds(pid)
        crowd.kill()
        await asyncio.sleep(8)
        stall = max(one.waits)
        print(
            f"disconnect  {len(people)} at once: a bystander waited {1000 * stall:.0f} ms at most "
            f"(before: {1000 * usual:.0f} ms), {cpu_seconds(pid) - used:.1f} CPU-s"
        )
    crowd = Crowd(url, people[:returning])
    await crowd.told()
    async with bystander(url, other) as one:
        for _ in range(3):
            one.waits.clear()
            before = [cpu_seconds(number) for number in (pid, bench.mongod)]
            storm = await crowd.told("storm")
            used = cpu_seconds(pid) - before[0]
            mongod = cpu_seconds(bench.mongod) - before[1]
            print(
                f"storm       {returning} return within 1 s: all in sync after {storm['all_back']:.1f} s with "
                f"{storm['tries']} tries, wait p50 {storm['ms']['p50']:.0f} p99 {storm['ms']['p99']:.0f} ms, "
                f"{used:.1f} + {mongod:.1f} CPU-s, bystander at most {1000 * max(one.waits):.0f} ms",
                flush=True,
            )
            await asyncio.sleep(4)
    crowd.kill()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sockets", type=int, default=5000)
    arguments.add_argument("--returning", type=int, default=1000)
    chosen = arguments.parse_args()
    running = RunningParts(ROOT / "var" / "bench-logs")
    bench = Bench(running.parts, 0)
    port = choose(set())
    environment = bench.environment(http_port=str(port))
    variables = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
    try:
        people, other = asyncio.run(crowd_of(settings_of(environment), chosen.sockets))
        with process(
            [sys.executable, "-m", "server", "all"], lambda: get_status(port, "/readyz") == 200, env=variables
        ) as child:
            asyncio.run(run(bench, f"http://127.0.0.1:{port}", child.pid, people, other, chosen.returning))
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    finally:
        bench.close()
        running.stop()


if __name__ == "__main__":
    main()

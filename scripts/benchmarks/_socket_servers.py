"""The servers that the benchmarks of sockets load, and the load: processes of their own, watched from outside."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.embedded.http_check import get_status
from server.embedded.ports import choose
from server.settings import Settings
from server.wiring import build
from services.storage import indexes
from tests.house import client, space_of
from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ROOMS, MEMBERS, SENDERS = 200, 5, 100
TEXT = "押金合同约定租期届满后七日内退还，房东以墙面污渍为由拒绝，" * 2 + "请律师看看怎么办"
TICKS = os.sysconf("SC_CLK_TCK")

CALM = 0.05  # CPU-seconds in a second

Room = dict[str, Any]  # space_id, tokens of its members


@dataclass(frozen=True, slots=True)
class Served:
    """Processes that serve, and people who may come."""

    urls: list[str]
    rooms: list[Room]
    pids: dict[str, int]  # by name


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_kib(pid: int) -> int:
    line = next(row for row in Path(f"/proc/{pid}/status").read_text().splitlines() if row.startswith("VmRSS"))
    return int(line.split()[1])


def pid_of(pattern: str) -> int:
    found = subprocess.run(["pgrep", "-f", pattern], capture_output=True, text=True, check=True)
    return int(found.stdout.split()[0])


def port_of(url: str) -> str:
    return url.split(":")[-1].split("/")[0]


def settings_of(environment: dict[str, str]) -> Settings:
    fields: dict[str, Any] = {name.removeprefix("CASESPACE_").lower(): value for name, value in environment.items()}
    return Settings(_env_file=None, **fields)


@contextmanager
def process(arguments: list[str], ready: Any, **options: Any) -> Iterator[subprocess.Popen[Any]]:
    """A child that is ended afterwards, whatever happens."""
    child = subprocess.Popen(arguments, cwd=ROOT, **options)
    try:
        deadline = time.monotonic() + 60
        while not ready():
            if child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{arguments[1:]} did not start")
            time.sleep(0.1)
        yield child
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()


async def people(settings: Settings) -> list[Room]:
    """Rooms full of signed-in clients, made through the services."""
    house = build(settings)
    await indexes.apply(house.database)
    rooms = []
    for number in range(ROOMS):
        members = await asyncio.gather(*(client(house, f"成员{n}") for n in range(MEMBERS)))
        space_id = await space_of(house, *members, title=f"案件{number}")
        rooms.append({"space_id": space_id, "tokens": [person.token for person in members]})
    await house.close()
    return rooms


def measure(plan: dict[str, Any], pids: dict[str, int]) -> dict[str, Any]:
    """Run the load in a process of its own; what it found, and the CPU that each server used meanwhile.

    ``cpu``: name → CPU-seconds for 1,000 messages; those of the worker, and of mongod with it, until it has caught up.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(plan, file)
        file.flush()
        load = subprocess.Popen(
            [sys.executable, str(HERE / "_socket_load.py"), file.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert load.stdout is not None
        assert load.stdin is not None
        _expect(load.stdout, "CONNECTED")
        load.stdin.write("\n")
        load.stdin.flush()
        _expect(load.stdout, "BEGIN")
        before = {name: cpu_seconds(pid) for name, pid in pids.items()}
        _expect(load.stdout, "END")
        used = {name: cpu_seconds(pid) - before[name] for name, pid in pids.items()}
        if "worker" in pids:
            _until_calm(pids["worker"])
            used |= {name: cpu_seconds(pids[name]) - before[name] for name in ("worker", "mongod")}
        result: dict[str, Any] = json.loads(load.stdout.readline())
        load.wait(60)
    result["rate"] = result["messages"] / result["seconds"]
    result["cpu"] = {name: 1000 * seconds / max(1, result["messages"]) for name, seconds in used.items()}
    result["cpu_total"] = sum(result["cpu"].values())
    return result


def _until_calm(pid: int) -> None:
    for _ in range(60):
        used = cpu_seconds(pid)
        time.sleep(1)
        if cpu_seconds(pid) - used < CALM:
            return


def _expect(stream: Any, word: str) -> None:
    line = stream.readline().strip()
    if line != word:
        raise RuntimeError(f"the load said {line!r}, not {word}")


class Bench:
    def __init__(self, parts: RealParts, seconds: float) -> None:
        self.parts = parts
        self.seconds = seconds
        self.mongod = pid_of(f"mongod .*--port {port_of(parts.mongo_uri)}")
        self.valkey = pid_of(f"valkey-server .*:{port_of(parts.redis_url)}")
        self.maker = SettingsMaker(parts)

    def plan(self, served: Served, **more: Any) -> dict[str, Any]:
        plan = {"url": served.urls[0], "urls": served.urls, "rooms": served.rooms}
        return plan | {"senders": SENDERS, "seconds": self.seconds, "warm_up": 2, "text": TEXT} | more

    def environment(self, **more: str) -> dict[str, str]:
        """Of a product of its own, quiet, whose people hear of no notices while the measurement goes on."""
        return self.maker.environment(
            public_url="http://127.0.0.1:8000",
            log_requests="false",
            log_level="error",
            notify_after_seconds="3600",
            **more,
        )

    @contextmanager
    def ours(self, *roles: str, environment: dict[str, str] | None = None) -> Iterator[Served]:
        """``python -m server ROLE`` for each role, on a database of their own; several talk through Valkey."""
        environment = environment or self.environment()
        rooms = asyncio.run(people(settings_of(environment)))
        pids = {"mongod": self.mongod}
        if roles != ("all",):
            environment["CASESPACE_REDIS_URL"] = self.parts.redis_url
            pids["valkey"] = self.valkey
        urls = []
        with ExitStack() as stack:
            for number, role in enumerate(roles):
                port = choose(set())
                name = role if roles.count(role) == 1 else f"{role}{number}"
                pids[name] = stack.enter_context(self.server(role, port, environment))
                if role != "worker":
                    urls.append(f"http://127.0.0.1:{port}")
            yield Served(urls, rooms, pids)

    @contextmanager
    def server(self, role: str, port: int, environment: dict[str, str], prefix: Sequence[str] = ()) -> Iterator[int]:
        """``python -m server ROLE``; its process id, or that of the program in ``prefix`` that runs it."""

        def ready() -> bool:
            return role == "worker" or get_status(port, "/readyz") == 200

        variables = {**os.environ, **environment, "CASESPACE_HTTP_PORT": str(port), "PYTHONPATH": str(ROOT)}
        with process([*prefix, sys.executable, "-m", "server", role], ready, env=variables) as child:
            yield child.pid

    @contextmanager
    def stock(self, *, stored: bool) -> Iterator[Served]:
        port = choose(set())
        rooms = [
            {"space_id": f"room{n}", "tokens": [f"room{n}:member{m:012d}" for m in range(MEMBERS)]}
            for n in range(ROOMS)
        ]
        arguments = [sys.executable, str(HERE / "_socket_stock.py"), str(port)]
        arguments += [self.parts.mongo_uri] if stored else []
        with process(arguments, lambda: get_status(port, "/") is not None, stdout=subprocess.DEVNULL) as child:
            pids = {"server": child.pid} | ({"mongod": self.mongod} if stored else {})
            yield Served([f"http://127.0.0.1:{port}"], rooms, pids)

    def close(self) -> None:
        self.maker.give_back()


def row(name: str, result: dict[str, Any]) -> str:
    shares = " ".join(f"{part} {share:.3f}" for part, share in result["cpu"].items())
    copies = result["delivered"] / max(1, result["messages"])
    return (
        f"{name:<7} {result['rate']:6.0f}/s  CPU-s/1,000 {result['cpu_total']:.3f} ({shares})  "
        f"ack p50 {result['ack_ms'].get('p50')} p99 {result['ack_ms'].get('p99')} ms  "
        f"delivered {copies:.2f} each, p50 {result['delivery_ms'].get('p50')} "
        f"p99 {result['delivery_ms'].get('p99')} ms  "
        f"failed {result['failed']} lost {result['lost']}"
    )

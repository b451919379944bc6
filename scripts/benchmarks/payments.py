"""How many payment notices a second the product takes, and how fast, beside the floor of proving, opening and writing.

Everything runs on this machine: a web process as shipped (no worker: what follows from a payment is owed), mongod, and
this generator. The floor proves the same notices, decrypts them and writes the same documents in one transaction on
bare Tornado, cryptography and PyMongo, in turn with the product in the same run. Latencies are seen by the client; at a
steady rate they count from when a notice was due. Repeats are notices of payments that were confirmed before.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import bson
import uvloop
from _http_load import Connection, MakeRequest, Outcome, connect, saturate
from _http_load import at_rate as at_a_rate
from _payments_stock import Stock
from _socket_servers import cpu_seconds, pid_of, port_of, process, settings_of
from tornado.httpclient import AsyncHTTPClient

from miniprogram_api.sandbox.credentials import create_credentials
from server.embedded.http_check import get_status
from server.embedded.ports import choose
from server.wiring import build
from services.storage import indexes
from services.storage.database import Database
from tests.parts.databases import SettingsMaker
from tests.parts.real import RunningParts

HERE = Path(__file__).resolve().parent
NOTIFY = "/api/v1/wechat/pay/notify"
CONNECTIONS, STEADY, STEADY_SECONDS = 32, 50, 4
FLOOR = "payments_floor"
AIM_RATIO, AIM_P99 = 0.5, 50


# --- the two servers


@contextmanager
def running_product(parts: RunningParts, environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """A web process: base URL and process id."""
    port = choose(set())
    own = {**environment, "CASESPACE_HTTP_PORT": str(port), "CASESPACE_REDIS_URL": parts.parts.redis_url}
    arguments = [sys.executable, "-m", "server", "web"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with process(arguments, lambda: get_status(port, "/healthz") == 200, env=own, **quiet) as child:
        yield f"http://127.0.0.1:{port}", child.pid


@contextmanager
def running_floor(uri: str, sample: dict[str, Any]) -> Iterator[tuple[str, int]]:
    with tempfile.NamedTemporaryFile(suffix=".bson") as file:
        file.write(bson.encode(sample))
        file.flush()
        command = [sys.executable, str(HERE / "_payments_floor.py"), "--uri", uri, "--database", FLOOR]
        child = subprocess.Popen([*command, "--sample", file.name], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        try:
            yield f"http://127.0.0.1:{child.stdout.readline().split()[1]}", child.pid
        finally:
            child.kill()
            child.wait()


# --- measuring


class Meter:
    """CPU milliseconds a notice, of those that take part."""

    def __init__(self, **pids: int) -> None:
        self._pids = pids
        self._before = {name: cpu_seconds(pid) for name, pid in pids.items()}

    def read(self, outcome: Outcome) -> tuple[str, float]:
        """In words, and all together."""
        count = max(1, len(outcome.latencies))
        used = {name: (cpu_seconds(pid) - self._before[name]) / count * 1000 for name, pid in self._pids.items()}
        words = ", ".join(f"{name} {value:.2f}" for name, value in used.items())
        return f"CPU ms a notice: {words}", sum(used.values())


@dataclass
class Found:
    """One value a round: notices a second, shares of the floor, milliseconds."""

    rates: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    cpu_ratios: list[float] = field(default_factory=list)
    repeats: list[float] = field(default_factory=list)
    p99s: list[float] = field(default_factory=list)
    taken: int = 0


async def each_once(connections: list[Connection], requests: list[bytes]) -> Outcome:
    """Every request once, as fast as the server takes them."""
    outcome, waiting = Outcome(0.0), list(requests)
    started = time.perf_counter()

    async def keep_on(connection: Connection) -> None:
        while waiting:
            request, sent = waiting.pop(), time.perf_counter()
            status, _ = await connection.send(request)
            outcome.latencies.append(time.perf_counter() - sent)
            outcome.statuses[status] += 1

    await asyncio.gather(*(keep_on(connection) for connection in connections))
    outcome.seconds = time.perf_counter() - started
    return outcome


def line(name: str, outcome: Outcome) -> str:
    bad = {status: count for status, count in outcome.statuses.items() if status != 204}
    return (
        f"{name:<24}{outcome.rate():>8.0f}/s   p50 {outcome.quantile(0.5):7.1f} ms   "
        f"p99 {outcome.quantile(0.99):7.1f} ms{f'   {bad}' if bad else ''}"
    )


class Bench:
    def __init__(self, stock: Stock, uri: str, server: tuple[str, int], mongod: int) -> None:
        self.stock = stock
        self.uri = uri
        self.url, self.pid = server
        self.mongod = mongod
        self.found = Found()
        self.ours: list[Connection] = []

    async def measure(self, rounds: int, count: int) -> bool:
        self.ours = await connect(self.url, CONNECTIONS)
        sample = await self.sample()
        print(f"a payment writes: {', '.join(row['in'] for row in sample['writes'])}")
        with running_floor(self.uri, sample) as (floor_url, floor_pid):
            floors = await connect(floor_url, CONNECTIONS)
            await self.floor(floors, CONNECTIONS * 4)
            await self.fresh(CONNECTIONS * 4)
            for number in range(1, rounds + 1):
                await self.one_round(number, count, floors, floor_pid)
        await self.burst()
        confirmed = self.stock.database["payments"].count_documents({"state": "succeeded"})
        spaces = self.stock.database["spaces"].count_documents({})
        print(f"notices taken: {self.found.taken}, payments confirmed: {confirmed}, spaces opened: {spaces}")
        return report(self.found) and self.found.taken == confirmed == spaces

    async def sample(self) -> dict[str, Any]:
        """What the floor needs: its keys, and the documents that one payment writes."""
        stock = self.stock
        (first,) = stock.copies(1)
        await each_once(self.ours[:1], stock.requests(NOTIFY, [first]))
        self.found.taken += 1
        writes = stock.written(first)
        return {"writes": writes, "public_key": stock.public_pem(), "api_v3_key": stock.credentials.api_v3_key}

    async def one_round(self, number: int, count: int, floors: list[Connection], floor_pid: int) -> None:
        meter = Meter(server=self.pid, mongod=self.mongod)
        mine, requests = await self.fresh(count)
        words, ours = meter.read(mine)
        print(line(f"round {number} product", mine), words, sep="\n    ")
        meter = Meter(floor=floor_pid, mongod=self.mongod)
        bare = await self.floor(floors, count)
        words, theirs = meter.read(bare)
        print(line(f"round {number} floor", bare), words, sep="\n    ")
        again = await saturate(self.ours, _from(requests), 2)
        print(line(f"round {number} repeats", again))
        steady = await self.steady()
        print(line(f"round {number} at {STEADY}/s", steady), flush=True)
        self.found.rates.append(mine.rate())
        self.found.ratios.append(mine.rate() / bare.rate())
        self.found.cpu_ratios.append(theirs / ours)
        self.found.repeats.append(again.rate())
        self.found.p99s.append(steady.quantile(0.99))

    async def fresh(self, count: int) -> tuple[Outcome, list[bytes]]:
        """Notices of payments that wait, as fast as the product takes them."""
        requests = self.stock.requests(NOTIFY, self.stock.copies(count))
        outcome = await each_once(self.ours, requests)
        self.found.taken += outcome.good(204)
        return outcome, requests

    async def steady(self) -> Outcome:
        requests = self.stock.requests(NOTIFY, self.stock.copies(STEADY * STEADY_SECONDS))
        outcome = await at_a_rate(self.ours, _from(requests), STEADY, STEADY_SECONDS)
        self.found.taken += outcome.good(204)
        return outcome

    async def floor(self, floors: list[Connection], count: int) -> Outcome:
        """The same work for the floor, which knows no payments."""
        (payment,) = self.stock.copies(1)
        return await each_once(floors, self.stock.requests("/notify", [payment] * count))

    async def burst(self) -> None:
        requests = self.stock.requests(NOTIFY, self.stock.copies(1))
        outcome = await each_once(await connect(self.url, 100), requests * 100)
        self.found.taken += 1
        print(line("one notice 100 times", outcome), f"all answered in {outcome.seconds * 1000:.0f} ms", sep="\n    ")


def _from(requests: list[bytes]) -> MakeRequest:
    turn = cycle(requests)
    return lambda: next(turn)


def report(found: Found) -> bool:
    rate, repeats = statistics.median(found.rates), statistics.median(found.repeats)
    ratio, cpu_ratio = statistics.median(found.ratios), statistics.median(found.cpu_ratios)
    p99 = statistics.median(found.p99s)
    print("medians of the rounds:")
    print(f"  {rate:.0f} notices/s at saturation, repeats {repeats:.0f}/s; the floor needs {cpu_ratio:.2f} of the CPU")
    rows = (
        (f"{ratio:.2f} of the floor's rate (aim: at least {AIM_RATIO})", ratio >= AIM_RATIO),
        (f"p99 {p99:.1f} ms at {STEADY}/s (aim: at most {AIM_P99})", p99 <= AIM_P99),
    )
    for text, met in rows:
        print(f"  {'met   ' if met else 'MISSED'}  {text}")
    return all(met for _, met in rows)


async def run(parts: RunningParts, rounds: int, count: int) -> bool:
    maker = SettingsMaker(parts.parts)
    environment = maker.environment()
    settings = settings_of(environment)
    stock = Stock(settings, create_credentials(parts.parts.path / "sandbox"))
    house = build(settings)
    await stock.lay_in(house, lambda openid: _register(parts.parts.sandbox_url, openid))
    await house.close()
    uri = settings.mongo_uri.get_secret_value()
    floor = Database(uri, FLOOR)
    await indexes.apply(floor)
    await floor.close()
    mongod = pid_of(f"mongod .*{port_of(uri.split('?')[0].rstrip('/'))}")
    with running_product(parts, environment) as server:
        return await Bench(stock, uri, server, mongod).measure(rounds, count)


async def _register(sandbox_url: str, openid: str) -> None:
    body = json.dumps({"openid": openid, "phone": "13612345678", "nickname": "压测"})
    await AsyncHTTPClient().fetch(f"{sandbox_url}/control/users", method="POST", body=body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--count", type=int, default=1500, help="notices of one round at saturation")
    given = parser.parse_args()
    parts = RunningParts(HERE.parent.parent / "var" / "bench-logs")
    try:
        good = uvloop.run(run(parts, given.rounds, given.count))
    finally:
        parts.stop()
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()

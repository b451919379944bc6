"""What a message costs: a durable, chained, ordered one of ours beside a stock broadcast that stores nothing.

200 rooms of five members online, 100 senders with one message in flight each, 200 bytes of Chinese text;
CPU-seconds of all server processes, mongod included, per 1,000 messages, for

  ours    this product, one process (web and worker), real mongod
  stock   python-socketio on Tornado + uvloop, broadcasting without storage
  stored  the same with one insert_one(j=True, majority) a message

in turn, in one run, several rounds; the ratios are of the medians. Then latency of ours at fixed rates.
Low rates cost several times more CPU per message than saturation: only equal loads are compared.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from server.embedded.http_check import get_status
from server.embedded.ports import choose
from server.settings import Settings
from server.wiring import build
from services.storage import indexes
from tests.house import client, space_of
from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts, RunningParts

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ROOMS, MEMBERS, SENDERS = 200, 5, 100
TEXT = "押金合同约定租期届满后七日内退还，房东以墙面污渍为由拒绝，" * 2 + "请律师看看怎么办"
TICKS = os.sysconf("SC_CLK_TCK")
AIM_STOCK, AIM_STORED = 0.8, 0.4


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mb(pid: int) -> float:
    line = next(row for row in Path(f"/proc/{pid}/status").read_text().splitlines() if row.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def mongod_pid(port: str) -> int:
    found = subprocess.run(["pgrep", "-f", f"mongod .*--port {port}"], capture_output=True, text=True, check=True)
    return int(found.stdout.split()[0])


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


async def people(settings: Settings) -> list[dict[str, Any]]:
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


def measure(plan: dict[str, Any], pids: list[int]) -> dict[str, Any]:
    """Run the load in a process of its own; what it found, and the CPU that the servers used meanwhile."""
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
        before = [cpu_seconds(pid) for pid in pids]
        _expect(load.stdout, "END")
        used = [cpu_seconds(pid) - was for pid, was in zip(pids, before, strict=True)]
        result: dict[str, Any] = json.loads(load.stdout.readline())
        load.wait(60)
    result["rate"] = result["messages"] / result["seconds"]
    result["cpu"] = [1000 * seconds / max(1, result["messages"]) for seconds in used]
    result["cpu_total"] = sum(result["cpu"])
    return result


def _expect(stream: Any, word: str) -> None:
    line = stream.readline().strip()
    if line != word:
        raise RuntimeError(f"the load said {line!r}, not {word}")


class Bench:
    def __init__(self, parts: RealParts, seconds: float) -> None:
        self.parts = parts
        self.seconds = seconds
        self.mongod = mongod_pid(parts.mongo_uri.split(":")[-1].split("/")[0])
        self.maker = SettingsMaker(parts)

    def plan(self, url: str, rooms: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        plan = {"url": url, "rooms": rooms, "senders": SENDERS, "seconds": self.seconds, "warm_up": 2, "text": TEXT}
        return plan | more

    @contextmanager
    def ours(self) -> Iterator[tuple[str, list[dict[str, Any]], list[int]]]:
        port = choose(set())
        environment = self.maker.environment(
            http_port=str(port), public_url=f"http://127.0.0.1:{port}", log_requests="false", log_level="warning"
        )
        fields: dict[str, Any] = {name.removeprefix("CASESPACE_").lower(): value for name, value in environment.items()}
        rooms = asyncio.run(people(Settings(_env_file=None, **fields)))
        variables = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
        with process(
            [sys.executable, "-m", "server", "all"], lambda: get_status(port, "/readyz") == 200, env=variables
        ) as child:
            yield f"http://127.0.0.1:{port}", rooms, [child.pid, self.mongod]

    @contextmanager
    def stock(self, *, stored: bool) -> Iterator[tuple[str, list[dict[str, Any]], list[int]]]:
        port = choose(set())
        rooms = [
            {"space_id": f"room{n}", "tokens": [f"room{n}:member{m:012d}" for m in range(MEMBERS)]}
            for n in range(ROOMS)
        ]
        arguments = [sys.executable, str(HERE / "_socket_stock.py"), str(port)]
        arguments += [self.parts.mongo_uri] if stored else []
        with process(arguments, lambda: get_status(port, "/") is not None, stdout=subprocess.DEVNULL) as child:
            yield f"http://127.0.0.1:{port}", rooms, [child.pid] + ([self.mongod] if stored else [])

    def close(self) -> None:
        self.maker.drop_databases()


def row(name: str, result: dict[str, Any]) -> str:
    parts = " + ".join(f"{share:.3f}" for share in result["cpu"])
    return (
        f"{name:<8} {result['rate']:7.0f}/s  CPU-s/1,000 {result['cpu_total']:.3f} ({parts})  "
        f"ack p50 {result['ack_ms'].get('p50')} p99 {result['ack_ms'].get('p99')} ms  "
        f"delivered p99 {result['delivery_ms'].get('p99')} ms  failed {result['failed']} lost {result['lost']}"
    )


def compare(bench: Bench, rounds: int) -> None:
    figures: dict[str, list[float]] = {"ours": [], "stock": [], "stored": []}
    with bench.ours() as ours, bench.stock(stored=False) as stock, bench.stock(stored=True) as stored:
        for number in range(rounds):
            for name, (url, rooms, pids) in (("ours", ours), ("stock", stock), ("stored", stored)):
                result = measure(bench.plan(url, rooms), pids)
                figures[name].append(result["cpu_total"])
                print(f"round {number + 1}  {row(name, result)}", flush=True)
        print(f"ours: resident {resident_mb(ours[2][0]):.0f} MB after {ROOMS * MEMBERS} sockets came and went")
    medians = {name: statistics.median(values) for name, values in figures.items()}
    for name, aim in (("stock", AIM_STOCK), ("stored", AIM_STORED)):
        ratio = medians["ours"] / medians[name]
        print(f"ours / {name:<6} = {ratio:.2f}   (aim ≤ {aim})")


def latency(bench: Bench, rates: list[int]) -> None:
    with bench.ours() as (url, rooms, pids):
        for rate in rates:
            result = measure(bench.plan(url, rooms, rate=rate), pids)
            print(f"at {rate:>5}/s  {row('ours', result)}", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=float, default=8)
    arguments.add_argument("--rates", type=int, nargs="*", default=[300, 1000])
    chosen = arguments.parse_args()
    running = RunningParts(ROOT / "var" / "bench-logs")
    bench = Bench(running.parts, chosen.seconds)
    try:
        if chosen.rounds:
            compare(bench, chosen.rounds)
        if chosen.rates:
            latency(bench, chosen.rates)
    finally:
        bench.close()
        running.stop()


if __name__ == "__main__":
    main()

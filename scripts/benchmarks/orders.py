"""How many orders a second the product places, and how fast, beside the floor of the same inserts.

Everything runs on this machine: the server as shipped (rate limits off: a handful of clients stands for many),
mongod, and this generator. The floor is bare Tornado and PyMongo with the same documents in the same
transaction, measured in turn with the product in the same run. Latencies are seen by the client, so the
server's own time is less. At 200/s they count from when a request was due, so that no wait is left out.
"""

import argparse
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bson
import uvloop
from _http_load import MakeRequest, Outcome, at_rate, connect, saturate
from _socket_servers import cpu_seconds
from pymongo import MongoClient
from tornado.httpclient import AsyncHTTPClient

from services.ids import new_id
from services.storage.database import Database
from services.storage.indexes import apply
from tests.parts.product import Product, start_product

HERE = Path(__file__).resolve().parent
CLIENTS = 40
CONNECTIONS = 64
FLOOR = "orders_floor"
NEED = {"description": "租房合同到期，房东以墙面有污渍为由不退押金两千元，聊天记录和照片都在。", "topic": "房产"}
COLLECTIONS = ("orders", "data_keys", "audit", "idempotency")
AIM_RATE, AIM_RATIO, AIM_P50, AIM_P99 = 500, 0.6, 10, 50


# --- the product


async def sign_in(product: Product) -> list[str]:
    """Access tokens of new clients, through WeChat's sign-in."""
    http, tokens = AsyncHTTPClient(), []

    async def post(url: str, body: dict[str, Any]) -> Any:
        headers = {"Content-Type": "application/json"}
        return json.loads((await http.fetch(url, method="POST", headers=headers, body=json.dumps(body))).body)

    for _ in range(CLIENTS):
        openid = f"oBENCH{new_id()}"
        phone = f"136{secrets.randbelow(10**8):08d}"
        await post(f"{product.sandbox_url}/control/users", {"openid": openid, "phone": phone, "nickname": "压测"})
        code = (await post(f"{product.sandbox_url}/control/codes", {"openid": openid}))["code"]
        tokens.append((await post(f"{product.base_url}/api/v1/auth/wechat", {"code": code}))["access_token"])
    return tokens


def order_requests(product: Product, tokens: list[str]) -> MakeRequest:
    product_id = next(one["id"] for one in product.demo["products"] if one["kind"] == "consultation")
    body = json.dumps({"product_id": product_id, "need": NEED}, ensure_ascii=False).encode()
    heads = [
        f"POST /api/v1/orders HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nIdempotency-Key: ".encode()
        for token in tokens
    ]
    turn = 0

    def make() -> bytes:
        nonlocal turn
        turn += 1
        return b"%b%024d\r\n\r\n%b" % (heads[turn % len(heads)], turn, body)

    return make


def floor_requests(body: bytes) -> MakeRequest:
    request = b"POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    return lambda: request


# --- the floor


async def sample_of(product: Product, make: MakeRequest, database: Any) -> bytes:
    """One order as it is stored, and its answer."""
    (connection,) = await connect(product.base_url, 1)
    status, answer = await connection.send(make())
    connection.close()
    if status != 201:
        raise SystemExit(f"an order was answered {status}: {answer.decode()}")
    newest = {name: database[name].find_one(sort=[("$natural", -1)]) for name in COLLECTIONS}
    return bson.encode({"documents": newest, "answer": answer})


@contextmanager
def running_floor(uri: str, sample: bytes) -> Iterator[tuple[str, int]]:
    """Base URL and process id."""
    with tempfile.NamedTemporaryFile(suffix=".bson") as file:
        file.write(sample)
        file.flush()
        command = [sys.executable, str(HERE / "_orders_floor.py"), "--uri", uri, "--database", FLOOR]
        process = subprocess.Popen([*command, "--sample", file.name], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        port = process.stdout.readline().split()[1]
        try:
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.kill()
            process.wait()


# --- CPU


def busy_seconds() -> float:
    """CPU time of the whole machine that was not idle."""
    fields = [int(part) for part in Path("/proc/stat").read_text("ascii").split("\n", 1)[0].split()[1:8]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def descendant(root: int, word: str) -> int:
    """The process below ``root`` whose command line holds ``word``."""
    parents: dict[int, tuple[int, str]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text("ascii").rsplit(")", 1)[1].split()[1])
                parents[int(entry.name)] = parent, (entry / "cmdline").read_text("utf-8").replace("\0", " ")
            except (OSError, UnicodeDecodeError):
                continue  # it has just ended, or is none of ours
    family, grown = {root}, True
    while grown:
        new = {pid for pid, (parent, _) in parents.items() if parent in family} - family
        family, grown = family | new, bool(new)
    return next(pid for pid in sorted(family) if word in parents.get(pid, (0, ""))[1] and pid != root)


class Meter:
    """CPU milliseconds per order of the parts that take part."""

    def __init__(self, **pids: int) -> None:
        self._pids = {**pids, "generator": os.getpid()}
        self._before = {name: cpu_seconds(pid) for name, pid in self._pids.items()}
        self._busy = busy_seconds()

    def read(self, outcome: Outcome) -> str:
        used = {name: cpu_seconds(pid) - self._before[name] for name, pid in self._pids.items()}
        foreign = (busy_seconds() - self._busy - sum(used.values())) / outcome.seconds / (os.cpu_count() or 1)
        shares = ", ".join(f"{name} {value / len(outcome.latencies) * 1000:.2f}" for name, value in used.items())
        return f"CPU ms an order: {shares}; others took {max(0.0, foreign):.0%} of the machine"


def line(name: str, outcome: Outcome) -> str:
    bad = {status: count for status, count in outcome.statuses.items() if status != 201}
    return (
        f"{name:<22}{outcome.rate():>8.0f}/s   p50 {outcome.quantile(0.5):7.1f} ms   "
        f"p99 {outcome.quantile(0.99):7.1f} ms   max {outcome.quantile(1):7.1f} ms{f'   {bad}' if bad else ''}"
    )


async def measure(product: Product, uri: str, name: str, rounds: int, seconds: float) -> bool:
    client: MongoClient[dict[str, Any]] = MongoClient(uri)
    tokens = await sign_in(product)
    make = order_requests(product, tokens)
    sample = await sample_of(product, make, client[name])
    floor_database = Database(uri, FLOOR)
    await apply(floor_database)
    await floor_database.close()
    pids = {
        "server": descendant(product.process.pid, "-m server all"),
        "mongod": descendant(product.process.pid, "mongod "),
    }
    placed, ratios, rates, calm = 1, [], [], []
    with running_floor(uri, sample) as (floor_url, floor_pid):
        ours, floors = await connect(product.base_url, CONNECTIONS), await connect(floor_url, CONNECTIONS)
        floor_make = floor_requests(json.dumps({"need": NEED}).encode())
        for connections, requests in ((ours, make), (floors, floor_make)):
            warm = await saturate(connections, requests, 2)
            placed += warm.good(201) if connections is ours else 0
        for number in range(1, rounds + 1):
            meter = Meter(**pids)
            mine = await saturate(ours, make, seconds)
            print(line(f"round {number} product", mine), meter.read(mine), sep="\n    ")
            meter = Meter(floor=floor_pid, mongod=pids["mongod"])
            floor = await saturate(floors, floor_make, seconds)
            print(line(f"round {number} floor", floor), meter.read(floor), sep="\n    ")
            meter = Meter(**pids)
            steady = await at_rate(ours, make, 200, seconds)
            print(line(f"round {number} at 200/s", steady), meter.read(steady), sep="\n    ", flush=True)
            placed += mine.good(201) + steady.good(201)
            ratios.append(mine.rate() / floor.rate())
            rates.append(mine.rate())
            calm.append((steady.quantile(0.5), steady.quantile(0.99)))
    stored = client[name]["orders"].count_documents({})
    numbers = len(client[name]["orders"].distinct("number")) if stored < 100_000 else stored
    print(f"answered 201: {placed}, stored: {stored}, different numbers: {numbers}")
    return report(rates, ratios, calm) and stored == placed == numbers


def report(rates: list[float], ratios: list[float], calm: list[tuple[float, float]]) -> bool:
    rate, ratio = statistics.median(rates), statistics.median(ratios)
    p50, p99 = statistics.median(p50 for p50, _ in calm), statistics.median(p99 for _, p99 in calm)
    rows = (
        (f"{rate:.0f} orders/s at saturation (aim: at least {AIM_RATE})", rate >= AIM_RATE),
        (f"{ratio:.2f} of the floor (aim: at least {AIM_RATIO})", ratio >= AIM_RATIO),
        (f"p50 {p50:.1f} ms at 200/s (aim: at most {AIM_P50})", p50 <= AIM_P50),
        (f"p99 {p99:.1f} ms at 200/s (aim: at most {AIM_P99})", p99 <= AIM_P99),
    )
    print("medians of the rounds:")
    for text, met in rows:
        print(f"  {'met   ' if met else 'MISSED'}  {text}")
    return all(met for _, met in rows)


def variables(data_dir: Path) -> dict[str, str]:
    lines = (data_dir / "casespace.env").read_text("utf-8").splitlines()
    return {name: value.strip("'\"") for name, _, value in (text.partition("=") for text in lines) if value}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="casespace-bench-") as folder:
        product = start_product(Path(folder), environment={**os.environ, "CASESPACE_RATE_LIMITS": "false"})
        try:
            own = variables(Path(folder))
            uri, name = own["CASESPACE_MONGO_URI"], own.get("CASESPACE_MONGO_DATABASE", "casespace")
            good = uvloop.run(measure(product, uri, name, given.rounds, given.seconds))
        finally:
            product.stop()
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()

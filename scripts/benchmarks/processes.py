"""What a second web process costs: CPU per message of two, with Valkey between them, beside that of one.

200 rooms of five, 100 senders, 200 bytes of Chinese text, at one rate for both (low rates cost more per message than
saturation, so only equal rates are compared):

  one    `server all`: web and worker in one process, mongod
  apart  `server web`, `server worker`, Valkey, mongod: what it costs to have the worker for itself
  two    two `server web`, the members of every room spread over both, `server worker`, Valkey, mongod

in turn, several rounds; the ratios are the medians of those of the rounds. A broadcast between processes travels
once and is encoded once; aim: two / one ≤ 1.25.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from messages import ROOT, Bench, measure, people, process

from server.embedded.http_check import get_status
from server.embedded.ports import choose
from server.settings import Settings
from tests.parts.real import RunningParts

AIM = 1.25
Served = tuple[list[str], list[dict[str, Any]], dict[str, int]]  # URLs, rooms, process ids by name


def valkey_pid(redis_url: str) -> int:
    port = redis_url.split(":")[-1].split("/")[0]
    found = subprocess.run(["pgrep", "-f", f"valkey-server .*:{port}"], capture_output=True, text=True, check=True)
    return int(found.stdout.split()[0])


@contextmanager
def served(bench: Bench, roles: list[str]) -> Iterator[Served]:
    """These processes on a database of their own, with people in it."""
    ports = [choose(set()) for _ in roles]
    environment = bench.maker.environment(
        public_url="http://127.0.0.1:8000", log_requests="false", log_level="error", notify_after_seconds="3600"
    )
    fields: dict[str, Any] = {name.removeprefix("CASESPACE_").lower(): value for name, value in environment.items()}
    rooms = asyncio.run(people(Settings(_env_file=None, **fields)))
    if roles != ["all"]:
        environment["CASESPACE_REDIS_URL"] = bench.parts.redis_url
    pids = {"mongod": bench.mongod}
    if roles != ["all"]:
        pids["valkey"] = valkey_pid(bench.parts.redis_url)
    urls = []
    with ExitStack() as stack:
        for number, (role, port) in enumerate(zip(roles, ports, strict=True)):
            variables = {**os.environ, **environment, "CASESPACE_HTTP_PORT": str(port), "PYTHONPATH": str(ROOT)}
            child = stack.enter_context(
                process([sys.executable, "-m", "server", role], lambda r=role, p=port: _ready(r, p), env=variables)
            )
            pids[f"{role}{number}"] = child.pid
            if role != "worker":
                urls.append(f"http://127.0.0.1:{port}")
        yield urls, rooms, pids


def _ready(role: str, port: int) -> bool:
    return role == "worker" or get_status(port, "/readyz") == 200


def row(name: str, served_by: Served, result: dict[str, Any]) -> str:
    shares = " ".join(f"{part} {share:.3f}" for part, share in zip(served_by[2], result["cpu"], strict=True))
    copies = result["delivered"] / max(1, result["messages"])
    return (
        f"{name:<5} {result['rate']:6.0f}/s  CPU-s/1,000 {result['cpu_total']:.3f} ({shares})  "
        f"delivered {copies:.2f} each, p99 {result['delivery_ms'].get('p99')} ms  "
        f"failed {result['failed']} lost {result['lost']}"
    )


def ratio(figures: dict[str, list[float]], name: str, other: str) -> float:
    return statistics.median(a / b for a, b in zip(figures[name], figures[other], strict=True))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=float, default=8)
    arguments.add_argument("--rate", type=int, default=400, help="messages a second")
    chosen = arguments.parse_args()
    running = RunningParts(ROOT / "var" / "bench-logs")
    bench = Bench(running.parts, chosen.seconds)
    figures: dict[str, list[float]] = {"one": [], "apart": [], "two": []}
    try:
        with (
            served(bench, ["all"]) as one,
            served(bench, ["web", "worker"]) as apart,
            served(bench, ["web", "web", "worker"]) as two,
        ):
            for number in range(chosen.rounds):
                for name, by in (("one", one), ("apart", apart), ("two", two)):
                    plan = bench.plan(by[0][0], by[1], urls=by[0], rate=chosen.rate)
                    result = measure(plan, list(by[2].values()))
                    figures[name].append(result["cpu_total"])
                    print(f"round {number + 1}  {row(name, by, result)}", flush=True)
        load = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        print(f"two / one   = {ratio(figures, 'two', 'one'):.2f}   (aim ≤ {AIM}; {load})")
        print(
            f"apart / one = {ratio(figures, 'apart', 'one'):.2f}   two / apart = {ratio(figures, 'two', 'apart'):.2f}"
        )
    finally:
        bench.close()
        running.stop()


if __name__ == "__main__":
    main()

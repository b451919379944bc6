"""What a message costs: a durable, chained, ordered one of ours beside a stock broadcast that stores nothing.

200 rooms of five members online, 100 senders with one message in flight each, 200 bytes of Chinese text;
CPU-seconds of all server processes, mongod included, per 1,000 messages, for

  path    this product as far as the message's own way goes: authenticated, checked, sealed, chained, journaled by a
          majority, acknowledged, delivered in order. One `server web`, mongod, Valkey
  whole   the same with `server worker` beside it, as in production: search, attention, mentions, checkpoints. What it
          costs more than `path` follows the record off the hot path, mongod's part of it included
  stock   python-socketio on Tornado + uvloop, broadcasting without storage
  stored  the same with one insert_one(j=True, majority) a message

in turn, in one run, several rounds; the ratios are the medians of those of the rounds. The aims compare like with
like: `path`, since neither stock server can search. Then the latency of all four at fixed rates, in turn.
Low rates cost several times more CPU per message than saturation: only equal loads are compared.
"""

import argparse
import os
import statistics

from _socket_servers import MEMBERS, ROOMS, ROOT, Bench, measure, resident_kib, row

from tests.parts.real import RunningParts

AIM_STOCK, AIM_STORED = 0.8, 0.4
Figures = dict[str, list[float]]


def ratio(figures: Figures, name: str, other: str) -> float:
    """The median of the ratios of the rounds: neighbours in time saw the same machine."""
    return statistics.median(a / b for a, b in zip(figures[name], figures[other], strict=True))


def compare(bench: Bench, rounds: int) -> None:
    figures: Figures = {"path": [], "whole": [], "stock": [], "stored": []}
    with (
        bench.ours("web") as path,
        bench.ours("web", "worker") as whole,
        bench.stock(stored=False) as stock,
        bench.stock(stored=True) as stored,
    ):
        order = (("path", path), ("stock", stock), ("whole", whole), ("stored", stored))
        for number in range(rounds):
            for name, served in order:
                result = measure(bench.plan(served), served.pids)
                figures[name].append(result["cpu_total"])
                print(f"round {number + 1}  {row(name, result)}", flush=True)
        resident = resident_kib(path.pids["web"]) / 1024
        print(f"web: resident {resident:.0f} MB after {ROOMS * MEMBERS} sockets came and went")
    print(f"path  / stock  = {ratio(figures, 'path', 'stock'):.2f}   (aim ≤ {AIM_STOCK})")
    print(f"path  / stored = {ratio(figures, 'path', 'stored'):.2f}   (aim ≤ {AIM_STORED})")
    print(f"whole / stock  = {ratio(figures, 'whole', 'stock'):.2f}   (search and the rest of the worker included)")
    print(f"whole / stored = {ratio(figures, 'whole', 'stored'):.2f}")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def latency(bench: Bench, rates: list[int]) -> None:
    """From when a message was due to its delivery, beside servers that promise less: their tail is the machine's."""
    with (
        bench.ours("web") as path,
        bench.ours("web", "worker") as whole,
        bench.stock(stored=False) as stock,
        bench.stock(stored=True) as stored,
    ):
        order = (("path", path), ("stock", stock), ("whole", whole), ("stored", stored))
        for rate in rates:
            for name, served in order:
                result = measure(bench.plan(served, rate=rate), served.pids)
                print(f"at {rate:>5}/s  {row(name, result)}", flush=True)


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

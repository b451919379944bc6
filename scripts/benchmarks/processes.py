"""What a second web process costs: CPU per message of two, with Valkey between them, beside that of one.

200 rooms of five, 100 senders, 200 bytes of Chinese text, at one rate for both (low rates cost more per message than
saturation, so only equal rates are compared):

  one    `server web`, `server worker`, Valkey, mongod: as in production
  two    two `server web`, the members of every room spread over both, and the rest as before
  all    `server all`: web and worker in one process, mongod

in turn, several rounds; the ratios are the medians of those of the rounds. A broadcast between processes travels
once, is encoded once, and not at all when nobody elsewhere listens; aim: two / one ≤ 1.25.
"""

import argparse
import os
from contextlib import ExitStack

from _socket_servers import ROOT, Bench, measure, row
from messages import Figures, ratio

from tests.parts.real import RunningParts

AIM = 1.25
ROLES = {"one": ("web", "worker"), "two": ("web", "web", "worker"), "all": ("all",)}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=float, default=8)
    arguments.add_argument("--rate", type=int, default=400, help="messages a second")
    chosen = arguments.parse_args()
    running = RunningParts(ROOT / "var" / "bench-logs")
    bench = Bench(running.parts, chosen.seconds)
    figures: Figures = {name: [] for name in ROLES}
    try:
        with ExitStack() as stack:
            served = {name: stack.enter_context(bench.ours(*roles)) for name, roles in ROLES.items()}
            for number in range(chosen.rounds):
                for name, by in served.items():
                    result = measure(bench.plan(by, rate=chosen.rate), by.pids)
                    figures[name].append(result["cpu_total"])
                    print(f"round {number + 1}  {row(name, result)}", flush=True)
        load = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        print(f"two / one = {ratio(figures, 'two', 'one'):.2f}   (aim ≤ {AIM}; {load})")
        print(f"one / all = {ratio(figures, 'one', 'all'):.2f}   (what a worker of its own costs)")
    finally:
        bench.close()
        running.stop()


if __name__ == "__main__":
    main()

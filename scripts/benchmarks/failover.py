"""How long people feel that something died (SIGKILL), in seconds: the median of some rounds, and the worst.

  owner    of two web processes the one that owns a hearing's media, while everybody speaks: until who presides has a
           mute noted by the other one, until it is obeyed in every ear, and the longest silence that anybody heard
  janus    the media server, started again at once: until every phone is told to offer again, until all hear again
  worker   the one that leads, of two: until the other does
  web      one of two, with 20 sockets, amid a talk: until they are at the other and know what was said meanwhile (they
           go there as soon as they see that it is gone; a phone waits a moment, so that not all come at once)

Each process "elsewhere" is in a PID namespace of its own, as on a machine of its own: nobody can see that it is dead,
so its lease must run out. Needs root, Janus, and the rights to make network and PID namespaces.
"""

import argparse
import asyncio
import logging
import os
import statistics
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from _failover_hearings import janus_killed, owner_killed
from _failover_processes import web_killed, worker_killed
from _socket_servers import ROOT, Bench
from hearings import INSIDE, run_inside, running_janus

from server.embedded.janus import Janus
from tests.parts.real import RunningParts
from tests.voice.namespace import lay_cables

Round = Callable[[], Awaitable[dict[str, float]]]


def rounds_of(bench: Bench, janus: Janus, sizes: list[int]) -> dict[str, Round]:
    found: dict[str, Round] = {}
    for size in sizes:
        of = partial(owner_killed, bench, janus, size)
        found[f"owner, {size} people, same machine"] = partial(of, elsewhere=False)
        found[f"owner, {size} people, elsewhere"] = partial(of, elsewhere=True)
        found[f"janus, {size} people"] = partial(janus_killed, bench, janus, size)
    found["worker, same machine"] = partial(worker_killed, bench, elsewhere=False)
    found["worker, elsewhere"] = partial(worker_killed, bench, elsewhere=True)
    found["web"] = partial(web_killed, bench)
    return found


def line(name: str, found: list[dict[str, float]]) -> str:
    figures = []
    for what in found[0]:
        values = [one[what] for one in found]
        figures.append(f"{what} {statistics.median(values):.2f} ({max(values):.2f})")
    return f"{name:<32} {'   '.join(figures)}"


async def compare(bench: Bench, janus: Janus, given: argparse.Namespace) -> None:
    for name, once in rounds_of(bench, janus, given.sizes).items():
        if name.startswith(tuple(given.only)):
            print(line(name, [await once() for _ in range(given.rounds)]), flush=True)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def measure(given: argparse.Namespace) -> None:
    lay_cables()
    for name in ("aioice", "engineio", "socketio"):
        logging.getLogger(name).setLevel(logging.ERROR)
    running = RunningParts(ROOT / "var" / "bench-logs")
    bench = Bench(running.parts, 0)
    try:
        with tempfile.TemporaryDirectory(prefix="casespace-bench-") as folder, running_janus(Path(folder)) as janus:
            asyncio.run(compare(bench, janus, given))
    finally:
        bench.close()
        running.stop()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sizes", type=int, nargs="*", default=[3, 10], help="people in a hearing")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--only", nargs="*", default=["owner", "janus", "worker", "web"], help="what dies")
    arguments.add_argument(INSIDE, action="store_true", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.inside:
        measure(given)
    else:
        run_inside(__file__)


if __name__ == "__main__":
    main()

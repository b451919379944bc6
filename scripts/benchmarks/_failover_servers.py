"""Servers that can be killed, for ``failover.py``: on this machine, or as if each were on another."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from _socket_servers import Bench

from server.embedded.ports import choose

GIVEN_UP = 60.0  # seconds
# A process on another machine cannot be seen to be dead: its lease must run out. A PID namespace is such a machine.
ELSEWHERE = ("unshare", "--pid", "--fork", "--kill-child")


@dataclass(frozen=True)
class Served:
    """A server: its process, or the program that keeps it in a PID namespace of its own."""

    pid: int
    url: str
    elsewhere: bool

    def owns(self, name: str) -> bool:
        """Whether this is the owner that a lease names (``place/pid/random``)."""
        place, pid, _ = name.split("/")
        if not self.elsewhere:
            return int(pid) == self.pid
        return place.endswith(f"-{os.stat(f'/proc/{self.pid}/ns/pid_for_children').st_ino}")

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)  # nobody else takes note of its end, and until then it seems to live


def serve(
    stack: ExitStack, bench: Bench, roles: list[str], environment: dict[str, str], *, elsewhere: bool
) -> list[Served]:
    """Processes on one database, each on a machine of its own if they are ``elsewhere``."""
    prefix = ELSEWHERE if elsewhere else ()
    found = []
    for role in roles:
        port = choose(set())
        pid = stack.enter_context(bench.server(role, port, environment, prefix))
        found.append(Served(pid, f"http://127.0.0.1:{port}", elsewhere))
    return found


def shared(bench: Bench) -> dict[str, str]:
    """Variables of processes that talk through Valkey, on a database of their own."""
    return {**bench.environment(), "CASESPACE_REDIS_URL": bench.parts.redis_url}


async def comes_about(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + GIVEN_UP
    while not true():
        if time.monotonic() > deadline:
            raise SystemExit(f"it did not come about within {GIVEN_UP:.0f} s")
        await asyncio.sleep(0.01)

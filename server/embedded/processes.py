"""A part: one program in its own process group, with a log file, a question "are you ready?" and an orderly end."""

import os
import signal
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

LEASH = Path(__file__).with_name("leash.py")
TAIL_LINES = 15
TAIL_WIDTH = 240
POLL_SECONDS = 0.05
LOG_KEPT_BYTES = 20 << 20

# What a part may know of the caller's environment. Anything else (a production CASESPACE_MONGO_URI in the shell,
# an AWS key) must not reach it.
HARMLESS = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ", "USER")


class PartError(Exception):
    """A part did not start, or died. The text names it and ends with the last lines of its log."""

    def __init__(self, part: str, reason: str, tail: str = "") -> None:
        super().__init__(f"{part}: {reason}" + (f"\n{tail}" if tail else ""))
        self.part = part
        self.reason = reason


@dataclass(frozen=True)
class Command:
    """What to run: absolute program and arguments, working folder, and variables beside the harmless ones."""

    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)


def harmless_environment() -> dict[str, str]:
    return {name: os.environ[name] for name in HARMLESS if name in os.environ}


class Part(ABC):
    """Base of all parts. ``start`` must be called from the main thread (the leash follows the starting thread)."""

    name: str  # as people are told
    ready_within: float = 60  # seconds
    stop_within: float = 10  # seconds until it is killed

    def __init__(self, log_file: Path) -> None:
        self.log_file = log_file
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    @abstractmethod
    def command(self) -> Command:
        """The command that starts it. Raises PartError when the machine lacks something."""

    @abstractmethod
    def ready(self) -> bool:
        """One quick look whether it can be used now. Called from a thread; raises nothing for "not yet"."""

    @property
    def pid(self) -> int:
        if self._process is None:
            raise PartError(self.name, "was never started")
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        """Start it (again). Raises PartError."""
        command = self.command()
        self._make_log()
        leash = [sys.executable, "-I", "-S", str(LEASH), str(os.getpid())]
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command line
                [*leash, *command.arguments],
                cwd=command.folder,
                env=harmless_environment() | dict(command.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def await_ready(self, given_up: threading.Event | None = None) -> None:
        """Wait until it can be used; returns early when `given_up` is set. Raises PartError."""
        deadline = time.monotonic() + self.ready_within
        while not self.ready():
            if given_up is not None and given_up.is_set():
                return
            if self.exit_code is not None and not self.ready():  # a step that ended well since the first look is ready
                raise self.died()
            if time.monotonic() > deadline:
                raise PartError(self.name, f"is not ready after {self.ready_within:.0f} s", self.log_tail())
            time.sleep(POLL_SECONDS)

    def died(self) -> PartError:
        """The error that tells how it ended."""
        code = self.exit_code
        if code is not None and code < 0:
            how = f"was ended by signal {signal.Signals(-code).name}"
        else:
            how = f"stopped with exit code {code}"
        return PartError(self.name, how + self.explain_exit(), self.log_tail())

    def explain_exit(self) -> str:
        """More about an early end, where the part can tell (a missing library, for example)."""
        return ""

    def ask_to_stop(self) -> None:
        self._signal(signal.SIGTERM)

    def stop(self) -> None:
        """Ask it to stop, kill the whole group if it takes too long. Never raises for one that is gone already."""
        if self._process is None:
            return
        self.ask_to_stop()
        try:
            self._process.wait(self.stop_within)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self._process.wait()
        self._kill_remains()

    def kill(self) -> None:
        """End it at once with SIGKILL."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()

    def log_tail(self, lines: int = TAIL_LINES) -> str:
        """The last lines that it wrote since its latest start."""
        if not self.log_file.exists():
            return ""
        with self.log_file.open("rb") as log:
            log.seek(self._log_start)
            text = log.read().decode("utf-8", "replace")
        shown = [line[:TAIL_WIDTH] for line in text.splitlines()[-lines:]]
        return "\n".join([f"--- last lines of {self.log_file}", *shown]) if shown else ""

    def _make_log(self) -> None:
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        if self.log_file.exists() and self.log_file.stat().st_size > LOG_KEPT_BYTES:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        self.log_file.touch(mode=0o600)
        self._log_start = self.log_file.stat().st_size

    def _signal(self, number: signal.Signals) -> None:
        """To the part alone when asking, to its whole group when killing."""
        if self._process is None or self._process.poll() is not None:
            return
        if number == signal.SIGKILL:
            self._kill_remains()
        else:
            self._process.send_signal(number)

    def _kill_remains(self) -> None:
        """Kill what is left of the group: helpers of a part that did not take them along."""
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return  # nothing was left, which is what we want
        except PermissionError:
            return  # macOS answers so for a group of zombies


def start_together(parts: Sequence[Part]) -> None:
    """Start all at once and wait for all. When one fails, all are stopped and its PartError is raised."""
    given_up = threading.Event()

    def wait_for(part: Part) -> None:
        try:
            part.await_ready(given_up)
        except BaseException:
            given_up.set()
            raise

    try:
        for part in parts:
            part.start()
        with ThreadPoolExecutor(max(1, len(parts))) as pool:
            outcomes = [pool.submit(wait_for, part) for part in parts]
            try:
                for outcome in outcomes:
                    outcome.result()
            except BaseException:
                given_up.set()  # before the pool waits for its threads
                raise
    except BaseException:
        stop_together(parts)
        raise


def stop_together(parts: Sequence[Part]) -> None:
    """Ask all to stop, then wait for each."""
    for part in parts:
        part.ask_to_stop()
    for part in parts:
        part.stop()

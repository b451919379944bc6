"""Tiny programs as parts, for tests of how parts are started, watched and stopped."""

import sys
from pathlib import Path

from server.embedded.processes import Command, Part


class Program(Part):
    """Runs `code` in Python; it is ready once it has written the file ``ready`` into its folder."""

    def __init__(self, name: str, folder: Path, code: str) -> None:
        super().__init__(folder / f"{name}.log")
        self.name = name
        self.folder = folder
        self.code = code

    def command(self) -> Command:
        return Command([sys.executable, "-u", "-c", self.code], self.folder)

    def ready(self) -> bool:
        return (self.folder / "ready").exists()


READY_THEN_SLEEP = "import pathlib, time; pathlib.Path('ready').touch(); time.sleep(60)"
NEVER_READY = "import time; time.sleep(60)"


def is_alive(pid: int) -> bool:
    """Whether a process runs (a zombie, which only waits to be collected, does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"

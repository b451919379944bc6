"""What a reading process does to itself: it steps back behind the chat (F2)."""

import os
import subprocess
import sys
from pathlib import Path

from ocr.engine_process import ROOT

ASKS = """
import os, pathlib
from ocr.confinement import settle
settle(512, 7)
group = pathlib.Path("/proc/self/autogroup")
print(os.nice(0), group.read_text().split()[-1] if group.exists() else "none")
"""

NICE = str(os.nice(0) + 7)


def told(*, own_session: bool) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", ASKS],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        start_new_session=own_session,
    )
    return done.stdout.split()


def test_its_session_steps_back_with_it() -> None:
    """Where Linux shares processors out among sessions, the nice value alone would not count against the servers."""
    grouped = Path("/proc/self/autogroup").exists()
    assert told(own_session=True) == [NICE, "7" if grouped else "none"]


def test_the_session_of_the_server_stays_where_it_is() -> None:
    before = Path("/proc/self/autogroup")
    nice = before.read_text("ascii").split()[-1] if before.exists() else "none"
    assert told(own_session=False) == [NICE, nice]

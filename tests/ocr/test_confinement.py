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
print(os.nice(0), "in", group.read_text().strip() if group.exists() else "")
"""

NICE = str(os.nice(0) + 7)


AUTOGROUP = Path("/proc/self/autogroup")


def told(*, own_session: bool) -> tuple[str, str]:
    """Its nice value, and its session's: empty where Linux does not group, or nobody has begun a session since boot."""
    done = subprocess.run(
        [sys.executable, "-c", ASKS],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        start_new_session=own_session,
    )
    nice, _, group = done.stdout.partition(" in ")
    return nice, group.strip().rpartition(" ")[2]


def test_its_session_steps_back_with_it() -> None:
    """Where Linux shares processors out among sessions, the nice value alone would not count against the servers."""
    assert told(own_session=True) == (NICE, "7" if AUTOGROUP.exists() else "")


def test_the_session_of_the_server_stays_where_it_is() -> None:
    before = AUTOGROUP.read_text("ascii").strip() if AUTOGROUP.exists() else ""
    assert told(own_session=False) == (NICE, before.rpartition(" ")[2])

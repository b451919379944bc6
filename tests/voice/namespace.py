"""``python -m tests.voice.namespace PYTEST-ARGUMENTS…``: pytest in a network of its own.

Janus offers no sound on loopback, and a test must reach nothing outside: so the whole stack runs in a network namespace
whose only other interface is a pair of virtual cables with two addresses of 127/8 (ruling 24 of the design).
"""

import os
import subprocess
import sys

JANUS_ADDRESS = "127.77.0.1"
SPEAKER_ADDRESS = "127.77.0.2"
INSIDE = "HEARING_TESTS_INSIDE"
_CABLES = (
    "ip link set lo up",
    "ip link add cable0 type veth peer name cable1",
    f"ip address add {JANUS_ADDRESS}/32 dev cable0",
    f"ip address add {SPEAKER_ADDRESS}/32 dev cable1",
    "ip link set cable0 up",
    "ip link set cable1 up",
)


def command(arguments: list[str]) -> list[str]:
    """What runs pytest inside. Somebody who is not root becomes it in a user namespace, where the kernel lets them."""
    unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "--map-root-user"]
    return [*unshare, sys.executable, "-m", "tests.voice.namespace", *arguments]


def lay_cables() -> None:
    """In a network namespace that has just been made."""
    for line in _CABLES:
        subprocess.run(line.split(), check=True)


def main() -> None:
    lay_cables()
    os.environ[INSIDE] = "1"
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *sys.argv[1:]])


if __name__ == "__main__":
    main()

"""Private loopback ports, kept in the data folder.

They are kept because the member of a replica set is stored with its port. All are chosen from a range below the one
that Linux uses for outgoing connections, and below 22000, since SeaweedFS takes each port + 10000 for gRPC too.
"""

import json
import random
import socket
from pathlib import Path

LOWEST, HIGHEST = 12_000, 21_900
GRPC_OFFSET = 10_000
LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(port: int, host: str = LOOPBACK) -> bool:
    """Whether something accepts connections there now."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def choose(taken: set[int]) -> int:
    """A free port whose gRPC neighbour is free too, not in `taken`."""
    candidates = [port for port in range(LOWEST, HIGHEST) if port not in taken]
    for port in random.SystemRandom().sample(candidates, k=min(len(candidates), 500)):
        if is_free(port) and is_free(port + GRPC_OFFSET):
            return port
    raise OSError(f"found no free port between {LOWEST} and {HIGHEST}")


class KeptPorts:
    """Ports by name, chosen once and written to `file`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._ports: dict[str, int] = json.loads(file.read_text("utf-8")) if file.exists() else {}

    def get(self, name: str) -> int:
        if name not in self._ports:
            self._ports[name] = choose(set(self._ports.values()))
            self._file.write_text(json.dumps(self._ports, indent=1) + "\n", "utf-8")
        return self._ports[name]

    def get_free(self, name: str) -> int:
        """Like `get`, but chooses another when the kept one is taken: for ports that nothing has stored."""
        if name in self._ports and not is_free(self._ports[name]):
            del self._ports[name]
        return self.get(name)

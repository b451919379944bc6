"""The product's own processes as parts: the one-off steps before it, and the server."""

import sys
from collections.abc import Mapping
from pathlib import Path

from server.embedded.http_check import get_status
from server.embedded.ports import is_free
from server.embedded.processes import Command, Part, PartError
from server.embedded.sandbox import REPOSITORY


class Step(Part):
    """``python -m server ARGUMENTS…`` that must end well before the product can start."""

    ready_within = 120

    def __init__(self, arguments: list[str], environment: Mapping[str, str], log_file: Path) -> None:
        super().__init__(log_file)
        self.arguments = arguments
        self.environment = environment
        self.name = f"server {arguments[0]}"

    def command(self) -> Command:
        return Command([sys.executable, "-m", "server", *self.arguments], REPOSITORY, self.environment)

    def ready(self) -> bool:
        return self.exit_code == 0


class Server(Part):
    """``python -m server all``: web and worker in one process."""

    name = "server"
    stop_within = 25  # it drains for up to 10 s by default

    def __init__(
        self, host: str, port: int, environment: Mapping[str, str], log_file: Path, certificate: Path | None
    ) -> None:
        super().__init__(log_file)
        self.host = host
        self.port = port
        self.environment = environment
        self.certificate = certificate

    def command(self) -> Command:
        return Command([sys.executable, "-m", "server", "all"], REPOSITORY, self.environment)

    def require_free_port(self) -> None:
        """Raises PartError when something else listens where the server shall."""
        if not is_free(self.port, self.host):
            raise PartError(self.name, f"port {self.port} is taken by another program; choose one with --port.")

    def ready(self) -> bool:
        return get_status(self.port, "/readyz", self.certificate) == 200

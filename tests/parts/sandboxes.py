"""A sandbox of one test's own, for tests that want pushes to their own server or damage its state."""

from pathlib import Path

from server.embedded.environment import PREFIX
from server.embedded.ports import choose
from server.embedded.processes import start_together
from server.embedded.sandbox import Sandbox, sandbox_variables


class OwnSandbox:
    """A running sandbox with credentials of its own, data and log in `folder`."""

    def __init__(self, folder: Path, product_url: str) -> None:
        self._part = Sandbox(folder, choose(set()), folder.with_suffix(".log"), product_url=product_url)
        self.url = self._part.url
        self.folder = folder
        variables = sandbox_variables(folder, self.url)
        self.fields = {name.removeprefix(PREFIX).lower(): value for name, value in variables.items()}
        start_together([self._part])

    def stop(self) -> None:
        self._part.stop()

    def kill(self) -> None:
        """End it as a crash would."""
        self._part.kill()

    def start_again(self) -> None:
        """Start it once more with the same data and address."""
        start_together([self._part])

"""The harness: real parts for every test that asks for them, and no way out of this machine.

They start when the first test asks. Under xdist each process has a set of its own: files that run at the same time must
not see each other's fault switches in the sandbox. ``python -m tests.parts`` keeps a set running for somebody who runs
single tests over and over.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from services.identity import passwords
from tests.parts import loopback
from tests.parts.databases import Databases, SettingsMaker
from tests.parts.product import Product, start_product
from tests.parts.real import VARIABLE, RealParts, RunningParts
from tests.parts.sandboxes import OwnSandbox

StartSandbox = Callable[[str], OwnSandbox]

REPOSITORY = Path(__file__).resolve().parent.parent
LOGS = REPOSITORY / "var" / "test-logs"
LONGEST = REPOSITORY / "tests" / "voice" / "test_inside.py"


class Harness:
    """Holds the parts that this process started, if it started any."""

    running: RunningParts | None = None

    def parts(self) -> RealParts:
        if VARIABLE in os.environ:
            return RealParts.from_json(os.environ[VARIABLE])
        if self.running is None:
            self.running = RunningParts(LOGS)
        return self.running.parts

    def stop(self) -> None:
        if self.running is not None:
            self.running.stop()


HARNESS = pytest.StashKey[Harness]()


def pytest_configure(config: pytest.Config) -> None:
    for name in [name for name in os.environ if name.startswith("CASESPACE_") and name != VARIABLE]:
        del os.environ[name]  # a developer's own settings must not decide how tests end
    loopback.install()
    passwords.COST = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)  # a test makes three people on average
    config.stash[HARNESS] = Harness()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest file first: started last, it would keep one of two processes waiting for the other."""
    items.sort(key=lambda item: item.path != LONGEST)


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[HARNESS].stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    running = config.stash[HARNESS].running
    if running is None or not terminalreporter.stats.get("failed", []) + terminalreporter.stats.get("error", []):
        return
    terminalreporter.section(f"logs of the real parts ({running.logs})")
    for name, tail in running.log_tails():
        terminalreporter.write_line(f"{name} {tail}")


@pytest.fixture(scope="session")
def parts(request: pytest.FixtureRequest) -> RealParts:
    """Addresses and keys of the running parts."""
    return request.config.stash[HARNESS].parts()


@pytest.fixture(scope="session")
def databases(parts: RealParts) -> Iterator[Databases]:
    made = Databases(parts.mongo_uri)
    yield made
    made.close()


@pytest.fixture(scope="module")
def make_settings(parts: RealParts, databases: Databases) -> Iterator[SettingsMaker]:
    """``make_settings(**fields)`` → Settings with an empty database; ``make_settings.environment()`` → variables.

    The databases go back with the module that asked for them: each holds some two hundred files open in mongod.
    """
    maker = SettingsMaker(parts, databases)
    yield maker
    maker.give_back()


@pytest.fixture
def start_sandbox(tmp_path: Path) -> Iterator[StartSandbox]:
    """``start_sandbox(product_url)`` → a sandbox of this test's own that pushes to a product at that URL.

    Its ``fields`` go into `make_settings`: ``make_settings(**sandbox.fields)``.
    """
    sandboxes: list[OwnSandbox] = []

    def start(product_url: str) -> OwnSandbox:
        sandboxes.append(OwnSandbox(tmp_path / f"sandbox{len(sandboxes)}", product_url))
        return sandboxes[-1]

    yield start
    for sandbox in sandboxes:
        sandbox.stop()


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The whole product through the runner: its own database, store, sandbox and demo office."""
    running = start_product(tmp_path_factory.mktemp("product"))
    yield running
    running.stop()

"""Fixtures for tests against a sandbox in the same process."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from miniprogram_api.sandbox import SandboxCredentials, create_credentials
from tests.sandbox.playground import Playground


@pytest.fixture(scope="session")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> SandboxCredentials:
    """One set of keys for the session: making three RSA keys takes longer than most tests."""
    return create_credentials(tmp_path_factory.mktemp("credentials"))


@pytest.fixture
async def play(credentials: SandboxCredentials, tmp_path: Path) -> AsyncIterator[Playground]:
    """A fresh sandbox with a stand-in product."""
    shutil.copy(credentials.folder / "credentials.json", tmp_path)
    playground = Playground(tmp_path)
    yield playground
    await playground.close()

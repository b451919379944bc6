"""A reader for the whole session, and the evaluation kit on the path (scripts/ is no package)."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from ocr import Reader, ReaderOptions

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def reader() -> AsyncIterator[Reader]:
    """Warm, with the usual limits."""
    async with Reader(ReaderOptions(nice=0)) as reader:
        await reader.start()
        yield reader

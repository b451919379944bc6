"""A reader for the whole session."""

from collections.abc import AsyncIterator

import pytest_asyncio

from ocr import Reader, ReaderOptions


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def reader() -> AsyncIterator[Reader]:
    """Warm, with the usual limits."""
    async with Reader(ReaderOptions(nice=0)) as reader:
        await reader.start()
        yield reader

"""PagePainter: pictures of pages, each made in a process that is gone afterwards."""

import asyncio
import io
import logging
import os
import sys
import tempfile

from ocr import frames
from ocr.engine_process import ROOT
from ocr.faults import ReadingFault
from ocr.picture_jobs import NO_PICTURE, Drawn, PictureJob

log = logging.getLogger(__name__)

AT_ONCE = 2  # a page of 50 megapixels takes 150 MiB and more
MEMORY_MB = 1024
SECONDS = 20.0
NICE = 5
# What an interpreter needs to start; keys and passwords of this process stay here.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")


class PagePainter:
    def __init__(self, python: str = sys.executable, seconds: float = SECONDS, memory_mb: int = MEMORY_MB) -> None:
        """``python`` has the extra `ocr`. A picture that is not made in ``seconds`` is given up."""
        self._python = python
        self._seconds = seconds
        self._memory_mb = memory_mb
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def paint(self, job: PictureJob, data: bytes) -> bytes:
        """A JPEG. Raises what ``draw`` raises."""
        return (await self.draw(job, data)).jpeg

    async def draw(self, job: PictureJob, data: bytes) -> Drawn:
        """Raises ReadingFault: ``reading.file_broken`` (no such page, or none that can be drawn),
        ``reading.timed_out``, ``reading.failed`` when the process died over it."""
        async with self._gate:
            return await self._draw(job, data)

    async def _draw(self, job: PictureJob, data: bytes) -> Drawn:
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        limits = [str(self._memory_mb), str(max(1, round(self._seconds))), str(NICE)]
        process = await asyncio.create_subprocess_exec(
            self._python,
            "-m",
            "ocr.page_pictures",
            *limits,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=ROOT,
            env={**environment, "HOME": tempfile.gettempdir()},
        )
        try:
            async with asyncio.timeout(self._seconds):
                made, _ = await process.communicate(b"".join(frames.pack(job.to_json(), data)))
        except TimeoutError:
            log.warning("a page was not drawn within %s seconds", self._seconds)
            raise ReadingFault("reading.timed_out") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode == 0:
            frame = frames.read(io.BytesIO(made))
            if frame is not None:
                return Drawn(frame[1], frame[0]["pages"])
        if process.returncode != NO_PICTURE:
            log.warning("a process that drew a page ended with status %s", process.returncode)
        raise ReadingFault("reading.file_broken" if process.returncode == NO_PICTURE else "reading.failed")

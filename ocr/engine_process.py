"""EngineProcess: one engine in a process of its own, asked one file at a time, replaced when it hangs or dies."""

import asyncio
import contextlib
import json
import logging
import os
import signal
import tempfile
from pathlib import Path
from typing import Any

from ocr import frames
from ocr.faults import ReadingFault
from ocr.options import ReaderOptions
from ocr.readings import Reading

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parent.parent
_CONFIGURED_ELSEWHERE = ("PADDLE_", "OMP_", "PYTHONPATH")


class EngineProcess:
    """Not for two callers at a time; `Reader` sees to that."""

    def __init__(self, options: ReaderOptions) -> None:
        self._options = options
        self._process: asyncio.subprocess.Process | None = None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._jobs = 0
        self.rss_mb = 0
        self.starts = 0

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def start(self) -> None:
        """Have an engine that is warm. Raises ReadingFault("reading.unavailable")."""
        if self._process is not None and self._process.returncode is None:
            return
        options = json.dumps(self._options.for_engine())
        environment = {key: value for key, value in os.environ.items() if not key.startswith(_CONFIGURED_ELSEWHERE)}
        threads = str(self._options.engine.threads)
        self._tidy()
        # PaddleX keeps a cache somewhere; a process that is killed leaves it behind, so its owner takes it away
        self._scratch = tempfile.TemporaryDirectory(prefix="casespace-ocr-", ignore_cleanup_errors=True)
        environment |= {
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
            "PADDLE_PDX_CACHE_HOME": self._scratch.name,
        }
        try:
            self._process = await asyncio.create_subprocess_exec(
                self._options.python, "-m", "ocr.worker", options,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=ROOT, env=environment,
                start_new_session=True, limit=1 << 20,
            )  # fmt: skip
        except OSError as fault:
            self._tidy()
            raise ReadingFault("reading.unavailable") from fault
        self._jobs = 0
        self.starts += 1
        try:
            async with asyncio.timeout(self._options.start_seconds):
                await self._frame()
        except (TimeoutError, EOFError, ValueError) as fault:
            await self.kill()
            raise ReadingFault("reading.unavailable") from fault
        except BaseException:
            await self.kill()
            raise

    async def read(self, data: bytes, kind: str | None) -> Reading:
        """Raises ReadingFault; afterwards the next call finds a sound engine, or starts one."""
        await self.start()
        try:
            async with asyncio.timeout(self._options.job_seconds):
                answer = await self._ask(data, kind)
        except TimeoutError as fault:
            await self.kill()
            raise ReadingFault("reading.timed_out") from fault
        except (EOFError, OSError, ValueError) as fault:
            log.warning("the reading engine died", extra={"engine_pid": self.pid})
            await self.kill()
            raise ReadingFault("reading.failed") from fault
        except BaseException:  # the caller gave up: the engine is in the middle of something
            await self.kill()
            raise
        await self._recycle()
        if "fault" in answer:
            raise ReadingFault(answer["fault"])
        return Reading.from_json(answer["reading"])

    async def _ask(self, data: bytes, kind: str | None) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.writelines(frames.pack({"kind": kind}, data))
        while True:
            async with asyncio.timeout(self._options.page_seconds):
                head = await self._frame()
            if "page" not in head:
                return head

    async def _frame(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        head, _ = await frames.receive(self._process.stdout)
        self.rss_mb = int(head.get("rss_mb", self.rss_mb))
        return head

    async def _recycle(self) -> None:
        """An engine that has grown, or has served long, goes; the next job starts another."""
        self._jobs += 1
        if self._jobs >= self._options.recycle_after or self.rss_mb > self._options.recycle_above_mb:
            log.info("replacing the reading engine", extra={"jobs": self._jobs, "rss_mb": self.rss_mb})
            await self.kill()

    async def kill(self) -> None:
        """End it with everything that it started, and wait until it is gone."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await asyncio.shield(process.wait())
        self._tidy()

    def _tidy(self) -> None:
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None

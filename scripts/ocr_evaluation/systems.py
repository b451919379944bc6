"""The two that are compared, each in a process of its own, asked in turn."""

import asyncio
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ocr import EngineOptions, Reader, ReaderOptions, frames
from ocr.kinds.plugins import extract
from ocr.lines import Line
from ocr.options import MODELS
from ocr.pictures import in_order, polygon, turned_points
from ocr.reading_order import in_reading_order
from ocr.readings import Field, PageInfo


@dataclass(frozen=True, slots=True)
class Answer:
    kind: str
    lines: list[Line]
    fields: dict[str, Field]
    seconds: float
    cpu_seconds: float


def _cpu_seconds(pid: int) -> float:
    """Of all its threads, so far (proc(5), stat)."""
    parts = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def _peak_mb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) >> 10
    return 0


class Ours:
    name = "Case Space"

    def __init__(self, loop: asyncio.AbstractEventLoop, engine: EngineOptions | None = None) -> None:
        self._loop = loop
        # What is measured is one long run, at the priority of the other, however busy the machine is.
        options = ReaderOptions(
            engine=engine or EngineOptions(), nice=0, recycle_after=10**9, recycle_above_mb=10**6, page_seconds=600
        )
        self._reader = Reader(options)
        loop.run_until_complete(self._reader.start())

    def read(self, data: bytes, kind: str | None) -> Answer:
        (pid,) = self._reader.pids
        started, spent = time.perf_counter(), _cpu_seconds(pid)
        reading = self._loop.run_until_complete(self._reader.read(data, kind=kind))
        took = time.perf_counter() - started
        return Answer(reading.kind, reading.lines, reading.fields, took, _cpu_seconds(pid) - spent)

    @property
    def peak_mb(self) -> int:
        (pid,) = self._reader.pids
        return _peak_mb(pid)

    def close(self) -> None:
        self._loop.run_until_complete(self._reader.close())


class Stock:
    """Its lines go through our extraction of fields, so that what is compared is the reading."""

    def __init__(self, orientation: Path | None = None) -> None:
        self.name = "stock PaddleOCR" + (" with orientation models" if orientation else "")
        arguments = [str(MODELS), *([str(orientation)] if orientation else [])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ocr_evaluation.stock", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self._answer()

    def _answer(self) -> dict[str, Any]:
        frame = frames.read(self._out)
        if frame is None:
            raise RuntimeError("stock PaddleOCR died")
        return frame[0]

    def read(self, data: bytes, kind: str | None) -> Answer:
        spent = _cpu_seconds(self._process.pid)
        frames.write(self._in, {}, data)
        answer = self._answer()
        spent = _cpu_seconds(self._process.pid) - spent
        width, height = answer["size"]
        turn = (360 - answer["turn"]) % 360  # its angle is what the page was found turned by
        turned_size = (height, width) if turn in (90, 270) else (width, height)
        lines = []
        for text, score, quad in zip(answer["texts"], answer["scores"], answer["polygons"], strict=True):
            points = turned_points(in_order(np.array(quad, np.float32)), (360 - turn) % 360, *turned_size)
            lines.append(Line(text, score, polygon(points)))
        page = PageInfo(width, height, turn)
        ordered = in_reading_order(lines) if turn == 0 else lines
        kind, _, fields = extract(ordered, [page], kind, [])
        return Answer(kind, lines, fields, answer["seconds"], spent)

    @property
    def peak_mb(self) -> int:
        return _peak_mb(self._process.pid)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()

"""The engine's process: ``python -m ocr.worker OPTIONS``; jobs come on stdin and answers go to stdout, as
`ocr.frames` says.

It serves nobody else, gets gentler than its parent, may not take more memory than told, and ends when the parent
ends. What a file does to it, a crash or a hang, stays here.
"""

import contextlib
import json
import resource
import sys
from pathlib import Path
from typing import Any, BinaryIO

import cv2
import numpy as np

from ocr import frames
from ocr.confinement import own_output, settle
from ocr.document_reading import read_document
from ocr.engine import OcrEngine, PaddleOcrEngine
from ocr.faults import ReadingFault
from ocr.options import EngineOptions, Limits, ReaderOptions
from ocr.remote_engine import RemoteOcrEngine

_NEW_BUFFER_FAILED = ("bad_alloc", "Failed to allocate", "Insufficient memory", "OutOfMemory")


def make_engine(options: EngineOptions) -> OcrEngine:
    if options.remote_url is not None:
        return RemoteOcrEngine(options.remote_url)
    return PaddleOcrEngine(options)


def rss_mb() -> int:
    """Memory held now, in MiB (proc(5), statm)."""
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * resource.getpagesize() >> 20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def answer(engine: OcrEngine, head: dict[str, Any], data: bytes, limits: Limits, output: BinaryIO) -> dict[str, Any]:
    """The frame that ends a job. A MemoryError passes: this process has nothing left to go on with."""

    def progress(page: int, count: int) -> None:
        frames.write(output, {"page": page, "of": count})

    try:
        reading = read_document(engine, data, head["kind"], limits, progress)
    except ReadingFault as fault:
        return {"fault": fault.code}
    except Exception as fault:  # each library has its own for memory that it was refused
        if any(sign in str(fault) for sign in _NEW_BUFFER_FAILED):
            raise MemoryError from fault
        raise
    return {"reading": reading.to_json()}


def serve(engine: OcrEngine, limits: Limits, output: BinaryIO) -> None:
    while (frame := frames.read(sys.stdin.buffer)) is not None:
        try:
            reply = answer(engine, *frame, limits, output)
        except MemoryError:
            frames.write(output, {"fault": "reading.too_costly", "rss_mb": rss_mb()})
            return
        frames.write(output, {**reply, "rss_mb": rss_mb()})


def main() -> None:
    output = own_output()
    told = json.loads(sys.argv[1])
    settle(told["memory_mb"], told["nice"])
    options, limits = ReaderOptions.engine_from(told)
    cv2.setNumThreads(options.threads)  # else it takes every processor, whatever the engine was given
    engine = make_engine(options)
    engine.read(np.full((320, 320, 3), 255, np.uint8))
    frames.write(output, {"ready": engine.name, "rss_mb": rss_mb()})
    serve(engine, limits, output)


if __name__ == "__main__":
    main()

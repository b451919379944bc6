"""HEIC and HEIF (ISO 23008-12), the photos of iPhones: few programs show them, so a JPEG stands in for being looked at.

The original is kept as it came and is what counts. Its decoder reads strangers' bytes in a process of its own, with
bounds of memory and time and without the product's environment.
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import orjson

from services.errors import Problem

MEMORY_MB = 1024
CPU_SECONDS = 20  # 50 megapixels take one, and 370 MB
SECONDS = 60.0  # on a machine that is busy
_ROOT = Path(__file__).resolve().parents[3]
# What an interpreter needs to start; keys and passwords of this process stay here.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Preview:
    """Width and height of the original in pixels as people see it; a JPEG of at most `LONGEST` pixels a side."""

    width: int
    height: int
    jpeg: bytes


def preview_of(file: BinaryIO, *, memory_mb: int = MEMORY_MB, seconds: float = SECONDS) -> Preview:
    """Decode all of it. Blocking: for threads.

    Raises Problem ``file.too_large`` (pixels), ``file.type_refused`` (more than one picture), ``file.damaged``, and
    ``server.unavailable`` when this machine was too busy to tell.
    """
    file.seek(0)
    command = [sys.executable, "-m", "services.files.media.heif_preview", str(memory_mb), str(CPU_SECONDS)]
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own module, numbers for arguments, no shell
            command,
            input=file.read(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={**environment, "HOME": tempfile.gettempdir()},
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Problem("server.unavailable", retry_after=30) from None
    if done.returncode != 0:  # the decoder gave up, crashed, or took more than it may
        raise Problem("file.damaged")
    head, _, jpeg = done.stdout.partition(b"\n")
    told = orjson.loads(head)
    if "refused" in told:
        raise Problem(told["refused"], told["because"])
    return Preview(told["width"], told["height"], jpeg)

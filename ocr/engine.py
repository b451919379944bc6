"""OcrEngine, and PaddleOCR as one: a picture in, lines out, with the way up found on the way."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ocr.lines import Line
from ocr.options import EngineOptions
from ocr.pictures import Picture, Quad, cut, in_order, polygon, sides, turned, turned_points

ANY_WAY_UP = (0, 90, 180, 270)
_DETECT_SIDE = 1600  # pixels: full size costs time and memory and finds no more
_GOOD = 0.85  # mean score above which a page is the right way up; upside down gives 0.3 to 0.7
_SAMPLE = 8  # lines that decide between two ways up
_BATCH = 8


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
        os.environ.setdefault("PADDLE_PDX_CACHE_HOME", tempfile.mkdtemp(prefix="casespace-ocr-"))
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
        lying = {turn: self._turned_quads(quads, picture, turn) for turn in _likely(quads, turns)}
        if len(lying) == 1:
            (turn,) = lying
            return self._sheet(picture, turn, lying[turn])
        first, second = lying
        if first == 0:
            sheet = self._sheet(picture, 0, lying[0])
            if mean_score([(line.text, line.score) for line in sheet.lines]) >= _GOOD:
                return sheet
            if self._sample(picture, 0, lying[0]) >= self._sample(picture, second, lying[second]):
                return sheet
            return self._sheet(picture, second, lying[second])
        turn = max(lying, key=lambda turn: self._sample(picture, turn, lying[turn]))
        return self._sheet(picture, turn, lying[turn])

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

    def _sample(self, picture: Picture, turn: int, quads: list[Quad]) -> float:
        longest = sorted(quads, key=lambda quad: -sides(quad)[0] / max(1.0, sides(quad)[1]))[:_SAMPLE]
        upright = turned(picture, turn)
        return mean_score(self._recognise([cut(upright, quad) for quad in longest]))

    def _sheet(self, picture: Picture, turn: int, quads: list[Quad]) -> Sheet:
        upright = turned(picture, turn)
        found = self._recognise([cut(upright, quad) for quad in quads])
        lines = [
            Line(text.strip(), score, polygon(quad))
            for quad, (text, score) in zip(quads, found, strict=True)
            if text.strip()
        ]
        return Sheet(turn, lines)


def _likely(quads: list[Quad], turns: Sequence[int]) -> list[int]:
    """Those of `turns` that fit how the lines lie; when none does, all of them."""
    extents = np.array([np.ptp(quad, axis=0) for quad in quads])  # of each: width, height
    long = extents[extents.max(axis=1) > 1.5 * extents.min(axis=1)]
    standing = len(long) > 0 and float((long[:, 1] > long[:, 0]).mean()) > 0.5
    fitting = [turn for turn in turns if (turn in (90, 270)) == standing]
    return fitting or list(turns)

"""RemoteOcrEngine: a PaddleX server (``paddlex --serve --pipeline OCR``) reads instead of this machine."""

import base64
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import urllib3

from ocr.engine import ANY_WAY_UP, Sheet, mean_score
from ocr.lines import Line
from ocr.pictures import Picture, in_order, polygon, turned

_GOOD = 0.85
_IMAGE = 1  # PaddleX's fileType of a picture
# The server would turn and bend the page by itself and answer in coordinates that fit nothing here.
_PLAIN = {
    "useDocOrientationClassify": False,
    "useDocUnwarping": False,
    "useTextlineOrientation": False,
    "visualize": False,
}


class RemoteOcrEngine:
    """The network is the operator's own: pages are personal data, and the server is asked without a password."""

    def __init__(self, url: str, seconds: float = 30) -> None:
        self._url = url.rstrip("/") + "/ocr"
        self._pool = urllib3.PoolManager(timeout=seconds, retries=False)

    @property
    def name(self) -> str:
        return "paddlex-server"

    def read(self, picture: Picture, turns: Sequence[int] = ANY_WAY_UP) -> Sheet:
        best = Sheet(turns[0], [])
        best_score = -1.0
        for turn in turns:
            sheet = Sheet(turn, self._lines(turned(picture, turn)))
            score = mean_score([(line.text, line.score) for line in sheet.lines])
            if score > best_score:
                best, best_score = sheet, score
            if best_score >= _GOOD:
                break
        return best

    def _lines(self, picture: Picture) -> list[Line]:
        fine, encoded = cv2.imencode(".png", picture)
        if not fine:
            raise RuntimeError("the picture could not be encoded")
        body = {"file": base64.b64encode(encoded.tobytes()).decode(), "fileType": _IMAGE, **_PLAIN}
        try:
            answer = self._pool.request("POST", self._url, json=body)
            if answer.status != 200:
                raise RuntimeError(f"the OCR server answered {answer.status}")
            (page,) = answer.json()["result"]["ocrResults"]
            return _lines_of(page["prunedResult"])
        except (urllib3.exceptions.HTTPError, ValueError, KeyError, TypeError) as fault:
            raise RuntimeError("the OCR server gave no answer that can be used") from fault


def _lines_of(result: dict[str, Any]) -> list[Line]:
    found = zip(result["rec_texts"], result["rec_scores"], result["rec_polys"], strict=True)
    return [
        Line(str(text).strip(), float(score), polygon(in_order(np.asarray(quad, dtype=np.float32))))
        for text, score, quad in found
        if str(text).strip()
    ]

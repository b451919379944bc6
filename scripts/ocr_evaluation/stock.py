"""Stock PaddleOCR in a process of its own: ``python -m ocr_evaluation.stock MODELS [ORIENTATION]``. Frames as
`ocr.frames`.

The pipeline as it comes, with the same weights: only the models are named. Its default would also turn and unbend pages
with three more models; with the folder ORIENTATION, two of them (the page's way up, the line's) are on.
"""

import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocr import frames
from ocr.confinement import own_output


def pipeline(models: Path, orientation: Path | None) -> Any:
    from paddleocr import PaddleOCR

    options: dict[str, Any] = {
        "text_detection_model_name": "PP-OCRv6_small_det",
        "text_detection_model_dir": str(models / "PP-OCRv6_small_det"),
        "text_recognition_model_name": "PP-OCRv6_small_rec",
        "text_recognition_model_dir": str(models / "PP-OCRv6_small_rec"),
        "use_doc_unwarping": False,
        "use_doc_orientation_classify": orientation is not None,
        "use_textline_orientation": orientation is not None,
        "device": "cpu",
        "engine": "onnxruntime",
    }
    if orientation is not None:
        for role, model in (
            ("doc_orientation_classify", "PP-LCNet_x1_0_doc_ori"),
            ("textline_orientation", "PP-LCNet_x1_0_textline_ori"),
        ):
            options |= {f"{role}_model_name": model, f"{role}_model_dir": str(orientation / model)}
    return PaddleOCR(**options)


def main() -> None:
    output = own_output()
    orientation = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    stock = pipeline(Path(sys.argv[1]), orientation)
    stock.predict(np.full((320, 320, 3), 255, np.uint8))
    frames.write(output, {"ready": True})
    while (frame := frames.read(sys.stdin.buffer)) is not None:
        started = time.perf_counter()
        picture = cv2.imdecode(np.frombuffer(frame[1], np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        (page,) = stock.predict(picture)
        took = time.perf_counter() - started
        turn = page["doc_preprocessor_res"]["angle"] if orientation is not None else 0
        frames.write(output, {
            "texts": [str(text) for text in page["rec_texts"]],
            "scores": [float(score) for score in page["rec_scores"]],
            "polygons": [np.asarray(quad).tolist() for quad in page["rec_polys"]], "seconds": took, "turn": int(turn),
            "size": [picture.shape[1], picture.shape[0]],
        })  # fmt: skip


if __name__ == "__main__":
    main()

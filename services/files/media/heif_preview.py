"""``python -m services.files.media.heif_preview MEMORY_MB CPU_SECONDS``: a HEIF file on stdin, its preview on stdout.

Out goes a line of JSON, ``{"width", "height"}`` followed by a JPEG, or ``{"refused", "because"}``: an error's code and
what to tell. Any other end than status 0 is a file that cannot be decoded.
"""

import io
import sys
import warnings
from typing import Any

import orjson
import pi_heif
from PIL import Image

from ocr.confinement import own_output, settle
from services.files.media.images import PIXELS, TOO_MANY, on_white

LONGEST = 2560  # pixels a side: the print of an A4 page can be read when a phone zooms in
_QUALITY = 85
_NICE = 5
_TOO_LARGE = {"refused": "file.too_large", "because": TOO_MANY}

pi_heif.register_heif_opener(thumbnails=False)
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


def preview(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Raises whatever decoders raise over damaged files."""
    with Image.open(io.BytesIO(data), formats=["HEIF"]) as image:
        width, height = image.size
        if width * height > PIXELS:
            return _TOO_LARGE, b""
        if getattr(image, "is_animated", False):
            return {"refused": "file.type_refused", "because": "不接受连拍或动态的 HEIC，请选择单张照片"}, b""
        # libheif turns it as the file says; what its EXIF data say of turning does not count (ISO 23008-12).
        image.thumbnail((LONGEST, LONGEST))
        out = io.BytesIO()
        # A new file of pixels only: place, camera and time of the original stay behind.
        on_white(image).save(out, "JPEG", quality=_QUALITY, exif=b"")
    return {"width": width, "height": height}, out.getvalue()


def main() -> int:
    output = own_output()
    memory_mb, cpu_seconds = map(int, sys.argv[1:3])
    settle(memory_mb, _NICE, cpu_seconds)
    try:
        told, jpeg = preview(sys.stdin.buffer.read())
    except Image.DecompressionBombError:
        told, jpeg = _TOO_LARGE, b""
    except Exception:  # noqa: BLE001 - decoders raise anything, and its text may quote the photo
        return 1
    output.write(orjson.dumps(told) + b"\n" + jpeg)
    output.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())

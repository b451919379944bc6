"""A signature drawn on a phone: whether it is a picture, and whether there is anything on it. No I/O."""

import base64
import binascii
import io

from PIL import Image

from schemas.api.minutes import MAX_SIGNATURE
from services.errors import Problem
from services.files.media.images import inspect_image
from services.files.media.types import TYPES

_MAGIC = b"\x89PNG\r\n\x1a\n"
_WIDEST, _NARROWEST = 2_400, 50  # pixels
_INK = 128  # a pixel this dark belongs to a stroke
_LEAST_INK = 40  # pixels: less is a slip of the finger


def drawing(base64_text: str) -> bytes:
    """The PNG. Raises ``minutes.signature_invalid`` for what is no PNG, too large, or empty."""
    try:
        content = base64.b64decode(base64_text, validate=True)
    except (binascii.Error, ValueError):
        raise Problem("minutes.signature_invalid") from None
    if len(content) > MAX_SIGNATURE or not content.startswith(_MAGIC):
        raise Problem("minutes.signature_invalid")
    try:
        facts = inspect_image(io.BytesIO(content), TYPES["image/png"])
    except Problem:
        raise Problem("minutes.signature_invalid") from None
    if not all(_NARROWEST <= side <= _WIDEST for side in (facts.width, facts.height)):
        raise Problem("minutes.signature_invalid", "签名图片的尺寸不合适")
    if _ink(content) < _LEAST_INK:
        raise Problem("minutes.signature_invalid", "签名是空白的，请重新签名")
    return content


def _ink(content: bytes) -> int:
    """How many pixels are dark on white paper."""
    with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
        drawn = image.convert("RGBA")
    paper = Image.new("RGBA", drawn.size, "white")
    paper.alpha_composite(drawn)
    return sum(paper.convert("L").histogram()[:_INK])

"""Images: decoded completely before anybody else has to decode them, and their thumbnails."""

import io
import warnings
from dataclasses import dataclass
from typing import BinaryIO

from PIL import ExifTags, Image, ImageFile, ImageOps, UnidentifiedImageError

from services.errors import Problem
from services.files.media.types import MediaType

PIXELS = 50_000_000  # what phones take at the most without being asked: 8064 by 6048, 8160 by 6120
FRAME_PIXELS = 200_000_000  # of all frames of an animation together
THUMBNAIL = 480
_TURNED = frozenset({5, 6, 7, 8})  # values of EXIF's orientation that lay a picture on its side
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
TOO_MANY = "照片超过 5000 万像素，请在相机设置中改用较低的像素拍摄，或截图后再发送"

# Pillow's own guard: from twice as many pixels on it refuses to begin, below that it warns, and ours decides.
Image.MAX_IMAGE_PIXELS = PIXELS
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """Width and height in pixels as people see it (orientation applied); the thumbnail is a JPEG."""

    width: int
    height: int
    thumbnail: bytes


def inspect_image(file: BinaryIO, kind: MediaType) -> ImageFacts:
    """Decode all of it. Raises Problem ``file.too_large`` (pixels) or ``file.damaged``."""
    file.seek(0)
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # libraries switch it on for the whole process by being imported
    try:
        with Image.open(file, formats=[_FORMATS[kind.name]]) as image:
            _decode(image)
            return _facts(image)
    except Problem:
        raise
    except Image.DecompressionBombError:
        raise Problem("file.too_large", TOO_MANY) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, MemoryError, OverflowError):
        # The decoders report broken data by all of these.
        raise Problem("file.damaged") from None


def _decode(image: Image.Image) -> None:
    width, height = image.size
    frames = 1
    if width * height > PIXELS:
        raise Problem("file.too_large", TOO_MANY)
    image.load()
    if getattr(image, "is_animated", False):
        frames = int(getattr(image, "n_frames", 1))
        if width * height * frames > FRAME_PIXELS:
            raise Problem("file.too_large", TOO_MANY)
        for frame in range(frames):
            image.seek(frame)
            image.load()
        image.seek(0)


def _facts(image: Image.Image) -> ImageFacts:
    width, height = image.size
    if image.getexif().get(ExifTags.Base.Orientation) in _TURNED:
        width, height = height, width
    image.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)  # before it is turned: a large one is held once
    out = io.BytesIO()
    # A new image carries pixels only: place, camera and time of the original stay behind.
    on_white(ImageOps.exif_transpose(image)).save(out, "JPEG", quality=82, optimize=True)
    return ImageFacts(width, height, out.getvalue())


def on_white(image: Image.Image) -> Image.Image:
    """In RGB, without transparency."""
    seen = image.convert("RGBA")
    plain = Image.new("RGB", seen.size, "white")
    plain.paste(seen, mask=seen.getchannel("A"))
    return plain

"""Real files of every kind that the product takes, made on the spot."""

import functools
import io
import struct
import subprocess
import zipfile
from pathlib import Path

from PIL import Image

from services.files.media.ffmpeg import find_ffmpeg

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(range(256)) * 8
HTML = "<!DOCTYPE html><html><body><script>alert(document.cookie)</script>你好</body></html>".encode()
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ORIENTATION = 0x0112


def picture(form: str = "JPEG", size: tuple[int, int] = (640, 400), orientation: int = 1, mode: str = "RGB") -> bytes:
    """Red on the left, blue on the right, as stored; ``orientation`` is the EXIF value; a place is in it too."""
    image = Image.new(mode, size, "red")
    image.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = "SecretCameraMaker"
    out = io.BytesIO()
    image.save(out, form, exif=exif)
    return out.getvalue()


def heic(name: str) -> bytes:
    """``turned``: a phone held upright, as ``picture``. ``burst``: two photos in one file."""
    return (Path(__file__).parent / "files" / "data" / f"{name}.heic").read_bytes()


def tiled_heic(width: int, height: int) -> bytes:
    """A photo of any size in a few kilobytes, put together of tiles as phones do it (ISO 23008-12, 6.6.2.3, ``grid``):
    every tile is the picture of ``turned``, 640 by 400, whose bytes stand in the file once."""
    tile = heic("turned")
    coded, config = tile[0x1C6 : 0x1C6 + 0x133], tile[0xD3 : 0xD3 + 0x79]
    columns, rows = -(-width // 640), -(-height // 400)
    tiles, grid = range(1, columns * rows + 1), columns * rows + 1
    plan = struct.pack(">4B2H", 0, 0, rows - 1, columns - 1, width, height)

    def places(start: int) -> bytes:
        at = [(item, start, len(coded)) for item in tiles] + [(grid, start + len(coded), len(plan))]
        found = b"".join(struct.pack(">3H2I", item, 0, 1, offset, size) for item, offset, size in at)
        return _full(b"iloc", struct.pack(">2BH", 0x44, 0, len(at)) + found)

    items = [_full(b"infe", struct.pack(">2H", item, 0) + b"hvc1\0", 2, hidden=True) for item in tiles]
    items.append(_full(b"infe", struct.pack(">2H", grid, 0) + b"grid\0", 2))
    shapes = [_full(b"ispe", struct.pack(">2I", *size)) for size in ((640, 400), (width, height))]
    of_items = b"".join(struct.pack(">H3B", item, 2, 0x81, 2) for item in tiles) + struct.pack(">H2B", grid, 1, 3)
    properties = _box(b"ipco", config + b"".join(shapes)) + _full(b"ipma", struct.pack(">I", len(tiles) + 1) + of_items)
    of = struct.pack(f">2H{len(tiles)}H", grid, len(tiles), *tiles)

    def meta(start: int) -> bytes:
        return _full(
            b"meta",
            _full(b"hdlr", bytes(4) + b"pict" + bytes(13))
            + _full(b"pitm", struct.pack(">H", grid))
            + places(start)
            + _full(b"iinf", struct.pack(">H", len(items)) + b"".join(items))
            + _box(b"iprp", properties)
            + _full(b"iref", _box(b"dimg", of)),
        )

    begin = _box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")
    return begin + meta(len(begin) + len(meta(0)) + 8) + _box(b"mdat", coded + plan)


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content


def _full(name: bytes, content: bytes, version: int = 0, *, hidden: bool = False) -> bytes:
    return _box(name, bytes([version, 0, 0, hidden]) + content)


def animation(frames: int = 3, size: tuple[int, int] = (64, 48)) -> bytes:
    images = [Image.new("P", size, index) for index in range(frames)]
    out = io.BytesIO()
    images[0].save(out, "GIF", save_all=True, append_images=images[1:])
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of 64 megapixels in a few kilobytes."""
    out = io.BytesIO()
    Image.new("1", (8000, 8000)).save(out, "PNG")
    return out.getvalue()


def pdf(text: str = "contract") -> bytes:
    return (
        f"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj % {text}\nxref\n0 1\n0000000000 65535 f \n"
        "trailer<</Root 1 0 R/Size 1>>\nstartxref\n45\n%%EOF\n"
    ).encode()


def office(main: str = "word/document.xml", extra: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(main, "<document>合同</document>" * 100)
        for name, value in (extra or {}).items():
            archive.writestr(name, value)
    return out.getvalue()


_ENCODINGS = {
    "webm": ["-c:a", "libopus", "-b:a", "24k", "-f", "webm"],
    "ogg": ["-c:a", "libopus", "-b:a", "24k", "-f", "ogg"],
    "mp3": ["-c:a", "libmp3lame", "-b:a", "48k", "-f", "mp3"],
    "aac": ["-c:a", "aac", "-b:a", "48k", "-f", "adts"],
    "wav": ["-c:a", "pcm_s16le", "-f", "wav"],
    "amr": ["-c:a", "libopencore_amrnb", "-ar", "8000", "-ac", "1", "-f", "amr"],
    # an MP4 cannot be written to a pipe with its index in front; fragments can
    "m4a": ["-c:a", "aac", "-b:a", "48k", "-movflags", "frag_keyframe+empty_moov", "-f", "ipod"],
    "opus-in-mp4": ["-c:a", "libopus", "-b:a", "24k", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4"],
}


@functools.cache
def sound(kind: str, seconds: float = 2.5) -> bytes:
    """A tone of ``seconds``, as a phone or a browser would have recorded it."""
    return _ffmpeg(["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}", *_ENCODINGS[kind]])


@functools.cache
def film(container: str = "mp4") -> bytes:
    """Two seconds of 160x120 video with sound."""
    shown = ["-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=2"]
    heard = ["-f", "lavfi", "-i", "sine=frequency=440:duration=2"]
    codecs = {
        "mp4": ["-c:v", "libx264", "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4"],
        "webm": ["-c:v", "libvpx", "-c:a", "libopus", "-f", "webm"],
    }
    return _ffmpeg([*shown, *heard, "-pix_fmt", "yuv420p", *codecs[container]])


def _ffmpeg(arguments: list[str]) -> bytes:
    command = [find_ffmpeg(), "-hide_banner", "-nostdin", "-v", "error", *arguments, "-"]
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout

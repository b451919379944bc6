"""Files to send: small, valid, and what the server expects of each kind."""

import io
from pathlib import Path

from PIL import Image, ImageDraw

_PAPER, _INK, _SEAL = (236, 230, 216), (84, 84, 92), (196, 44, 40)
_TURN_RIGHT = 6  # EXIF orientation of a phone that was held upright


def photo(path: Path) -> Path:
    """A JPEG of a page with lines and a seal, stored lying and marked as upright: 900 x 1200 as seen."""
    image = Image.new("RGB", (900, 1200), _PAPER)
    draw = ImageDraw.Draw(image)
    for line in range(19):
        draw.rectangle((110, 130 + line * 48, 790 - (line % 4) * 90, 142 + line * 48), fill=_INK)
    draw.ellipse((560, 880, 780, 1100), outline=_SEAL, width=12)
    exif = Image.Exif()
    exif[0x0112] = _TURN_RIGHT
    image.transpose(Image.Transpose.ROTATE_90).save(path, "JPEG", quality=85, exif=exif)
    return path


def contract(path: Path) -> Path:
    """A PDF of one empty A4 page with a correct cross-reference table."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    )
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for offset in offsets:
        out.write(b"%010d 00000 n \n" % offset)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))
    path.write_bytes(out.getvalue())
    return path


def disguised(path: Path) -> Path:
    """A program that says it is a document."""
    path.write_bytes(b"MZ" + bytes(range(256)) * 8)
    return path

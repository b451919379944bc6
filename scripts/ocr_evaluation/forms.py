"""Ruled forms, as offices print them: cells that span columns, and text that breaks inside its cell."""

from collections.abc import Sequence

import zxingcpp
from PIL import Image

from ocr_evaluation.sheet import Sheet, Written

_PAD = 14
_LEAD = 1.3


def ruled(
    sheet: Sheet, x: float, y: float, widths: Sequence[int], rows: Sequence[Sequence[str | None]], high: int,
    size: int = 29, face: str = "serif", label_face: str = "",
) -> float:  # fmt: skip
    """Draw rows of cells; returns where the form ends. None joins a place to the cell on its left.

    Text is broken at newlines and where its cell ends, and set in the middle of the cell's height. With `label_face`
    every other cell, from the first on, is set in it.
    """
    for row in rows:
        y = _row(sheet, x, y, widths, row, high, size, (label_face or face, face))
    return y


def _row(
    sheet: Sheet, x: float, y: float, widths: Sequence[int], row: Sequence[str | None], high: int, size: int,
    faces: tuple[str, str],
) -> float:  # fmt: skip
    cells: list[tuple[str, float, float]] = []
    at = x
    for text, width in zip(row, widths, strict=True):
        if text is None:
            last, left, wide = cells[-1]
            cells[-1] = (last, left, wide + width)
        else:
            cells.append((text, at, width))
        at += width
    broken = [
        _broken(sheet, text, wide - 2 * _PAD, size, faces[place % 2]) for place, (text, _, wide) in enumerate(cells)
    ]
    full = max(high, *(int(len(lines) * _LEAD * size) + 2 * _PAD for lines in broken))
    for place, ((_, left, wide), lines) in enumerate(zip(cells, broken, strict=True)):
        sheet.frame(left, y, left + wide, y + full, "#2e2e2e")
        top = y + (full - len(lines) * _LEAD * size) / 2
        for number, line in enumerate(lines):
            if line:
                sheet.text(left + _PAD, top + number * _LEAD * size, line, size, faces[place % 2])
    return y + full


def _broken(sheet: Sheet, text: str, width: float, size: int, face: str) -> list[str]:
    font, lines = sheet.font(size, face), []
    for part in text.split("\n"):
        line = ""
        for character in part:
            if line and font.getlength(line + character) > width:
                lines.append(line)
                line = ""
            line += character
        lines.append(line)
    return lines


def running(sheet: Sheet, y: float, texts: list[str], size: int, face: str = "serif", indent: bool = True) -> float:
    """Set paragraphs under each other over the width of an upright page; returns where the last ends."""
    for text in texts:
        y = sheet.paragraph(130, y + 8, 980, text, size, face, indent=indent, lead=1.65)
    return y


def downwards(sheet: Sheet, x: float, y: float, text: str, size: int, ink: str, gap: int) -> None:
    """Set character under character, `gap` pixels between them; the narrow cells of invoices and receipts."""
    font, step = sheet.font(size, "serif"), size + gap
    for place, character in enumerate(text):
        sheet.draw.text((x, y + place * step), character, font=font, fill=ink)
    left, right, bottom = x - 6, x + size + 6, y + len(text) * step + 6
    sheet.truth.downwards.append(Written(text, [(left, y - 6), (right, y - 6), (right, bottom), (left, bottom)]))


def qr(sheet: Sheet, x: int, y: int, side: int, text: str) -> None:
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    sheet.image.paste(Image.fromarray(made.to_image(scale=5)).resize((side, side)), (x, y))

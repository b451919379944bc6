"""A whole file: through the gate, page by page through the engine, and the fields of its kind out of the lines."""

from collections.abc import Callable
from functools import partial

import zxingcpp

from ocr.engine import OcrEngine
from ocr.gate import Document
from ocr.kinds.plugins import extract
from ocr.lines import Line
from ocr.options import Limits
from ocr.page_reading import PageReading, read_page
from ocr.readings import Reading

Progress = Callable[[int, int], None]


def read_document(engine: OcrEngine, data: bytes, kind: str | None, limits: Limits, progress: Progress) -> Reading:
    """`progress` is called with the number of a page, from 0, and their count, when it begins and when a part of it
    is done.

    Raises ReadingFault.
    """
    document = Document(data, limits)
    try:
        pages = []
        for number, page in enumerate(document.pages()):
            beat = partial(progress, number, document.page_count)
            beat()
            pages.append(read_page(engine, page, number, beat))
    finally:
        document.close()
    lines = [line for page in pages for line in page.lines]
    infos = [page.info for page in pages]
    codes = _codes(pages, lines, kind)
    found, confidence, fields = extract(lines, infos, kind, codes)
    return Reading(found, confidence, fields, lines, infos, engine.name, codes)


def _codes(pages: list[PageReading], lines: list[Line], kind: str | None) -> list[str]:
    """What QR codes say, where one belongs: on invoices."""
    wanted = kind == "vat_invoice" or (kind is None and any("发票" in line.text for line in lines))
    if not wanted:
        return []
    pictures = [page.upright for page in pages if page.upright is not None]
    return [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture) if code.text]

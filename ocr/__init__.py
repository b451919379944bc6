"""Bytes in, lines and fields out. Nothing heavy is imported here: engines live in processes of their own."""

from ocr.faults import CODES, ReadingFault
from ocr.kinds.names import KINDS
from ocr.lines import Line
from ocr.options import EngineOptions, Limits, ReaderOptions
from ocr.page_painter import PagePainter
from ocr.picture_jobs import Drawn, PictureJob
from ocr.reader import Reader, ReaderState
from ocr.readings import Field, PageInfo, Reading

__all__ = [
    "CODES",
    "KINDS",
    "Drawn",
    "EngineOptions",
    "Field",
    "Limits",
    "Line",
    "PageInfo",
    "PagePainter",
    "PictureJob",
    "Reader",
    "ReaderOptions",
    "ReaderState",
    "Reading",
    "ReadingFault",
]

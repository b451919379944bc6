"""One page (F2): slices of long screenshots, stamps, handwriting, PDF text; with the real engine where it matters."""

import io

import numpy as np
import pytest
from ocr_evaluation.damage import damaged
from ocr_evaluation.facts import Facts
from ocr_evaluation.papers import paper
from ocr_evaluation.papers.screens import chat_screenshot
from ocr_evaluation.scoring import character_errors
from PIL import Image, ImageDraw
from weasyprint import HTML

from ocr import Line, Reader
from ocr.checks import plain
from ocr.engine import Sheet
from ocr.gate import PageImage
from ocr.handwriting import looks_handwritten
from ocr.lines import box
from ocr.page_reading import read_page
from ocr.pictures import Picture, polygon
from ocr.seals import without_seals
from tests.ocr.pictures import page


class Bands:
    """An engine that reads black bars: one line for each, whole or cut, named by its height."""

    name = "bands"

    def read(self, picture: Picture, turns: object = None) -> Sheet:
        dark = (picture.min(axis=(1, 2)) < 100).astype(np.int8)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], dark, [0]])))
        width = picture.shape[1]
        found = [(int(top), int(bottom)) for top, bottom in zip(edges[::2], edges[1::2], strict=True)]
        return Sheet(0, [Line(f"{bottom - top}", 0.9, box(10, top, width - 10, bottom)) for top, bottom in found])


def test_every_line_of_a_long_screenshot_is_read_once_and_whole() -> None:
    image = Image.new("RGB", (600, 9000), "white")
    draw = ImageDraw.Draw(image)
    tops = list(range(30, 8900, 97))
    for top in tops:
        draw.rectangle((50, top, 550, top + 39), fill="black")
    beats: list[int] = []
    picture = np.asarray(image)
    reading = read_page(Bands(), PageImage(picture, 600, 9000), 0, lambda: beats.append(1))
    assert [line.text for line in reading.lines] == ["40"] * len(tops)
    assert [round(line.top) for line in reading.lines] == tops
    assert len(beats) > 5


def test_white_stretches_cost_nothing() -> None:
    class Refusing(Bands):
        def read(self, picture: Picture, turns: object = None) -> Sheet:
            raise AssertionError("nothing is written here")

    blank = np.full((9000, 600, 3), 255, np.uint8)
    assert read_page(Refusing(), PageImage(blank, 600, 9000), 0, lambda: None).lines == []


def test_a_stamp_is_lifted_and_black_stays() -> None:
    sheet = paper("fee_notice", "tuning", 1)
    picture = np.ascontiguousarray(np.asarray(sheet.image)[:, :, ::-1])
    lifted, places = without_seals(picture)
    (x, y, radius), (place,) = sheet.truth.seals[0], places
    assert place[0][0] < x < place[2][0]
    assert place[0][1] < y < place[2][1]
    inside = lifted[int(y - radius) : int(y + radius), int(x - radius) : int(x + radius)].astype(int)
    assert (inside[:, :, 2] - inside[:, :, 1]).max() < 60, "no red is left"
    assert inside.min() < 60, "the date under it is"


def test_a_page_without_a_stamp_is_not_touched() -> None:
    picture = np.asarray(page())
    same, places = without_seals(picture)
    assert same is picture
    assert places == []


@pytest.mark.parametrize("part", ["tuning", "held_out"])
def test_handwriting_is_told_from_print(part: str) -> None:
    """A guess: most lines of an IOU by hand, hardly any of a printed summons."""

    def share(kind: str) -> float:
        sheet = paper(kind, part, 4)
        picture = np.ascontiguousarray(np.asarray(sheet.image)[:, :, ::-1])
        lines = [Line(one.text, 1.0, polygon(np.array(one.quad))) for one in sheet.truth.lines if len(one.text) > 5]
        return sum(looks_handwritten(picture, line) for line in lines) / len(lines)

    assert share("iou") > 0.6
    assert share("summons") < 0.15


async def test_a_long_chat_is_read_in_order(reader: Reader) -> None:
    sheet = chat_screenshot(Facts("long chat"), False, times=2)
    picture = damaged(sheet.image, "clean", "")
    reading = await reader.read(picture.data)
    errors, characters = character_errors(sheet.truth, picture.matrix, reading.lines)
    assert errors <= 0.01 * characters
    assert reading.kind == "chat_screenshot"
    assert reading.fields["messages"].value == sheet.truth.fields["messages"]


async def test_text_of_a_pdf_comes_before_its_picture(reader: Reader) -> None:
    """Its own text is exact, and costs no engine; a scan without text is read as a picture."""
    text = ("授权委托书", "委托人：张三丰　受托人：李四光", "案由：民间借贷纠纷，委托事项见第二页")
    html = "<style>body {font-family: 'Noto Sans CJK SC'}</style>" + "".join(f"<p>{line}</p>" for line in text)
    reading = await reader.read(HTML(string=html).write_pdf())
    assert [plain(line.text) for line in reading.lines] == [plain(line) for line in text]
    assert reading.pages[0].source == "text"
    assert {line.score for line in reading.lines} == {1.0}
    scan = io.BytesIO()
    page(("送达回证",)).save(scan, "PDF")
    scanned = await reader.read(scan.getvalue())
    assert (scanned.pages[0].source, scanned.text) == ("image", "送达回证")


def test_a_portrait_is_no_character() -> None:
    """A detector takes one for a 口 that is many lines high, and it got into the name beside it."""

    class Portrait(Bands):
        def read(self, picture: Picture, turns: object = None) -> Sheet:
            names = [
                Line(text, 0.99, box(40, top, 300, top + 40)) for top, text in ((60, "姓名阙魁雅"), (120, "民族汉"))
            ]
            return Sheet(0, [*names, Line("口", 0.85, box(360, 50, 500, 250))])

    reading = read_page(Portrait(), PageImage(np.full((400, 600, 3), 255, np.uint8), 600, 400), 0, lambda: None)
    assert [line.text for line in reading.lines] == ["姓名阙魁雅", "民族汉"]

"""Pictures of pages are drawn where a hostile file hurts nobody (F2)."""

import asyncio
import io
import sys
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter

from ocr import PageInfo, PagePainter, PictureJob, ReadingFault
from tests.patience import PATIENCE

WHOLE = PictureJob(0, PageInfo(600, 800), 400)
_SQUARE = b"1 0 0 rg 60 60 100 100 re f\n"


def pdf(content: bytes, box: bytes = b"0 0 600 800") -> bytes:
    """One page that draws ``content``; without a cross-reference table, which pdfium makes up for."""
    packed = zlib.compress(content)
    return b"".join(
        (
            b"%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n",
            b"2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n",
            b"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [" + box + b"] /Contents 4 0 R >> endobj\n",
            b"4 0 obj << /Filter /FlateDecode /Length %d >> stream\n" % len(packed) + packed + b"\nendstream endobj\n",
            b"trailer << /Root 1 0 R >>\n%%EOF\n",
        )
    )


def picture(kind: str = "PNG") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(target, kind)
    return target.getvalue()


def portrait() -> Image.Image:
    """A drawn face on a card, at (760, 280); no person's."""
    card = Image.new("RGB", (1000, 640), (235, 235, 225))
    pen = ImageDraw.Draw(card)
    pen.ellipse((645, 110, 875, 346), fill=(40, 32, 30))
    pen.ellipse((667, 154, 853, 417), fill=(222, 186, 160))
    for eye in (716, 804):
        pen.ellipse((eye - 28, 241, eye + 28, 263), fill=(90, 60, 50))
        pen.ellipse((eye - 12, 241, eye + 12, 263), fill=(15, 10, 10))
        pen.rectangle((eye - 32, 223, eye + 32, 232), fill=(50, 35, 30))
    pen.polygon([(746, 307), (774, 307), (766, 264), (754, 264)], fill=(205, 165, 140))
    pen.ellipse((740, 302, 780, 317), fill=(180, 140, 120))
    pen.ellipse((724, 348, 796, 366), fill=(150, 70, 70))
    return card.filter(ImageFilter.GaussianBlur(3))


async def drawn(job: PictureJob, data: bytes, painter: PagePainter | None = None) -> Image.Image:
    return Image.open(io.BytesIO(await (painter or PagePainter()).paint(job, data))).convert("RGB")


async def test_a_page_of_a_pdf_is_cut_painted_and_turned() -> None:
    whole = await drawn(WHOLE, pdf(_SQUARE))
    assert whole.size == (300, 400)
    red, green, blue = whole.getpixel((50, 345))  # type: ignore[misc]
    assert red > 200 > 60 > max(green, blue)
    part = await drawn(PictureJob(0, PageInfo(600, 800, turn=90), 400, area=(50, 630, 170, 810)), pdf(_SQUARE))
    assert part.size == (170, 120)
    black = await drawn(PictureJob(0, WHOLE.page, 400, painted=[[(0, 0), (600, 0), (600, 800), (0, 800)]]), picture())
    assert black.getextrema() == ((0, 0), (0, 0), (0, 0))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
async def test_faces_become_black_and_little_else(turn: int) -> None:
    """``turn``: how the paper lies in the photo."""
    card = portrait().rotate(turn, expand=True)
    target = io.BytesIO()
    card.save(target, "JPEG")
    job = PictureJob(0, PageInfo(card.width, card.height, turn=turn), 1000, faces=True)
    copy = await drawn(job, target.getvalue())
    assert copy.size == (1000, 640)
    assert copy.crop((690, 180, 830, 400)).getextrema() == ((0, 0), (0, 0), (0, 0))
    assert min(low for low, _ in copy.crop((20, 20, 480, 620)).getextrema()) > 180  # type: ignore[misc]


@pytest.mark.parametrize(
    ("job", "data"),
    [
        (PictureJob(3, WHOLE.page, 400), pdf(_SQUARE)),
        (WHOLE, pdf(_SQUARE)[:60]),
        (WHOLE, b"%PDF-1.7\n" + bytes(range(256)) * 40),
        (WHOLE, picture()[:-40]),
        (WHOLE, b""),
        (PictureJob(0, PageInfo(20_000, 20_000), 400), pdf(_SQUARE)),
        (PictureJob(0, WHOLE.page, 400, area=(700, 10, 800, 20)), picture()),
    ],
    ids=["no such page", "cut off", "noise", "cut-off picture", "nothing", "20,000 pixels", "beside the page"],
)
async def test_what_is_no_page_gives_no_picture(job: PictureJob, data: bytes) -> None:
    with pytest.raises(ReadingFault) as fault:
        await PagePainter().paint(job, data)
    assert fault.value.code != "reading.timed_out"


async def test_a_page_that_draws_for_ever_is_given_up_and_the_next_is_drawn() -> None:
    endless = pdf(b"q 0 0 600 800 re W n " + b"0 0 m 600 800 300 100 0 800 c 600 0 0 400 600 400 c S\n" * 400_000)
    painter = PagePainter(seconds=1.0)
    begun = asyncio.get_running_loop().time()
    with pytest.raises(ReadingFault) as fault:
        await painter.paint(WHOLE, endless)
    assert fault.value.code in ("reading.timed_out", "reading.failed")  # the clock's limit, or that of CPU time
    assert asyncio.get_running_loop().time() - begun < PATIENCE
    assert (await drawn(WHOLE, picture(), PagePainter())).size == (300, 400)


async def test_memory_is_bounded() -> None:
    with pytest.raises(ReadingFault):
        await PagePainter(memory_mb=64).paint(PictureJob(0, PageInfo(6_000, 6_000), 400), pdf(_SQUARE))


async def test_secrets_of_the_product_stay_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The process is handed the little that an interpreter needs to start."""
    monkeypatch.setenv("CASESPACE_MASTER_KEYS", "secret")
    spy = tmp_path / "python"
    spy.write_text(f'#!/bin/sh\nenv > {tmp_path}/seen\nexec {sys.executable} "$@"\n')
    spy.chmod(0o700)
    assert await PagePainter(str(spy)).paint(WHOLE, picture())
    assert "secret" not in (tmp_path / "seen").read_text()

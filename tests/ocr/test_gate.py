"""The gate (F2): what strangers send is refused by name, or comes out as a page; nothing else ever happens."""

import contextlib
import io
import random
import struct
import zlib
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ocr.faults import ReadingFault
from ocr.gate import Document, PageImage, PageText
from ocr.options import Limits
from ocr.sniff import sniff
from tests.ocr.pictures import encoded, page


def pages(data: bytes, limits: Limits | None = None) -> list[PageImage | PageText]:
    document = Document(data, limits or Limits())
    try:
        return list(document.pages())
    finally:
        document.close()


def code_of(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(ReadingFault) as caught:
        pages(data, limits)
    return caught.value.code


def pdf(count: int) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(count):
        document.new_page(200, 300)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that claims `side` by `side` pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * 200), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP", "GIF"])
def test_pictures_of_every_kind_pass(form: str) -> None:
    (found,) = pages(encoded(page(), form))
    assert isinstance(found, PageImage)
    assert (found.width, found.height) == (1000, 600)
    assert found.picture.shape == (600, 1000, 3)


def test_heic_passes() -> None:
    """Photos of iPhones."""
    data = (Path(__file__).parent / "data" / "page.heic").read_bytes()
    (found,) = pages(data)
    assert isinstance(found, PageImage)
    assert (found.width, found.height) == (800, 160)
    assert code_of(data[: len(data) // 2]) == "reading.file_broken"


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "CMYK", "I;16"])
def test_every_colour_mode_comes_out_as_colour(mode: str) -> None:
    form = "TIFF" if mode == "CMYK" else "PNG"
    image = page().convert("L" if mode == "I;16" else mode)
    data = encoded(image.convert("CMYK"), "JPEG") if form == "TIFF" else encoded(image)
    (found,) = pages(data)
    assert isinstance(found, PageImage)
    assert found.picture.shape[2] == 3
    assert found.picture.mean() > 200  # white paper stays white


def test_black_writing_on_nothing_is_seen() -> None:
    """A transparent ground becomes paper, not ink."""
    image = Image.new("RGBA", (400, 100), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (50, 40, 350, 60))
    (found,) = pages(encoded(image))
    assert isinstance(found, PageImage)
    assert found.picture[0, 0].tolist() == [255, 255, 255]
    assert found.picture[50, 200].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (1000, 600)), (6, (600, 1000)), (8, (600, 1000)), (3, (1000, 600))]
)
def test_exif_orientation_is_applied(orientation: int, size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    (found,) = pages(encoded(page(), "JPEG", exif=exif.tobytes()))
    assert isinstance(found, PageImage)
    assert (found.width, found.height) == size
    assert found.picture.shape[:2] == size[::-1]


def test_large_photos_are_made_smaller_and_say_so() -> None:
    (found,) = pages(encoded(page(size=(6000, 4000)), "JPEG"))
    assert isinstance(found, PageImage)
    assert (found.width, found.height) == (6000, 4000)
    assert max(found.picture.shape) <= 2400
    assert abs(found.scale - 0.4) < 0.01


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "reading.empty_file"),
        (b"hello, world", "reading.type_unsupported"),
        (b"PK\x03\x04" + bytes(100), "reading.type_unsupported"),
        (b"\x7fELF" + bytes(100), "reading.type_unsupported"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "reading.type_unsupported"),
        (b"\x89PNG\r\n\x1a\n", "reading.file_broken"),
        (b"\xff\xd8\xff\xe0" + bytes(500), "reading.file_broken"),
        (b"%PDF-1.7\n" + bytes(500), "reading.file_broken"),
        (b"RIFF\x00\x00\x00\x00WEBP" + bytes(50), "reading.file_broken"),
        (bomb(20_000), "reading.image_too_large"),
        (pdf(200), "reading.too_many_pages"),
    ],
)
def test_hostile_files_are_refused_by_name(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_a_file_that_is_too_large_is_not_opened() -> None:
    assert code_of(encoded(page()), Limits(file_bytes=100)) == "reading.file_too_large"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_truncated_pictures_are_broken(form: str) -> None:
    whole = encoded(page(), form)
    for part in (0.3, 0.6, 0.9):
        assert code_of(whole[: int(len(whole) * part)]) == "reading.file_broken"


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_moving_pictures_are_refused(form: str) -> None:
    frames = [page(), page(("另一幅",))]
    assert (
        code_of(encoded(frames[0], form, save_all=True, append_images=frames[1:], duration=100)) == "reading.animated"
    )


def test_a_photo_with_a_second_picture_behind_it_is_one_photo() -> None:
    """Phones write MPO for a wide range of light."""
    data = encoded(page(), "MPO", save_all=True, append_images=[page(size=(250, 150))])
    (found,) = pages(data)
    assert isinstance(found, PageImage)
    assert found.width == 1000


def test_a_polyglot_is_what_its_first_bytes_say() -> None:
    (found,) = pages(encoded(page(), "JPEG") + b"PK\x03\x04<script>alert(1)</script>%PDF-1.4")
    assert isinstance(found, PageImage)
    assert code_of(b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)") == "reading.file_broken"


def test_pages_of_a_pdf_without_text_are_drawn() -> None:
    data = io.BytesIO()
    page().save(data, "PDF", save_all=True, append_images=[page(), page()])
    found = pages(data.getvalue())
    assert len(found) == 3
    assert all(isinstance(one, PageImage) for one in found)


def test_a_locked_pdf_is_told_from_a_broken_one() -> None:
    locked = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"3 0 obj<</Filter/Standard/V 1/R 2/P -4/O(" + b"o" * 32 + b")/U(" + b"u" * 32 + b")>>endobj\n"
    )
    trailer = b"trailer<</Root 1 0 R/Encrypt 3 0 R/ID[(a)(a)]>>\n%%EOF"
    assert code_of(locked + trailer) == "reading.file_locked"


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "BMP"]), st.integers(0, 2**32), st.integers(1, 40))
def test_damaged_pictures_are_pages_or_faults(form: str, seed: int, count: int) -> None:
    """Bytes changed anywhere: a page or a code, never another exception."""
    rng = random.Random(seed)
    data = bytearray(encoded(page(size=(300, 200)), form))
    for _ in range(count):
        data[rng.randrange(len(data))] = rng.randrange(256)
    _bears(bytes(data))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_damaged_pdfs_are_pages_or_faults(seed: int, count: int) -> None:
    rng = random.Random(seed)
    data = bytearray(pdf(2))
    for _ in range(count):
        data[rng.randrange(8, len(data))] = rng.randrange(256)
    _bears(bytes(data))


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_named(data: bytes) -> None:
    try:
        assert sniff(data, 1000) in {"JPEG", "PNG", "GIF", "BMP", "WEBP", "HEIF", "PDF"}
    except ReadingFault:
        assert not data.startswith((b"\xff\xd8\xff", b"%PDF-"))


def _bears(data: bytes) -> None:
    """Any other exception than a fault fails the test."""
    with contextlib.suppress(ReadingFault):
        for found in pages(data, Limits(pixels=4_000_000)):
            assert found.width > 0

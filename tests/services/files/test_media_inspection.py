"""What a file really is, told from its content (issue 2: type checked by content; ruling 16)."""

import io
import struct
import tempfile
import zipfile

import pytest
from PIL import Image

from services.errors import Problem
from services.files.media.ffmpeg import Ffmpeg, find_ffmpeg
from services.files.media.heif import preview_of
from services.files.media.inspection import MediaFacts, inspect
from services.files.media.names import safe_name
from services.files.media.types import MEGABYTE, TYPES, declared_type, limit
from tests.services import media_samples as samples
from tests.services.media_samples import SHEET, WORD

JPEG = "image/jpeg"
HEIC = "image/heic"


@pytest.fixture(scope="module")
def ffmpeg() -> Ffmpeg:
    return Ffmpeg(find_ffmpeg())


def look(content: bytes, name: str, ffmpeg: Ffmpeg) -> MediaFacts:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        return inspect(file, TYPES[name], ffmpeg)


def refusal(content: bytes, name: str, ffmpeg: Ffmpeg) -> str:
    with pytest.raises(Problem) as caught:
        look(content, name, ffmpeg)
    return caught.value.code


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("application/pdf", samples.pdf()),
        (WORD, samples.office()),
        (SHEET, samples.office("xl/workbook.xml")),
        ("text/plain", "原告：张三\n被告：李四\n".encode()),
        ("text/plain", b"\xef\xbb\xbf" + "带 BOM 的文本".encode()),
        ("text/plain", "律".encode() * 5000),  # a character is cut by every block that is read
        ("text/csv", "姓名,金额\n张三,1000\n".encode()),
    ],
)
def test_documents_are_taken_as_what_they_are(name: str, content: bytes, ffmpeg: Ffmpeg) -> None:
    assert look(content, name, ffmpeg) == MediaFacts()


@pytest.mark.parametrize(("name", "form"), [(JPEG, "JPEG"), ("image/png", "PNG"), ("image/webp", "WEBP")])
def test_images_are_measured_and_get_a_thumbnail(name: str, form: str, ffmpeg: Ffmpeg) -> None:
    facts = look(samples.picture(form, (960, 600)), name, ffmpeg)
    assert (facts.width, facts.height) == (960, 600)
    assert facts.thumbnail is not None
    small = Image.open(io.BytesIO(facts.thumbnail))
    assert (small.format, small.size) == ("JPEG", (480, 300))


def test_an_animation_is_decoded_frame_by_frame(ffmpeg: Ffmpeg) -> None:
    assert look(samples.animation(), "image/gif", ffmpeg).width == 64
    assert refusal(samples.animation()[:-40], "image/gif", ffmpeg) == "file.damaged"
    # 100 frames of 2.25 megapixels each are small on disk and 225 megapixels on a phone
    assert refusal(samples.animation(100, (1500, 1500)), "image/gif", ffmpeg) == "file.too_large"


@pytest.mark.parametrize(
    ("orientation", "left_top"), [(1, "red"), (3, "blue"), (6, "red"), (8, "blue"), (2, "blue"), (5, "red")]
)
def test_the_orientation_of_a_photo_is_applied(orientation: int, left_top: str, ffmpeg: Ffmpeg) -> None:
    """A phone held upright stores a lying picture and a note how to turn it."""
    facts = look(samples.picture("JPEG", (640, 400), orientation), JPEG, ffmpeg)
    turned = orientation >= 5
    assert (facts.width, facts.height) == ((400, 640) if turned else (640, 400))
    assert facts.thumbnail is not None
    small = Image.open(io.BytesIO(facts.thumbnail))
    assert small.size == ((300, 480) if turned else (480, 300))
    pixel = small.convert("RGB").getpixel((20, 20))
    assert isinstance(pixel, tuple)
    assert (pixel[0] > 200) is (left_top == "red")
    assert (pixel[2] > 200) is (left_top == "blue")


def test_a_thumbnail_tells_nothing_but_the_picture(ffmpeg: Ffmpeg) -> None:
    """K2: where and with what a photo was taken stays in the original."""
    content = samples.picture()
    facts = look(content, JPEG, ffmpeg)
    assert b"SecretCameraMaker" in content
    assert facts.thumbnail is not None
    assert b"SecretCameraMaker" not in facts.thumbnail
    assert not Image.open(io.BytesIO(facts.thumbnail)).getexif()


def test_a_heic_photo_is_shown_by_a_jpeg(ffmpeg: Ffmpeg) -> None:
    """F1: iPhones take HEIC, which few browsers show. Turned as it says, and telling nothing but the picture (K2)."""
    content = samples.heic("turned")  # 640 by 400 as stored, red on the left; to be turned clockwise
    facts = look(content, HEIC, ffmpeg)
    assert (facts.width, facts.height) == (400, 640)
    assert b"SecretCameraMaker" in content
    for jpeg, size in ((facts.preview, (400, 640)), (facts.thumbnail, (300, 480))):
        assert jpeg is not None
        shown = Image.open(io.BytesIO(jpeg))
        assert (shown.format, shown.size) == ("JPEG", size)
        top, bottom = shown.getpixel((150, 20)), shown.getpixel((150, size[1] - 20))
        assert isinstance(top, tuple)
        assert isinstance(bottom, tuple)
        assert (top[0] > 150, bottom[2] > 150) == (True, True)
        assert b"SecretCameraMaker" not in jpeg
        assert not shown.getexif()


def test_the_largest_photo_of_a_phone_is_taken_within_bounds() -> None:
    """F1: 8064 by 6048 (HEIF Max), put together of tiles as phones do it, in half the memory that there is."""
    shown = preview_of(io.BytesIO(samples.tiled_heic(8064, 6048)), memory_mb=512)
    assert (shown.width, shown.height) == (8064, 6048)
    assert Image.open(io.BytesIO(shown.jpeg)).size == (2560, 1920)


def test_a_photo_that_is_too_large_says_how_it_can_be_sent() -> None:
    with pytest.raises(Problem, match=r"file\.too_large") as caught:
        preview_of(io.BytesIO(samples.tiled_heic(9000, 6000)))
    assert "改用较低的像素" in caught.value.detail


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (samples.heic("burst"), "file.type_refused"),
        (samples.heic("turned")[:-60], "file.damaged"),
        (
            samples.heic("turned").replace(struct.pack(">2I", 640, 400), struct.pack(">2I", 20_000, 20_000)),
            "file.too_large",
        ),
        (samples.heic("turned").replace(b"hvcC", b"hvcX"), "file.damaged"),
        (samples.heic("turned").replace(b"heic", b"avif"), "file.type_mismatch"),
        (samples.heic("turned") + samples.office(), "file.type_mismatch"),
        (samples.picture(), "file.type_mismatch"),
    ],
    ids=["burst", "cut", "20,000 pixels", "no decoder", "AVIF", "with a ZIP", "a JPEG"],
)
def test_a_hostile_heic_is_refused(content: bytes, code: str, ffmpeg: Ffmpeg) -> None:
    assert refusal(content, HEIC, ffmpeg) == code


def test_the_decoder_of_heic_has_bounds() -> None:
    """A busy machine refuses nothing for ever; what takes more memory than a photo needs is no photo."""
    photo = io.BytesIO(samples.heic("turned"))
    for bounds, code in (({"seconds": 0.001}, "server.unavailable"), ({"memory_mb": 8}, "file.damaged")):
        with pytest.raises(Problem) as caught:
            preview_of(photo, **bounds)
        assert caught.value.code == code


def test_transparency_becomes_white(ffmpeg: Ffmpeg) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    facts = look(out.getvalue(), "image/png", ffmpeg)
    assert facts.thumbnail is not None
    assert Image.open(io.BytesIO(facts.thumbnail)).getpixel((25, 25)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "claimed"),
    [
        (samples.EXE, JPEG),
        (samples.EXE, "text/plain"),
        (samples.HTML, "image/png"),
        (samples.HTML, "text/plain"),
        (samples.SVG, "image/png"),
        (samples.SVG, "text/plain"),
        (samples.SVG.partition(b"?>")[2], "text/plain"),
        (samples.picture("PNG"), JPEG),
        (samples.picture(), "application/pdf"),
        (samples.pdf(), JPEG),
        (samples.office("xl/workbook.xml"), WORD),
        (samples.office("readme.txt"), WORD),
        (b"#!/bin/sh\nrm -rf /\n", "text/plain"),
        ("文本".encode("gbk") * 4, "text/plain"),
        ("好".encode() * 3000 + b"\xff", "text/plain"),
        (b"a" * 9000 + b"\x00", "text/plain"),
        # readers that search for a beginning would find one
        (b"GIF89a/*" + samples.HTML, "image/gif"),
        (samples.picture() + samples.office(), JPEG),
        (samples.pdf() + samples.office(), "application/pdf"),
        (samples.picture("PNG") + samples.office("evil.class"), "image/png"),
        (b"\n" + samples.pdf(), "application/pdf"),
        (samples.EXE + samples.office(), WORD),
        (samples.office() + samples.EXE, WORD),
        (samples.sound("mp3"), "audio/wav"),
        (samples.sound("webm"), "audio/mp4"),
        (samples.film("webm"), "audio/webm"),
        (samples.film("mp4"), "audio/mp4"),
        (samples.sound("m4a"), "video/mp4"),
    ],
)
def test_disguises_are_seen_through(content: bytes, claimed: str, ffmpeg: Ffmpeg) -> None:
    """Issue 2: a disguised upload answers with a stable code."""
    assert refusal(content, claimed, ffmpeg) in ("file.type_mismatch", "file.damaged")
    if not content.startswith(b"GIF") and claimed not in (WORD, "video/mp4"):
        assert refusal(content, claimed, ffmpeg) == "file.type_mismatch"


@pytest.mark.parametrize(
    ("content", "claimed"),
    [
        (samples.picture()[: len(samples.picture()) // 2], JPEG),
        (samples.picture("PNG")[:-200], "image/png"),
        (samples.picture()[:20], JPEG),
        (samples.pdf()[:-10], "application/pdf"),
        (samples.office()[:-30], WORD),
        (samples.film("mp4")[:-500], "video/mp4"),
        (samples.sound("m4a")[:900], "audio/mp4"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(4000), "audio/mpeg"),
        (b"OggS" + bytes(400), "audio/ogg"),
        (samples.sound("webm")[:120], "audio/webm"),
        (b"#!AMR\n", "audio/amr"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav"),
    ],
)
def test_what_is_cut_or_broken_is_damaged(content: bytes, claimed: str, ffmpeg: Ffmpeg) -> None:
    assert refusal(content, claimed, ffmpeg) == "file.damaged"


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_decompression_bomb_is_too_large(ffmpeg: Ffmpeg) -> None:
    """64 megapixels in a few kilobytes must not be decoded."""
    content = samples.bomb()
    assert len(content) < 100_000
    assert refusal(content, "image/png", ffmpeg) == "file.too_large"


def test_an_office_bomb_is_too_large(ffmpeg: Ffmpeg) -> None:
    content = samples.office(extra={"word/media/image1.bin": bytes(601 * MEGABYTE)})
    assert len(content) < MEGABYTE
    assert refusal(content, WORD, ffmpeg) == "file.too_large"


@pytest.mark.parametrize(
    "part", ["word/vbaProject.bin", "../../etc/passwd", "/etc/passwd", "word/activeX/activeX1.xml"]
)
def test_macros_and_paths_that_lead_out_are_refused(part: str, ffmpeg: Ffmpeg) -> None:
    assert refusal(samples.office(extra={part: b"x"}), WORD, ffmpeg) == "file.type_refused"


def test_a_list_of_a_million_parts_is_not_read(ffmpeg: Ffmpeg) -> None:
    """The list alone would take a gigabyte of memory."""
    good = samples.office()
    place = good.index(b"PK\x01\x02")
    entry = good[place : good.index(b"PK\x01\x02", place + 4)]
    directory = entry * (5 * MEGABYTE // len(entry))
    end = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 9000, 9000, len(directory), place, 0)
    assert refusal(good[:place] + directory + end, WORD, ffmpeg) == "file.too_large"
    locator = b"PK\x06\x07" + bytes(16)
    classic = good.index(b"PK\x05\x06")
    with_zip64 = good[:place] + locator + good[place:classic] + locator + good[classic:]
    assert refusal(with_zip64, WORD, ffmpeg) in ("file.too_large", "file.damaged")


def test_what_only_resembles_the_end_of_an_archive_is_no_archive(ffmpeg: Ffmpeg) -> None:
    """Four bytes come together by chance in one recording of some ten thousands."""
    content = samples.pdf("PK\x05\x06" + "x" * 40)
    assert look(content, "application/pdf", ffmpeg) == MediaFacts()


def test_a_damaged_part_of_a_document_is_found(ffmpeg: Ffmpeg) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "the sum is 1000 yuan")
    assert refusal(out.getvalue().replace(b"1000", b"9000"), WORD, ffmpeg) == "file.damaged"


@pytest.mark.parametrize(
    ("kind", "name", "derives"),
    [
        ("webm", "audio/webm", True),
        ("ogg", "audio/ogg", True),
        ("wav", "audio/wav", True),
        ("amr", "audio/amr", True),
        ("opus-in-mp4", "audio/mp4", True),
        ("m4a", "audio/mp4", False),
        ("mp3", "audio/mpeg", False),
        ("aac", "audio/aac", False),
    ],
)
def test_recordings_are_measured(kind: str, name: str, derives: bool, ffmpeg: Ffmpeg) -> None:
    """Ruling 16: a copy is derived where the original would not play on every phone."""
    facts = look(samples.sound(kind), name, ffmpeg)
    assert facts.duration_ms == pytest.approx(2500, abs=120)
    assert facts.to_derive is derives


def test_a_film_is_measured(ffmpeg: Ffmpeg) -> None:
    facts = look(samples.film(), "video/mp4", ffmpeg)
    assert (facts.width, facts.height) == (160, 120)
    assert facts.duration_ms == pytest.approx(2000, abs=150)
    assert not facts.to_derive


def test_a_play_list_makes_ffmpeg_open_nothing(ffmpeg: Ffmpeg) -> None:
    """A list of other files is not a recording, whatever it begins with."""
    content = b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\nfile:///etc/passwd\n"
    assert refusal(content, "audio/mpeg", ffmpeg) == "file.type_mismatch"
    assert refusal(b"ID3\x04\x00\x00\x00\x00\x00\x00" + content, "audio/mpeg", ffmpeg) == "file.damaged"


@pytest.mark.parametrize(
    ("content_type", "name", "means"),
    [
        ("image/jpg", "a.jpg", "image/jpeg"),
        ("audio/webm;codecs=opus", "voice", "audio/webm"),
        ("Audio/X-M4A", "voice", "audio/mp4"),
        ("", "合同.docx", WORD),
        ("application/octet-stream", "合同.PDF", "application/pdf"),
        ("application/octet-stream", "film.mp4", "video/mp4"),
        ("application/octet-stream", "setup.exe", None),
        ("image/svg+xml", "a.svg", None),
        ("text/html", "a.txt", None),
        ("", "noextension", None),
    ],
)
def test_claims_are_understood(content_type: str, name: str, means: str | None) -> None:
    found = declared_type(content_type, name)
    assert (found.name if found else None) == means


def test_an_image_has_a_limit_of_its_own() -> None:
    assert limit(TYPES[JPEG], 100 * MEGABYTE) == 20 * MEGABYTE
    assert limit(TYPES[JPEG], 5 * MEGABYTE) == 5 * MEGABYTE
    assert limit(TYPES["video/mp4"], 100 * MEGABYTE) == 100 * MEGABYTE


@pytest.mark.parametrize(
    ("name", "content_type", "safe"),
    [
        ("合同.pdf", "application/pdf", "合同.pdf"),
        ("photo.JPEG", JPEG, "photo.jpeg"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Users\\me\\起诉状.docx", WORD, "起诉状.docx"),
        ("letter.hta", "text/plain", "letter.hta.txt"),
        ("invoice\u202egpj.exe", JPEG, "invoicegpj.exe.jpg"),
        ("a\r\nSet-Cookie: x.txt", "text/plain", "x.txt"),
        ("  . ", JPEG, "file.jpg"),
        (".jpg", JPEG, "jpg.jpg"),
        ("长" * 300 + ".pdf", "application/pdf", "长" * 112 + ".pdf"),
    ],
)
def test_names_cannot_lie(name: str, content_type: str, safe: str) -> None:
    assert safe_name(name, TYPES[content_type]) == safe

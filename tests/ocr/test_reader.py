"""The reader (F2): whatever an engine does, a clear code comes back, nothing waits for ever, and the queue goes on."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from ocr import EngineOptions, Reader, ReaderOptions, ReadingFault
from ocr.checks import plain
from tests.ocr.pictures import WRITING, encoded, page
from tests.patience import until

REPOSITORY = Path(__file__).resolve().parents[2]
MakeReader = Callable[..., Reader]


def job(behaviour: str = "") -> bytes:
    return b"\x89PNG\r\n\x1a\n" + (f"BEHAVE {behaviour}".encode() if behaviour else b"")


@pytest_asyncio.fixture
async def make_reader(tmp_path: Path) -> AsyncIterator[MakeReader]:
    """Readers whose engine is `fake_engine`, started in a fraction of a second."""
    program = tmp_path / "engine"
    program.write_text(f"#!/bin/sh\nexec {sys.executable} -m tests.ocr.fake_engine\n", "utf-8")
    program.chmod(0o700)
    readers: list[Reader] = []

    def make(**options: Any) -> Reader:
        readers.append(Reader(ReaderOptions(**{"python": str(program), "page_seconds": 20.0, **options})))
        return readers[-1]

    yield make
    for reader in readers:
        await reader.close()


async def code_of(reader: Reader, data: bytes) -> str:
    with pytest.raises(ReadingFault) as caught:
        await reader.read(data)
    return caught.value.code


async def test_a_hung_engine_is_killed_and_the_next_file_read(make_reader: MakeReader) -> None:
    reader = make_reader(page_seconds=0.5)
    await reader.start()
    (pid,) = reader.pids
    assert await code_of(reader, job("hang")) == "reading.timed_out"
    assert not _alive(pid)
    reader = make_reader()
    assert (await reader.read(job())).kind == "page"


async def test_a_killed_engine_leaves_no_folder_behind(
    make_reader: MakeReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PaddleX makes one for itself in every process."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    reader = make_reader(page_seconds=0.5)
    await reader.start()
    assert len(list(tmp_path.glob("casespace-ocr-*"))) == 1
    assert await code_of(reader, job("hang")) == "reading.timed_out"
    assert list(tmp_path.glob("casespace-ocr-*")) == []


async def test_time_is_given_for_each_page(make_reader: MakeReader) -> None:
    reader = make_reader(page_seconds=0.9)
    await reader.start()
    assert (await reader.read(job("slowly"))).kind == "page"


async def test_a_document_has_an_end_too(make_reader: MakeReader) -> None:
    reader = make_reader(page_seconds=0.9, job_seconds=0.7)
    await reader.start()
    assert await code_of(reader, job("slowly")) == "reading.timed_out"


@pytest.mark.parametrize("behaviour", ["die", "babble"])
async def test_a_dead_engine_is_replaced(make_reader: MakeReader, behaviour: str) -> None:
    reader = make_reader()
    assert await code_of(reader, job(behaviour)) == "reading.failed"
    assert (await reader.read(job())).kind == "page"
    assert reader.state.starts == 2


async def test_a_fault_leaves_the_engine_as_it_is(make_reader: MakeReader) -> None:
    reader = make_reader()
    assert await code_of(reader, job("fault reading.file_broken")) == "reading.file_broken"
    await reader.read(job())
    assert reader.state.starts == 1


async def test_an_engine_that_grew_or_served_long_is_replaced(make_reader: MakeReader) -> None:
    reader = make_reader(recycle_after=2)
    served = [(await reader.read(job())).engine for _ in range(4)]
    assert served[0] == served[1] != served[2] == served[3]
    grown = (await reader.read(job("grow"))).engine
    assert (await reader.read(job())).engine != grown


async def test_who_gives_up_leaves_no_engine_in_the_middle(make_reader: MakeReader) -> None:
    reader = make_reader()
    await reader.start()
    waiting = asyncio.create_task(reader.read(job("hang")))
    await until(lambda: reader.state.running == 1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await reader.read(job())).kind == "page"
    assert reader.state.running == 0


async def test_the_queue_is_bounded_and_seen(make_reader: MakeReader) -> None:
    reader = make_reader(most_waiting=2)
    await reader.start()
    first = asyncio.create_task(reader.read(job("slowly")))
    others = [asyncio.create_task(reader.read(job())) for _ in range(2)]
    await until(lambda: (reader.state.running, reader.state.waiting) == (1, 2))
    fault = ReadingFault("reading.queue_full")
    assert await code_of(reader, job()) == fault.code
    assert fault.retryable
    assert [reading.kind for reading in await asyncio.gather(first, *others)] == ["page"] * 3
    assert (reader.state.running, reader.state.waiting) == (0, 0)


async def test_files_wait_their_turn_for_several_engines(make_reader: MakeReader) -> None:
    reader = make_reader(processes=2)
    engines = {reading.engine for reading in await asyncio.gather(*[reader.read(job("slowly")) for _ in range(4)])}
    assert len(engines) == 2


async def test_without_weights_reading_is_unavailable(tmp_path: Path) -> None:
    reader = Reader(ReaderOptions(engine=EngineOptions(models=tmp_path)))
    assert not reader.available
    assert await code_of(reader, job()) == "reading.unavailable"


async def test_an_engine_that_does_not_start_is_unavailable() -> None:
    reader = Reader(ReaderOptions(python="/bin/false"))
    assert await code_of(reader, job()) == "reading.unavailable"
    assert reader.state.running == 0
    assert await code_of(Reader(ReaderOptions(python="/nonexistent")), job()) == "reading.unavailable"


async def test_a_closed_reader_reads_no_more(make_reader: MakeReader) -> None:
    reader = make_reader()
    await reader.close()
    assert await code_of(reader, job()) == "reading.unavailable"


async def test_what_cannot_be_a_paper_never_reaches_an_engine(make_reader: MakeReader) -> None:
    reader = make_reader()
    assert await code_of(reader, b"") == "reading.empty_file"
    assert await code_of(reader, b"just text") == "reading.type_unsupported"
    with pytest.raises(ReadingFault, match="type_unsupported"):
        await reader.read(job(), "audio/mp4")
    with pytest.raises(ValueError, match="passport"):
        await reader.read(job(), kind="passport")
    assert reader.state.starts == 0


async def test_the_real_engine_reads_every_way_up(reader: Reader) -> None:
    """Polygons come back in the pixels of the picture as it was sent."""
    image = page()
    for turn in (0, 90, 180, 270):
        sent = image.rotate(turn, expand=True)
        reading = await reader.read(encoded(sent))
        assert [plain(line.text) for line in reading.lines] == [plain(line) for line in WRITING]
        assert reading.pages[0].turn == turn
        assert (reading.pages[0].width, reading.pages[0].height) == sent.size
        for line in reading.lines:
            assert all(-2 <= x <= sent.width + 2 and -2 <= y <= sent.height + 2 for x, y in line.polygon)
            left, top, right, bottom = (round(v) for v in (line.left, line.top, line.right, line.bottom))
            darkest = min(sent.crop((left, top, right, bottom)).convert("L").tobytes())
            assert darkest < 80, "no ink where the line is said to be"


async def test_hostile_files_in_a_row_and_the_queue_goes_on(reader: Reader) -> None:
    good = encoded(page(("送达回证",)))
    hostile = [
        good[:200],
        good[: len(good) // 2],
        b"%PDF-1.7" + bytes(2000),
        b"GIF89a" + bytes(500),
        b"\xff\xd8\xff" + os.urandom(5000),
    ]
    starts = reader.state.starts
    outcomes = await asyncio.gather(*[reader.read(data) for data in [*hostile, good]], return_exceptions=True)
    assert {fault.code for fault in outcomes[:-1] if isinstance(fault, ReadingFault)} == {"reading.file_broken"}
    assert not isinstance(outcomes[-1], BaseException)
    assert outcomes[-1].text == "送达回证"
    assert reader.state.starts == starts


async def test_an_engine_that_may_not_have_the_memory_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    """A bound far too low for a large page: a code, and no word of the paper in what the engine leaves behind."""
    async with Reader(ReaderOptions(memory_mb=420)) as reader:
        code = await code_of(reader, encoded(page(size=(2400, 2400))))
    assert code in {"reading.too_costly", "reading.unavailable"}  # the latter where even starting takes more
    assert "张三丰" not in capfd.readouterr().err


async def test_a_page_of_extreme_shape_is_read_or_empty(reader: Reader) -> None:
    for size in ((1, 1), (1, 5000), (20_000, 40), (40, 20_000), (600, 20_000)):
        reading = await reader.read(encoded(page(("字",), size)))
        assert (reading.pages[0].width, reading.pages[0].height) == size


async def test_an_engine_ends_with_whoever_started_it() -> None:
    """Killed in any way: no engine is left behind."""
    program = """
import asyncio, os
from ocr import Reader

async def main():
    reader = Reader()
    await reader.start()
    print(*reader.pids, flush=True)
    os._exit(9)

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    pid = int(done.stdout)
    for _ in range(100):
        if not _alive(pid):
            return
        await asyncio.sleep(0.05)
    pytest.fail("the engine outlived its parent")


def test_the_web_process_loads_nothing_heavy() -> None:
    heavy = ("numpy", "cv2", "paddleocr", "onnxruntime")
    program = f"import sys, ocr, ocr.kinds.plugins; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return False

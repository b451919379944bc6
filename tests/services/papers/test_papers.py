"""Papers: PDF from templates, the same bytes each time, escaped, bounded, without a way out (E1, E3)."""

import asyncio
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from pypdf import PdfReader

from services.amounts import yuan_on_paper
from services.errors import Problem
from services.papers.papers import Papers, day, minute

PAGE = (
    "{% extends 'paper.html' %}{% block title %}凭证{% endblock %}"
    "{% block body %}<h1>凭证</h1><p>{{ name }} {{ fen | yuan }}</p>{% endblock %}"
)
VALUES = {"name": "王律师（上海）", "fen": 39900}
Maker = Callable[..., Papers]


@pytest.fixture
def papers(tmp_path: Path) -> Maker:
    def make(page: str = PAGE, **options: object) -> Papers:
        (tmp_path / "page.html").write_text(page)
        return Papers(tmp_path, **options)  # type: ignore[arg-type]

    return make


def test_money_and_times_as_statements_write_them() -> None:
    assert [yuan_on_paper(fen) for fen in (0, 5, -1234567, 100_000_000_00)] == [
        "0.00",
        "0.05",
        "-12,345.67",
        "100,000,000.00",
    ]
    late = datetime(2026, 11, 21, 17, 5, tzinfo=UTC)
    assert (day(late), minute(late)) == ("2026年11月22日", "2026-11-22 01:05")


def test_values_are_escaped_and_none_may_be_missing(papers: Maker) -> None:
    html = papers().html("page.html", {"name": "<script>", "fen": 1})
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    with pytest.raises(UndefinedError):
        papers().html("page.html", {"name": "王"})


async def test_the_same_paper_is_the_same_bytes_and_the_loop_goes_on_meanwhile(papers: Maker) -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.005)
            turns += 1

    counting = asyncio.create_task(count())
    first, second = await asyncio.gather(*(papers().pdf("page.html", VALUES) for _ in range(2)))
    counting.cancel()
    assert first == second
    (page,) = PdfReader(io.BytesIO(first)).pages
    assert "王律师（上海） 399.00" in page.extract_text()
    assert turns > 10


async def test_a_page_cannot_read_files(papers: Maker, tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text("<svg xmlns='http://www.w3.org/2000/svg'><text y='9'>geheim</text></svg>")
    page = "{% extends 'paper.html' %}{% block body %}<p>there</p><img src='{{ address }}'>{% endblock %}"
    made = await papers(page).pdf("page.html", {"address": secret.as_uri()})
    text = PdfReader(io.BytesIO(made)).pages[0].extract_text()
    assert "there" in text
    assert "geheim" not in text


async def test_what_takes_too_long_is_given_up(papers: Maker, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Problem) as refused:
        await papers(seconds=0.01).pdf("page.html", VALUES)
    assert refused.value.code == "server.unavailable"
    assert "0.01 seconds" in caplog.text


async def test_what_cannot_be_made_is_said_without_its_content(
    papers: Maker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\ncat > /dev/null; echo 'OSError: no library' >&2; exit 1\n")
    broken.chmod(0o755)
    with pytest.raises(Problem):
        await papers(python=str(broken)).pdf("page.html", VALUES)
    assert "OSError: no library" in caplog.text
    assert "王律师" not in caplog.text


async def test_the_press_is_told_no_secrets(papers: Maker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spy = tmp_path / "spy"
    spy.write_text(f"#!/bin/sh\ncat > /dev/null; env > {tmp_path}/environment; echo made\n")
    spy.chmod(0o755)
    monkeypatch.setenv("CASESPACE_PAY_API_V3_KEY", "x" * 32)
    assert await papers(python=str(spy)).pdf("page.html", VALUES) == b"made\n"
    assert "CASESPACE" not in (tmp_path / "environment").read_text()

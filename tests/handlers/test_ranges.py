"""RFC 9110, section 14: what a Range header asks for."""

import pytest

from handlers.ranges import parse_range
from services.errors import Problem


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("bytes=0-", (0, 1000)),
        ("bytes=0-0", (0, 1)),
        ("bytes=0-499", (0, 500)),
        ("bytes=500-999", (500, 1000)),
        ("bytes=999-", (999, 1000)),
        ("bytes=900-5000", (900, 1000)),
        ("bytes=-1", (999, 1000)),
        ("bytes=-5000", (0, 1000)),
        ("Bytes = 1 - 2", (1, 3)),
        ("", None),
        ("bytes=-", None),
        ("bytes=5-2", None),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("bytes=a-b", None),
        ("bytes=٣-٤", None),
    ],
)
def test_ranges(header: str, asked: tuple[int, int] | None) -> None:
    assert parse_range(header, 1000) == asked


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=1000-2000", "bytes=-0"])
def test_no_byte_of_the_content(header: str) -> None:
    with pytest.raises(Problem, match=r"^request\.range$"):
        parse_range(header, 1000)

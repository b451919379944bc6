"""The page of an evidence bundle that people read and print (A6): complete, escaped, without scripts. Pure."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.api.base import CHINA
from schemas.documents.spaces import MemberDocument
from schemas.enums import MessageType
from services.record.readable import CLOSING, Cover, Timeline, opening
from services.record.rows import FileRow, FileState, Shown, Withheld
from tests.services.record.samples import LI, START, WANG, Case, sample

NAMES = {WANG: "王晓<b>", LI: "李律师"}
VOID = {"meta", "br", "img"}
NASTY = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&lt;"


class Strict(HTMLParser):
    """Notes tags, attributes and text; every tag must be closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def cover(**changes: Any) -> Cover:
    member: MemberDocument = {
        "user_id": WANG,
        "role": "client",
        "display_name": NASTY,
        "first_seq": 1,
        "joined_at": datetime(2026, 11, 21, 3, tzinfo=UTC),
    }
    given: dict[str, Any] = {
        "title": NASTY,
        "space_id": "a" * 24,
        "exported_at": datetime(2099, 12, 31, 17, tzinfo=UTC),
        "exported_for": NASTY,
        "first_seq": 1,
        "last_seq": 12,
        "head": "0" * 64,
        "members": [member],
    }
    return Cover(**given | changes)


def page(shown: list[Shown], files: dict[str, FileRow] | None = None, **changes: Any) -> Strict:
    timeline = Timeline(NAMES, files or {})
    html = opening(cover(**changes)) + "".join(map(timeline.entry, shown)) + timeline.flush_hidden() + CLOSING
    parsed = Strict()
    parsed.feed(html)
    parsed.close()
    assert parsed.open == []
    assert "script" not in parsed.tags
    return parsed


def one(kind: MessageType, body: dict[str, Any], **more: Any) -> list[Shown]:
    case = Case()
    case.say(kind, body, **more)
    return case.shown


def test_everything_of_a_record_is_on_the_page() -> None:
    case = sample()
    text = page(case.shown).text
    for words in ("第4句", "撤回了第 8 条", "纬度 39.904212", "回复第 6 条", "提及 @王晓<b>", "再见", "2100年01月01日"):
        assert words in text
    assert all(f"#{n} " in text for n in range(1, 13))
    assert text.count(f"{START.astimezone(CHINA):%Y年%m月%d日}") == 1  # the day of all entries, once


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_people_write_stays_text(words: str) -> None:
    parsed = page(one(MessageType.TEXT, {"text": words}))
    if "\r" not in words and "\0" not in words:
        assert words in parsed.text


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        (MessageType.TEXT, {"text": NASTY}, NASTY),
        (MessageType.NOTICE, {"code": "joined", "text": NASTY}, NASTY),
        (MessageType.CONTACT, {"user_id": LI, "display_name": NASTY}, NASTY),
        (MessageType.LOCATION, {"latitude": 1.5, "longitude": 2, "name": NASTY, "address": ""}, NASTY),
        (MessageType.CARD, {"title": NASTY, "state": NASTY, "text": NASTY}, NASTY),
        (MessageType.CARD, {"title": "支付", "state": "paid", "amount_fen": 1234567}, "已支付¥12,345.67"),
        (MessageType.CARD_UPDATE, {"seq": 2, "state": "accepted", "text": NASTY}, "第 2 条的状态变为“律师已接单”"),
        (MessageType.CARD_UPDATE, {"seq": 2, "state": NASTY}, NASTY),
        (MessageType.RECALL, {"seq": 7}, "撤回了第 7 条"),
    ],
)
def test_every_kind_is_shown_and_escaped(kind: MessageType, body: dict[str, Any], words: str) -> None:
    assert words in page(one(kind, body)).text


@pytest.mark.parametrize(
    ("content_type", "tag"), [("image/png", "img"), ("audio/mpeg", "audio"), ("application/pdf", "a")]
)
def test_files_are_links_beside_the_page(content_type: str, tag: str) -> None:
    file = FileRow("f" * 24, "0" * 64, [1], FileState.INCLUDED, "files/00001-f.bin", NASTY, content_type, 2_000)
    shown = one(MessageType.FILE, {"file_id": file.id, "duration_ms": 6_700})
    parsed = page(shown, {file.id: file})
    assert tag in parsed.tags
    assert set(parsed.links) == {"files/00001-f.bin"}
    assert NASTY in parsed.text
    assert "2.0 KB" in parsed.text


def test_files_that_are_not_in_the_bundle_are_named() -> None:
    gone = FileRow("f" * 24, "0" * 64, [1], FileState.PURGED, None, "合同.pdf")
    shown = one(MessageType.FILE, {"file_id": gone.id})
    assert "合同.pdf：文件内容不在包内" in page(shown, {gone.id: gone}).text
    assert "文件：文件内容不在包内" in page(shown).text


@pytest.mark.parametrize(
    ("reason", "words"),
    [(Withheld.RECALLED, "已撤回"), (Withheld.PURGED, "已清除"), (Withheld.UNREADABLE, "无法读取")],
)
def test_what_is_withheld_says_why(reason: Withheld, words: str) -> None:
    entry = one(MessageType.TEXT, {"text": "秘密"})[0].entry
    text = page([Shown(entry, withheld=reason)]).text
    assert words in text
    assert "秘密" not in text


def test_what_came_before_is_one_line() -> None:
    case = sample()
    shown = [Shown(s.entry, withheld=Withheld.BEFORE_FIRST_SEQ) for s in case.shown[:5]] + case.shown[5:]
    text = page(shown, first_seq=6).text
    assert text.count("第 1 至 5 条：不在导出人可见范围内") == 1
    assert "第 6 条之前不在导出人可见范围内" in text
    hidden = [Shown(s.entry, withheld=Withheld.BEFORE_FIRST_SEQ) for s in case.shown]
    assert "第 1 至 12 条：不在导出人可见范围内" in page(hidden, first_seq=13).text
    assert "尚无记录" in page([], last_seq=0).text

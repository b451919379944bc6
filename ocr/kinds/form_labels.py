"""Where the labels of a form stand: at the head of cells, before colons, over several cells of a row. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from ocr.kinds.labels import EVERYWHERE, LABELS
from ocr.kinds.paper import Cell, Paper, Row
from ocr.kinds.wordings import WORDINGS, Wordings

_LONGEST = 24
_SHORTEST_MISREAD = 4  # of a shorter label too little is left to tell it by
_PIECES = 5  # cells that one label may be spread over
# What labels go on with: 甲方（用人单位）, 户名/全称, a speck of dirt, a colon.
_REST = re.compile(
    r"(?:[/、或]者?(?:名称|姓名|卡号|账号|全称|单位|住址|地址))?(?:一栏|栏|情况|明细|信息|"
    r"详情)?(?:\([^()\n]{1,12}\))?(?:[/|]?[A-Za-z][A-Za-z./]{1,24}(?![A-Za-z\d]))?[^\w\n()¥*]{0,2}[\s:;.]*"
)
_BEFORE = re.compile(
    r"(?:[^\w\s()¥]{1,2}|\(?(?:\d{1,2}|[一二三四五六七八九十]{1,2})[.、)])*"
)  # 【案号】, 3. 案号, (一)案号
# What stands behind a name on its line, and in no name or address, so that it needs no colon.
_INSIDE = re.compile(
    r"性别(?=[男女])|民族|职务|联系电话|电话(?=\d)|(?:公民)?身份证?号码?(?=\d)|法定代表人|诉讼地位|签发机关|"
    r"执业证号(?=\d)"
)
_UNKNOWN = re.compile(r"[\u4e00-\u9fff/、]{2,12}(?:\([^()\n]{1,8}\))?:")
_LABEL_LIKE = re.compile(
    r"[\u4e00-\u9fff/、()]{0,10}(?:号码?|编号|日期|时间|期限|地址|地点|名称|姓名|金额|方式|机关|机构|类型|类别|代码|"
    r"账号|户名|"
    r"电话|单位|事由|理由|处所|场所|签名|备注|说明|职务|身份|程序|行|信息|渠道|币种|状态|资本|住所|范围|用途|摘要|"
    r"附言|原因|阶段|.[人方])"
)


@dataclass(frozen=True, slots=True)
class Label:
    """`text` as the table has it, "" for one that is in no table; `end` is where its value may begin. `glued` tells
    that nothing sets the value apart, `alone` that nothing else stands in its cell.
    """

    text: str
    start: int
    end: int
    row: int
    first: Cell
    last: Cell
    glued: bool = False
    misread: bool = False

    @property
    def alone(self) -> bool:
        return self.end >= self.last.end

    @property
    def left(self) -> float:
        part = (self.start - self.first.start) / max(1, len(self.first.text))
        return self.first.item.left + part * (self.first.item.right - self.first.item.left)


def looks_like_label(text: str) -> bool:
    """Whether a cell is most likely a label, although no table may have it."""
    bare = _BEFORE.sub("", text.strip(":;】]"), count=1)
    if len(bare) < 2:
        return False
    return bare in LABELS or text.endswith(":") or _LABEL_LIKE.fullmatch(bare) is not None


@dataclass(frozen=True)
class Vocabulary:
    """The labels of a kind, each with its field, and all others that forms have, with none."""

    fields: Mapping[str, str]

    def field(self, text: str) -> str | None:
        return self.fields.get(text)

    def misread(self, text: str) -> str | None:
        """The label that differs from `text` in one character, if all that do mean the same field."""
        near = [word for hole in _holes(text) for word in self._by_hole.get(hole, ())]
        return near[0] if len({self.fields[word] for word in near}) == 1 else None

    @property
    def _by_hole(self) -> Mapping[str, list[str]]:
        return _by_hole(self)

    def __hash__(self) -> int:
        return id(self)


@cache
def _by_hole(vocabulary: Vocabulary) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in vocabulary.fields:
        if len(word) >= _SHORTEST_MISREAD and vocabulary.fields[word]:
            for hole in _holes(word):
                found.setdefault(hole, []).append(word)
    return found


def _holes(text: str) -> list[str]:
    return [f"{text[:place]}*{text[place + 1 :]}" for place in range(len(text))]


@cache
def vocabulary(kind: str) -> Vocabulary:
    """Words of a field before words of none; a strong word before a weak one."""
    table: Mapping[str, Wordings] = WORDINGS.get(kind, {})
    fields = dict.fromkeys(
        [*LABELS, *(word for word in EVERYWHERE if len(word) >= _SHORTEST_MISREAD and "(" not in word)], ""
    )
    for strength in ("weak", "strong"):
        for name, wordings in table.items():
            fields |= dict.fromkeys(getattr(wordings, strength), name)
    return Vocabulary(fields)


def labels_of(paper: Paper, words: Vocabulary) -> list[Label]:
    """In the order of the text."""
    found: list[Label] = []
    for number, row in enumerate(paper.rows):
        found += _of_row(row, number, words)
    return sorted(found, key=lambda label: label.start)


def _of_row(row: Row, number: int, words: Vocabulary) -> Iterator[Label]:
    place = 0
    while place < len(row.cells):
        spread = _spread(row, place, number, words)
        if spread is not None:
            label, taken = spread
            yield label
            place += taken
            continue
        yield from _of_cell(row.cells[place], number, words)
        place += 1


def _spread(row: Row, place: int, number: int, words: Vocabulary) -> tuple[Label, int] | None:
    """案 and 由 in cells of their own, or 名 and 称:张三. Each piece is short, and together they are a label
    and no more up to the colon.
    """
    for taken in range(min(_PIECES, len(row.cells) - place), 1, -1):
        cells = row.cells[place : place + taken]
        last = cells[-1].text
        head = last[: last.index(":") + 1] if ":" in last else last
        pieces = [*(cell.text for cell in cells[:-1]), head]
        bare = "".join(pieces).rstrip(":;")
        if all(len(piece.rstrip(":;")) <= 2 for piece in pieces) and bare in words.fields:
            return Label(bare, cells[0].start, cells[-1].start + len(head), number, cells[0], cells[-1]), taken
    return None


def _of_cell(cell: Cell, number: int, words: Vocabulary) -> Iterator[Label]:
    at = 0
    head = _head(cell, number, words)
    if head is not None:
        yield head
        at = head.end - cell.start
    for inside in _INSIDE.finditer(cell.text, at + 1) if head is not None and head.text else ():
        text, start = inside[0], cell.start + inside.start()
        if text in words.fields and cell.text[inside.end() : inside.end() + 1] not in (":", "("):
            yield Label(text, start, cell.start + inside.end(), number, cell, cell, glued=True)
    for colon in re.finditer(":", cell.text[at:]):
        end = at + colon.start()
        before = re.sub(r"\([^()]{1,12}\)$", "", cell.text[at:end])
        word = next(
            (before[-size:] for size in range(min(_LONGEST, len(before)), 1, -1) if before[-size:] in words.fields),
            None,
        )
        if word is not None:
            start = cell.start + at + len(before) - len(word)
            yield Label(word, start, cell.start + end + 1, number, cell, cell)


def _head(cell: Cell, number: int, words: Vocabulary) -> Label | None:
    """The label that a cell begins with."""
    before = _BEFORE.match(cell.text)
    off = before.end() if before else 0
    text = cell.text[off:]
    unknown = _UNKNOWN.match(text)
    for size in range(min(_LONGEST, len(text)), 0, -1):
        if text[:size] in words.fields:
            known = _known(cell, off, size, number, text[:size])
            if known is None or not known.glued or unknown is None or _ends_in_label(unknown[0], size, words):
                return known
            break  # 乙方自位: is no 乙方 but a longer label, of which one character is wrong
    end = unknown.end() if unknown else len(text)
    bare = re.sub(r"\([^()]{1,12}\)$", "", text[:end].rstrip(":;"))
    near = words.misread(bare) if _SHORTEST_MISREAD <= len(bare) <= _LONGEST else None
    if near is not None:
        return Label(near, cell.start, cell.start + off + end, number, cell, cell, misread=True)
    ending = _ending(bare, words) if unknown or looks_like_label(bare) else None
    if ending is not None:
        return Label(ending, cell.start, cell.start + off + end, number, cell, cell, misread=True)
    if unknown is None and len(text) > _SHORTEST_MISREAD:
        return _misread_and_glued(cell, off, text, number, words)
    return Label("", cell.start, cell.start + off + end, number, cell, cell) if unknown else None


def _ends_in_label(text: str, start: int, words: Vocabulary) -> bool:
    """Whether what stands behind a label ends with another: 被传唤人李四诉讼地位:"""
    bare = re.sub(r"\([^()]*\)$", "", text.rstrip(":"))
    return any(bare[place:] in words.fields for place in range(start + 1, len(bare) - 1))


def _ending(text: str, words: Vocabulary) -> str | None:
    """The label that a longer one ends with: 电子流水号 is a 流水号."""
    if len(text) > _LONGEST:
        return None
    return next((text[place:] for place in range(1, len(text) - 2) if words.fields.get(text[place:])), None)


def _misread_and_glued(cell: Cell, off: int, text: str, number: int, words: Vocabulary) -> Label | None:
    """With a speck or a wrong character, and the value right behind it."""
    for size in range(min(10, len(text) - 1), _SHORTEST_MISREAD - 1, -1):
        near = words.misread(text[:size])
        if near is not None:
            return Label(near, cell.start, cell.start + off + size, number, cell, cell, glued=True, misread=True)
    return None


def _known(cell: Cell, off: int, size: int, number: int, word: str) -> Label | None:
    text = cell.text[off:]
    rest = _REST.match(text, size)
    end = rest.end() if rest else size
    apart = end >= len(text) or re.search(r"[:.|】\]A-Za-z]", text[size:end]) is not None
    if size == 1 and not apart:
        return None
    whole = text.rstrip(":;")
    if not apart and (
        text.endswith(":") or (len(whole) < 12 and looks_like_label(whole[size:]) and whole not in LABELS)
    ):
        return Label("", cell.start, cell.end, number, cell, cell)  # 收款人信息: a label of which the table has half
    return Label(word, cell.start, cell.start + off + end, number, cell, cell, glued=not apart)

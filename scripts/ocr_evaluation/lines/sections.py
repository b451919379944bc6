"""A part for each of two sides, with the same labels in both."""

from ocr_evaluation.lines.canvas import Canvas
from ocr_evaluation.lines.facts import LineFacts

Blocks = list[list[tuple[str, str]]]
Sides = tuple[str, str]


def sections(facts: LineFacts, page: Canvas, sides: Sides, blocks: Blocks) -> None:
    """The name of each side heads its part, or stands before it; the parts beside or below each other."""
    is_headed, sep = facts.chance(0.6), facts.pick("：|：|")
    lead = 0 if is_headed else max(2.5, len(sides[0]) + 0.8) * page.size
    if facts.chance(0.6):
        _beside(page, sides, blocks, lead, sep)
    else:
        _below(page, sides, blocks, lead, sep)
    page.step()


def _beside(page: Canvas, sides: Sides, blocks: Blocks, lead: float, sep: str) -> None:
    size, page.size = page.size, min(page.size, 24)
    columns = (page.left, 0.52 * page.width)
    if not lead:
        for side, x in zip(sides, columns, strict=True):
            page.put(x + 200, page.y, side)
        page.step(2)
    for place in range(max(map(len, blocks))):
        for side, block, x in zip(sides, blocks, columns, strict=True):
            if lead and place == 1:
                page.put(x, page.y, side, is_label=True)
            if place < len(block):
                _cell(page, x + lead, block[place], sep)
        page.step(2)
    page.size = size


def _below(page: Canvas, sides: Sides, blocks: Blocks, lead: float, sep: str) -> None:
    for side, block in zip(sides, blocks, strict=True):
        if not lead:
            page.put(page.left, page.y, side)
            page.step(2)
        for place, cell in enumerate(block):
            if lead and place == int(len(block) > 2):
                page.put(page.left, page.y, side, is_label=True)
            _cell(page, page.left + lead, cell, sep)
            page.step(2)


def _cell(page: Canvas, x: float, cell: tuple[str, str], sep: str) -> None:
    """As one line with a colon, or as two."""
    if sep:
        page.put(x, page.y, cell[0] + sep + cell[1], is_label=True)
    else:
        end = page.put(x, page.y, cell[0], is_label=True)
        page.put(max(end + 20, x + 5 * page.size), page.y, cell[1])

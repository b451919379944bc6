"""Sheet: a page that is drawn and remembers what was written where."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFont

from ocr_evaluation.fonts import font_file

Quad = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Fonts:
    """Font files with the index inside them. Of the first three parts no two share any."""

    sans: tuple[str, int]
    bold: tuple[str, int]
    serif: tuple[str, int]
    hand: tuple[str, int]
    centred_stops: bool = False  # serif and hand set stops as in Taiwan; papers of the mainland have them lower left


_STOPS = "，。、；："
_STOP_OFF = 0.28  # of the size of letters
TUNING = Fonts(
    (font_file("NotoSansCJK-Regular.ttc"), 2),
    (font_file("NotoSansCJK-Bold.ttc"), 2),
    (font_file("NotoSerifCJK-Regular.ttc"), 2),
    (font_file("LXGWWenKai-Regular.ttf"), 0),
)
HELD_OUT = Fonts(
    (font_file("wqy-microhei.ttc"), 0),
    (font_file("wqy-microhei.ttc"), 0),
    (font_file("uming.ttc"), 0),
    (font_file("ukai.ttc"), 0),
)
THIRD = Fonts(
    (font_file("wqy-zenhei.ttc"), 0),
    (font_file("wqy-zenhei.ttc"), 0),
    (font_file("TW-Sung-98_1.ttf"), 0),
    (font_file("TW-Kai-98_1.ttf"), 0),
    centred_stops=True,
)
FOURTH = Fonts(  # its sans is the tuning part's; Song and Kai, which papers are mostly set in, are new
    (font_file("NotoSansCJK-Regular.ttc"), 2),
    (font_file("NotoSerifCJK-Bold.ttc"), 2),
    (font_file("gbsn00lp.ttf"), 0),
    (font_file("gkai00mp.ttf"), 0),
)
FIFTH = Fonts(  # layouts are what is new in it; its hand is a face that no other part has
    (font_file("wqy-zenhei.ttc"), 0),
    (font_file("NotoSerifCJK-Bold.ttc"), 2),
    (font_file("NotoSerifCJK-Regular.ttc"), 2),
    (font_file("LXGWWenKai-Light.ttf"), 0),
)
SEVENTH = Fonts(  # offices and people: a bold Kai that no other part has, beside the held-out part's Hei and Song
    (font_file("wqy-microhei.ttc"), 0),
    (font_file("NotoSansCJK-Bold.ttc"), 2),
    (font_file("uming.ttc"), 0),
    (font_file("LXGWWenKai-Bold.ttf"), 0),
)
SEVENTH_TYPED = Fonts(  # screens and printers, in faces of the tuning, fourth and held-out parts
    (font_file("NotoSansCJK-Regular.ttc"), 2),
    (font_file("NotoSerifCJK-Bold.ttc"), 2),
    (font_file("gbsn00lp.ttf"), 0),
    (font_file("ukai.ttc"), 0),
)
EIGHTH = Fonts(  # offices and people: a pen of even width that no other part has
    (font_file("wqy-zenhei.ttc"), 0),
    (font_file("NotoSansCJK-Bold.ttc"), 2),
    (font_file("NotoSerifCJK-Regular.ttc"), 2),
    (font_file("LXGWWenKaiMono-Regular.ttf"), 0),
)
EIGHTH_TYPED = Fonts(  # screens and printers: digits all of one width, beside faces of other parts
    (font_file("NotoSansCJK-Regular.ttc"), 7),
    (font_file("wqy-zenhei.ttc"), 0),
    (font_file("uming.ttc"), 0),
    (font_file("gkai00mp.ttf"), 0),
)


@dataclass(frozen=True, slots=True)
class Written:
    text: str
    quad: Quad


@dataclass
class Truth:
    """What a reading should find. `seals` are discs (x, y, radius) whose own writing is not asked for."""

    kind: str
    lines: list[Written] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    seals: list[tuple[float, float, float]] = field(default_factory=list)
    downwards: list[Written] = field(default_factory=list)  # set character under character, beside rows of their own


class Sheet:
    def __init__(self, kind: str, size: tuple[int, int], fonts: Fonts, rng: Any, paper: str = "#fdfcf8") -> None:
        self.image = Image.new("RGB", size, paper)
        self.draw = ImageDraw.Draw(self.image)
        self.fonts = fonts
        self.rng = rng
        self.truth = Truth(kind)
        self.width, self.height = size

    def font(self, size: int, face: str) -> ImageFont.FreeTypeFont:
        file, index = getattr(self.fonts, face)
        return ImageFont.truetype(file, size, index=index)

    def text(
        self, x: float, y: float, text: str, size: int, face: str = "serif", ink: str = "#1c1c1c", gap: int = 0
    ) -> float:
        """Write one line with its upper left corner there; returns where it ends. `gap` spreads the characters."""
        font = self.font(size, face)
        at = x
        for part in text if gap or self.fonts.centred_stops else [text]:
            off = size * _STOP_OFF if self.fonts.centred_stops and part in _STOPS and face in ("serif", "hand") else 0
            self.draw.text((at - off, y + off), part, font=font, fill=ink)
            at += font.getlength(part) + gap
        end = at - gap
        _, top, _, bottom = font.getbbox(text)
        self.note(text, x, y + top, end, y + bottom)
        return end

    def note(self, text: str, left: float, top: float, right: float, bottom: float) -> None:
        quad = [(left, top), (right, top), (right, bottom), (left, bottom)]
        self.truth.lines.append(Written(text, quad))

    def centre(self, y: float, text: str, size: int, face: str = "serif", gap: int = 0, ink: str = "#1c1c1c") -> None:
        length = self.font(size, face).getlength(text) + gap * (len(text) - 1)
        self.text((self.width - length) / 2, y, text, size, face, ink, gap)

    def right(self, y: float, text: str, size: int, edge: float, face: str = "serif") -> None:
        self.text(edge - self.font(size, face).getlength(text), y, text, size, face)

    def paragraph(
        self, x: float, y: float, width: float, text: str, size: int, face: str = "serif",
        indent: bool = True, lead: float = 1.6,
        ink: str = "#1c1c1c",
    ) -> float:  # fmt: skip
        """Set running text; returns the height at which the next line begins."""
        font = self.font(size, face)
        start, line = (x + 2 * size if indent else x), ""
        for character in text:
            if start + font.getlength(line + character) > x + width and character not in "，。；：、）":
                self.text(start, y, line, size, face, ink)
                y += lead * size
                start, line = x, ""
            line += character
        self.text(start, y, line, size, face, ink)
        return y + lead * size

    def hand(self, x: float, y: float, text: str, size: int, ink: str = "#20242c") -> float:
        """Write by hand, as far as a font can: every character a little off and of its own size."""
        at = x
        for character in text:
            own = max(8, round(size * self.rng.uniform(0.9, 1.1)))
            font = self.font(own, "hand")
            off = size * _STOP_OFF if self.fonts.centred_stops and character in _STOPS else 0
            self.draw.text((at - off, y + off + self.rng.uniform(-0.09, 0.09) * size), character, font=font, fill=ink)
            at += font.getlength(character) * self.rng.uniform(0.94, 1.04)
        self.note(text, x, y, at, y + 1.1 * size)
        return at

    def rule(self, *points: float, ink: str = "#555555", width: int = 2) -> None:
        self.draw.line(points, fill=ink, width=width)

    def frame(self, left: float, top: float, right: float, bottom: float, ink: str = "#555555", width: int = 2) -> None:
        self.draw.rectangle((left, top, right, bottom), outline=ink, width=width)

    def seal(self, x: float, y: float, radius: int, text: str) -> None:
        """A round red stamp, its name along the rim and a star within, over whatever is there."""
        side = 2 * radius
        stamp = Image.new("RGBA", (side, side), (0, 0, 0, 0))
        draw = ImageDraw.Draw(stamp)
        ink = (200 + self.rng.randrange(30), 30, 40, 205)
        draw.ellipse((4, 4, side - 5, side - 5), outline=ink, width=max(3, radius // 18))
        star = [self._rim(radius, radius * (0.28 if i % 2 == 0 else 0.11), math.pi * (i / 5 - 0.5)) for i in range(10)]
        draw.polygon(star, fill=ink)
        font = self.font(max(10, int(radius * 0.24)), "serif")
        for place, character in enumerate(text):
            angle = math.radians(200 - 220 * (place + 0.5) / len(text)) if len(text) > 1 else math.pi / 2
            tile = Image.new("RGBA", (radius, radius), (0, 0, 0, 0))
            ImageDraw.Draw(tile).text((radius // 2, radius // 2), character, font=font, fill=ink, anchor="mm")
            tile = tile.rotate(math.degrees(angle) - 90)
            at = self._rim(radius, radius * 0.74, -angle)
            stamp.alpha_composite(tile, (max(0, int(at[0] - radius // 2)), max(0, int(at[1] - radius // 2))))
        left, top = int(x - radius), int(y - radius)
        # Ink is see-through: it darkens what is there, and black stays black.
        ground = self.image.crop((left, top, left + side, top + side))
        white = Image.new("RGBA", stamp.size, "white")
        ink_on_white = Image.alpha_composite(white, stamp).convert("RGB")
        self.image.paste(ImageChops.multiply(ground, ink_on_white), (left, top))
        self.truth.seals.append((x, y, radius))

    @staticmethod
    def _rim(center: float, radius: float, angle: float) -> tuple[float, float]:
        return center + radius * math.cos(angle), center + radius * math.sin(angle)

    def tint(self, left: str, right: str) -> None:
        """A card's ground: two colours and fine waves."""
        one, other = (np.array(Image.new("RGB", (1, 1), colour).getpixel((0, 0)), float) for colour in (left, right))
        part = np.linspace(0, 1, self.width)[None, :, None]
        ground = np.broadcast_to(one * (1 - part) + other * part, (self.height, self.width, 3)).copy()
        y, x = np.mgrid[0 : self.height, 0 : self.width]
        ground -= 5 * ((np.sin(x / 9 + 6 * np.sin(y / 60)) > 0.85)[..., None])
        self.image.paste(Image.fromarray(ground.clip(0, 255).astype(np.uint8)))
        self.draw = ImageDraw.Draw(self.image)

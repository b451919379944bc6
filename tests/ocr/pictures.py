"""Pictures of writing, as bytes of a file."""

import io
from collections.abc import Sequence

from ocr_evaluation.fonts import font_file
from PIL import Image, ImageDraw, ImageFont

FONT = font_file("NotoSansCJK-Regular.ttc")
WRITING = ("北京市海淀区人民法院", "案号：（2026）京0108民初12345号", "被传唤人：张三丰", "应到处所：本院第六法庭")


def page(lines: Sequence[str] = WRITING, size: tuple[int, int] = (1000, 600), mode: str = "RGB") -> Image.Image:
    image = Image.new(mode, size, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(FONT, 36, index=2)
    for place, line in enumerate(lines):
        draw.text((60, 50 + 80 * place), line, font=font, fill="black")
    return image


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    data = io.BytesIO()
    image.save(data, form, **options)
    return data.getvalue()

"""What a person may say that a paper says: values of the fields' own shape, of a size that a document holds. Pure."""

from collections.abc import Mapping
from typing import Any

import orjson

from ocr import Reading
from services.errors import Problem
from services.readings.field_labels import FIELD_LABELS

MOST_CORRECTIONS = 100  # of one reading, and
MOST_SAID = 64 << 10  # bytes of each: together they stay below the 16 MiB of a document
_COUNTS = frozenset({"page_count", "pay_within_days", "signatures"})
_SHAPES = {int: "请填写数字", str: "请填写文字", list: "请逐条填写"}


def check_said(reading: Reading, said: Mapping[str, Any]) -> None:
    """An empty text says that the paper does not tell. Raises ``request.invalid``."""
    faults = [
        {"field": f"fields.{name}", "message": fault} for name, v in said.items() if (fault := _fault(reading, name, v))
    ]
    if not faults and len(orjson.dumps(said)) > MOST_SAID:
        faults = [{"field": "fields", "message": "内容太长"}]
    if faults:
        raise Problem("request.invalid", errors=faults)


def _fault(reading: Reading, name: str, value: object) -> str | None:
    if name not in FIELD_LABELS and name not in reading.fields:
        return "没有这一项"
    shape = _shape(reading, name)
    return None if value == "" or isinstance(value, shape) else _SHAPES[shape]


def _shape(reading: Reading, name: str) -> type:
    """As the machine read it; where it read nothing, as the name has it."""
    if name in reading.fields:
        return next(shape for shape in _SHAPES if isinstance(reading.fields[name].value, shape))
    if name == "messages":
        return list
    return int if name.endswith("_fen") or name in _COUNTS else str

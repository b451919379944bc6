"""The shapes of the API as the generated documents describe them: OpenAPI's and AsyncAPI's components."""

import re
from typing import Any, Literal

from pydantic import TypeAdapter

_PLACE = "#/components/schemas/"


class TwoShapesOneNameError(RuntimeError):
    """Two different shapes share a name: one would be described as the other."""


def described(shape: Any, mode: Literal["validation", "serialization"], components: dict[str, Any]) -> dict[str, Any]:
    """A reference to a shape, which is put into ``components`` with all that it holds. Raises TwoShapesOneNameError."""
    schema = TypeAdapter(shape).json_schema(ref_template=_PLACE + "{model}", mode=mode)
    title = re.sub(r"[^A-Za-z0-9]", "_", schema.get("title", shape.__name__)).strip("_")
    for name, definition in {**schema.pop("$defs", {}), title: schema}.items():
        if components.setdefault(name, definition) != definition:
            raise TwoShapesOneNameError(name)
    return {"$ref": _PLACE + title}

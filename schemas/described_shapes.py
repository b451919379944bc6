"""The shapes of the API as the generated documents describe them: OpenAPI's and AsyncAPI's components."""

import re
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter

_PLACE = "#/components/schemas/"


class TwoShapesOneNameError(RuntimeError):
    """Two different shapes share a name: one would be described as the other."""


def described(shape: Any, mode: Literal["validation", "serialization"], components: dict[str, Any]) -> dict[str, Any]:
    """A reference to a shape, which is put into ``components`` with all that it holds. Raises TwoShapesOneNameError."""
    title, definitions = _definitions(shape, mode)
    for name, definition in definitions.items():
        if components.setdefault(name, definition) is not definition and components[name] != definition:
            raise TwoShapesOneNameError(name)
    return {"$ref": _PLACE + title}


@cache
def _definitions(shape: Any, mode: Literal["validation", "serialization"]) -> tuple[str, dict[str, Any]]:
    """The shape's name, and by name the schema of it and of all that it holds; nobody may change them.

    Many doors share a shape, and to describe them all took most of the time in which a server starts.
    """
    schema = TypeAdapter(shape).json_schema(ref_template=_PLACE + "{model}", mode=mode)
    title = re.sub(r"[^A-Za-z0-9]", "_", schema.get("title", shape.__name__)).strip("_")
    return title, {**schema.pop("$defs", {}), title: schema}

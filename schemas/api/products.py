"""The catalogue as everybody sees it (C1)."""

from typing import Literal

from schemas.api.base import Fen, View

FieldKind = Literal["text", "textarea", "phone", "choice"]


class FormFieldView(View):
    """One question that this product asks besides the description of the need.

    ``filled_by``: fields of papers from which its suggestions come, when there are any.
    """

    name: str
    label: str
    kind: FieldKind
    required: bool
    max_length: int
    choices: list[str] = []
    hint: str = ""
    filled_by: list[str] = []


class ProductView(View):
    id: str
    code: str
    name: str
    kind: str
    summary: str
    description: str
    price_fen: Fen
    promises: dict[str, str]
    steps: list[str]
    form: list[FormFieldView]


class ProductListView(View):
    items: list[ProductView]
    next_cursor: str | None = None
    has_more: bool = False

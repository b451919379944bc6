"""What papers suggest for the entries of a form: shown with their source, applied only when a person says so."""

from schemas.api.base import Moment, View


class SuggestionView(View):
    """``value`` for the form's entry ``name``; the rest says which paper says so, and where on it.

    Amounts are in yuan where the entry is text (``5000.00``), in fen where the entry is money. ``doubtful``: the
    machine was not sure, and nobody has confirmed it. ``draft``: from a paper photographed for this form, which
    belongs to no case yet.
    """

    name: str
    value: str | int
    reading_id: str
    file_id: str
    space_id: str
    kind_label: str
    field: str
    field_label: str
    confirmed_at: Moment | None = None
    doubtful: bool = False
    draft: bool = False


class SuggestionListView(View):
    """By entry, then newest paper first."""

    items: list[SuggestionView]

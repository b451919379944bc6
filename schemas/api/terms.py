"""What everybody agrees to: privacy policy and user agreement, in versions."""

from datetime import date

from pydantic import Field

from schemas.api.base import Body, Moment, View
from schemas.enums import TermsKind


class TermsSectionView(View):
    heading: str
    paragraphs: list[str]


class TermsTextView(View):
    """One text. ``version`` changes with every word of it."""

    kind: TermsKind
    version: str
    title: str
    effective_on: date
    sections: list[TermsSectionView]


class TermsListView(View):
    items: list[TermsTextView]


class AgreeBody(Body):
    """What was read: the version of each text. The box beside them was not ticked beforehand."""

    versions: dict[TermsKind, str] = Field(min_length=1)


class AgreedView(View):
    """One text, and whether the caller has agreed to its words of today."""

    kind: TermsKind
    title: str
    version: str
    agreed: bool
    agreed_at: Moment | None = Field(description="When the caller agreed to this version; null when they have not")


class MyTermsView(View):
    agreed: bool = Field(description="Whether nothing is left to agree to; always true for staff")
    demanded: bool = Field(description="Whether this deployment refuses what needs it with 403 terms.not_agreed")
    items: list[AgreedView]
    withdrawal: list[str] = Field(description="What follows when the consent is taken back, to be read before")

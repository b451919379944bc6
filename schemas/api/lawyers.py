"""Lawyers, as everybody may see them."""

from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.api.base import Body, View

Line = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class LawyerProfile(View):
    """What a lawyer's card says (B5). The practising licence number is public in the bar's register."""

    firm: Line
    licence_number: str = Field("", pattern=r"^([0-9]{17})?$")
    areas: list[Line] = Field([], max_length=20)
    region: str = Field("", max_length=60)
    years: int = Field(0, ge=0, le=70)
    level: str = Field("", max_length=20)
    rating: float | None = Field(None, ge=0, le=5)
    served: int = Field(0, ge=0, description="Orders served")
    service_hours: str = Field("", max_length=60)
    promises: list[Line] = Field([], max_length=10)
    introduction: str = Field("", max_length=1000)


class LawyerView(View):
    id: str
    display_name: str
    profile: LawyerProfile | None
    verified: bool = Field(description="Whether the practising licence was verified, and still counts")


class LawyerQuery(Body):
    area: str | None = Field(None, max_length=60)
    cursor: str | None = Field(None, pattern=r"^[0-9a-f]{24}$")
    limit: int = Field(20, ge=1, le=100)

"""Staff, as ops see and change them."""

from typing import Literal

from pydantic import Field

from schemas.api.base import Body, Flag, Id, View
from schemas.api.lawyers import LawyerProfile, Line
from schemas.enums import Role

StaffRole = Literal["lawyer", "support", "reviewer", "presider", "clerk", "ops"]


class StaffQuery(Body):
    role: Role | None = None
    q: str | None = Field(None, min_length=1, max_length=64, description="The beginning of a name")
    cursor: Id | None = None
    limit: int = Field(50, ge=1, le=100)


class StaffBody(Body):
    """All roles from now on, and whether support joins new spaces."""

    roles: list[StaffRole] = Field(min_length=1, max_length=6)
    on_duty: Flag


class StopBody(Body):
    reason: Literal["left", "lost", "abuse"] = Field(description="Goes into the audit trail")


class OwnProfileBody(Body):
    """What a lawyer says of themselves."""

    areas: list[Line] = Field([], max_length=20)
    service_hours: str = Field("", max_length=60)
    introduction: str = Field("", max_length=1000)


class ProfileBody(OwnProfileBody):
    """What ops answer for as well. Another licence number has to be verified anew."""

    licence_number: str = Field("", pattern=r"^([0-9]{17})?$")
    region: str = Field("", max_length=60)
    years: int = Field(0, strict=True, ge=0, le=70)
    level: str = Field("", max_length=20)
    promises: list[Line] = Field([], max_length=10)


class StaffView(View):
    id: str
    display_name: str
    roles: list[Role]
    on_duty: bool = Field(description="Support: joins new spaces")
    disabled: bool
    profile: LawyerProfile | None = Field(description="Of lawyers")

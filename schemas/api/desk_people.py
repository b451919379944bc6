"""People as the desk finds them: colleagues by role, a client by what they give as their own."""

from typing import Self

from pydantic import Field, model_validator

from schemas.api.base import Body, Id, View
from schemas.enums import Role


class DeskPeopleQuery(Body):
    """Clients are never listed: one is found by ``q``, a whole phone number or the number of an order."""

    role: Role
    q: str | None = Field(
        None,
        min_length=1,
        max_length=64,
        description="Of staff the beginning of a name; of clients a whole phone number or an order's number",
    )
    cursor: Id | None = None
    limit: int = Field(50, ge=1, le=100)

    @model_validator(mode="after")
    def _clients_are_named(self) -> Self:
        if self.role is Role.CLIENT and self.q is None:
            raise ValueError("查找客户需要完整的手机号或订单号")
        return self


class DeskPersonView(View):
    id: str
    display_name: str
    roles: list[Role]
    phone_masked: str | None = Field(description="Of clients")
    firm_id: str | None = Field(description="Of lawyers")

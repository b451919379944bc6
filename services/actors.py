"""Who is asking."""

from dataclasses import dataclass

from schemas.enums import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person, as far as rules need to know them; made by ``Sessions.authenticate`` only."""

    user_id: str
    roles: frozenset[Role]
    session_id: str
    request_id: str = ""
    address: str = ""

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    @property
    def is_staff(self) -> bool:
        return bool(self.roles - {Role.CLIENT})

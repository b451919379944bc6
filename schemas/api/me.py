"""The signed-in person."""

from pydantic import Field

from schemas.api.base import Body, Moment, View
from schemas.api.lawyers import LawyerProfile
from schemas.enums import IdentityKind, Role


class MeView(View):
    id: str
    display_name: str
    roles: list[Role]
    phone_masked: str | None = Field(description="e.g. 138****5678; null when no phone is bound")
    verified: bool = Field(description="Whether the real name was verified")
    identities: list[IdentityKind] = Field(description="The ways in which this person can sign in")
    profile: LawyerProfile | None = Field(description="A lawyer's public profile; null for everybody else")
    created_at: Moment


class RenameBody(Body):
    display_name: str = Field(min_length=1, max_length=20)


class PhoneView(View):
    """Somebody's whole phone number; each reading is recorded."""

    user_id: str
    phone: str

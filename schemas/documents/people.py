"""Users, their identities, sessions, and one-time codes."""

from datetime import datetime
from typing import NotRequired, TypedDict


class SealedPii(TypedDict, total=False):
    """Personal data, each value sealed (AES-256-GCM) under the person's own data key."""

    phone: bytes
    openid: bytes
    unionid: bytes
    session_key: bytes
    otp_secret: bytes


class UserDocument(TypedDict):
    _id: str
    schema_version: int
    display_name: str
    roles: list[str]
    disabled: bool
    verified: bool  # whether anything below counts now
    verified_until: NotRequired[dict[str, datetime]]  # what was proven (B2): person, lawyer
    pii: SealedPii
    phone_hint: NotRequired[str]  # what everybody may see: 138****5678
    profile: NotRequired[dict[str, object]]  # lawyers: firm, areas, years, rating …
    firm_id: NotRequired[str]  # lawyers: the firm that is owed what they earn
    acts: NotRequired[int]  # of ops: changes of other accounts, so that two who stop each other meet here
    on_duty: NotRequired[bool]  # support: joins new spaces
    signed_in_at: NotRequired[datetime]
    erased_at: NotRequired[datetime]  # nothing here names anybody any more
    merged_into: NotRequired[str]  # an empty account whose identity moved to this other account
    created_at: datetime
    updated_at: datetime


class IdentityDocument(TypedDict):
    """One way to sign in. ``lookup`` is a blind index: an HMAC, never the value itself."""

    _id: str
    schema_version: int
    user_id: str
    kind: str
    lookup: str
    password_hash: NotRequired[str]
    password_only: NotRequired[bool]  # demonstrations: signs in without the second factor, on purpose
    otp_last_step: NotRequired[int]
    created_at: datetime


class SessionDocument(TypedDict):
    """A family of refresh tokens: one sign-in on one device."""

    _id: str
    schema_version: int
    user_id: str
    family: bytes  # the secret that tells a used refresh token from an invented one
    refresh_hash: str  # SHA-256 of the one that is valid now
    previous_hash: NotRequired[str]
    rotated_at: NotRequired[datetime]
    answer: NotRequired[bytes]  # the last answer, sealed: repeated for 30 s when it got lost on the way
    client: str  # blind index of the device's address and agent, as of the last refresh
    created_at: datetime
    expires_at: datetime
    revoked_at: NotRequired[datetime]
    revoked_because: NotRequired[str]


class SmsCodeDocument(TypedDict):
    _id: str  # blind index of the phone
    schema_version: int
    code_hash: str
    attempts: int
    sent_at: datetime
    expires_at: datetime


class CounterDocument(TypedDict):
    """How often something was done in a window of time; goes away by itself."""

    _id: str
    count: int
    expires_at: datetime

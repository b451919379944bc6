"""What is shown of an account, and the names that accounts may bear. Pure."""

import unicodedata
from collections.abc import Iterable

from pydantic import ValidationError

from schemas.api.lawyers import LawyerProfile, LawyerView
from schemas.api.me import MeView
from schemas.documents.people import UserDocument
from schemas.enums import IdentityKind, Role
from schemas.verification_enums import VerificationKind

LONGEST_NAME = 20
# A client must not pass for the house in a chat.
_RESERVED = ("系统", "客服", "官方", "平台", "管理员", "律师", "法官", "仲裁员", "调解员", "书记员")


def default_name(kind: IdentityKind, user_id: str) -> str:
    """A name for somebody who has not said theirs, told apart by the end of the id."""
    return f"{'微信' if kind is IdentityKind.WECHAT else '手机'}用户{user_id[-4:]}"


def name_fault(name: str, *, staff: bool) -> str | None:
    """Why nobody may be called this (Chinese, for the user), or None."""
    if not 1 <= len(name) <= LONGEST_NAME:
        return f"昵称需要 1–{LONGEST_NAME} 个字"
    if any(unicodedata.category(char)[0] == "C" for char in name):
        return "昵称不能包含不可见字符"  # they turn text around or hide in it
    if not staff and any(word in name for word in _RESERVED):
        return "昵称不能使用工作人员的称谓"
    return None


def clean_name(name: str) -> str:
    """One form for what looks the same (NFKC), single spaces, none at the ends."""
    return " ".join(unicodedata.normalize("NFKC", name).split())


def me_view(user: UserDocument, identities: Iterable[str]) -> MeView:
    return MeView(
        id=user["_id"],
        display_name=user["display_name"],
        roles=[Role(role) for role in user["roles"]],
        phone_masked=user.get("phone_hint"),
        verified=user["verified"],
        identities=sorted(IdentityKind(kind) for kind in set(identities)),
        profile=profile_of(user),
        created_at=user["created_at"],
    )


def lawyer_view(user: UserDocument) -> LawyerView:
    return LawyerView(
        id=user["_id"],
        display_name=user["display_name"],
        profile=profile_of(user),
        verified=VerificationKind.LAWYER.value in user.get("verified_until", {}),
    )


def profile_of(user: UserDocument) -> LawyerProfile | None:
    """The public part of a lawyer's profile; further stored fields stay private."""
    stored = user.get("profile")
    if stored is None or Role.LAWYER not in user["roles"]:
        return None
    public = {name: value for name, value in stored.items() if name in LawyerProfile.model_fields}
    try:
        return LawyerProfile.model_validate(public)
    except ValidationError:
        return None  # an incomplete profile is not published

"""Names and masks, as pure rules."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.documents.people import UserDocument
from schemas.enums import IdentityKind, Role
from services.identity.account_views import clean_name, default_name, lawyer_view, me_view, name_fault
from services.masks import masked_phone


def user(**changes: object) -> UserDocument:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    whole: dict[str, object] = {
        "_id": "6" * 24,
        "schema_version": 1,
        "display_name": "王先生",
        "roles": ["client"],
        "disabled": False,
        "verified": False,
        "pii": {"phone": b"sealed", "openid": b"sealed", "session_key": b"sealed", "otp_secret": b"sealed"},
        "phone_hint": "138****5678",
        "created_at": now,
        "updated_at": now,
    }
    return {**whole, **changes}  # type: ignore[typeddict-item]


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True))
def test_a_mask_shows_seven_digits(phone: str) -> None:
    """K2"""
    masked = masked_phone(phone)
    assert masked[:3] == phone[:3]
    assert masked[3:7] == "****"
    assert masked[7:] == phone[7:]


@pytest.mark.parametrize(
    ("name", "client", "staff"),
    [
        ("王先生", True, True),
        ("A", True, True),
        ("字" * 20, True, True),
        ("字" * 21, False, False),
        ("", False, False),
        ("王\u200b先生", False, False),
        ("\u202eecila", False, False),
        ("客服小李", False, True),
        ("系统", False, True),
        ("张律师", False, True),
    ],
)
def test_who_may_be_called_what(name: str, client: bool, staff: bool) -> None:
    assert (name_fault(name, staff=False) is None) is client
    assert (name_fault(name, staff=True) is None) is staff


@given(st.text(max_size=60))
def test_cleaning_a_clean_name_changes_nothing(text: str) -> None:
    cleaned = clean_name(text)
    assert clean_name(cleaned) == cleaned
    assert cleaned == cleaned.strip()


def test_a_disguised_name_is_cleaned_before_it_is_judged() -> None:
    assert name_fault(clean_name("客 服"), staff=False) is None
    assert name_fault(clean_name("ｓｙｓ 律师"), staff=False) is not None


def test_default_names_tell_people_apart_and_say_nothing() -> None:
    assert default_name(IdentityKind.WECHAT, "0" * 20 + "a1b2") == "微信用户a1b2"
    assert default_name(IdentityKind.PHONE, "0" * 20 + "a1b2") == "手机用户a1b2"


def test_nothing_sealed_is_in_a_view() -> None:
    """K2"""
    shown = me_view(user(), ["phone", "wechat"]).model_dump_json()
    assert "sealed" not in shown
    assert "138****5678" in shown


def test_only_a_lawyer_has_a_public_profile_and_only_its_public_part() -> None:
    """B5"""
    profile = {"firm": "明德律师事务所", "areas": ["合同纠纷"], "years": 9, "home_address": "secret"}
    assert me_view(user(profile=profile), []).profile is None
    shown = lawyer_view(user(profile=profile, roles=[Role.LAWYER]))
    assert shown.profile is not None
    assert shown.profile.years == 9
    assert "secret" not in shown.model_dump_json()


def test_an_incomplete_profile_is_not_published() -> None:
    assert lawyer_view(user(profile={"years": 9}, roles=[Role.LAWYER])).profile is None

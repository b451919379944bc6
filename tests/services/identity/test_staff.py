"""Staff accounts: made, changed and stopped by ops."""

import asyncio

import pyotp
import pytest

from schemas.enums import IdentityKind, Role
from services.errors import Problem
from services.ids import new_id
from tests.services.identity_world import World, refusal


async def test_what_is_handed_out_signs_in(world: World) -> None:
    """B4"""
    handed = await world.staff.create(f"chen-{new_id()}", "陈律师", [Role.LAWYER])
    assert handed.otpauth_uri is not None
    assert pyotp.parse_uri(handed.otpauth_uri).secret == handed.otp_secret
    signed_in = await world.by_staff(handed)
    assert (signed_in.user.id, signed_in.user.display_name) == (handed.user_id, "陈律师")
    assert signed_in.user.identities == [IdentityKind.STAFF]
    assert await world.staff.find(handed.login.upper()) == handed.user_id


async def test_given_credentials_are_taken(world: World) -> None:
    secret = pyotp.random_base32()
    handed = await world.staff.create(
        f"demo-{new_id()}", "客服小李", [Role.SUPPORT], password="demo-password", otp_secret=secret, on_duty=True
    )
    assert (handed.password, handed.otp_secret) == ("demo-password", secret)
    assert (await world.by_staff(handed)).user.roles == [Role.SUPPORT]
    user = await world.people.load(handed.user_id)
    assert user is not None
    assert user.get("on_duty") is True


async def test_only_an_account_that_says_so_does_without_the_second_factor(world: World) -> None:
    """B4: a lost secret must close the door, not open it."""
    demo = await world.staff.create(f"demo-{new_id()}", "李律师", [Role.LAWYER], second_factor=False)
    assert demo.otp_secret is None
    assert demo.otpauth_uri is None
    await world.sign_in.by_staff(demo.login, demo.password, None, world.origin())
    again = await world.staff.reset(demo.login)
    assert again.otp_secret is None
    await world.sign_in.by_staff(again.login, again.password, None, world.origin())

    handed = await world.lawyer()
    await world.db.users.update_one({"_id": handed.user_id}, {"$unset": {"pii.otp_secret": ""}})
    without = world.sign_in.by_staff(handed.login, handed.password, None, world.origin())
    assert await refusal(without) == "auth.otp_required"
    guessed = world.sign_in.by_staff(handed.login, handed.password, "000000", world.origin())
    assert await refusal(guessed) == "auth.otp_invalid"


async def test_nothing_handed_out_is_stored_or_printed(world: World) -> None:
    """K2"""
    handed = await world.lawyer()
    user = await world.people.load(handed.user_id)
    identity = await world.people.find(IdentityKind.STAFF, handed.login)
    stored = repr((user, identity, await world.audited(handed.user_id)))
    for secret in (handed.password, str(handed.otp_secret), handed.login):
        assert secret not in stored
    assert handed.password not in repr(handed)
    assert str(handed.otp_secret) not in repr(handed)


async def test_a_login_is_given_once_whatever_its_case(world: World) -> None:
    login = f"Chen-{new_id()}"
    await world.staff.create(login, "陈律师", [Role.LAWYER])
    assert await refusal(world.staff.create(login.lower(), "林律师", [Role.LAWYER])) == "account.login_taken"


async def test_a_login_is_given_once_at_once(world: World) -> None:
    login = f"lin-{new_id()}"
    outcomes = await asyncio.gather(
        *(world.staff.create(login, "林律师", [Role.LAWYER]) for _ in range(4)), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    assert [problem.code for problem in refused] == ["account.login_taken"] * 3


@pytest.mark.parametrize(
    ("login", "name", "roles"),
    [
        ("a", "陈律师", [Role.LAWYER]),
        ("x" * 65, "陈律师", [Role.LAWYER]),
        ("good-login", "", [Role.LAWYER]),
        ("good-login", "陈律师", []),
        ("good-login", "陈律师", [Role.CLIENT, Role.LAWYER]),
    ],
)
async def test_what_makes_no_sense_is_refused(world: World, login: str, name: str, roles: list[Role]) -> None:
    assert await refusal(world.staff.create(login, name, roles)) == "request.invalid"


async def test_a_weak_password_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="10 characters"):
        await world.staff.create(f"weak-{new_id()}", "陈律师", [Role.LAWYER], password="123456789")


async def test_new_credentials_end_the_old_ones_and_all_sessions(world: World) -> None:
    """B4: a lost phone, a leaked password."""
    old = await world.lawyer()
    before = await world.by_staff(old)
    new = await world.staff.reset(old.login)
    assert new.user_id == old.user_id
    assert await refusal(world.sessions.authenticate(before.access_token)) == "auth.session_revoked"
    world.clock.forward(30)
    tried = world.sign_in.by_staff(old.login, old.password, world.otp(old), world.origin())
    assert await refusal(tried) == "auth.credentials_invalid"
    assert (await world.by_staff(new)).user.id == old.user_id
    (entry,) = await world.audited(old.user_id, "staff.credentials_reset")
    assert entry["actor"] == "system"


async def test_who_is_not_there_is_not_found(world: World) -> None:
    client = (await world.client()).user.id
    assert await refusal(world.staff.reset("nobody-at-all")) == "account.not_found"
    assert await refusal(world.staff.set_roles(None, client, [Role.LAWYER])) == "account.not_found"
    assert await refusal(world.staff.disable(None, new_id(), "left")) == "account.not_found"
    assert await refusal(world.staff.enable(None, new_id())) == "account.not_found"
    assert await world.staff.find("nobody-at-all") is None


async def test_changes_of_roles_are_audited_with_who_made_them(world: World) -> None:
    ops = await world.actor(await world.by_staff(await world.lawyer(Role.OPS)))
    handed = await world.lawyer()
    await world.staff.set_roles(ops, handed.user_id, [Role.LAWYER, Role.REVIEWER])
    (entry,) = await world.audited(handed.user_id, "account.roles_changed")
    assert (entry["actor"], entry["detail"]) == (ops.user_id, {"roles": ["lawyer", "reviewer"]})
    assert await refusal(world.staff.set_roles(ops, handed.user_id, [])) == "request.invalid"

"""Accounts: one's own, a lawyer's public face, and somebody's whole phone number."""

import pytest

from schemas.api.lawyers import LawyerProfile, LawyerQuery
from schemas.enums import IdentityKind, Role
from services.identity.people import NewClient
from services.ids import new_id
from services.keys import KeyDestroyedError
from tests.services.identity_world import World, refusal


async def test_me_is_what_signing_in_answered(world: World) -> None:
    signed_in = await world.client()
    assert await world.accounts.me(await world.actor(signed_in)) == signed_in.user


async def test_a_new_name_is_cleaned_and_audited_without_being_written_there(world: World) -> None:
    actor = await world.actor(await world.client())
    assert (await world.accounts.rename(actor, "  王  小明 ")).display_name == "王 小明"
    assert (await world.accounts.me(actor)).display_name == "王 小明"
    (entry,) = await world.audited(actor.user_id, "account.renamed")
    assert "小明" not in str(entry)


@pytest.mark.parametrize("name", ["客服小李", "系统", "\u200b\u200b", "字" * 21, "   "])
async def test_a_client_cannot_pass_for_the_house(world: World, name: str) -> None:
    actor = await world.actor(await world.client())
    before = await world.accounts.me(actor)
    assert await refusal(world.accounts.rename(actor, name)) == "request.invalid"
    assert await world.accounts.me(actor) == before


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.OPS])
async def test_the_desk_reads_a_phone_and_that_is_recorded(world: World, role: Role) -> None:
    """K2"""
    phone = world.phone()
    client = await world.by_phone(phone)
    actor = await world.actor(await world.by_staff(await world.lawyer(role)))
    assert (await world.accounts.read_phone(actor, client.user.id)).phone == phone
    (entry,) = await world.audited(client.user.id, "account.phone_read")
    assert (entry["actor"], entry["roles"]) == (actor.user_id, [role])
    assert phone not in str(entry)


async def test_nobody_else_reads_a_phone(world: World) -> None:
    """K2: not the lawyer, not even its owner by this way; and nothing is recorded that did not happen."""
    client = await world.by_phone(world.phone())
    for role in (Role.LAWYER, Role.REVIEWER, Role.PRESIDER, Role.CLERK):
        actor = await world.actor(await world.by_staff(await world.lawyer(role)))
        assert await refusal(world.accounts.read_phone(actor, client.user.id)) == "auth.forbidden"
    owner = await world.actor(client)
    assert await refusal(world.accounts.read_phone(owner, client.user.id)) == "auth.forbidden"
    assert await world.audited(client.user.id, "account.phone_read") == []


async def test_a_phone_that_is_not_there_is_not_found(world: World) -> None:
    actor = await world.actor(await world.by_staff(await world.lawyer(Role.OPS)))
    without = (await world.client()).user.id
    assert await refusal(world.accounts.read_phone(actor, without)) == "account.not_found"
    assert await refusal(world.accounts.read_phone(actor, new_id())) == "account.not_found"
    assert await world.accounts.phone_of(new_id()) is None
    assert await world.accounts.openid_of(new_id()) is None
    assert await world.accounts.user_of_openid("unknown") is None


async def test_lawyers_are_listed_as_everybody_may_see_them(world: World) -> None:
    """B5"""
    area = f"合同纠纷{new_id()[-4:]}"
    profile = LawyerProfile(firm="明德律师事务所", licence_number="1" * 17, areas=[area], years=9)
    ids = [
        (await world.staff.create(f"lawyer-{new_id()}", f"{name}律师", [Role.LAWYER], profile=profile)).user_id
        for name in "陈林王"
    ]
    await world.staff.create(f"support-{new_id()}", "客服小李", [Role.SUPPORT], profile=profile)
    first = await world.accounts.lawyers(LawyerQuery(area=area, limit=2))
    assert [row.id for row in first.items] == ids[:2]
    assert first.has_more
    second = await world.accounts.lawyers(LawyerQuery(area=area, limit=2, cursor=first.next_cursor))
    assert [row.id for row in second.items] == ids[2:]
    assert (second.has_more, second.next_cursor) == (False, None)
    assert (await world.accounts.lawyer(ids[0])).profile == profile

    await world.staff.disable(None, ids[0], "left")
    assert ids[0] not in [row.id for row in (await world.accounts.lawyers(LawyerQuery(area=area))).items]
    assert await refusal(world.accounts.lawyer(ids[0])) == "account.not_found"


async def test_a_client_is_no_lawyer(world: World) -> None:
    assert await refusal(world.accounts.lawyer((await world.client()).user.id)) == "account.not_found"


async def test_a_seeded_client_is_made_once_with_both_identities(world: World) -> None:
    openid, phone = f"openid-{new_id()}", world.phone()
    new = NewClient(openid=openid, phone=phone, display_name="王女士")
    user_id = await world.accounts.ensure_client(new)
    assert await world.accounts.ensure_client(new) == user_id
    signed_in = await world.client(openid=openid)
    assert signed_in.user.id == (await world.by_phone(phone)).user.id == user_id
    assert signed_in.user.display_name == "王女士"
    assert signed_in.user.identities == [IdentityKind.PHONE, IdentityKind.WECHAT]


async def test_destroying_a_persons_key_leaves_nothing_to_read(world: World) -> None:
    """K2, I10"""
    phone = world.phone()
    user_id = (await world.by_phone(phone)).user.id
    await world.vault.destroy(f"user:{user_id}")
    with pytest.raises(KeyDestroyedError):
        await world.accounts.phone_of(user_id)

"""A WeChat identity and a phone meet in one account, and two lives are never mixed silently (ruling 19)."""

import asyncio

from schemas.api.auth import BindPhoneBody, SignedInView
from schemas.api.me import MeView
from schemas.enums import IdentityKind
from services.actors import Actor
from services.errors import Problem
from services.ids import new_id
from tests.services.identity_world import World, refusal


async def bind(world: World, actor: Actor, phone: str) -> MeView:
    """By the code of WeChat's phone button."""
    return await world.accounts.bind_phone(actor, BindPhoneBody(code=world.wechat.phone_code(phone)))


async def has_order(world: World, user_id: str) -> None:
    """What "used" means to the binding: an order of theirs exists."""
    now = world.clock()
    await world.db.orders.insert_one(
        {
            "_id": new_id(),
            "schema_version": 1,
            "number": new_id(),
            "client_id": user_id,
            "product_id": new_id(),
            "product": {},
            "need": b"",
            "status": "awaiting_payment",
            "amount_fen": 1,
            "payable_fen": 1,
            "space_id": new_id(),
            "steps": [],
            "deadlines": [],
            "revision": 1,
            "created_at": now,
            "updated_at": now,
        }
    )


async def in_space(world: World, user_id: str) -> None:
    now = world.clock()
    await world.db.spaces.insert_one(
        {
            "_id": new_id(),
            "schema_version": 1,
            "order_id": new_id(),
            "title": "",
            "members": [{"user_id": user_id, "role": "client", "display_name": "", "first_seq": 1, "joined_at": now}],
            "created_at": now,
        }
    )


async def test_by_wechats_button(world: World) -> None:
    """B1"""
    signed_in, phone = await world.client(), world.phone()
    bound = await bind(world, await world.actor(signed_in), phone)
    assert bound.id == signed_in.user.id
    assert bound.phone_masked == f"{phone[:3]}****{phone[-4:]}"
    assert bound.identities == [IdentityKind.PHONE, IdentityKind.WECHAT]
    assert (await world.by_phone(phone)).user.id == bound.id
    (entry,) = await world.audited(bound.id, "account.phone_bound")
    assert entry["actor"] == bound.id
    assert phone not in str(entry)


async def test_by_sms(world: World) -> None:
    actor, phone = await world.actor(await world.client()), world.phone()
    await world.sign_in.send_phone_code(phone, world.origin())
    body = BindPhoneBody(phone=phone, code=world.texts.code_for(phone))
    assert (await world.accounts.bind_phone(actor, body)).phone_masked
    assert await world.accounts.phone_of(actor.user_id) == phone


async def test_without_proof_nothing_is_bound(world: World) -> None:
    actor = await world.actor(await world.client())
    by_sms = world.accounts.bind_phone(actor, BindPhoneBody(phone=world.phone(), code="000000"))
    assert await refusal(by_sms) == "auth.sms_code_invalid"
    by_button = world.accounts.bind_phone(actor, BindPhoneBody(code="invented"))
    assert await refusal(by_button) == "auth.code_invalid"
    assert (await world.accounts.me(actor)).phone_masked is None


async def test_a_number_of_another_country_is_refused(world: World) -> None:
    actor = await world.actor(await world.client())
    body = BindPhoneBody(code=world.wechat.phone_code("5551234567", "1"))
    assert await refusal(world.accounts.bind_phone(actor, body)) == "request.invalid"


async def test_binding_the_same_phone_again_changes_nothing(world: World) -> None:
    actor, phone = await world.actor(await world.client()), world.phone()
    first = await bind(world, actor, phone)
    assert await bind(world, actor, phone) == first
    assert len(await world.audited(first.id, "account.phone_bound")) == 1


async def test_a_second_phone_is_refused(world: World) -> None:
    actor = await world.actor(await world.client())
    await bind(world, actor, world.phone())
    assert await refusal(bind(world, actor, world.phone())) == "auth.identity_exists"


async def test_the_phone_of_an_account_that_was_never_used_moves(world: World) -> None:
    phone, origin = world.phone(), world.origin()
    empty = await world.by_phone(phone, origin)
    signed_in = await world.client()
    await has_order(world, signed_in.user.id)
    bound = await bind(world, await world.actor(signed_in), phone)
    assert bound.id == signed_in.user.id
    assert (await world.by_phone(phone)).user.id == signed_in.user.id
    assert await refusal(world.sessions.authenticate(empty.access_token)) == "auth.session_revoked"
    retired = await world.people.load(empty.user.id)
    assert retired is not None
    assert retired["disabled"]
    assert retired["merged_into"] == signed_in.user.id
    assert retired["pii"] == {}
    assert "phone_hint" not in retired
    assert await refusal(world.staff.enable(None, empty.user.id)) == "account.not_found"


async def test_an_account_that_was_never_used_joins_the_phones_account(world: World) -> None:
    """Somebody ordered with a phone in the browser and opens the mini-program for the first time."""
    phone, openid, origin = world.phone(), f"openid-{new_id()}", world.origin()
    used = await world.by_phone(phone)
    await has_order(world, used.user.id)
    fresh = await world.client(openid=openid, origin=origin)
    bound = await bind(world, await world.actor(fresh), phone)
    assert bound.id == used.user.id
    assert bound.identities == [IdentityKind.PHONE, IdentityKind.WECHAT]
    assert await world.accounts.openid_of(used.user.id) == openid
    assert (await world.client(openid=openid)).user.id == used.user.id

    # The session goes on in the other account: the old token is "expired", the refresh says who one is now.
    assert await refusal(world.sessions.authenticate(fresh.access_token)) == "auth.token_expired"
    refreshed = await world.sessions.refresh(fresh.refresh_token, origin)
    assert (await world.actor(refreshed)).user_id == refreshed.user.id == used.user.id
    assert (await world.actor(used)).user_id == used.user.id


async def test_two_accounts_that_were_used_are_left_to_a_person(world: World) -> None:
    phone = world.phone()
    one, other = await world.by_phone(phone), await world.client()
    await has_order(world, one.user.id)
    await has_order(world, other.user.id)
    actor = await world.actor(other)
    assert await refusal(bind(world, actor, phone)) == "auth.account_conflict"
    assert (await world.accounts.me(actor)).phone_masked is None
    assert (await world.by_phone(phone)).user.id == one.user.id
    (entry,) = await world.audited(actor.user_id, "account.bind_refused")
    assert entry["detail"] == {"code": "auth.account_conflict", "holder": one.user.id}


async def test_a_place_in_a_case_space_is_use_too(world: World) -> None:
    phone = world.phone()
    one, other = await world.by_phone(phone), await world.client()
    await in_space(world, one.user.id)
    await in_space(world, other.user.id)
    assert await refusal(bind(world, await world.actor(other), phone)) == "auth.account_conflict"


async def test_an_account_with_wechat_and_phone_gives_neither_away(world: World) -> None:
    phone = world.phone()
    whole = await world.client()
    await bind(world, await world.actor(whole), phone)
    other = await world.actor(await world.client())
    assert await refusal(bind(world, other, phone)) == "auth.account_conflict"
    assert (await world.by_phone(phone)).user.id == whole.user.id


async def test_the_phone_of_a_disabled_account_is_not_freed_by_binding_it(world: World) -> None:
    phone = world.phone()
    banned = await world.by_phone(phone)
    await world.staff.disable(None, banned.user.id, "abuse")
    user = await world.client()
    await has_order(world, user.user.id)
    assert await refusal(bind(world, await world.actor(user), phone)) == "auth.account_conflict"
    empty = await world.actor(await world.client())
    assert await refusal(bind(world, empty, phone)) == "auth.account_conflict"


async def test_a_client_does_not_slip_into_a_staff_account(world: World) -> None:
    """B4: a lawyer's own WeChat must not become a way into the lawyer's account, nor end up useless in it."""
    phone, openid = world.phone(), f"openid-{new_id()}"
    handed = await world.lawyer()
    await bind(world, await world.actor(await world.by_staff(handed)), phone)
    private = await world.client(openid=openid)
    assert await refusal(bind(world, await world.actor(private), phone)) == "auth.account_conflict"
    assert (await world.client(openid=openid)).user.id == private.user.id


async def test_two_who_bind_one_phone_at_once_do_not_both_get_it(world: World) -> None:
    for _ in range(5):
        phone = world.phone()
        people = [await world.client() for _ in range(2)]
        for person in people:
            await has_order(world, person.user.id)
        outcomes = await asyncio.gather(*(attempt(world, person, phone) for person in people))
        assert sorted(outcomes) == ["auth.account_conflict", "bound"]


async def attempt(world: World, person: SignedInView, phone: str) -> str:
    actor = await world.actor(person)
    try:
        await bind(world, actor, phone)
    except Problem as problem:
        return problem.code
    return "bound"

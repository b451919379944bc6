"""Lawyers by practising licence, which ops decide; companies by business licence (B2)."""

from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta

import pytest
import pytest_asyncio

from schemas.api.base import PageQuery
from schemas.api.verifications import DecideBody, DeskVerificationsQuery
from schemas.enums import Role
from schemas.reading_enums import ReadingKind
from schemas.verification_enums import RefusalReason, VerificationKind
from tests.house import Person, client, lawyer, space_of
from tests.parts.databases import SettingsMaker
from tests.refusals import refused
from tests.services.verification.verification_world import (
    NAME,
    VerificationWorld,
    card,
    credit_code,
    id_number,
    licence,
    open_verifications,
)

LAWYER, COMPANY = VerificationKind.LAWYER, VerificationKind.COMPANY


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(make_settings: SettingsMaker) -> AsyncIterator[VerificationWorld]:
    async with open_verifications(make_settings()) as opened:
        yield opened


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def applied(world: VerificationWorld, person: Person, fields: dict[str, str]) -> str:
    """A lawyer's application, at the desk; its id."""
    begun = await world.begin(person, LAWYER)
    await world.photo(person, begun.id, ReadingKind.LAWYER_LICENCE)
    assert (await world.submit(person, begun.id, fields)).state == "in_review"
    return begun.id


async def company(world: VerificationWorld, person: Person, fields: dict[str, str]) -> tuple[str, str]:
    """A company's application, checked; id and state."""
    begun = await world.begin(person, COMPANY)
    await world.photo(person, begun.id, ReadingKind.BUSINESS_LICENCE)
    return begun.id, (await world.submit(person, begun.id, fields)).state


def business(representative: str = NAME) -> dict[str, str]:
    name = f"明理商贸{id_number()[-6:-1]}有限公司"
    return {"company_name": name, "credit_code": credit_code(), "legal_representative": representative}


async def test_ops_decide_about_a_licence(world: VerificationWorld) -> None:
    counsel, ops = await lawyer(world.house), await lawyer(world.house, "运营小何", Role.OPS)
    applicant, fields = counsel, licence()
    verification_id = await applied(world, applicant, fields)
    subject = f"verification:{verification_id}"
    where = {"kind": "verification.review", "subject": subject, "state": "open"}
    assert await world.house.database.work_items.count_documents(where) == 1
    reviews = world.verifying.reviews
    page = await reviews.page(ops.actor, DeskVerificationsQuery())
    assert verification_id in {one.id for one in page.items}
    assert all(one.values == {} for one in page.items)
    assert (await reviews.get(ops.actor, verification_id)).values == fields
    _, blocks = await reviews.photo(ops.actor, verification_id, ReadingKind.LAWYER_LICENCE)
    assert [block async for block in blocks]
    decided = await reviews.decide(ops.actor, verification_id, DecideBody(approved=True))
    assert decided.state == "verified"
    assert decided.expires_at == world.clock() + timedelta(days=365)
    assert await world.house.database.work_items.count_documents(where) == 0
    assert (await world.house.services.accounts.lawyer(counsel.id)).verified
    audited = await world.house.database.audit.find({"subject": subject, "actor": ops.id}).sort("_id", 1).to_list()
    actions = [one["action"] for one in audited]
    assert actions == ["verification.read", "verification.photo_seen", "verification.verified"]
    assert fields["licence_number"] not in str(audited)


async def test_ops_refuse_with_a_reason(world: VerificationWorld) -> None:
    counsel, ops = await lawyer(world.house), await lawyer(world.house, "运营小何", Role.OPS)
    verification_id = await applied(world, counsel, licence())
    reviews = world.verifying.reviews
    assert await refused(reviews.decide(ops.actor, verification_id, DecideBody(approved=False))) == "request.invalid"
    await reviews.decide(ops.actor, verification_id, DecideBody(approved=False, reason=RefusalReason.UNREADABLE))
    view = await world.verifying.verifications.get(counsel.actor, verification_id)
    assert (view.state, view.reason_text) == ("refused", "照片不清晰或不完整，请重新拍摄")
    again = reviews.decide(ops.actor, verification_id, DecideBody(approved=True))
    assert await refused(again) == "verification.wrong_state"


async def test_nobody_else_decides_or_looks(world: VerificationWorld) -> None:
    counsel, support = await lawyer(world.house), await lawyer(world.house, "客服小林", Role.SUPPORT)
    verification_id = await applied(world, counsel, licence())
    reviews = world.verifying.reviews
    attempts: list[Awaitable[object]] = [
        call
        for actor in (counsel.actor, support.actor)
        for call in (
            reviews.page(actor, DeskVerificationsQuery()),
            reviews.get(actor, verification_id),
            reviews.photo(actor, verification_id, ReadingKind.LAWYER_LICENCE),
            reviews.decide(actor, verification_id, DecideBody(approved=True)),
        )
    ]
    for attempt in attempts:
        assert await refused(attempt) == "auth.forbidden"
    assert await refused(world.begin(await client(world.house), LAWYER)) == "auth.forbidden"


async def test_a_licence_is_one_lawyers_and_is_checked_every_year(world: VerificationWorld) -> None:
    first, second = await lawyer(world.house), await lawyer(world.house, "周律师")
    ops, fields = await lawyer(world.house, "运营小何", Role.OPS), licence()
    reviews = world.verifying.reviews
    for counsel, state in ((first, "verified"), (second, "refused")):
        verification_id = await applied(world, counsel, fields)
        await reviews.decide(ops.actor, verification_id, DecideBody(approved=True))
        assert (await world.verifying.verifications.get(counsel.actor, verification_id)).state == state
    world.clock.forward(365 * 86_400)
    await world.verifying.checking.tick()
    assert not (await world.house.services.accounts.lawyer(first.id)).verified


async def test_the_legal_representative_speaks_for_the_company(world: VerificationWorld) -> None:
    person, fields = await client(world.house), business()
    assert await refused(world.begin(person, COMPANY)) == "verification.person_first"
    await world.verify(person, card(id_number()))
    await world.control(
        "enterprises",
        {"credit_code": fields["credit_code"], "name": fields["company_name"], "legal_representative": NAME},
    )
    _, state = await company(world, person, fields)
    assert state == "verified"
    (mine,) = (await world.house.services.companies.list(person.actor, PageQuery())).items
    assert (mine.name, mine.credit_code, mine.verified, mine.admin) == (
        fields["company_name"],
        fields["credit_code"],
        True,
        True,
    )


async def test_invoices_are_filled_in_from_what_was_proven(world: VerificationWorld) -> None:
    person, fields = await client(world.house), business()
    await world.verify(person, card(id_number()))
    assert (await world.house.services.companies.invoice_titles(person.actor)).items == []
    await company(world, person, fields)
    (title,) = (await world.house.services.companies.invoice_titles(person.actor)).items
    assert (title.name, title.taxpayer_id) == (fields["company_name"], fields["credit_code"])
    world.clock.forward(731 * 86_400)
    await world.verifying.checking.tick()
    assert (await world.house.services.companies.invoice_titles(person.actor)).items == []


async def test_what_is_public_proves_nothing_about_who_sends_it(world: VerificationWorld) -> None:
    """Name, code and representative stand in a register: anybody else is looked at by a person."""
    person, fields = await client(world.house), business("陈立")
    ops = await lawyer(world.house, "运营小何", Role.OPS)
    await world.verify(person, card(id_number()))
    verification_id, state = await company(world, person, fields)
    assert state == "in_review"
    body = DecideBody(approved=False, reason=RefusalReason.NOT_ENTITLED)
    await world.verifying.reviews.decide(ops.actor, verification_id, body)
    assert (await world.house.services.companies.list(person.actor, PageQuery())).items == []


async def test_a_company_with_admins_is_not_taken_over(world: VerificationWorld) -> None:
    first, second, fields = await client(world.house), await client(world.house), business()
    for person, state in ((first, "verified"), (second, "refused")):
        await world.verify(person, card(id_number()))
        assert (await company(world, person, fields))[1] == state
    mine = await world.verifying.verifications.mine(second.actor)
    assert mine.items[0].reason == "company_taken"


async def test_a_company_that_is_struck_off(world: VerificationWorld) -> None:
    person, fields = await client(world.house), business()
    await world.verify(person, card(id_number()))
    register = {"credit_code": fields["credit_code"], "name": fields["company_name"], "legal_representative": NAME}
    await world.control("enterprises", {**register, "status": "4"})
    verification_id, state = await company(world, person, fields)
    assert state == "refused"
    view = await world.verifying.verifications.get(person.actor, verification_id)
    assert view.reason == "not_trading"


async def test_members_of_a_space_see_who_is_verified(world: VerificationWorld) -> None:
    known, unknown = await client(world.house), await client(world.house)
    await world.verify(known, card(id_number()))
    space_id = await space_of(world.house, known, unknown)
    view = await world.house.services.space_views.get(unknown.actor, space_id)
    assert {one.user_id: one.verified for one in view.members} == {known.id: True, unknown.id: False}


async def test_without_a_provider_a_person_decides(make_settings: SettingsMaker) -> None:
    async with open_verifications(make_settings(identity_provider=None)) as world:
        person, ops = await client(world.house), await lawyer(world.house, "运营小何", Role.OPS)
        waiting = await world.verify(person, card(id_number()))
        assert (waiting.state, waiting.face_offered) == ("in_review", False)
        await world.verifying.reviews.decide(ops.actor, waiting.id, DecideBody(approved=True))
        assert (await world.house.services.accounts.me(person.actor)).verified


async def test_the_operator_vouches_for_papers_seen_elsewhere(world: VerificationWorld) -> None:
    """As for the lawyers of the demo office; run again, nothing changes."""
    counsel, fields = await lawyer(world.house), licence()
    for _ in range(2):
        await world.verifying.deciding.vouch(counsel.id, LAWYER, fields)
    assert (await world.house.services.accounts.lawyer(counsel.id)).verified
    (one,) = (await world.verifying.verifications.mine(counsel.actor)).items
    assert (one.state, one.hints["name"]) == ("verified", "李*")

"""Where a firm's money goes takes two people (E3): nobody can turn it to themselves alone."""

import asyncio

from schemas.api.firms import FirmBody, FirmView
from schemas.enums import NoticeKind, Role
from services.settlement.firms import Firms
from services.settlement.merchants import WAITING
from tests.refusals import refused
from tests.services.settlement_world import Office, credit_code

NEW, OTHER = "1900000191", "1900000192"


def firms(office: Office) -> Firms:
    return office.settling.firms


async def shown(office: Office, firm_id: str) -> FirmView:
    firm = await office.world.database.firms.find_one({"_id": firm_id})
    assert firm is not None
    return (await firms(office)._views([firm]))[0]


async def put(office: Office, firm: FirmView, mchid: str | None, *, name: str | None = None) -> FirmView:
    body = FirmBody(name=name or firm.name, credit_code=firm.credit_code, tariff=firm.tariff, mchid=mchid)
    return await firms(office).change(office.first, firm.id, firm.revision, body)


async def waits(office: Office, firm_id: str) -> bool:
    return firm_id in {item["subject"] for item in await office.world.work_items.list(kind=WAITING)}


async def test_another_number_counts_once_a_second_person_says_so(office: Office) -> None:
    before = await shown(office, office.firm_id)
    await office.world.database.firms.update_one({"_id": before.id}, {"$set": {"receiver_added_at": before.created_at}})
    firm = await put(office, before, NEW)
    assert (firm.mchid, firm.wanted and firm.wanted.mchid) == (before.mchid, NEW), "the one before stays in force"
    assert await waits(office, firm.id)
    assert await refused(firms(office).approve_merchant(office.first, firm.id, firm.revision)) == "firm.same_person"
    assert (
        await refused(firms(office).approve_merchant(office.second, firm.id, before.revision))
        == "request.changed_meanwhile"
    ), "what was approved is what was seen"
    both = await asyncio.gather(
        *(firms(office).approve_merchant(office.second, firm.id, firm.revision) for _ in range(2)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in both) == ["FirmView", "Problem"]
    approved = await shown(office, firm.id)
    assert (approved.mchid, approved.wanted) == (NEW, None)
    assert not await waits(office, firm.id)
    stored = await office.world.database.firms.find_one({"_id": firm.id})
    assert stored is not None
    assert "receiver_added_at" not in stored, "WeChat is told of the new receiver"
    await office.world.work()
    for person in (office.lawyer, office.first, office.second):
        told = [kind for kind in await office.world.told(person) if kind == NoticeKind.FIRM_MERCHANT]
        assert len(told) == 2, "entered, and approved"
    actions = [row["action"] async for row in office.world.database.audit.find({"subject": firm.id}).sort("_id", 1)]
    assert actions[-3:] == ["firm.merchant_wanted", "firm.changed", "firm.merchant_approved"]


async def test_a_colleague_who_saves_the_firm_does_not_become_who_entered_it(office: Office) -> None:
    firm = await put(office, await shown(office, office.firm_id), NEW)
    body = FirmBody(name="明理（上海）律师事务所", credit_code=firm.credit_code, mchid=NEW)
    firm = await firms(office).change(office.second, firm.id, firm.revision, body)
    assert firm.wanted is not None
    assert firm.wanted.by.user_id == office.first.user_id
    assert await refused(firms(office).approve_merchant(office.first, firm.id, firm.revision)) == "firm.same_person"
    body = FirmBody(name=firm.name, credit_code=firm.credit_code, mchid=OTHER)
    firm = await firms(office).change(office.second, firm.id, firm.revision, body)
    assert await refused(firms(office).approve_merchant(office.second, firm.id, firm.revision)) == "firm.same_person"
    assert (await firms(office).approve_merchant(office.first, firm.id, firm.revision)).mchid == OTHER


async def test_nobody_of_the_firm_approves_it(office: Office) -> None:
    own = await office.world.person(Role.OPS, Role.LAWYER, name="运营兼律师")
    await firms(office).join(office.first, office.firm_id, own.user_id)
    firm = await put(office, await shown(office, office.firm_id), NEW)
    assert await refused(firms(office).approve_merchant(own, firm.id, firm.revision)) == "firm.own"
    assert await refused(firms(office).approve_merchant(office.lawyer, firm.id, firm.revision)) == "auth.forbidden"


async def test_refusing_leaves_things_as_they_are_and_taking_away_counts_at_once(office: Office) -> None:
    before = await shown(office, office.firm_id)
    firm = await put(office, before, NEW)
    firm = await put(office, firm, before.mchid, name="明理律师所")
    assert firm.wanted is not None, "saving the rest withdraws nothing"
    firm = await firms(office).refuse_merchant(office.second, firm.id, firm.revision)
    assert (firm.mchid, firm.wanted, await waits(office, firm.id)) == (before.mchid, None, False)
    assert await refused(firms(office).refuse_merchant(office.second, firm.id, firm.revision)) == "firm.nothing_wanted"
    firm = await put(office, await put(office, firm, NEW), None)
    assert (firm.mchid, firm.wanted, await waits(office, firm.id)) == (None, None, False)


async def test_a_new_firm_has_no_number_until_it_is_approved(office: Office) -> None:
    made = await firms(office).create(
        office.first, FirmBody(name="正言律师事务所", credit_code=credit_code(), mchid=NEW)
    )
    assert (made.mchid, made.wanted and made.wanted.mchid) == (None, NEW)
    body = FirmBody(name="正言（北京）律师事务所", credit_code=made.credit_code)
    renamed = await firms(office).change(office.first, made.id, made.revision, body)
    assert renamed.wanted is not None, "a form that shows no number in force takes nothing away"
    by_shell = await firms(office).create(None, FirmBody(name="衡平律师事务所", credit_code=credit_code(), mchid=NEW))
    assert (by_shell.mchid, by_shell.wanted) == (NEW, None), "whoever has the machine needs no second person"

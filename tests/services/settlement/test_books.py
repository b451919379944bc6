"""Settlement and payout can be rebuilt from what is stored, posting by posting (E1, E3)."""

from datetime import UTC, datetime

from schemas.api.settlements import PenaltyBody
from schemas.settlement_enums import PayoutMethod, SettlementState
from services.days import Span
from services.ledger import sources
from services.ledger.rebuilding import compare
from tests.services.orders_world import intent
from tests.services.settlement_world import Office

ALWAYS = Span(datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


async def test_the_ledger_holds_what_the_stored_changes_say_and_nothing_else(office: Office) -> None:
    refunded, judged, _ = await office.served(5), await office.served(1, late=True), await office.served()
    await office.close()
    await office.approved()
    await office.pay(PayoutMethod.SHARING)
    await office.sent(SettlementState.PART_PAID)
    await office.pay(PayoutMethod.OUTSIDE, "BANK2026-9")
    body = PenaltyBody(cause="complaint")
    await office.settling.penalties.impose(office.first, judged.id, body, intent(office.first, "penalty", body))
    await office.ask_back(refunded)
    await office.settling.returns.tick()
    await office.returned()
    await office.world.settle_refunds()
    await office.world.work()
    await office.close()
    stored = await office.world.database.ledger.find().to_list()
    kinds = {entry["kind"] for entry in stored}
    assert {"settlement", "payout_share", "payout_outside", "payout_give_back"} <= kinds
    assert compare(await sources.expected(office.world.database, ALWAYS), stored, ALWAYS) == []


async def test_lawyers_from_before_join_the_firm_that_their_profile_names(office: Office) -> None:
    users = office.world.database.users
    named, other = [await office.world.person(*office.lawyer.roles) for _ in range(2)]
    await users.update_one({"_id": named.user_id}, {"$set": {"profile.firm": "明理律师事务所"}})
    await users.update_one({"_id": other.user_id}, {"$set": {"profile.firm": "明理律师事务所 上海"}})
    assert await office.settling.firms.adopt() == 1
    assert await office.settling.firms.adopt() == 0
    joined = await users.find({"firm_id": office.firm_id}, {"_id": 1}).to_list()
    assert {user["_id"] for user in joined} == {office.lawyer.user_id, named.user_id}

"""Companies that pay ahead: the balance is the ledger's sum, is topped up by two ways and never negative (B6, E2)."""

import asyncio
from typing import Any

from schemas.api.base import PageQuery
from schemas.api.companies import (
    BankTopUpBody,
    CompanyBody,
    CompanyMemberBody,
    CompanyMemberChangeBody,
    CompanyView,
    StatementLineView,
    StatementQuery,
    TopUpBody,
)
from schemas.api.orders import RefundBody
from schemas.api.payments import PaymentBody, PaymentView
from schemas.credit_codes import check_character
from schemas.enums import (
    IdentityKind,
    NoticeKind,
    OrderStatus,
    PaymentMethod,
    PaymentState,
    RefundState,
    Role,
    TopUpState,
)
from services.actors import Actor
from services.errors import Problem
from services.ids import new_id
from services.ledger.accounts import TRANSFERS, Kind, account
from tests.refusals import refused
from tests.services.orders_world import World, intent
from tests.services.shop import OPS

PRICE = 49_00


async def phone_of(world: World, client: Actor) -> str:
    """A phone that the client signs in with."""
    phone = f"137{int(client.user_id[-7:], 16) % 10**8:08d}"
    await world.database.identities.insert_one(
        {
            "_id": new_id(),
            "schema_version": 1,
            "user_id": client.user_id,
            "kind": IdentityKind.PHONE.value,
            "lookup": world.shop.index.lookup(IdentityKind.PHONE, phone),
            "created_at": world.clock(),
        }
    )
    return phone


def credit_code() -> str:
    first = f"91110105{int(new_id()[-8:], 16) % 10**9:09d}"
    return first + check_character(first)


async def company(world: World, admin: Actor, balance_fen: int = 0) -> CompanyView:
    body = CompanyBody(name="某某科技有限公司", credit_code=credit_code(), admin_phone=await phone_of(world, admin))
    made = await world.shop.companies.create(OPS, body)
    if balance_fen:
        await transferred(world, made.id, balance_fen)
    return made


async def transferred(world: World, company_id: str, fen: int) -> None:
    body = BankTopUpBody(amount_fen=fen, bank_reference=f"B-{new_id()}")
    entered = await world.shop.top_ups.by_bank(OPS, company_id, body)
    await world.shop.top_ups.decide(await world.person(Role.OPS), entered.id, approve=True)


async def pay(world: World, client: Actor, order_id: str, company_id: str) -> Any:
    body = PaymentBody(method=PaymentMethod.PREPAID, company_id=company_id)
    return await world.payments.start(client, order_id, body, intent(client, f"pay {order_id}", body))


async def balance(world: World, company_id: str) -> int:
    return (await world.shop.companies.get(OPS, company_id)).balance_fen


# --- topping up


async def test_a_bank_transfer_counts_when_a_second_person_has_approved_it(world: World) -> None:
    made = await company(world, await world.client())
    before = await world.ledger.balance(TRANSFERS)
    body = BankTopUpBody(amount_fen=1_000_00, bank_reference="TX-20261122-1")
    entered = await world.shop.top_ups.by_bank(OPS, made.id, body)
    assert await balance(world, made.id) == 0
    assert await refused(world.shop.top_ups.decide(OPS, entered.id, approve=True)) == "top_up.same_person"
    other = await world.person(Role.OPS)
    outcomes = await asyncio.gather(
        *[world.shop.top_ups.decide(other, entered.id, approve=True) for _ in range(5)], return_exceptions=True
    )
    assert [one.code for one in outcomes if isinstance(one, Problem)] == ["top_up.wrong_state"] * 4
    assert await balance(world, made.id) == 1_000_00
    assert await world.ledger.balance(TRANSFERS) - before == 1_000_00
    assert await refused(world.shop.top_ups.by_bank(OPS, made.id, body)) == "top_up.reference_used"


async def test_a_refused_line_may_be_entered_again(world: World) -> None:
    made = await company(world, await world.client())
    body = BankTopUpBody(amount_fen=1_000_00, bank_reference="TX-20261122-2")
    entered = await world.shop.top_ups.by_bank(OPS, made.id, body)
    assert (await world.shop.top_ups.decide(OPS, entered.id, approve=False)).state is TopUpState.REFUSED
    await world.shop.top_ups.by_bank(OPS, made.id, body)
    assert await balance(world, made.id) == 0


async def test_an_admin_tops_up_by_wechat_once_however_often_the_phone_asks(world: World) -> None:
    admin = await world.client()
    made = await company(world, admin)
    body = TopUpBody(amount_fen=500_00, method=PaymentMethod.WECHAT_JSAPI)
    key = intent(admin, "top-up", body)
    first = await world.shop.top_ups.by_wechat(admin, made.id, body, key)
    again = await world.shop.top_ups.by_wechat(admin, made.id, body, key)
    assert (again.payment_id, again.jsapi is not None) == (first.payment_id, True)
    await world.pay(first.out_trade_no)
    await world.payments.notify(*await world.notice(first.out_trade_no))
    await world.payments.notify(*await world.notice(first.out_trade_no))
    assert await balance(world, made.id) == 500_00
    assert [one.state for one in (await world.shop.top_ups.list(admin, made.id, PageQuery())).items] == [
        TopUpState.DONE
    ]


def subject(view: PaymentView) -> str:
    return f"payment:{view.payment_id}"


async def test_a_top_up_that_came_twice_goes_back_by_itself(world: World) -> None:
    """E1: once, though it belongs to no order; its payer hears of it, and the work item closes itself."""
    admin = await world.client()
    made = await company(world, admin)
    body = TopUpBody(amount_fen=500_00, method=PaymentMethod.WECHAT_JSAPI)
    view = await world.shop.top_ups.by_wechat(admin, made.id, body, intent(admin, "top-up", body))
    await world.database.top_ups.update_one({"company_id": made.id}, {"$set": {"state": "refused"}})
    await world.pay(view.out_trade_no)
    await world.payments.notify(*await world.notice(view.out_trade_no))
    await world.work()
    (row,) = await world.database.outbox.find({"kind": "payment.stray", "subject": subject(view)}).to_list()
    await world.effects["payment.stray"](row)
    (refund,) = await world.database.refunds.find({"payment_id": view.payment_id}).to_list()
    assert (refund["amount_fen"], "order_id" in refund) == (500_00, False)
    await world.settle_refunds()
    await world.work()
    (refund,) = await world.database.refunds.find({"payment_id": view.payment_id}).to_list()
    assert refund["state"] == RefundState.SUCCEEDED
    (item,) = await world.database.work_items.find({"subject": subject(view)}).to_list()
    assert (item["kind"], item["state"]) == ("money.stray", "done")
    assert NoticeKind.ORDER_REFUND_REQUESTED in await world.told(admin)
    assert await balance(world, made.id) == 0
    assert await world.ledger.balance(account(Kind.STRAY, view.payment_id)) == 0


# --- spending


async def test_an_order_is_paid_from_the_balance_and_shown_on_the_statement(world: World) -> None:
    await world.office()
    admin = await world.client()
    made = await company(world, admin, 100_00)
    order = await world.place(admin)
    await world.start(admin, order.id)  # an open payment with WeChat is closed first
    view = await pay(world, admin, order.id, made.id)
    assert (view.state, view.amount_fen, view.jsapi) == (PaymentState.SUCCEEDED, PRICE, None)
    await world.work()
    assert (await world.stored(order.id))["status"] == OrderStatus.ASSIGNED
    payments = await world.database.payments.find({"order_id": order.id}).to_list()
    assert sorted(one["state"] for one in payments) == ["closed", "succeeded"]
    statement = await world.shop.companies.statement(admin, made.id, StatementQuery())
    assert [(line.what, line.amount_fen, line.balance_fen) for line in statement.items] == [
        ("充值", 100_00, 100_00),
        ("支付订单", -PRICE, 100_00 - PRICE),
    ]
    assert statement.closing_fen == await balance(world, made.id) == 100_00 - PRICE


async def test_a_statement_comes_page_by_page(world: World) -> None:
    """E2: however much happened; each page begins with the balance that the one before ended with."""
    admin = await world.client()
    made = await company(world, admin)
    for fen in (100_00, 200_00, 300_00, 400_00, 500_00):
        await transferred(world, made.id, fen)
    whole = await world.shop.companies.statement(admin, made.id, StatementQuery())
    assert (len(whole.items), whole.has_more, whole.closing_fen) == (5, False, 1_500_00)
    cursor: str | None = None
    seen: list[StatementLineView] = []
    closing = 0
    for _ in range(3):
        page = await world.shop.companies.statement(admin, made.id, StatementQuery(limit=2, cursor=cursor))
        assert page.opening_fen == closing
        cursor, closing, seen = page.next_cursor, page.closing_fen, [*seen, *page.items]
    assert (seen, cursor) == (whole.items, None)


async def test_a_balance_is_never_negative_whatever_comes_at_once(world: World) -> None:
    admin = await world.client()
    made = await company(world, admin, 3 * PRICE + 1)
    orders = [await world.place(admin) for _ in range(8)]
    outcomes = await asyncio.gather(*[pay(world, admin, one.id, made.id) for one in orders], return_exceptions=True)
    assert [one.code for one in outcomes if isinstance(one, Problem)] == ["company.balance_short"] * 5
    assert await balance(world, made.id) == 1
    paid = await world.database.orders.count_documents({"client_id": admin.user_id, "status": "paid"})
    assert paid == 3


async def test_the_same_order_is_paid_once_from_two_devices(world: World) -> None:
    admin = await world.client()
    made = await company(world, admin, 10 * PRICE)
    order = await world.place(admin)
    outcomes = await asyncio.gather(*[pay(world, admin, order.id, made.id) for _ in range(6)], return_exceptions=True)
    assert [one.code for one in outcomes if isinstance(one, Problem)] == ["order.already_paid"] * 5
    assert await balance(world, made.id) == 9 * PRICE


async def test_a_refund_goes_back_to_the_balance_without_wechat(world: World) -> None:
    await world.office()
    admin = await world.client()
    made = await company(world, admin, 100_00)
    order = await world.place(admin)
    await pay(world, admin, order.id, made.id)
    await world.work()
    body = RefundBody(amount_fen=9_00, reason="少做一项")
    await world.refunds.request(admin, order.id, body, intent(admin, "refund", body))
    await world.work()
    assert (await world.orders.get(admin, order.id)).status is OrderStatus.ASSIGNED
    assert await balance(world, made.id) == 100_00 - PRICE + 9_00
    assert await world.ledger.balance(account(Kind.ORDER, order.id)) == -(PRICE - 9_00)


# --- who


async def test_only_its_people_see_and_spend_and_only_admins_change(world: World) -> None:
    admin, member, stranger = await world.client(), await world.client(), await world.client()
    made = await company(world, admin, 100_00)
    added = CompanyMemberBody(phone=await phone_of(world, member))
    await world.shop.companies.add_member(admin, made.id, added)
    assert len((await world.shop.companies.list(member, PageQuery())).items) == 1
    assert await refused(world.shop.companies.get(stranger, made.id)) == "company.not_found"
    assert await refused(world.shop.companies.add_member(member, made.id, added)) == "auth.forbidden"
    top_up = TopUpBody(amount_fen=100, method=PaymentMethod.WECHAT_JSAPI)
    starting = world.shop.top_ups.by_wechat(member, made.id, top_up, intent(member, "top-up", top_up))
    assert await refused(starting) == "auth.forbidden"
    order = await world.place(stranger)
    assert await refused(pay(world, stranger, order.id, made.id)) == "company.not_found"
    order = await world.place(member)
    assert await refused(pay(world, member, order.id, made.id)) == "company.allowance_short"
    await world.shop.companies.remove_member(admin, made.id, member.user_id)
    assert await refused(world.shop.companies.get(member, made.id)) == "company.not_found"
    assert await refused(world.shop.companies.remove_member(admin, made.id, admin.user_id)) == "company.last_admin"
    unknown = CompanyMemberBody(phone="13800000000")
    assert await refused(world.shop.companies.add_member(admin, made.id, unknown)) == "company.member_not_found"


async def test_members_spend_what_an_admin_granted_and_no_more(world: World) -> None:
    """E2: orders and tips together, however many at once; what is refunded may be spent again."""
    admin, member = await world.client(), await world.client()
    made = await company(world, admin, 10 * PRICE)
    companies, phone = world.shop.companies, await phone_of(world, member)
    await companies.add_member(admin, made.id, CompanyMemberBody(phone=phone, allowance_fen=2 * PRICE + 1_00))
    orders = [await world.place(member) for _ in range(4)]
    outcomes = await asyncio.gather(*[pay(world, member, one.id, made.id) for one in orders], return_exceptions=True)
    assert [one.code for one in outcomes if isinstance(one, Problem)] == ["company.allowance_short"] * 2
    assert await balance(world, made.id) == 8 * PRICE
    (shown,) = [one for one in (await companies.get(admin, made.id)).members if not one.admin]
    assert (shown.allowance_fen, shown.left_fen) == (2 * PRICE + 1_00, 1_00)
    assert [one.left_fen for one in (await companies.get(member, made.id)).members] == [None, 1_00]

    paid = next(one for one, outcome in zip(orders, outcomes, strict=True) if not isinstance(outcome, Problem))
    await world.work()
    body = RefundBody(reason="不需要了")
    await world.refunds.request(member, paid.id, body, intent(member, "refund", body))
    await world.work()
    unpaid = [one for one, outcome in zip(orders, outcomes, strict=True) if isinstance(outcome, Problem)]
    await pay(world, member, unpaid[0].id, made.id)
    assert await refused(pay(world, member, unpaid[1].id, made.id)) == "company.allowance_short"
    await companies.add_member(admin, made.id, CompanyMemberBody(phone=phone, allowance_fen=PRICE))
    await pay(world, member, unpaid[1].id, made.id)


async def test_nobody_says_what_money_their_own_company_has(world: World) -> None:
    made = await company(world, await world.client())
    own, other = await world.person(Role.OPS), await world.person(Role.OPS)
    phone = await phone_of(world, own)
    await world.shop.companies.add_member(OPS, made.id, CompanyMemberBody(phone=phone, admin=True))
    body = BankTopUpBody(amount_fen=500_00, bank_reference=new_id())
    assert await refused(world.shop.top_ups.by_bank(own, made.id, body)) == "top_up.own_company"
    entered = await world.shop.top_ups.by_bank(other, made.id, body)
    assert await refused(world.shop.top_ups.decide(own, entered.id, approve=True)) == "top_up.own_company"
    await world.shop.top_ups.decide(OPS, entered.id, approve=True)
    assert await balance(world, made.id) == 500_00


async def test_a_failed_try_does_not_bind_another_amount_to_its_key(world: World) -> None:
    admin = await world.client()
    made = await company(world, admin)
    openid = world.openids.known.pop(admin.user_id)
    body = TopUpBody(amount_fen=500_00, method=PaymentMethod.WECHAT_JSAPI)
    first = intent(admin, "top-up", body, "one-key")
    assert await refused(world.shop.top_ups.by_wechat(admin, made.id, body, first)) == "payment.wechat_required"
    world.openids.known[admin.user_id] = openid
    other = TopUpBody(amount_fen=900_00, method=PaymentMethod.WECHAT_JSAPI)
    again = intent(admin, "top-up", other, "one-key")
    assert await refused(world.shop.top_ups.by_wechat(admin, made.id, other, again)) == "idempotency.key_reused"


async def test_strangers_learn_nothing_about_phones(world: World) -> None:
    member, stranger = await world.client(), await world.client()
    made = await company(world, member)
    for phone in (await phone_of(world, await world.client()), "13700000000"):
        adding = world.shop.companies.add_member(stranger, made.id, CompanyMemberBody(phone=phone, admin=False))
        assert await refused(adding) == "company.not_found"


async def test_an_admin_changes_what_a_member_may_spend_without_their_phone(world: World) -> None:
    """B6, E2: from the page, where nobody sees a phone."""
    companies = world.shop.companies
    admin, member, stranger = [await world.client() for _ in range(3)]
    made = await company(world, admin)
    await companies.add_member(admin, made.id, CompanyMemberBody(phone=await phone_of(world, member)))
    grant = CompanyMemberChangeBody(allowance_fen=20_00)
    shown = await companies.change_member(admin, made.id, member.user_id, grant)
    assert [(one.admin, one.allowance_fen, one.left_fen) for one in shown.members] == [
        (True, None, None),
        (False, 20_00, 20_00),
    ]
    assert await refused(companies.change_member(member, made.id, member.user_id, grant)) == "auth.forbidden"
    assert await refused(companies.change_member(stranger, made.id, member.user_id, grant)) == "company.not_found"
    assert await refused(companies.change_member(admin, made.id, stranger.user_id, grant)) == "company.member_not_found"
    assert await refused(companies.change_member(admin, made.id, admin.user_id, grant)) == "company.last_admin"
    await companies.change_member(admin, made.id, member.user_id, CompanyMemberChangeBody(admin=True))
    assert (await companies.get(member, made.id)).admin

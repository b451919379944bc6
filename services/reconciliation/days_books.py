"""What our books say about a day, loaded for comparison with the provider's bills of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from miniprogram_api.pay import FundRow, TradeRow
from schemas.documents.orders import PaymentDocument, RefundDocument
from services.days import Span, day_of, span_of
from services.ledger.accounts import Kind, account
from services.ledger.sources import payments_by_id
from services.reconciliation.bill_store import BillStore
from services.reconciliation.fund_matching import Booked
from services.reconciliation.trade_matching import Ours, lacking, number_of
from services.storage.database import Database

# How far back the bill may lie in which a refund stands that ended today.
LONGEST_REFUND = timedelta(days=35)
# Posted from the bill itself, so they prove nothing about it.
_FROM_BILLS = ["fee", "bank"]


@dataclass(frozen=True, slots=True)
class Bills:
    """The bills of a day, and what is here of those before and after."""

    day: date
    trades: tuple[TradeRow, ...]
    funds: tuple[FundRow, ...]
    near_trades: tuple[TradeRow, ...]
    near_funds: tuple[FundRow, ...]
    next_known: bool

    def fees(self) -> dict[str, int]:
        """Number → the provider's fee by the trade bills; negative where it is given back."""
        found: dict[str, int] = {}
        for row in (*self.trades, *self.near_trades):
            found.setdefault(number_of(row), row.fee_fen)
        return found


async def bills_of(store: BillStore, day: date) -> Bills | None:
    """None while the day's own bills are not here."""
    trades, funds = await store.trades(day), await store.funds(day)
    if trades is None or funds is None:
        return None
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    next_trades, next_funds = await store.trades(after), await store.funds(after)
    return Bills(
        day,
        trades,
        funds,
        (*(await store.trades(before) or ()), *(next_trades or ())),
        (*(await store.funds(before) or ()), *(next_funds or ())),
        next_trades is not None and next_funds is not None,
    )


class DaysBooks:
    def __init__(self, database: Database, bills: BillStore) -> None:
        self._db = database
        self._bills = bills

    async def ours(self, bills: Bills) -> Ours:
        """Payments and refunds that the bills name, and those that moved on the day by our books."""
        span = span_of(bills.day)
        payments = await self._payments({row.out_trade_no for row in bills.trades}, span)
        refunds = await self._refunds({row.out_refund_no for row in bills.trades if row.is_refund}, span)
        ours = Ours(span, payments, refunds, frozenset(), bills.next_known, self._bills.merchant)
        return Ours(span, payments, refunds, await self._elsewhere(bills, ours), bills.next_known, self._bills.merchant)

    async def booked(self, span: Span, rows: Sequence[FundRow]) -> dict[str, Booked]:
        """What the ledger has on the provider's account: of the rows' vouchers, and of everything in the span."""
        name = account(Kind.PROVIDER, self._bills.merchant)
        vouchers = sorted({row.voucher for row in rows if row.voucher})
        in_span = {"lines.account": name, "at": span.query(), "kind": {"$nin": _FROM_BILLS}}
        vouchers += await self._db.ledger.distinct("refs.voucher", in_span)
        stages: list[dict[str, Any]] = [
            {"$match": {"refs.voucher": {"$in": vouchers}, "kind": {"$nin": _FROM_BILLS}}},
            {"$unwind": "$lines"},
            {"$match": {"lines.account": name}},
            {"$group": {"_id": "$refs.voucher", "fen": {"$sum": "$lines.fen"}, "at": {"$max": "$at"}}},
        ]
        found: Any = await self._db.ledger.aggregate(stages)
        return {row["_id"]: Booked(row["fen"], row["at"]) async for row in found}

    async def orders_of(self, ours: Ours, rows: Iterable[FundRow]) -> tuple[frozenset[str], dict[str, str]]:
        """(which of the rows' vouchers are numbers of ours, the orders of those that have one)."""
        vouchers = sorted({row.voucher for row in rows if row.voucher})
        payments = self._db.payments.find({"out_trade_no": {"$in": vouchers}}, {"out_trade_no": 1, "order_id": 1})
        refunds = self._db.refunds.find({"out_refund_no": {"$in": vouchers}}, {"out_refund_no": 1, "order_id": 1})
        orders = {payment["out_trade_no"]: payment.get("order_id") async for payment in payments}
        orders |= {refund["out_refund_no"]: refund.get("order_id") async for refund in refunds}
        known = frozenset(orders) | ours.payments.keys() | ours.refunds.keys()
        return known, {voucher: order_id for voucher, order_id in orders.items() if order_id}

    async def _payments(self, numbers: set[str], span: Span) -> Mapping[str, PaymentDocument]:
        wanted = {"$or": [{"out_trade_no": {"$in": sorted(numbers)}}, {"paid_at": span.query()}]}
        return {payment["out_trade_no"]: payment async for payment in self._db.payments.find(wanted)}

    async def _refunds(self, numbers: set[str], span: Span) -> Mapping[str, RefundDocument]:
        """Those of payments that this provider made; what was paid otherwise goes back otherwise."""
        wanted = {"$or": [{"out_refund_no": {"$in": sorted(numbers)}}, {"ended_at": span.query()}]}
        found = await self._db.refunds.find(wanted).to_list()
        payments = await payments_by_id(self._db, (refund["payment_id"] for refund in found))
        return {
            refund["out_refund_no"]: refund
            for refund in found
            if payments[refund["payment_id"]].get("mchid") == self._bills.merchant
        }

    async def _elsewhere(self, bills: Bills, ours: Ours) -> frozenset[str]:
        """Which numbers that this day's bill lacks stand in another one."""
        missing = set(lacking(bills.trades, ours))
        found = missing & {number_of(row) for row in bills.near_trades}
        left = {number: ours.refunds[number] for number in missing - found if number in ours.refunds}
        day = bills.day - timedelta(days=2)
        while left and day >= bills.day - LONGEST_REFUND:
            left = {number: one for number, one in left.items() if day_of(one["created_at"]) <= day}
            here = left.keys() & {number_of(row) for row in (await self._bills.trades(day) if left else None) or ()}
            found |= here
            left = {number: one for number, one in left.items() if number not in here}
            day -= timedelta(days=1)
        return frozenset(found)

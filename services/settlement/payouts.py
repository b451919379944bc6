"""Paying an approved statement: by profit sharing as far as the payments allow, outside with the bank's number, or,
when a firm owes, by fetching shares back (E3).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.api.settlements import PayoutBody, SettlementSummaryView
from schemas.documents.settlements import SettlementDocument
from schemas.enums import OrderStatus, PaymentState, RefundState
from schemas.settlement_enums import PayoutKind, PayoutMethod, PayoutState
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.idempotency import Idempotency, Intent
from services.ledger.ledger import Ledger
from services.ledger.settlement_postings import paid_out
from services.outbox import Outbox
from services.settlement.payout_book import ALIVE, PayoutBook
from services.settlement.payout_plans import Origin, Source, plan
from services.settlement.settlement_book import SettlementBook
from services.settlement.settlement_states import Action
from services.settlement.settlement_views import SettlementViews
from services.settlement.share_returns import ShareReturns
from services.storage.database import Database

PAID = "settlement.paid"  # kind of the outbox row
_ACTIONS = {
    PayoutMethod.SHARING: Action.SHARE,
    PayoutMethod.OUTSIDE: Action.PAY_OUTSIDE,
    PayoutMethod.GIVE_BACK: Action.GIVE_BACK,
}


@dataclass(frozen=True, slots=True)
class SharingTerms:
    """``enabled``: payments are opened for sharing. ``ratio_bp``: the most of one that may leave, as WeChat agreed."""

    enabled: bool
    ratio_bp: int = 3_000


class Payouts:
    def __init__(
        self,
        database: Database,
        book: SettlementBook,
        views: SettlementViews,
        payouts: PayoutBook,
        returns: ShareReturns,
        idempotency: Idempotency,
        ledger: Ledger,
        outbox: Outbox,
        terms: SharingTerms,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._book = book
        self._views = views
        self._payouts = payouts
        self._returns = returns
        self._idempotency = idempotency
        self._ledger = ledger
        self._outbox = outbox
        self._terms = terms
        self._clock = clock

    async def start(
        self, actor: Actor, settlement_id: str, revision: int, body: PayoutBody, intent: Intent
    ) -> SettlementSummaryView:
        """Pay what is open of a statement, or go on with what failed.

        Raises what ``SettlementBook.take`` raises, ``settlement.no_receiver``, ``settlement.nothing_shareable``,
        ``settlement.nothing_to_give_back``, ``settlement.reference_used`` and what ``Idempotency`` raises.
        """

        async def effect(session: AsyncClientSession) -> SettlementSummaryView:
            action = _ACTIONS[body.method]
            settlement = await self._book.take(actor, settlement_id, revision, action, session)
            if body.method is PayoutMethod.OUTSIDE:
                moved = await self._outside(session, actor, settlement, body.bank_reference or "")
            elif body.method is PayoutMethod.SHARING:
                moved = await self._share(session, actor, settlement)
            else:
                asked = await self._returns.for_statement(session, settlement, -open_fen(settlement))
                moved = await self._book.move(session, settlement, Action.GIVE_BACK, actor, amount_fen=asked)
            return (await self._views.many(actor, [moved], session))[0]

        try:
            view = await self._idempotency.once(intent, SettlementSummaryView, effect)
        except DuplicateKeyError:
            raise Problem("settlement.reference_used") from None
        self._outbox.nudge()
        return view

    # --- outside

    async def _outside(
        self, session: AsyncClientSession, actor: Actor, settlement: SettlementDocument, reference: str
    ) -> SettlementDocument:
        now = self._clock()
        payout = self._payouts.new(settlement, PayoutKind.OUTSIDE, open_fen(settlement))
        payout |= {"state": PayoutState.SUCCEEDED.value, "bank_reference": reference, "finished_at": now}
        await self._db.payouts.insert_one(payout, session=session)
        await self._ledger.write(session, paid_out(payout))
        sources = await self._sources(session, settlement)
        await self._payouts.unfreeze(session, settlement, [source.origin for source in sources])
        changes = {"paid_fen": settlement["total_fen"]}
        moved = await self._book.move(
            session,
            settlement,
            Action.PAY_OUTSIDE,
            actor,
            changes,
            payout=payout["_id"],
            amount_fen=payout["amount_fen"],
        )
        await self._outbox.add(session, PAID, f"settlement:{moved['_id']}", {"settlement_id": moved["_id"]})
        return moved

    # --- profit sharing

    async def _share(
        self, session: AsyncClientSession, actor: Actor, settlement: SettlementDocument
    ) -> SettlementDocument:
        firm = await self._db.firms.find_one({"_id": settlement["firm_id"]}, session=session)
        if firm is None or "mchid" not in firm or not self._terms.enabled:
            raise Problem("settlement.no_receiver")
        sources = await self._sources(session, settlement)
        due = await self._due(session, settlement)
        shares = plan(open_fen(settlement), due, sources, self._terms.ratio_bp, self._clock())
        if not shares:
            raise Problem("settlement.nothing_shareable")
        for share in shares:
            payout = self._payouts.new(settlement, PayoutKind.SHARE, share.amount_fen)
            payout |= asdict(share.source.origin)  # type: ignore[typeddict-item]
            payout |= {"mchid": firm["mchid"], "out_no": f"S{payout['_id']}"}
            await self._payouts.owe(session, payout)
        amount = sum(share.amount_fen for share in shares)
        return await self._book.move(session, settlement, Action.SHARE, actor, amount_fen=amount, shares=len(shares))

    async def _due(self, session: AsyncClientSession, settlement: SettlementDocument) -> Mapping[str, int]:
        """Order → what its line is worth, tips apart: they came by payments of their own. Nothing for orders whose
        money goes back meanwhile."""
        query = {"period_id": settlement["period_id"], "firm_id": settlement["firm_id"]}
        due: dict[str, int] = {}
        async for line in self._db.settlement_lines.find(query, session=session):
            due[line["order_id"]] = line["total_fen"] - sum(i["fen"] for i in line["items"] if i["kind"] == "tips")
        going = {
            "_id": {"$in": list(due)},
            "status": {"$in": [OrderStatus.REFUNDING.value, OrderStatus.REFUNDED.value]},
        }
        async for order in self._db.orders.find(going, {"_id": 1}, session=session):
            del due[order["_id"]]
        return due

    async def _sources(self, session: AsyncClientSession, settlement: SettlementDocument) -> list[Source]:
        """The payments of the statement's orders that still are frozen for sharing."""
        # of an order that only tips are shown of, the payment is another firm's matter
        query: dict[str, Any] = {
            "period_id": settlement["period_id"],
            "firm_id": settlement["firm_id"],
            "tips_only": {"$exists": False},
        }
        order_ids = await self._db.settlement_lines.distinct("order_id", query, session=session)
        paid = {
            "order_id": {"$in": order_ids},
            "state": PaymentState.SUCCEEDED.value,
            "profit_sharing": True,
        }
        payments = await self._db.payments.find(paid, session=session).to_list()
        ids = [payment["_id"] for payment in payments]
        refunded = await self._refunded(session, ids)
        shared, freed = await self._shared(session, ids)
        return [
            Source(
                Origin(
                    payment["_id"],
                    payment.get("order_id", ""),
                    payment.get("transaction_id", ""),
                    payment.get("mchid", ""),
                ),
                paid_at=payment["paid_at"] if "paid_at" in payment else payment["updated_at"],
                paid_fen=payment["amount_fen"],
                refunded_fen=refunded[payment["_id"]],
                shared_fen=shared[payment["_id"]],
            )
            for payment in payments
            if payment["_id"] not in freed
        ]

    async def _refunded(self, session: AsyncClientSession, payment_ids: list[str]) -> Mapping[str, int]:
        """What has gone back of each payment or is on its way, in fen."""
        refunded: dict[str, int] = defaultdict(int)
        going_back = {"payment_id": {"$in": payment_ids}, "state": {"$ne": RefundState.FAILED.value}}
        async for refund in self._db.refunds.find(going_back, session=session):
            refunded[refund["payment_id"]] += refund["amount_fen"]
        return refunded

    async def _shared(self, session: AsyncClientSession, payment_ids: list[str]) -> tuple[Mapping[str, int], set[str]]:
        """What is shared of each payment, in fen, and the payments of which the rest is free again."""
        shared: dict[str, int] = defaultdict(int)
        freed: set[str] = set()
        alive = {"payment_id": {"$in": payment_ids}, "state": {"$in": ALIVE}}
        async for payout in self._db.payouts.find(alive, session=session):
            if payout["kind"] == PayoutKind.SHARE:
                shared[payout.get("payment_id", "")] += payout["amount_fen"]
            elif payout["kind"] == PayoutKind.UNFREEZE:
                freed.add(payout.get("payment_id", ""))
        return shared, freed


def open_fen(settlement: SettlementDocument) -> int:
    """What is still to be paid: negative for a firm that owes."""
    return settlement["total_fen"] - settlement["paid_fen"]

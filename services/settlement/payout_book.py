"""Payouts as they are written down, with a debt to ask WeChat for each, before WeChat hears of it."""

from collections.abc import Iterable
from dataclasses import asdict

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.settlements import PayoutDocument, SettlementDocument
from schemas.settlement_enums import PayoutKind, PayoutState
from services.clock import Clock, utc_now
from services.ids import new_id
from services.outbox import Outbox
from services.settlement.payout_plans import Origin
from services.storage.database import Database

SEND = "payout.send"  # kind of the outbox row
# In flight, or done: everything that was not refused.
ALIVE = [state.value for state in PayoutState if state is not PayoutState.FAILED]


class PayoutBook:
    def __init__(self, database: Database, outbox: Outbox, clock: Clock = utc_now) -> None:
        self._db = database
        self._outbox = outbox
        self._clock = clock

    def new(self, settlement: SettlementDocument, kind: PayoutKind, amount_fen: int) -> PayoutDocument:
        """A payout of a statement, not stored yet."""
        now = self._clock()
        return {
            "_id": new_id(),
            "schema_version": 1,
            "settlement_id": settlement["_id"],
            "firm_id": settlement["firm_id"],
            "kind": kind.value,
            "amount_fen": amount_fen,
            "round": settlement["revision"],
            "state": PayoutState.OWED.value,
            "query_at": now,
            "created_at": now,
            "updated_at": now,
        }

    async def owe(self, session: AsyncClientSession, payout: PayoutDocument) -> None:
        """Store it, and the debt of sending it. Nudge the outbox after the commit."""
        await self._db.payouts.insert_one(payout, session=session)
        await self._outbox.add(session, SEND, f"payout:{payout['_id']}", {"payout_id": payout["_id"]})

    async def unfreeze(
        self, session: AsyncClientSession, settlement: SettlementDocument, origins: Iterable[Origin]
    ) -> None:
        """Owe WeChat the word that nothing more of these payments will be shared, so that the rest is free."""
        for origin in origins:
            payout = self.new(settlement, PayoutKind.UNFREEZE, 0)
            payout |= {**asdict(origin), "out_no": f"U{payout['_id']}"}  # type: ignore[typeddict-item]
            await self.owe(session, payout)


def origin_of(payout: PayoutDocument) -> Origin:
    """The payment that a share came from."""
    return Origin(
        payout.get("payment_id", ""),
        payout.get("order_id", ""),
        payout.get("transaction_id", ""),
        payout.get("provider_mchid", ""),
    )

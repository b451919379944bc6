"""Shares that come back from a firm (分账回退): for a refund whose money lies with the firm, and from a firm that owes.

WeChat refunds no more of a payment than is left of it: what was shared must be fetched back first, and until then
it refuses the refund with NOT_ENOUGH, which ``Refunds`` tries again. A share can be fetched back for 180 days.
Vendor documents: pay.weixin.qq.com/doc/v3, "请求分账回退", "退款申请".
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.documents.orders import RefundDocument
from schemas.documents.settlements import PayoutDocument, SettlementDocument
from schemas.enums import RefundState
from schemas.settlement_enums import PayoutKind, PayoutState
from services.clock import Clock, utc_now
from services.errors import Problem
from services.outbox import Outbox
from services.payments.money_items import SHARE_NOT_BACK, open_about_refund
from services.settlement.payout_book import ALIVE, PayoutBook, origin_of
from services.storage.claims import Pauses, claimed
from services.storage.database import Database
from services.work_items import WorkItems

RETURNABLE_FOR = timedelta(days=179)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=6)


class ShareReturns:
    def __init__(
        self,
        database: Database,
        payouts: PayoutBook,
        work_items: WorkItems,
        outbox: Outbox,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._payouts = payouts
        self._work_items = work_items
        self._outbox = outbox
        self._clock = clock

    async def for_statement(self, session: AsyncClientSession, settlement: SettlementDocument, owed_fen: int) -> int:
        """Ask back what the firm owes, from shares of the orders that cost it something; how much is asked.

        Raises ``settlement.nothing_to_give_back``.
        """
        query = {
            "period_id": settlement["period_id"],
            "firm_id": settlement["firm_id"],
            "total_fen": {"$lt": 0},
        }
        order_ids = await self._db.settlement_lines.distinct("order_id", query, session=session)
        found = await self._returnable(session, {"firm_id": settlement["firm_id"], "order_id": {"$in": order_ids}})
        asked = 0
        for share, left in found:
            amount = min(owed_fen - asked, left)
            if amount > 0:
                asked += amount
                await self._ask_back(session, settlement, share, amount)
        if not asked:
            raise Problem("settlement.nothing_to_give_back")
        return asked

    # --- refunds

    async def tick(self) -> int:
        """Ask back what refunds need that WeChat cannot send yet, and again what did not come back; how many refunds
        had something asked. Call every few seconds."""
        asked = 0
        requested = {"state": RefundState.REQUESTED.value}
        pauses = Pauses(FIRST_PAUSE, LONGEST_PAUSE)
        # looked at at once, and then with growing pauses while it waits
        async for refund in claimed(self._db.refunds, requested, "shares_at", self._clock, pauses, unset_is_due=True):
            asked += await self._for_refund(refund)
        return asked

    async def _for_refund(self, refund: RefundDocument) -> bool:
        shared = {"payment_id": refund["payment_id"], "kind": PayoutKind.SHARE.value, "state": {"$in": ALIVE}}
        shares = await self._db.payouts.find(shared).to_list()
        if not shares:  # nothing of it is with a firm: no need to look again
            await self._db.refunds.update_one({"_id": refund["_id"]}, {"$set": {"shares_at": None}})
            return False

        async def work(session: AsyncClientSession) -> int:
            asked = 0
            missing = await self._missing(session, refund)
            for share, left in await self._returnable(session, {"payment_id": refund["payment_id"]}):
                amount = min(missing, left)
                settlement = await self._db.settlements.find_one({"_id": share["settlement_id"]}, session=session)
                if amount <= 0 or settlement is None:
                    continue
                missing -= amount
                asked += amount
                await self._ask_back(session, settlement, share, amount, refund["_id"])
            if missing > 0 and all(share["state"] == PayoutState.SUCCEEDED for share in shares):
                await open_about_refund(
                    self._work_items, SHARE_NOT_BACK, refund, session, firm_id=shares[0]["firm_id"], missing_fen=missing
                )
            return asked

        try:
            asked = await self._db.transaction(work)
        except DuplicateKeyError:
            return False  # another worker was faster
        if asked:
            self._outbox.nudge()
        return bool(asked)

    async def _missing(self, session: AsyncClientSession, refund: RefundDocument) -> int:
        """Fen that are not left of the payment for its refunds, what is on its way back counted as there."""
        payment = await self._db.payments.find_one({"_id": refund["payment_id"]}, session=session)
        going = {"payment_id": refund["payment_id"], "state": {"$ne": RefundState.FAILED.value}}
        refunded = [one["amount_fen"] async for one in self._db.refunds.find(going, session=session)]
        moved: dict[str, int] = defaultdict(int)
        alive = {"payment_id": refund["payment_id"], "state": {"$in": ALIVE}}
        async for payout in self._db.payouts.find(alive, session=session):
            moved[payout["kind"]] += payout["amount_fen"]
        left = (payment["amount_fen"] if payment else 0) - moved[PayoutKind.SHARE] + moved[PayoutKind.GIVE_BACK]
        return sum(refunded) - left

    # --- shares

    async def _returnable(
        self, session: AsyncClientSession, which: Mapping[str, Any]
    ) -> list[tuple[PayoutDocument, int]]:
        """Shares that can be asked back, with what is left of each, oldest first."""
        shared = {
            **which,
            "kind": PayoutKind.SHARE.value,
            "state": PayoutState.SUCCEEDED.value,
            "finished_at": {"$gt": self._clock() - RETURNABLE_FOR},
        }
        shares = await self._db.payouts.find(shared, session=session).sort("_id").to_list()
        back: dict[str, int] = defaultdict(int)
        numbers = [share.get("out_no", "") for share in shares]
        returned = {"shared_by": {"$in": numbers}, "state": {"$in": ALIVE}}
        async for payout in self._db.payouts.find(returned, session=session):
            back[payout.get("shared_by", "")] += payout["amount_fen"]
        return [(share, share["amount_fen"] - back[share.get("out_no", "")]) for share in shares]

    async def _ask_back(
        self,
        session: AsyncClientSession,
        settlement: SettlementDocument,
        share: PayoutDocument,
        amount_fen: int,
        refund_id: str | None = None,
    ) -> None:
        payout = self._payouts.new(settlement, PayoutKind.GIVE_BACK, amount_fen)
        payout |= asdict(origin_of(share))  # type: ignore[typeddict-item]
        payout |= {
            "mchid": share.get("mchid", ""),
            "shared_by": share.get("out_no", ""),
            "out_no": f"B{payout['_id']}",
        }
        if refund_id is not None:
            # one refund asks one share once at a time, whoever runs; after a failure under a new number
            again = await self._failed(session, refund_id, share)
            payout |= {
                "refund_id": refund_id,
                "out_no": f"B{refund_id}{share['_id'][-6:]}{f'-{again}' if again else ''}",
            }
        await self._payouts.owe(session, payout)

    async def _failed(self, session: AsyncClientSession, refund_id: str, share: PayoutDocument) -> int:
        """How often it was asked in vain."""
        failed = {
            "refund_id": refund_id,
            "shared_by": share.get("out_no", ""),
            "state": PayoutState.FAILED.value,
        }
        return await self._db.payouts.count_documents(failed, session=session)

"""Payouts on their way through WeChat's profit sharing: sent under a fixed number, settled by WeChat's word only.

A worker may die between the request and the answer, so a payout is marked before it is sent, and one that is marked
is asked about before it is sent again. The number makes the same request the same share in any case.
"""

import logging
from datetime import datetime, timedelta

from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.errors import PayError, VendorError
from miniprogram_api.pay import ProfitSharing, Share
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.settlements import PayoutDocument, SettlementDocument
from schemas.enums import NoticeKind
from schemas.settlement_enums import PayoutKind, PayoutState, SettlementState
from services.audit import Audit
from services.clock import Clock, utc_now
from services.ledger.ledger import Ledger
from services.ledger.settlement_postings import paid_out
from services.orders.order_seams import Tally, Teller, no_tally
from services.outbox import Effect, Outbox
from services.payments.money_items import SHARE_NOT_BACK, open_about_refund
from services.settlement.payout_book import SEND, PayoutBook, origin_of
from services.settlement.payouts import PAID
from services.settlement.settlement_book import SettlementBook
from services.settlement.settlement_states import Action, ended
from services.storage.claims import Pauses, claimed
from services.storage.database import Database
from services.work_items import WorkItems

log = logging.getLogger("casespace.settlement")

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
STUCK_AFTER = timedelta(days=1)
IN_FLIGHT = [PayoutState.OWED.value, PayoutState.SENT.value]
MOVING = [PayoutKind.SHARE.value, PayoutKind.GIVE_BACK.value]
FAILED = "settlement.payout_failed"  # kind of the work item
# What a firm reads in its bill.
SHARE_TEXT, BACK_TEXT, FREE_TEXT = "法律服务费结算", "法律服务费退回", "结算完成，解冻剩余资金"


class PayoutSending:
    def __init__(
        self,
        database: Database,
        book: SettlementBook,
        payouts: PayoutBook,
        sharing: ProfitSharing,
        ledger: Ledger,
        work_items: WorkItems,
        notices: Teller,
        audit: Audit,
        outbox: Outbox,
        clock: Clock = utc_now,
        tally: Tally = no_tally,
    ) -> None:
        self._db = database
        self._book = book
        self._payouts = payouts
        self._sharing = sharing
        self._ledger = ledger
        self._work_items = work_items
        self._notices = notices
        self._audit = audit
        self._outbox = outbox
        self._clock = clock
        self._tally = tally

    def effects(self) -> dict[str, Effect]:
        return {SEND: self._send_row, PAID: self._tell_paid}

    async def _send_row(self, row: OutboxDocument) -> None:
        payout = await self._db.payouts.find_one({"_id": row["payload"]["payout_id"]})
        if payout is not None:
            await self._advance(payout)

    async def tick(self) -> int:
        """Ask WeChat about every payout that is due; the number asked. Call every few seconds."""
        asked = 0
        sent = {"state": PayoutState.SENT.value}
        pauses = Pauses(FIRST_PAUSE, LONGEST_PAUSE)
        async for payout in claimed(self._db.payouts, sent, "query_at", self._clock, pauses):
            asked += 1
            await self._advance(payout)
        return asked

    async def _advance(self, payout: PayoutDocument) -> None:
        """Send it, or learn what became of it. What fails for now is due again later."""
        try:
            if payout["state"] == PayoutState.OWED:
                await self._first(payout)
            elif payout["state"] == PayoutState.SENT:
                await self._ask(payout)
        except VendorError as fault:
            self._tally("payout_delayed", fault.code)
            log.warning("payout %s: %s", payout["_id"], fault)
            if self._clock() - payout["created_at"] > STUCK_AFTER:
                await self._call_for_help(payout, fault.code)

    async def _first(self, payout: PayoutDocument) -> None:
        marked = await self._db.payouts.update_one(
            {"_id": payout["_id"], "state": PayoutState.OWED.value},
            {"$set": {"state": PayoutState.SENT.value, "query_at": self._clock() + FIRST_PAUSE}},
        )
        if marked.modified_count:
            await self._send(payout)

    async def _ask(self, payout: PayoutDocument) -> None:
        try:
            await (self._ask_back(payout) if payout["kind"] == PayoutKind.GIVE_BACK else self._ask_share(payout))
        except PayError as fault:
            if fault.reason != "not_found" or not fault.verified:
                raise
            await self._send(payout)  # it never reached WeChat

    async def _send(self, payout: PayoutDocument) -> None:
        try:
            if payout["kind"] == PayoutKind.SHARE:
                await self._add_receiver(payout)
                await self._send_share(payout)
            elif payout["kind"] == PayoutKind.GIVE_BACK:
                await self._send_back(payout)
            else:
                await self._send_unfreeze(payout)
        except PayError as fault:
            if fault.retryable or not fault.verified or fault.reason == "rate_limited":
                raise
            log.error("payout %s was refused: %s", payout["_id"], fault.code)  # noqa: TRY400 - an answer, no crash
            await self._end(payout, PayoutState.FAILED, fault.pay_code, None)

    # --- the requests

    async def _add_receiver(self, payout: PayoutDocument) -> None:
        firm = await self._db.firms.find_one({"_id": payout["firm_id"]})
        if firm is None or "receiver_added_at" in firm:
            return
        await self._sharing.add_receiver(payout.get("mchid", ""), firm["name"])
        await self._db.firms.update_one(
            {"_id": firm["_id"], "revision": firm["revision"]}, {"$set": {"receiver_added_at": self._clock()}}
        )

    async def _send_share(self, payout: PayoutDocument) -> None:
        await self._sharing.share(
            transaction_id=payout.get("transaction_id", ""),
            out_order_no=payout.get("out_no", ""),
            shares=[Share(payout.get("mchid", ""), payout["amount_fen"], SHARE_TEXT)],
            unfreeze_rest=False,  # a share that fails can be asked for again
        )

    async def _send_back(self, payout: PayoutDocument) -> None:
        await self._sharing.take_back(
            out_order_no=payout.get("shared_by", ""),
            out_return_no=payout.get("out_no", ""),
            mchid=payout.get("mchid", ""),
            amount_fen=payout["amount_fen"],
            description=BACK_TEXT,
        )

    async def _send_unfreeze(self, payout: PayoutDocument) -> None:
        await self._sharing.unfreeze(
            transaction_id=payout.get("transaction_id", ""),
            out_order_no=payout.get("out_no", ""),
            description=FREE_TEXT,
        )

    async def _ask_share(self, payout: PayoutDocument) -> None:
        told = await self._sharing.query(
            transaction_id=payout.get("transaction_id", ""), out_order_no=payout.get("out_no", "")
        )
        if not told.finished:
            return
        ours = next((part for part in told.parts if part.mchid == payout.get("mchid")), None)
        if payout["kind"] == PayoutKind.UNFREEZE or (ours is not None and ours.result == "SUCCESS"):
            await self._end(payout, PayoutState.SUCCEEDED, None, ours.finished_at if ours else None)
        elif ours is not None and ours.result == "CLOSED":
            await self._end(payout, PayoutState.FAILED, ours.fail_reason or "CLOSED", ours.finished_at)

    async def _ask_back(self, payout: PayoutDocument) -> None:
        told = await self._sharing.query_return(
            out_order_no=payout.get("shared_by", ""), out_return_no=payout.get("out_no", "")
        )
        if told.result == "SUCCESS":
            await self._end(payout, PayoutState.SUCCEEDED, None, told.finished_at)
        elif told.result == "FAILED":
            await self._end(payout, PayoutState.FAILED, told.fail_reason or "FAILED", told.finished_at)

    # --- what came of it

    async def _end(
        self, payout: PayoutDocument, state: PayoutState, reason: str | None, finished_at: datetime | None
    ) -> None:
        async def work(session: AsyncClientSession) -> bool:
            now = self._clock()
            changes = {"state": state.value, "finished_at": finished_at or now, "updated_at": now}
            done = await self._db.payouts.update_one(
                {"_id": payout["_id"], "state": {"$in": IN_FLIGHT}},
                {"$set": changes | ({"reason": reason} if reason else {})},
                session=session,
            )
            if not done.modified_count:
                return False
            await self._audit.write(
                None, f"payout.{state.value}", payout["_id"], session, settlement=payout["settlement_id"], reason=reason
            )
            if payout["kind"] in MOVING:
                stored = await self._db.payouts.find_one({"_id": payout["_id"]}, session=session)
                assert stored is not None  # it was changed a moment ago
                if state is PayoutState.SUCCEEDED:
                    await self._ledger.write(session, paid_out(stored))
                if "refund_id" not in stored:  # for a refund: the firm's next statement counts it
                    await self._progress(session, stored)
            return True

        if await self._db.transaction(work):
            self._tally("payout_ended", f"{payout['kind']}_{state.value}")
            if state is PayoutState.FAILED and payout["kind"] in MOVING:
                await self._call_for_help(payout, reason or "")
            self._outbox.nudge()

    async def _progress(self, session: AsyncClientSession, payout: PayoutDocument) -> None:
        """Count it, and when it was the last one in flight, say what that makes of the statement."""
        succeeded = payout["state"] == PayoutState.SUCCEEDED
        sign = -1 if payout["kind"] == PayoutKind.GIVE_BACK else 1
        fen = sign * payout["amount_fen"] if succeeded else 0
        # touching the statement makes two payouts that end at once see one another
        await self._db.settlements.update_one(
            {"_id": payout["settlement_id"]},
            {"$inc": {"paid_fen": fen, "revision": 1}, "$set": {"updated_at": self._clock()}},
            session=session,
        )
        settlement = await self._db.settlements.find_one({"_id": payout["settlement_id"]}, session=session)
        assert settlement is not None  # payouts exist for statements only
        if succeeded and payout["kind"] == PayoutKind.SHARE:
            await self._payouts.unfreeze(session, settlement, [origin_of(payout)])
        query = {
            "settlement_id": payout["settlement_id"],
            "kind": {"$in": MOVING},
            "refund_id": {"$exists": False},
        }
        if await self._db.payouts.find_one({**query, "state": {"$in": IN_FLIGHT}}, {"_id": 1}, session=session):
            return
        refused = {**query, "state": PayoutState.FAILED.value, "round": payout["round"]}
        failed = await self._db.payouts.find_one(refused, {"_id": 1}, session=session)
        await self._conclude(session, settlement, any_failed=failed is not None)

    async def _conclude(self, session: AsyncClientSession, settlement: SettlementDocument, *, any_failed: bool) -> None:
        if settlement["state"] != SettlementState.PAYING:
            return
        action = ended(settlement["total_fen"], settlement["paid_fen"], any_failed)
        moved = await self._book.move(session, settlement, action, paid_fen=settlement["paid_fen"])
        if action is not Action.FAIL:
            await self._work_items.resolve(FAILED, settlement["_id"], "已分账成功", session)
        if action is Action.ALL_DONE and moved["total_fen"] > 0:
            await self._outbox.add(session, PAID, f"settlement:{moved['_id']}", {"settlement_id": moved["_id"]})

    async def _call_for_help(self, payout: PayoutDocument, reason: str) -> None:
        if "refund_id" in payout:
            refund = await self._db.refunds.find_one({"_id": payout["refund_id"]})
            if refund is not None:
                await open_about_refund(
                    self._work_items, SHARE_NOT_BACK, refund, firm_id=payout["firm_id"], reason=reason
                )
            return
        await self._work_items.open(
            FAILED,
            payout["settlement_id"],
            title="律所结算打款未成功",
            advice="请在结算单中查看原因：核对律所商户号与全称后重新分账，或线下转账并登记银行流水号。",
            urgent=True,
            payout_id=payout["_id"],
            order_id=payout.get("order_id"),
            reason=reason,
            amount_fen=payout["amount_fen"],
        )

    async def _tell_paid(self, row: OutboxDocument) -> None:
        """The lawyers of a firm that was paid hear of it; whatever failed before needs nobody any more."""
        await self._work_items.resolve(FAILED, row["payload"]["settlement_id"], "已付清")
        query = {"firm_settlement_id": row["payload"]["settlement_id"]}
        for own in await self._db.settlements.find(query).to_list():
            await self._notices.tell(
                str(own["lawyer_id"]),
                NoticeKind.SETTLEMENT_PAID,
                f"settlement:{own['_id']}:paid",
                title="结算款已付至律所",
                text=f"第 {own['period_number']} 期结算款已付至律所。",
                link=f"/settlements/{own['_id']}",
                values={"case": "律师结算", "sender": "系统"},
            )

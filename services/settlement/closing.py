"""Closing a period: every served order gets its line, every firm its statement, once (E3).

Run by the worker, which leads by a lease. Killed at any point it goes on where it was: the period is written down
first, with what will not be the same later; a line and its posting to the ledger commit together; the statements
commit with the end of the period. What is computed does not depend on when.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence

from pymongo import DESCENDING
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.documents.settlements import (
    FirmThen,
    LawyerThen,
    PeriodDocument,
    SettlementDocument,
    SettlementLineDocument,
)
from schemas.enums import Role
from schemas.settlement_enums import PayoutKind, PayoutState, PeriodState, SettlementState
from services.audit import Audit
from services.clock import Clock, utc_now
from services.ids import new_id
from services.ledger.ledger import Ledger
from services.ledger.settlement_postings import settled
from services.outbox import Outbox
from services.settlement.dues import ItemKind
from services.settlement.order_cases import digest
from services.settlement.periods import Schedule
from services.settlement.rulebook import Rulebook, Versions
from services.settlement.settlement_lines import SettlementLines
from services.storage.database import Database, in_slices
from services.work_items import WorkItems

log = logging.getLogger("casespace.settlement")

CLOSED = "settlement.closed"  # kind of the outbox row of a lawyer's statement


class Closing:
    def __init__(
        self,
        database: Database,
        lines: SettlementLines,
        rulebook: Rulebook,
        ledger: Ledger,
        work_items: WorkItems,
        audit: Audit,
        outbox: Outbox,
        schedule: Schedule,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._lines = lines
        self._rulebook = rulebook
        self._ledger = ledger
        self._work_items = work_items
        self._audit = audit
        self._outbox = outbox
        self._schedule = schedule
        self._clock = clock

    async def tick(self) -> int:
        """Close every period that is due; how many. Call every few minutes."""
        closed = 0
        while (period := await self._due()) is not None:
            await self._close(period)
            closed += 1
        return closed

    async def _due(self) -> PeriodDocument | None:
        last = await self._db.settlement_periods.find_one(sort=[("number", DESCENDING)])
        if last is not None and last["state"] == PeriodState.CLOSING:
            return last
        span = self._schedule.due(last["ends_at"] if last else None, self._clock())
        if span is None:
            return None
        lawyers, firms = await self._people()
        period: PeriodDocument = {
            "_id": new_id(),
            "schema_version": 1,
            "number": last["number"] + 1 if last else 1,
            "starts_at": span[0],
            "ends_at": span[1],
            "state": PeriodState.CLOSING.value,
            "lawyers": lawyers,
            "firms": firms,
            "deferred": [],
            "created_at": self._clock(),
        }
        try:
            await self._db.settlement_periods.insert_one(period)
        except DuplicateKeyError:  # another worker was faster
            return await self._db.settlement_periods.find_one({"number": period["number"]})
        return period

    async def _people(self) -> tuple[dict[str, LawyerThen], dict[str, FirmThen]]:
        firms: dict[str, FirmThen] = {
            firm["_id"]: {"name": firm["name"], "tariff": firm["tariff"]} async for firm in self._db.firms.find()
        }
        lawyers: dict[str, LawyerThen] = {}
        query = {"roles": Role.LAWYER.value, "firm_id": {"$in": list(firms)}}
        async for user in self._db.users.find(query, {"display_name": 1, "profile.level": 1, "firm_id": 1}):
            level = user.get("profile", {}).get("level", "")
            lawyers[user["_id"]] = {
                "name": user["display_name"],
                "level": str(level),
                "firm_id": user["firm_id"],
            }
        return lawyers, firms

    async def _close(self, period: PeriodDocument) -> None:
        versions = await self._rulebook.versions()
        deferred: list[str] = []
        for order_ids in in_slices(await self._lines.candidates(period)):
            made = await self._lines.compute(period, order_ids, versions)
            deferred += made.deferred
            await self._store(made.lines)
            for lawyer_id, order_id in made.without_firm.items():
                await self._ask_for_firm(lawyer_id, order_id)
        if await self._finish(period, deferred):
            log.info("settlement period %d is closed", period["number"])
            self._outbox.nudge()

    async def _store(self, lines: Sequence[SettlementLineDocument]) -> None:
        known = await self._db.settlement_lines.distinct("_id", {"_id": {"$in": [line["_id"] for line in lines]}})
        new = [line for line in lines if line["_id"] not in known]
        if not new:
            return

        async def work(session: AsyncClientSession) -> None:
            await self._db.settlement_lines.insert_many(new, session=session)
            for line in new:
                await self._ledger.write(session, settled(line))

        await self._db.transaction(work)

    async def _ask_for_firm(self, lawyer_id: str, order_id: str) -> None:
        await self._work_items.open(
            "settlement.lawyer_without_firm",
            lawyer_id,
            title="律师尚未归属律所，服务费无法结算",
            advice="请在“律所”中将该律师加入其执业的律所，下一结算期会自动补结。",
            lawyer_id=lawyer_id,
            order_id=order_id,
        )

    async def _finish(self, period: PeriodDocument, deferred: list[str]) -> bool:
        lines = await self._db.settlement_lines.find({"period_id": period["_id"]}).sort("order_id").to_list()

        async def work(session: AsyncClientSession) -> bool:
            closed = await self._db.settlement_periods.update_one(
                {"_id": period["_id"], "state": PeriodState.CLOSING.value},
                {
                    "$set": {
                        "state": PeriodState.CLOSED.value,
                        "deferred": sorted(deferred),
                        "digest": digest(lines),
                        "closed_at": self._clock(),
                    }
                },
                session=session,
            )
            if not closed.modified_count:
                return False
            by_firm: dict[str, list[SettlementLineDocument]] = defaultdict(list)
            for line in lines:
                by_firm[line["firm_id"]].append(line)
            for firm_id, of_firm in by_firm.items():
                await self._state(session, period, firm_id, of_firm)
            await self._audit.write(None, "settlement.closed", period["_id"], session, number=period["number"])
            return True

        return await self._db.transaction(work)

    async def _state(
        self, session: AsyncClientSession, period: PeriodDocument, firm_id: str, lines: list[SettlementLineDocument]
    ) -> None:
        """The statement of a firm, and those of its lawyers."""
        whole = self._statement(period, firm_id, lines)
        whole["brought_forward_fen"] = await self._take_over(session, whole)
        whole["total_fen"] += whole["brought_forward_fen"]
        if whole["total_fen"] <= 0:
            whole["state"] = SettlementState.CARRIED.value
        statements = [whole]
        for lawyer_id in sorted({line["lawyer_id"] for line in lines}):
            own = self._statement(period, firm_id, [line for line in lines if line["lawyer_id"] == lawyer_id])
            own |= {
                "lawyer_id": lawyer_id,
                "lawyer_name": await self._name(period, lawyer_id, session),
                "firm_settlement_id": whole["_id"],
            }
            statements.append(own)
            subject = f"settlement:{own['_id']}"
            await self._outbox.add(session, CLOSED, subject, {"settlement_id": own["_id"]})
        await self._db.settlements.insert_many(statements, session=session)

    async def _take_over(self, session: AsyncClientSession, whole: SettlementDocument) -> int:
        """What the firm still owes from earlier periods; those statements are done with."""
        owed = {
            "firm_id": whole["firm_id"],
            "lawyer_id": None,
            "state": SettlementState.CARRIED.value,
            "absorbed_by": {"$exists": False},
        }
        found = await self._db.settlements.find(owed, session=session).to_list()
        await self._db.settlements.update_many(
            {"_id": {"$in": [one["_id"] for one in found]}},
            {"$set": {"absorbed_by": whole["_id"], "updated_at": self._clock()}, "$inc": {"revision": 1}},
            session=session,
        )
        return sum(one["total_fen"] - one["paid_fen"] for one in found) + await self._given_back(session, whole)

    async def _given_back(self, session: AsyncClientSession, whole: SettlementDocument) -> int:
        """What the firm gave back for refunds since: the refunds themselves stand in the lines."""
        given = {
            "firm_id": whole["firm_id"],
            "kind": PayoutKind.GIVE_BACK.value,
            "state": PayoutState.SUCCEEDED.value,
            "refund_id": {"$exists": True},
            "counted_in": {"$exists": False},
        }
        found = await self._db.payouts.find(given, session=session).to_list()
        await self._db.payouts.update_many(
            {"_id": {"$in": [one["_id"] for one in found]}}, {"$set": {"counted_in": whole["_id"]}}, session=session
        )
        return sum(one["amount_fen"] for one in found)

    async def _name(self, period: PeriodDocument, lawyer_id: str, session: AsyncClientSession) -> str:
        """As it was; of somebody who has left the firm since, as it is."""
        if lawyer_id in period["lawyers"]:
            return period["lawyers"][lawyer_id]["name"]
        user = await self._db.users.find_one({"_id": lawyer_id}, {"display_name": 1}, session=session)
        return user["display_name"] if user else "律师"

    def _statement(
        self, period: PeriodDocument, firm_id: str, lines: Sequence[SettlementLineDocument]
    ) -> SettlementDocument:
        now = self._clock()
        total = sum(line["total_fen"] for line in lines)
        return {
            "_id": new_id(),
            "schema_version": 1,
            "period_id": period["_id"],
            "period_number": period["number"],
            "starts_at": period["starts_at"],
            "ends_at": period["ends_at"],
            "firm_id": firm_id,
            "firm_name": period["firms"][firm_id]["name"],
            "lawyer_id": None,
            "lawyer_name": None,
            "orders": len(lines),
            "sums": _sums(lines),
            "lines_fen": total,
            "brought_forward_fen": 0,
            "total_fen": total,
            "paid_fen": 0,
            "state": SettlementState.AWAITING_APPROVAL.value,
            "approvals": [],
            "revision": 1,
            "created_at": now,
            "updated_at": now,
        }

    # --- computing a period again

    async def again(self, period: PeriodDocument) -> tuple[str, list[str]]:
        """The digest that the period has when it is computed from the stored facts now, and the orders whose line
        differs from the stored one. Nothing is changed."""
        versions: Versions = await self._rulebook.versions()
        lines: list[SettlementLineDocument] = []
        for order_ids in in_slices(await self._lines.candidates(period)):
            lines += (await self._lines.compute(period, order_ids, versions)).lines
        stored = await self._db.settlement_lines.find({"period_id": period["_id"]}).to_list()
        now, then = [{line["_id"]: line for line in some} for some in (lines, stored)]
        differing = {_id for _id in now.keys() | then.keys() if now.get(_id) != then.get(_id)}
        return digest(lines), sorted({_id.split(":")[1] for _id in differing})


def _sums(lines: Sequence[SettlementLineDocument]) -> dict[str, int]:
    sums: dict[str, int] = {kind.value: 0 for kind in ItemKind}
    for line in lines:
        for item in line["items"]:
            sums[item["kind"]] += item["fen"]
    return sums

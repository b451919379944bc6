"""What firms will be paid, told without the ledger: open statements, and what the next period will bring.

A firm's account that holds another sum holds money that nobody pays out. So does the account of an order that no period
will look at again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from typing import Any

from pymongo import DESCENDING

from schemas.documents.settlements import PeriodDocument, SettlementLineDocument
from schemas.settlement_enums import PayoutKind, PayoutState, PeriodState
from services.ledger.accounts import NO_FIRM, Kind, account
from services.ledger.settlement_postings import SETTLED
from services.storage.database import Database

_TIPS = "tips"


class FirmDues:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def of(self, firm_ids: Iterable[str]) -> Mapping[str, int]:
        """Firm → fen, of each of them; negative for one that owes. ``NO_FIRM`` may be among them."""
        dues = dict.fromkeys(firm_ids, 0)
        last = await self._last()
        since, deferred = (last["ends_at"], last["deferred"]) if last else (None, [])
        closing = await self._db.settlement_periods.distinct("_id", {"state": PeriodState.CLOSING.value})
        async for one in self._db.settlements.find(
            {"firm_id": {"$in": list(dues)}, "lawyer_id": None, "absorbed_by": {"$exists": False}}
        ):
            dues[one["firm_id"]] += one["total_fen"] - one["paid_fen"]
        async for payout in self._db.payouts.find(
            {
                "firm_id": {"$in": list(dues)},
                "kind": PayoutKind.GIVE_BACK.value,
                "state": PayoutState.SUCCEEDED.value,
                "refund_id": {"$exists": True},
                "counted_in": {"$exists": False},
            }
        ):
            dues[payout["firm_id"]] += payout["amount_fen"]
        half_done = {"period_id": {"$in": closing}, "firm_id": {"$in": list(dues)}}
        async for line in self._db.settlement_lines.find(half_done):
            dues[line["firm_id"]] += line["total_fen"]
        tips = await self._tips(dues.keys(), {"recorded_at": {"$gte": since}} if since else {}, deferred)
        shown = [{"order_id": {"$in": deferred}}, {"period_id": {"$in": closing}}]
        async for line in self._db.settlement_lines.find({"order_id": {"$in": sorted(tips)}, "$or": shown}):
            _take_off(tips[line["order_id"]], line)
        for by_firm in tips.values():
            for firm_id in by_firm.keys() & dues.keys():
                dues[firm_id] += by_firm[firm_id]
        return dues

    async def forgotten(self, order_ids: Set[str]) -> frozenset[str]:
        """Those of the orders that the next period will not look at: nothing happened to them since the last one."""
        last = await self._last()
        if last is None or await self._db.settlement_periods.find_one({"state": PeriodState.CLOSING.value}):
            return frozenset()
        ids, since = {"$in": sorted(order_ids)}, {"$gte": last["ends_at"]}
        moved = await self._db.orders.distinct("_id", {"_id": ids, "updated_at": since})
        posted = {"order_id": ids, "recorded_at": since, "kind": {"$ne": SETTLED}}
        moved += await self._db.ledger.distinct("order_id", posted)
        return frozenset(order_ids - {*moved, *last["deferred"]})

    async def _last(self) -> PeriodDocument | None:
        closed = {"state": PeriodState.CLOSED.value}
        return await self._db.settlement_periods.find_one(closed, sort=[("number", DESCENDING)])

    async def _tips(
        self, firm_ids: Iterable[str], recent: Mapping[str, Any], deferred: list[str]
    ) -> dict[str, dict[str, int]]:
        """Order → firm → fen of tips that came since the last period, or for an order that it deferred."""
        names = [account(Kind.FIRM, firm_id) for firm_id in firm_ids]
        posted = {
            "lines.account": {"$in": names},
            "kind": {"$ne": SETTLED},
            "order_id": {"$exists": True},
            "$or": [recent, {"order_id": {"$in": deferred}}],
        }
        tips: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        async for entry in self._db.ledger.find(posted):
            for line in entry["lines"]:
                kind, _, owner = line["account"].partition(":")
                if kind == Kind.FIRM:
                    tips[entry["order_id"]][owner] -= line["fen"]
        return tips


def _take_off(tips: dict[str, int], line: SettlementLineDocument) -> None:
    """What a line shows of them waits no more."""
    found = line.get("from_no_firm_fen", 0)
    tips[NO_FIRM] -= found
    tips[line["firm_id"]] -= sum(item["fen"] for item in line["items"] if item["kind"] == _TIPS) - found

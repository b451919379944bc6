"""Differences as work items: opened once, closed by themselves when explained, left alone when a person has decided."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from services.reconciliation.differences import TEXTS, Difference, Kind
from services.storage.database import Database
from services.work_items import DONE, OPEN, WorkItems

PREFIX = "reconciliation."
EXPLAINED = "重新对账后已一致，系统自动关闭"
_URGENT = frozenset({Kind.UNBALANCED, Kind.OVERDRAWN, Kind.SERVED_UNPAID, Kind.WITHOUT_CAUSE, Kind.MISSING_THERE})


class DifferenceItems:
    def __init__(self, database: Database, items: WorkItems) -> None:
        self._db = database
        self._items = items

    async def keep(self, day: date, differences: Sequence[Difference]) -> None:
        """Make the open work items of a day those of its differences."""
        told = [one for one in differences if not one.waiting]
        for one in told:
            await self._open(day, one)
        wanted = {(PREFIX + one.kind.value, one.subject) for one in told}
        async for item in self._db.work_items.find(_open_of_differences({"detail.day": day.isoformat()})):
            if (item["kind"], item["subject"]) not in wanted:
                await self._items.resolve(item["kind"], item["subject"], EXPLAINED)

    async def open_days(self) -> set[date]:
        """Days with differences that nobody has explained yet."""
        found = await self._db.work_items.distinct("detail.day", _open_of_differences({}))
        return {date.fromisoformat(day) for day in found}

    async def _open(self, day: date, one: Difference) -> None:
        detail: dict[str, Any] = {
            "day": day.isoformat(),
            "ours_fen": one.ours_fen,
            "theirs_fen": one.theirs_fen,
            **one.detail,
        }
        kind = PREFIX + one.kind.value
        decided = {"kind": kind, "subject": one.subject, "state": DONE, "outcome": {"$ne": EXPLAINED}, "detail": detail}
        if await self._db.work_items.find_one(decided, {"_id": 1}) is not None:
            return
        text = TEXTS[one.kind]
        await self._items.open(
            kind, one.subject, title=text.title, advice=text.advice, urgent=one.kind in _URGENT, **detail
        )


def _open_of_differences(more: dict[str, Any]) -> dict[str, Any]:
    return {"state": OPEN, "kind": {"$regex": f"^{re.escape(PREFIX)}"}, **more}

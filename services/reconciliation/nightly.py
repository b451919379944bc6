"""When days are compared: the last whole one each morning, and whatever was missed before."""

import logging
from datetime import date, timedelta

from miniprogram_api.errors import PayError, VendorError
from schemas.api.base import CHINA
from services.clock import Clock, utc_now
from services.days import day_of
from services.errors import Problem
from services.reconciliation.reconciliation import DONE, Reconciliation, last_day
from services.storage.database import Database
from services.storage.leases import Leases
from services.work_items import WorkItems

log = logging.getLogger("casespace.reconciliation")

LEASE, LEASE_SECONDS = "reconciliation", 1800.0
PAUSE = timedelta(minutes=10)
# WeChat gives bills for three months; whoever was away longer compares by command what is left.
LOOK_BACK = timedelta(days=60)
# A bill that is this late is a matter for a person.
LATE = timedelta(hours=6)
NO_BILL = "reconciliation.no_bill"


class Nightly:
    def __init__(
        self,
        database: Database,
        reconciliation: Reconciliation,
        items: WorkItems,
        leases: Leases,
        hour: int,
        clock: Clock = utc_now,
    ) -> None:
        """``hour``: of the day in China from which yesterday is compared; WeChat's bills are ready at 10."""
        self._db = database
        self._reconciliation = reconciliation
        self._items = items
        self._leases = leases
        self._hour = hour
        self._clock = clock

    async def tick(self) -> int:
        """Compare what is due; the number of days. Call every minute."""
        if self._clock().astimezone(CHINA).hour < self._hour:
            return 0
        due = await self._due()
        if not due or not await self._leases.hold(LEASE, LEASE_SECONDS):
            return 0
        try:
            return sum([await self._compare(day) for day in due])
        finally:
            await self._leases.release(LEASE)

    async def _due(self) -> list[date]:
        """Days up to yesterday that are not done, oldest first, without those whose pause is not over."""
        last = last_day(self._clock)
        first = max(last - LOOK_BACK, await self._first_day() or last)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        known = self._db.reconciliations.find({"_id": {"$in": [day.isoformat() for day in days]}})
        now = self._clock()
        settled = {one["_id"] async for one in known if one["state"] == DONE or one.get("retry_at", now) > now}
        return [day for day in days if day.isoformat() not in settled]

    async def _first_day(self) -> date | None:
        """Of the ledger; None while it is empty."""
        first = await self._db.ledger.find_one({}, {"at": 1}, sort=[("at", 1)])
        return day_of(first["at"]) if first else None

    async def _compare(self, day: date) -> int:
        try:
            await self._reconciliation.run(day)
        except (VendorError, Problem) as fault:
            await self._put_off(day, fault)
            return 0
        await self._items.resolve(NO_BILL, day.isoformat(), "账单已取得并完成对账")
        # yesterday's bill explains what moved around midnight the day before
        await self._reconciliation.later(day)
        return 1

    async def _put_off(self, day: date, fault: VendorError | Problem) -> None:
        log.warning("the bills of %s cannot be had now: %s", day, fault.code)
        await self._reconciliation.put_off(day, fault, PAUSE)
        pending = isinstance(fault, PayError) and fault.reason == "statement_pending"
        late = self._clock().astimezone(CHINA).hour >= self._hour + LATE.seconds // 3600 or day != last_day(self._clock)
        if late or not (pending or getattr(fault, "retryable", True)):
            await self._items.open(
                NO_BILL,
                day.isoformat(),
                title="对账单迟迟无法取得",
                advice="系统每十分钟自动重试一次。请检查商户号的账单权限与 API 证书；账单只保留三个月，逾期无法补取。",
                day=day.isoformat(),
                fault=fault.code,
            )

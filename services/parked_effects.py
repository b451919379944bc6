"""Effects that failed for good are parked; here they become work items, and a person starts them again.

What waits for a service outside is not parked yet: however many effects that are, one work item tells of the outage.
"""

from collections import Counter
from datetime import timedelta

from schemas.api.base import rfc3339
from schemas.documents.money import WorkItemDocument
from schemas.enums import OutboxState
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.outbox import Outbox
from services.storage.database import Database
from services.work_items import OPEN, WorkItems

KIND = "outbox.parked"
OUTAGE = "outbox.outage"
OUTAGE_AFTER = timedelta(minutes=10)
AT_ONCE = 200
# What moves money or says that it moved.
_MONEY = ("order.", "payment.", "refund.", "settlement.", "payout.", "quote.", "tip.", "company.")
_ADVICE = "已自动重试多次仍失败。请按 event_id 查看日志，消除原因后点“重新执行”；执行成功后本工单自动关闭。"
_OUTAGE_ADVICE = (
    "下列任务因外部服务（微信、微信支付、短信等）不可用而等待，系统会在 24 小时内自动重试，间隔最长 15 分钟，"
    "恢复后自动补做，无需逐笔处理。请确认外部服务状态、网络与证书；全部补做后本工单自动关闭。"
)


class ParkedEffects:
    def __init__(
        self, database: Database, outbox: Outbox, items: WorkItems, audit: Audit, clock: Clock = utc_now
    ) -> None:
        self._db = database
        self._outbox = outbox
        self._items = items
        self._audit = audit
        self._clock = clock

    async def tick(self) -> int:
        """Open an item for each parked row that has none, close those whose row is parked no more; how many changed.
        And one for an outage, as long as it lasts."""
        await self._outage()
        parked = {"state": OutboxState.PARKED.value}
        rows = {row["_id"]: row async for row in self._db.outbox.find(parked).sort("_id", 1).limit(AT_ONCE)}
        known = {item["subject"] async for item in self._db.work_items.find({"kind": KIND, "state": OPEN})}
        for row_id in rows.keys() - known:
            row = rows[row_id]
            await self._items.open(
                KIND,
                row_id,
                title="后台任务多次失败，已暂停",
                advice=_ADVICE,
                urgent=row["kind"].startswith(_MONEY),
                effect=row["kind"],
                about=row["subject"],
                fault=row.get("fault", ""),
            )
        done = {"_id": {"$in": sorted(known - rows.keys())}, "state": OutboxState.DONE.value}
        gone = await self._db.outbox.distinct("_id", done)
        for row_id in gone:
            await self._items.resolve(KIND, row_id, "任务已重新执行成功")
        return len(rows.keys() - known) + len(gone)

    async def _outage(self) -> None:
        waits = {"state": OutboxState.PENDING.value, "outside_since": {"$exists": True}}
        oldest = await self._db.outbox.find_one(waits, {"outside_since": 1}, sort=[("outside_since", 1)])
        if oldest is None:
            await self._items.resolve(OUTAGE, OUTAGE, "外部服务已恢复，等待的任务均已补做")
        elif self._clock() - oldest["outside_since"] >= OUTAGE_AFTER:
            kinds = Counter([row["kind"] async for row in self._db.outbox.find(waits, {"kind": 1})])
            await self._items.open(
                OUTAGE,
                OUTAGE,
                title="外部服务不可用，后台任务在等待",
                advice=_OUTAGE_ADVICE,
                urgent=True,
                since=rfc3339(oldest["outside_since"]),
                waiting=dict(sorted(kinds.items())),
            )

    async def retry(self, actor: Actor, item_id: str) -> WorkItemDocument:
        """Start the parked effect of a work item again. Raises ``work_item.not_found``, ``work_item.already_done``."""
        item = await self._items.get(item_id)
        if item["kind"] != KIND:
            raise Problem("work_item.not_found")
        if item["state"] != OPEN or not await self._outbox.release(item["subject"]):
            raise Problem("work_item.already_done")
        await self._audit.write(actor, "outbox.released", item["subject"], work_item=item_id)
        return item

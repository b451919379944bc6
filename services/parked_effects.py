"""Effects that failed for good are parked; here they become work items, and a person starts them again."""

from schemas.documents.money import WorkItemDocument
from schemas.enums import OutboxState
from services.actors import Actor
from services.audit import Audit
from services.errors import Problem
from services.outbox import PARK_AFTER, Outbox
from services.storage.database import Database
from services.work_items import OPEN, WorkItems

KIND = "outbox.parked"
AT_ONCE = 200
# What moves money or says that it moved.
_MONEY = ("order.", "payment.", "refund.", "settlement.", "payout.", "quote.", "tip.", "company.")
_ADVICE = (
    f"已自动重试 {PARK_AFTER} 次仍失败。请按 event_id 查看日志，消除原因后点“重新执行”；执行成功后本工单自动关闭。"
)


class ParkedEffects:
    def __init__(self, database: Database, outbox: Outbox, items: WorkItems, audit: Audit) -> None:
        self._db = database
        self._outbox = outbox
        self._items = items
        self._audit = audit

    async def tick(self) -> int:
        """Open an item for each parked row that has none, close those whose row is parked no more; how many changed."""
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

    async def retry(self, actor: Actor, item_id: str) -> WorkItemDocument:
        """Start the parked effect of a work item again. Raises ``work_item.not_found``, ``work_item.already_done``."""
        item = await self._items.get(item_id)
        if item["kind"] != KIND:
            raise Problem("work_item.not_found")
        if item["state"] != OPEN or not await self._outbox.release(item["subject"]):
            raise Problem("work_item.already_done")
        await self._audit.write(actor, "outbox.released", item["subject"], work_item=item_id)
        return item

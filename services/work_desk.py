"""The desk's side of work items: seen by support and ops; what concerns money is closed by ops."""

from schemas.api.base import Page
from schemas.api.work_items import CloseBody, WorkItemsQuery, WorkItemView
from schemas.documents.money import WorkItemDocument
from services.actors import Actor
from services.errors import Problem
from services.parked_effects import KIND as PARKED
from services.parked_effects import ParkedEffects
from services.permissions import DESK, FINANCE, Permission, allowed, require
from services.work_items import OPEN, WorkItems, may_reopen

# Kinds about money that is missing, doubled or stuck.
FINANCIAL = ("money.", "reconciliation.", "settlement.", "payout.", "campaign.")


class WorkDesk:
    def __init__(self, items: WorkItems, parked: ParkedEffects) -> None:
        self._items = items
        self._parked = parked

    async def page(self, actor: Actor, query: WorkItemsQuery) -> Page[WorkItemView]:
        """Newest first. Raises ``auth.forbidden``."""
        require(DESK, Permission.WORK_ITEM_VIEW, actor.roles)
        found = await self._items.list(
            query.state, query.limit + 1, query.cursor, kind=query.kind, urgent=query.only == "urgent"
        )
        shown, more = found[: query.limit], len(found) > query.limit
        return Page[WorkItemView](
            items=[_view(item, actor) for item in shown],
            next_cursor=shown[-1]["_id"] if more else None,
            has_more=more,
        )

    async def close(self, actor: Actor, item_id: str, body: CloseBody) -> WorkItemView:
        """Raises ``work_item.not_found``, ``work_item.already_done``, ``auth.forbidden``."""
        _demand(_may_close(await self._items.get(item_id), actor))
        return _view(await self._items.close(actor, item_id, body.outcome), actor)

    async def reopen(self, actor: Actor, item_id: str) -> WorkItemView:
        """Closed by mistake. Raises ``work_item.not_found``, ``work_item.cannot_reopen``, ``auth.forbidden``."""
        _demand(_may_close(await self._items.get(item_id), actor))
        return _view(await self._items.reopen(actor, item_id), actor)

    async def retry(self, actor: Actor, item_id: str) -> WorkItemView:
        """Start a parked effect again. Raises as ``close``; the item closes by itself once the effect is done."""
        _demand(_may_close(await self._items.get(item_id), actor))
        return _view(await self._parked.retry(actor, item_id), actor)


def _demand(right: bool) -> None:
    if not right:
        raise Problem("auth.forbidden")


def _may_close(item: WorkItemDocument, actor: Actor) -> bool:
    if item["kind"].startswith(FINANCIAL):
        return allowed(FINANCE, Permission.FINANCE_DECIDE, actor.roles)
    return allowed(DESK, Permission.WORK_ITEM_CLOSE, actor.roles)


def _view(item: WorkItemDocument, actor: Actor) -> WorkItemView:
    open_for = item["state"] == OPEN and _may_close(item, actor)
    return WorkItemView(
        id=item["_id"],
        kind=item["kind"],
        subject=item["subject"],
        title=item["title"],
        advice=item["advice"],
        detail=item["detail"],
        urgent=item["urgent"],
        state="open" if item["state"] == OPEN else "done",
        seen=item["seen"],
        can_close=open_for,
        can_reopen=may_reopen(item) and _may_close(item, actor),
        can_retry=open_for and item["kind"] == PARKED,
        created_at=item["created_at"],
        updated_at=item["updated_at"],
        done_by=item.get("done_by"),
        done_at=item.get("done_at"),
        outcome=item.get("outcome"),
    )

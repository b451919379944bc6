"""``/desk/work-items``: what a person must look at, for support and ops."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody, Page
from schemas.api.work_items import CloseBody, WorkItemsQuery, WorkItemView
from schemas.enums import Role
from services.permissions import only

_DESK = only(Role.SUPPORT, Role.OPS)
_PROBLEMS = ("work_item.not_found", "work_item.already_done")


class WorkItemsHandler(ApiHandler):
    @door("Work items, newest first", allow=_DESK, query=WorkItemsQuery, answer=Page[WorkItemView])
    async def get(self, call: Call[NoBody]) -> Page[WorkItemView]:
        return await self.services.work_desk.page(call.actor, call.query)


class WorkItemCloseHandler(ApiHandler):
    @door(
        "Close a work item that somebody has dealt with",
        allow=_DESK,
        body=CloseBody,
        answer=WorkItemView,
        problems=_PROBLEMS,
        description="What concerns money (`money.`, `reconciliation.` …) is closed by ops. One whose reason goes away "
        "closes by itself.",
    )
    async def post(self, call: Call[CloseBody], item_id: str) -> WorkItemView:
        return await self.services.work_desk.close(call.actor, item_id, call.body)


class WorkItemReopenHandler(ApiHandler):
    @door(
        "Open a work item again that was closed by mistake",
        allow=_DESK,
        answer=WorkItemView,
        problems=("work_item.not_found", "work_item.cannot_reopen"),
    )
    async def post(self, call: Call[NoBody], item_id: str) -> WorkItemView:
        return await self.services.work_desk.reopen(call.actor, item_id)


class WorkItemRetryHandler(ApiHandler):
    @door("Start a failed effect again", allow=_DESK, answer=WorkItemView, problems=_PROBLEMS)
    async def post(self, call: Call[NoBody], item_id: str) -> WorkItemView:
        return await self.services.work_desk.retry(call.actor, item_id)


_ITEM = "/api/v1/desk/work-items/([0-9a-f]{24})"
ROUTES = [
    ("/api/v1/desk/work-items", WorkItemsHandler),
    (f"{_ITEM}/close", WorkItemCloseHandler),
    (f"{_ITEM}/reopen", WorkItemReopenHandler),
    (f"{_ITEM}/retry", WorkItemRetryHandler),
]

"""Notices in the app, and what users accepted to be sent outside it."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from schemas.api.notices import NoticePage, NoticeQuery, NoticeRead, SubscriptionReport, TemplateList
from services.permissions import PUBLIC, SIGNED_IN


class NoticesHandler(ApiHandler):
    @door("The caller's notices, newest first", allow=SIGNED_IN, query=NoticeQuery, answer=NoticePage)
    async def get(self, call: Call[NoBody]) -> NoticePage:
        return await self.services.notices.list(call.actor, call.query)


class NoticeReadHandler(ApiHandler):
    @door("Mark a notice as read", allow=SIGNED_IN, answer=NoticeRead, problems=("notice.not_found",))
    async def post(self, call: Call[NoBody], notice_id: str) -> NoticeRead:
        return await self.services.notices.read(call.actor, notice_id)


class NoticeTemplatesHandler(ApiHandler):
    @door("The templates to ask for by wx.requestSubscribeMessage", allow=PUBLIC, answer=TemplateList)
    async def get(self, call: Call[NoBody]) -> TemplateList:
        return self.services.subscriptions.templates()


class SubscriptionsHandler(ApiHandler):
    @door(
        "Report what the user answered to wx.requestSubscribeMessage",
        allow=SIGNED_IN,
        body=SubscriptionReport,
        description="WeChat's own push is what counts; a report only makes sending worth a try again.",
    )
    async def post(self, call: Call[SubscriptionReport]) -> None:
        await self.services.subscriptions.report(call.actor, call.body)


ROUTES = [
    ("/api/v1/notices", NoticesHandler),
    ("/api/v1/notices/([0-9a-f]{24})/read", NoticeReadHandler),
    ("/api/v1/notice-templates", NoticeTemplatesHandler),
    ("/api/v1/me/subscriptions", SubscriptionsHandler),
]

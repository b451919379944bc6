"""Notices in the app, how people want to be told and can be reached, and what became of it all."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from schemas.api.notice_preferences import EmailBody, EmailCodeBody, NoticePreferencesBody, NoticePreferencesView
from schemas.api.notice_reach import DeskReachView, NoticeStatisticsView, SpaceReachView, StatisticsQuery
from schemas.api.notices import NoticePage, NoticeQuery, NoticeRead, SubscriptionReport, TemplateList
from schemas.enums import Role
from services.permissions import PUBLIC, SIGNED_IN, STAFF, only
from services.rate_limits import Limit

_DESK = only(Role.SUPPORT, Role.OPS)
# A code costs an e-mail to whatever address somebody names.
CODES_BY_MAIL = Limit(5, 3600)


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


class NoticePreferencesHandler(ApiHandler):
    @door("How the caller wants to be told", allow=SIGNED_IN, answer=NoticePreferencesView)
    async def get(self, call: Call[NoBody]) -> NoticePreferencesView:
        return await self.services.wishes.view(call.actor)

    @door(
        "Change how the caller wants to be told",
        allow=SIGNED_IN,
        body=NoticePreferencesBody,
        answer=NoticePreferencesView,
        description="Replaces all of it. What is urgent goes out in quiet hours too and cannot be muted.",
    )
    async def put(self, call: Call[NoticePreferencesBody]) -> NoticePreferencesView:
        return await self.services.wishes.change(call.actor, call.body)


class NoticeEmailHandler(ApiHandler):
    @door(
        "Name an e-mail address for notices; a code is sent there",
        allow=SIGNED_IN,
        body=EmailBody,
        limit=CODES_BY_MAIL,
        problems=("notice.email_unavailable", "provider.unavailable"),
    )
    async def post(self, call: Call[EmailBody]) -> None:
        await self.services.mailboxes.ask(call.actor, call.body.email)

    @door("Take the e-mail address away", allow=SIGNED_IN)
    async def delete(self, call: Call[NoBody]) -> None:
        await self.services.mailboxes.forget(call.actor)


class NoticeEmailConfirmHandler(ApiHandler):
    @door(
        "Confirm the e-mail address by the code that arrived",
        allow=SIGNED_IN,
        body=EmailCodeBody,
        answer=NoticePreferencesView,
        problems=("notice.email_code_invalid",),
    )
    async def post(self, call: Call[EmailCodeBody]) -> NoticePreferencesView:
        await self.services.mailboxes.confirm(call.actor, call.body.code)
        return await self.services.wishes.view(call.actor)


class SpaceReachHandler(ApiHandler):
    @door(
        "How the members of a space can be reached, for its staff",
        allow=STAFF,
        answer=SpaceReachView,
        problems=("space.not_found",),
    )
    async def get(self, call: Call[NoBody], space_id: str) -> SpaceReachView:
        return await self.services.reach.of_space(call.actor, space_id)


class DeskReachHandler(ApiHandler):
    @door(
        "How a person can be reached, and what became of their last notices; every look is audited",
        allow=_DESK,
        answer=DeskReachView,
        problems=("account.not_found",),
    )
    async def get(self, call: Call[NoBody], user_id: str) -> DeskReachView:
        return await self.services.reach.of_person(call.actor, user_id)


class NoticeStatisticsHandler(ApiHandler):
    @door(
        "What became of the notices of some days, by kind, channel, state and cause",
        allow=_DESK,
        query=StatisticsQuery,
        answer=NoticeStatisticsView,
    )
    async def get(self, call: Call[NoBody]) -> NoticeStatisticsView:
        return await self.services.notice_statistics.of(call.query)


ROUTES = [
    ("/api/v1/notices", NoticesHandler),
    ("/api/v1/notices/([0-9a-f]{24})/read", NoticeReadHandler),
    ("/api/v1/notice-templates", NoticeTemplatesHandler),
    ("/api/v1/me/subscriptions", SubscriptionsHandler),
    ("/api/v1/me/notice-preferences", NoticePreferencesHandler),
    ("/api/v1/me/notice-email", NoticeEmailHandler),
    ("/api/v1/me/notice-email/confirm", NoticeEmailConfirmHandler),
    ("/api/v1/spaces/([0-9a-f]{24})/reach", SpaceReachHandler),
    ("/api/v1/desk/people/([0-9a-f]{24})/reach", DeskReachHandler),
    ("/api/v1/desk/notice-statistics", NoticeStatisticsHandler),
]

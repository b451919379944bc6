"""``/hearings``: calling one, finding it, a ticket to come in. What happens inside goes over the socket."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody, Page, PageQuery
from schemas.api.hearings import (
    HearingBody,
    HearingBriefView,
    HearingCancel,
    HearingFind,
    HearingMove,
    HearingObserve,
    HearingView,
    LinePage,
    TicketView,
)
from schemas.api.messages import MessageListQuery
from services.permissions import SIGNED_IN, STAFF
from services.rate_limits import Limit

FINDS = Limit(10, 60)  # a code has eight digits


class SpaceHearingsHandler(ApiHandler):
    @door(
        "Call a hearing in a case",
        allow=STAFF,
        body=HearingBody,
        answer=HearingView,
        status=201,
        problems=("space.not_found", "hearing.participants_invalid", "hearing.hours_invalid"),
        description="It gets a space of its own, linked to the case's, whose members are the bench, the parties and "
        "their counsel; everybody is told. Witnesses and observers are in the hearing, not in its space.",
    )
    async def post(self, call: Call[HearingBody], space_id: str) -> HearingView:
        return await self.services.hearings.schedule(call.actor, space_id, call.body)

    @door(
        "The hearings of a case, newest first; in a hearing's own space, that one",
        allow=SIGNED_IN,
        query=PageQuery,
        answer=Page[HearingBriefView],
        problems=("space.not_found",),
    )
    async def get(self, call: Call[NoBody], space_id: str) -> Page[HearingBriefView]:
        return await self.services.hearings.of_case(call.actor, space_id, call.query)


class HearingsHandler(ApiHandler):
    @door("The caller's hearings, by their time", allow=SIGNED_IN, query=PageQuery, answer=Page[HearingView])
    async def get(self, call: Call[NoBody]) -> Page[HearingView]:
        return await self.services.hearings.mine(call.actor, call.query)


class HearingFindHandler(ApiHandler):
    @door(
        "Find a hearing of one's own by its code (庭审码)",
        allow=SIGNED_IN,
        body=HearingFind,
        answer=HearingView,
        limit=FINDS,
        problems=("hearing.link_invalid",),
    )
    async def post(self, call: Call[HearingFind]) -> HearingView:
        return await self.services.hearings.find(call.actor, call.body.code)


class HearingHandler(ApiHandler):
    @door("A hearing, as the caller sees it", allow=SIGNED_IN, answer=HearingView, problems=("hearing.not_found",))
    async def get(self, call: Call[NoBody], hearing_id: str) -> HearingView:
        return await self.services.hearings.get(call.actor, hearing_id)


class HearingRescheduleHandler(ApiHandler):
    @door(
        "Move a hearing that has not begun, or is in recess, to another time (改期)",
        allow=STAFF,
        body=HearingMove,
        answer=HearingView,
        problems=("hearing.not_found", "hearing.not_allowed", "hearing.closed", "hearing.wrong_stage"),
        description="Who presides, who called it, and the desk. Everybody is told; code, link and seats stay.",
    )
    async def post(self, call: Call[HearingMove], hearing_id: str) -> HearingView:
        return await self.services.hearings.reschedule(call.actor, hearing_id, call.body)


class HearingCancelHandler(ApiHandler):
    @door(
        "Cancel a hearing that has not begun (取消)",
        allow=STAFF,
        body=HearingCancel,
        answer=HearingView,
        problems=("hearing.not_found", "hearing.not_allowed", "hearing.closed", "hearing.wrong_stage"),
        description="Who may reschedule it. Nobody comes in any more; the calendar file takes it out of calendars.",
    )
    async def post(self, call: Call[HearingCancel], hearing_id: str) -> HearingView:
        return await self.services.hearings.cancel(call.actor, hearing_id, call.body)


class HearingTicketHandler(ApiHandler):
    @door(
        "A ticket to come in, once, within a minute; and where sound may travel",
        allow=SIGNED_IN,
        answer=TicketView,
        status=201,
        problems=("hearing.not_found", "hearing.closed", "hearing.asynchronous", "hearing.refused"),
    )
    async def post(self, call: Call[NoBody], hearing_id: str) -> TicketView:
        return await self.services.hearings.ticket(call.actor, hearing_id)


class HearingObserversHandler(ApiHandler):
    @door(
        "Take a seat as an observer, by the link of a public hearing",
        allow=SIGNED_IN,
        body=HearingObserve,
        answer=HearingView,
        limit=FINDS,
        problems=("hearing.not_found", "hearing.link_invalid"),
    )
    async def post(self, call: Call[HearingObserve], hearing_id: str) -> HearingView:
        return await self.services.hearings.observe(call.actor, hearing_id, call.body.invitation)


class HearingCalendarHandler(ApiHandler):
    @door(
        "The hearing as a calendar file (RFC 5545)",
        allow=SIGNED_IN,
        raw=True,
        problems=("hearing.not_found",),
    )
    async def get(self, call: Call[NoBody], hearing_id: str) -> None:
        content = await self.services.hearings.calendar(call.actor, hearing_id)
        self.set_header("Content-Type", "text/calendar; charset=utf-8")
        self.set_header("Content-Disposition", 'attachment; filename="hearing.ics"')
        self.finish(content)


class HearingLinesHandler(ApiHandler):
    @door(
        "What was said on the private line between those who preside and the clerk, ascending by seq",
        allow=SIGNED_IN,
        query=MessageListQuery,
        answer=LinePage,
        problems=("hearing.not_found", "hearing.not_allowed"),
    )
    async def get(self, call: Call[NoBody], hearing_id: str) -> LinePage:
        return await self.services.bench_lines.page(call.actor, hearing_id, call.query)


_ID = "([0-9a-f]{24})"
ROUTES = [
    (f"/api/v1/spaces/{_ID}/hearings", SpaceHearingsHandler),
    ("/api/v1/hearings", HearingsHandler),
    ("/api/v1/hearings/find", HearingFindHandler),
    (f"/api/v1/hearings/{_ID}", HearingHandler),
    (f"/api/v1/hearings/{_ID}/reschedule", HearingRescheduleHandler),
    (f"/api/v1/hearings/{_ID}/cancel", HearingCancelHandler),
    (f"/api/v1/hearings/{_ID}/ticket", HearingTicketHandler),
    (f"/api/v1/hearings/{_ID}/observers", HearingObserversHandler),
    (f"/api/v1/hearings/{_ID}/calendar", HearingCalendarHandler),
    (f"/api/v1/hearings/{_ID}/lines", HearingLinesHandler),
]

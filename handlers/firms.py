"""``/firms``: law firms and their lawyers; ops keep them."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from handlers.preconditions import show_revision, wanted_revision
from schemas.api.base import NoBody
from schemas.api.firms import FirmBody, FirmList, FirmView
from schemas.enums import Role
from services.permissions import only

_KEEPS = only(Role.OPS)


class FirmsHandler(ApiHandler):
    @door("List law firms", allow=_KEEPS, answer=FirmList)
    async def get(self, call: Call[NoBody]) -> FirmList:
        return await self.services.firms.list(call.actor)

    @door("Register a law firm", allow=_KEEPS, body=FirmBody, answer=FirmView, status=201, problems=("firm.exists",))
    async def post(self, call: Call[FirmBody]) -> FirmView:
        view = await self.services.firms.create(call.actor, call.body)
        show_revision(self, view.revision)
        return view


class FirmHandler(ApiHandler):
    @door(
        "Change a law firm (If-Match)",
        allow=_KEEPS,
        body=FirmBody,
        answer=FirmView,
        problems=("firm.not_found", "firm.exists", "request.changed_meanwhile", "request.if_match_missing"),
    )
    async def put(self, call: Call[FirmBody], firm_id: str) -> FirmView:
        view = await self.services.firms.change(call.actor, firm_id, wanted_revision(self), call.body)
        show_revision(self, view.revision)
        return view


class FirmLawyerHandler(ApiHandler):
    @door(
        "Make a lawyer the firm's, and no other's",
        allow=_KEEPS,
        answer=FirmView,
        problems=("firm.not_found", "account.not_found"),
    )
    async def put(self, call: Call[NoBody], firm_id: str, user_id: str) -> FirmView:
        return await self.services.firms.join(call.actor, firm_id, user_id)


_FIRM = "/api/v1/firms/([0-9a-f]{24})"
ROUTES = [
    ("/api/v1/firms", FirmsHandler),
    (_FIRM, FirmHandler),
    (f"{_FIRM}/lawyers/([0-9a-f]{{24}})", FirmLawyerHandler),
]

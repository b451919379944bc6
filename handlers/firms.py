"""``/firms``: law firms and their lawyers; ops keep them."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from handlers.preconditions import show_revision, wanted_revision
from schemas.api.base import NoBody, Page, PageQuery
from schemas.api.firms import FirmBody, FirmView
from schemas.enums import Role
from services.permissions import only

_KEEPS = only(Role.OPS)
_DECIDE = ("firm.not_found", "firm.nothing_wanted", "request.changed_meanwhile", "request.if_match_missing")


class FirmsHandler(ApiHandler):
    @door("List law firms, newest first", allow=_KEEPS, query=PageQuery, answer=Page[FirmView])
    async def get(self, call: Call[NoBody]) -> Page[FirmView]:
        return await self.services.firms.page(call.actor, call.query)

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


class FirmMerchantApproveHandler(ApiHandler):
    @door(
        "Approve the merchant number that a colleague entered: money is shared to it from now on (If-Match)",
        allow=_KEEPS,
        answer=FirmView,
        problems=(*_DECIDE, "firm.same_person", "firm.own"),
    )
    async def post(self, call: Call[NoBody], firm_id: str) -> FirmView:
        view = await self.services.firms.approve_merchant(call.actor, firm_id, wanted_revision(self))
        show_revision(self, view.revision)
        return view


class FirmMerchantRefuseHandler(ApiHandler):
    @door(
        "Refuse, or take back, the merchant number that waits (If-Match)",
        allow=_KEEPS,
        answer=FirmView,
        problems=_DECIDE,
    )
    async def post(self, call: Call[NoBody], firm_id: str) -> FirmView:
        view = await self.services.firms.refuse_merchant(call.actor, firm_id, wanted_revision(self))
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
    (f"{_FIRM}/merchant/approve", FirmMerchantApproveHandler),
    (f"{_FIRM}/merchant/refuse", FirmMerchantRefuseHandler),
    (f"{_FIRM}/lawyers/([0-9a-f]{{24}})", FirmLawyerHandler),
]

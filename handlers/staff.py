"""``/desk/staff``: who works here; and a lawyer's own profile."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody, Page
from schemas.api.lawyers import LawyerProfile
from schemas.api.staff import OwnProfileBody, ProfileBody, StaffBody, StaffQuery, StaffView, StopBody
from schemas.enums import Role
from services.permissions import only

_OPS = only(Role.OPS)
_RULES = ("account.not_found", "staff.own_account", "staff.last_ops")


class StaffListHandler(ApiHandler):
    @door("Staff, oldest account first", allow=_OPS, query=StaffQuery, answer=Page[StaffView])
    async def get(self, call: Call[NoBody]) -> Page[StaffView]:
        return await self.services.staff_desk.page(call.actor, call.query)


class StaffHandler(ApiHandler):
    @door(
        "Give somebody other roles, put them on or off duty",
        allow=_OPS,
        body=StaffBody,
        answer=StaffView,
        problems=(*_RULES, "staff.orders_open", "staff.hearings_open"),
        description="Their sessions end when roles change. They leave the case spaces in which they were by a role "
        "that they lost.",
    )
    async def put(self, call: Call[StaffBody], user_id: str) -> StaffView:
        return await self.services.staff_desk.change(call.actor, user_id, call.body)


class StaffStopHandler(ApiHandler):
    @door(
        "Stop an account of staff: all its sessions end", allow=_OPS, body=StopBody, answer=StaffView, problems=_RULES
    )
    async def post(self, call: Call[StopBody], user_id: str) -> StaffView:
        return await self.services.staff_desk.stop(call.actor, user_id, call.body)


class StaffLetInHandler(ApiHandler):
    @door("Let a stopped account sign in again", allow=_OPS, answer=StaffView, problems=("account.not_found",))
    async def post(self, call: Call[NoBody], user_id: str) -> StaffView:
        return await self.services.staff_desk.let_in(call.actor, user_id)


class StaffProfileHandler(ApiHandler):
    @door(
        "Write a lawyer's profile",
        allow=_OPS,
        body=ProfileBody,
        answer=LawyerProfile,
        problems=("account.not_found", "firm.not_found"),
        description="The firm is the one that the lawyer joined. Another licence number has to be verified anew.",
    )
    async def put(self, call: Call[ProfileBody], user_id: str) -> LawyerProfile:
        return await self.services.profiles.set(call.actor, user_id, call.body)


class OwnProfileHandler(ApiHandler):
    @door(
        "A lawyer writes what they say of themselves",
        allow=only(Role.LAWYER),
        body=OwnProfileBody,
        answer=LawyerProfile,
        problems=("account.not_found", "firm.not_found"),
    )
    async def put(self, call: Call[OwnProfileBody]) -> LawyerProfile:
        return await self.services.profiles.set_own(call.actor, call.body)


_ONE = "/api/v1/desk/staff/([0-9a-f]{24})"
ROUTES = [
    ("/api/v1/desk/staff", StaffListHandler),
    (_ONE, StaffHandler),
    (f"{_ONE}/stop", StaffStopHandler),
    (f"{_ONE}/let-in", StaffLetInHandler),
    (f"{_ONE}/profile", StaffProfileHandler),
    ("/api/v1/me/profile", OwnProfileHandler),
]

"""The signed-in person, and other people as far as they may be seen."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody, Page
from schemas.api.lawyers import LawyerQuery, LawyerView
from schemas.api.me import MeView, PhoneView, RenameBody
from schemas.api.own_data import OwnDataView
from schemas.enums import Role
from services.identity.accounts import PHONE_READERS
from services.permissions import PUBLIC, SIGNED_IN, only
from services.rate_limits import Limit

COPIES = Limit(6, 3600)


class MeHandler(ApiHandler):
    @door("Who am I", allow=SIGNED_IN, answer=MeView, before_terms=True)
    async def get(self, call: Call[NoBody]) -> MeView:
        return await self.services.accounts.me(call.actor)

    @door("Take another display name", allow=SIGNED_IN, body=RenameBody, answer=MeView)
    async def patch(self, call: Call[RenameBody]) -> MeView:
        return await self.services.accounts.rename(call.actor, call.body.display_name)


class PhoneHandler(ApiHandler):
    @door(
        "Read somebody's whole phone number",
        allow=only(*PHONE_READERS),
        answer=PhoneView,
        problems=("account.not_found",),
        description="Every reading is recorded in the audit trail.",
    )
    async def get(self, call: Call[NoBody], user_id: str) -> PhoneView:
        return await self.services.accounts.read_phone(call.actor, user_id)


class LawyersHandler(ApiHandler):
    @door("Lawyers who can be chosen", allow=PUBLIC, query=LawyerQuery, answer=Page[LawyerView])
    async def get(self, call: Call[NoBody]) -> Page[LawyerView]:
        return await self.services.accounts.lawyers(call.query)


class LawyerHandler(ApiHandler):
    @door("A lawyer's public profile", allow=PUBLIC, answer=LawyerView, problems=("account.not_found",))
    async def get(self, call: Call[NoBody], user_id: str) -> LawyerView:
        return await self.services.accounts.lawyer(user_id)


class OwnDataHandler(ApiHandler):
    @door(
        "A copy of everything that is kept about the caller",
        allow=only(Role.CLIENT),
        answer=OwnDataView,
        limit=COPIES,
        before_terms=True,
        description="In the clear, for the person themselves (PIPL 45); audited. `spaces` name where the bundles are.",
    )
    async def get(self, call: Call[NoBody]) -> OwnDataView:
        self.set_header("Content-Disposition", 'attachment; filename="my-data.json"')
        return await self.services.own_data.of(call.actor)


ROUTES = [
    ("/api/v1/me", MeHandler),
    ("/api/v1/me/export", OwnDataHandler),
    ("/api/v1/users/([0-9a-f]{24})/phone", PhoneHandler),
    ("/api/v1/lawyers", LawyersHandler),
    ("/api/v1/lawyers/([0-9a-f]{24})", LawyerHandler),
]

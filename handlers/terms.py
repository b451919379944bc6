"""What everybody agrees to: privacy policy and user agreement (个人信息保护法 13–17)."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from schemas.api.terms import AgreeBody, MyTermsView, TermsListView
from schemas.enums import Role
from services.permissions import PUBLIC, SIGNED_IN, only


class TermsHandler(ApiHandler):
    @door("The privacy policy and the user agreement, in their words of now", allow=PUBLIC, answer=TermsListView)
    async def get(self, call: Call[NoBody]) -> TermsListView:
        return self.services.terms.texts()


class MyTermsHandler(ApiHandler):
    @door("What the caller has agreed to, and what is left", allow=SIGNED_IN, answer=MyTermsView, before_terms=True)
    async def get(self, call: Call[NoBody]) -> MyTermsView:
        return await self.services.terms.mine(call.actor)

    @door(
        "Agree to the versions that were read",
        allow=only(Role.CLIENT),
        body=AgreeBody,
        answer=MyTermsView,
        problems=("terms.outdated",),
        before_terms=True,
    )
    async def post(self, call: Call[AgreeBody]) -> MyTermsView:
        return await self.services.terms.agree(call.actor, call.body)

    @door(
        "Take the consent back; every session of the caller ends",
        allow=only(Role.CLIENT),
        before_terms=True,
        description="`withdrawal` of the GET says what follows. The next sign-in is asked to agree again.",
    )
    async def delete(self, call: Call[NoBody]) -> None:
        await self.services.terms.withdraw(call.actor)


ROUTES = [
    ("/api/v1/terms", TermsHandler),
    ("/api/v1/me/terms", MyTermsHandler),
]

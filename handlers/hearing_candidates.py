"""``/spaces/{id}/hearing-candidates``: whom a hearing in a case can be called with."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from schemas.api.hearing_candidates import CandidateFind, CandidateListView, CandidateView
from services.permissions import STAFF
from services.rate_limits import Limit

PHONES = Limit(20, 3_600)  # numbers are few enough to be tried

CANDIDATES = "/api/v1/spaces/([0-9a-f]{24})/hearing-candidates"


class HearingCandidatesHandler(ApiHandler):
    @door(
        "Whom a hearing in this case can be called with",
        allow=STAFF,
        answer=CandidateListView,
        problems=("space.not_found",),
    )
    async def get(self, call: Call[NoBody], space_id: str) -> CandidateListView:
        return await self.services.hearing_candidates.all(call.actor, space_id)


class HearingCandidateFindHandler(ApiHandler):
    @door(
        "Find somebody by their phone, to call them to a hearing",
        allow=STAFF,
        body=CandidateFind,
        answer=CandidateView,
        limit=PHONES,
        problems=("space.not_found", "account.not_found"),
        description="An opposing party or a witness, who must have signed in before. Recorded in the audit trail.",
    )
    async def post(self, call: Call[CandidateFind], space_id: str) -> CandidateView:
        return await self.services.hearing_candidates.by_phone(call.actor, space_id, call.body.phone)


ROUTES = [(CANDIDATES, HearingCandidatesHandler), (CANDIDATES + "/find", HearingCandidateFindHandler)]

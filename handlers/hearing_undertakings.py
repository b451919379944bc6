"""``/hearings/{id}/undertaking``: a witness signs the undertaking to tell the truth (保证书)."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.hearings import HearingView
from schemas.api.undertakings import UndertakingBody
from services.permissions import SIGNED_IN


class HearingUndertakingHandler(ApiHandler):
    @door(
        "Sign the undertaking to tell the truth, before testifying",
        allow=SIGNED_IN,
        body=UndertakingBody,
        answer=HearingView,
        problems=(
            "hearing.not_found",
            "hearing.not_allowed",
            "hearing.closed",
            "hearing.asynchronous",
            "hearing.no_undertaking",
            "hearing.not_inside",
            "hearing.identity_doubted",
            "verification.required",
            "minutes.text_changed",
            "minutes.signature_invalid",
        ),
        description="Of witnesses in a court hearing (最高人民法院关于民事诉讼证据的若干规定, article 71).",
    )
    async def post(self, call: Call[UndertakingBody], hearing_id: str) -> HearingView:
        return await self.services.undertakings.sign(call.actor, hearing_id, call.body)


ROUTES = [("/api/v1/hearings/([0-9a-f]{24})/undertaking", HearingUndertakingHandler)]

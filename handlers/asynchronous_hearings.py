"""``/hearings/{id}/…`` of asynchronous hearings (异步庭审): whether it is one, its stages and deadlines, turns."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.asynchronous import (
    ApplicationReasonView,
    AsynchronousChoice,
    DeadlineBody,
    QuestionBody,
    StageOpening,
    TurnBody,
    TurnListView,
    TurnQuery,
    TurnView,
)
from schemas.api.base import NoBody
from schemas.api.hearings import HearingMove, HearingView
from services.permissions import SIGNED_IN, STAFF

_USUAL = ("hearing.not_found", "hearing.closed", "hearing.not_allowed", "hearing.wrong_stage")
_ASYNC = (*_USUAL, "hearing.not_asynchronous")
_IDENTITY = ("verification.required", "hearing.identity_doubted")
_TURN = (*_ASYNC, "message.id_reused")


class HearingAsynchronousHandler(ApiHandler):
    @door(
        "Ask that a hearing go on asynchronously, agree, refuse; grant or decline",
        allow=SIGNED_IN,
        body=AsynchronousChoice,
        answer=HearingView,
        problems=(*_USUAL, "hearing.asynchronous", "hearing.no_application", "hearing.consent_missing", *_IDENTITY),
        description="Every party must have agreed, themselves or by counsel, before the presider can grant it "
        "(人民法院在线诉讼规则, article 20). Before it begins, or in a recess.",
    )
    async def post(self, call: Call[AsynchronousChoice], hearing_id: str) -> HearingView:
        return await self.services.exchanges.choose(call.actor, hearing_id, call.body)

    @door(
        "Why somebody asks that a hearing go on asynchronously, for those who agree to it or decide it",
        allow=SIGNED_IN,
        answer=ApplicationReasonView,
        problems=("hearing.not_found", "hearing.not_allowed", "hearing.no_application"),
    )
    async def get(self, call: Call[NoBody], hearing_id: str) -> ApplicationReasonView:
        return await self.services.exchanges.application(call.actor, hearing_id)


class HearingStagesHandler(ApiHandler):
    @door(
        "Open a stage of an asynchronous hearing, with its deadline; go into a recess; close",
        allow=STAFF,
        body=StageOpening,
        answer=HearingView,
        problems=(*_ASYNC, "hearing.consent_missing"),
    )
    async def post(self, call: Call[StageOpening], hearing_id: str) -> HearingView:
        return await self.services.exchanges.move(call.actor, hearing_id, call.body)


class HearingDeadlinesHandler(ApiHandler):
    @door(
        "Give more time, for the present stage or for a question",
        allow=STAFF,
        body=DeadlineBody,
        answer=HearingView,
        problems=(*_ASYNC, "hearing.deadline_invalid", "hearing.no_question", "hearing.question_closed"),
    )
    async def post(self, call: Call[DeadlineBody], hearing_id: str) -> HearingView:
        return await self.services.exchanges.extend(call.actor, hearing_id, call.body)


class HearingLiveHandler(ApiHandler):
    @door(
        "Go on in the court room, at a time that everybody is told",
        allow=STAFF,
        body=HearingMove,
        answer=HearingView,
        problems=_ASYNC,
    )
    async def post(self, call: Call[HearingMove], hearing_id: str) -> HearingView:
        return await self.services.exchanges.live(call.actor, hearing_id, call.body)


class HearingTurnsHandler(ApiHandler):
    @door(
        "Take a turn in an asynchronous hearing, or answer a question: text, or a file of its space",
        allow=SIGNED_IN,
        body=TurnBody,
        answer=TurnView,
        status=201,
        problems=(
            *_TURN,
            "hearing.turn_over",
            "hearing.no_turn_left",
            "hearing.not_your_turn",
            "hearing.no_question",
            "hearing.question_closed",
            "file.not_found",
            "file.not_uploaded",
            *_IDENTITY,
        ),
    )
    async def post(self, call: Call[TurnBody], hearing_id: str) -> TurnView:
        return await self.services.turns.say(call.actor, hearing_id, call.body)

    @door(
        "The turns of an asynchronous hearing, in order",
        allow=SIGNED_IN,
        query=TurnQuery,
        answer=TurnListView,
        problems=("hearing.not_found", "hearing.not_allowed", "file.not_found"),
    )
    async def get(self, call: Call[NoBody], hearing_id: str) -> TurnListView:
        return await self.services.turns.page(call.actor, hearing_id, call.query)


class HearingSkipHandler(ApiHandler):
    @door(
        "Leave it to the next side to speak, where the sides alternate; the presider passes over a side that is silent",
        allow=SIGNED_IN,
        answer=HearingView,
        problems=(*_ASYNC, "hearing.not_your_turn", "hearing.turn_over"),
    )
    async def post(self, call: Call[NoBody], hearing_id: str) -> HearingView:
        return await self.services.exchanges.skip(call.actor, hearing_id)


class HearingQuestionsHandler(ApiHandler):
    @door(
        "Put a question to somebody, to be answered by their side in so many hours",
        allow=STAFF,
        body=QuestionBody,
        answer=TurnView,
        status=201,
        problems=(*_TURN, "hearing.no_participant", "hearing.deadline_invalid"),
    )
    async def post(self, call: Call[QuestionBody], hearing_id: str) -> TurnView:
        return await self.services.turns.ask(call.actor, hearing_id, call.body)


_HEARING = "/api/v1/hearings/([0-9a-f]{24})"
ROUTES = [
    (f"{_HEARING}/asynchronous", HearingAsynchronousHandler),
    (f"{_HEARING}/stages", HearingStagesHandler),
    (f"{_HEARING}/deadlines", HearingDeadlinesHandler),
    (f"{_HEARING}/live", HearingLiveHandler),
    (f"{_HEARING}/turns", HearingTurnsHandler),
    (f"{_HEARING}/skip", HearingSkipHandler),
    (f"{_HEARING}/questions", HearingQuestionsHandler),
]

"""``/hearings/{hearing_id}/minutes``: the minutes of a hearing (庭审笔录), written, read, corrected and signed (I6)."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from schemas.api.minutes import (
    EntryBody,
    EntryChange,
    EntryView,
    HeadChange,
    MinutesMove,
    MinutesView,
    ObjectionAnswer,
    ObjectionBody,
    RefusalBody,
    SignatureBody,
    SuggestBody,
)
from services.permissions import SIGNED_IN
from services.rate_limits import Limit

TYPING = Limit(240, 60)  # somebody who writes down a lively debate, and corrects it
SIGNATURES = Limit(20, 60)
LISTENING = Limit(6, 60)
_USUAL = ("hearing.not_found", "hearing.not_allowed", "minutes.wrong_state", "file.gone")


class MinutesHandler(ApiHandler):
    @door(
        "The minutes of a hearing, as the caller sees them",
        allow=SIGNED_IN,
        answer=MinutesView,
        problems=_USUAL,
        description="Parties and counsel read along while they are written; a witness sees their own words, from when "
        "the minutes are read; observers see nothing.",
    )
    async def get(self, call: Call[NoBody], hearing_id: str) -> MinutesView:
        return await self.services.minutes.reading.view(call.actor, hearing_id)


class MinutesHeadHandler(ApiHandler):
    @door(
        "Put case number, cause and place at the head of the minutes",
        allow=SIGNED_IN,
        body=HeadChange,
        answer=MinutesView,
        problems=_USUAL,
    )
    async def patch(self, call: Call[HeadChange], hearing_id: str) -> MinutesView:
        return await self.services.minutes.entries.head(call.actor, hearing_id, call.body)


class MinutesEntriesHandler(ApiHandler):
    @door(
        "Write a line of the minutes; the same client_id again adds nothing",
        allow=SIGNED_IN,
        body=EntryBody,
        answer=EntryView,
        status=201,
        limit=TYPING,
        problems=(*_USUAL, "hearing.no_participant", "minutes.no_entry", "minutes.id_reused", "minutes.full"),
    )
    async def post(self, call: Call[EntryBody], hearing_id: str) -> EntryView:
        return await self.services.minutes.entries.write(call.actor, hearing_id, call.body)


class MinutesEntryHandler(ApiHandler):
    @door(
        "Put a line of the minutes right before they are read; what it said before is kept",
        allow=SIGNED_IN,
        body=EntryChange,
        answer=EntryView,
        limit=TYPING,
        problems=(
            *_USUAL,
            "hearing.no_participant",
            "minutes.no_entry",
            "minutes.no_speech",
            "minutes.full",
            "request.changed_meanwhile",
        ),
    )
    async def patch(self, call: Call[EntryChange], hearing_id: str, entry_id: str) -> EntryView:
        return await self.services.minutes.entries.change(call.actor, hearing_id, entry_id, call.body)


class MinutesSuggestionsHandler(ApiHandler):
    @door(
        "Suggest lines from what speech recognition hears in a segment of the recording",
        allow=SIGNED_IN,
        body=SuggestBody,
        answer=MinutesView,
        limit=LISTENING,
        problems=(*_USUAL, "minutes.no_recognition", "minutes.no_recording", "provider.unavailable"),
        description="Answers when everything was heard, which may take minutes; the lines come by `hearing:minutes` "
        "speaker by speaker. Only the bench sees suggestions; the same call again adds nothing.",
    )
    async def post(self, call: Call[SuggestBody], hearing_id: str) -> MinutesView:
        return await self.services.minutes.suggestions.listen(call.actor, hearing_id, call.body)


class MinutesObjectionsHandler(ApiHandler):
    @door(
        "Ask for a correction of a line (申请补正)",
        allow=SIGNED_IN,
        body=ObjectionBody,
        answer=EntryView,
        status=201,
        problems=(*_USUAL, "minutes.no_entry", "minutes.id_reused", "minutes.full"),
    )
    async def post(self, call: Call[ObjectionBody], hearing_id: str, entry_id: str) -> EntryView:
        return await self.services.minutes.reading.object(call.actor, hearing_id, entry_id, call.body)


class MinutesAnswerHandler(ApiHandler):
    @door(
        "Correct what somebody objected to, or note why it stays",
        allow=SIGNED_IN,
        body=ObjectionAnswer,
        answer=EntryView,
        problems=(*_USUAL, "minutes.no_objection", "minutes.answered", "minutes.full"),
    )
    async def post(self, call: Call[ObjectionAnswer], hearing_id: str, objection_id: str) -> EntryView:
        return await self.services.minutes.reading.answer(call.actor, hearing_id, objection_id, call.body)


class MinutesStateHandler(ApiHandler):
    @door(
        "Send the minutes to everybody, take them back, fix their words, or void a fixed text",
        allow=SIGNED_IN,
        body=MinutesMove,
        answer=MinutesView,
        problems=(
            *_USUAL,
            "request.changed_meanwhile",
            "minutes.court_sits",
            "minutes.not_closed",
            "minutes.empty",
            "minutes.objections_open",
            "minutes.reason_missing",
            "minutes.full",
            "server.unavailable",
        ),
    )
    async def post(self, call: Call[MinutesMove], hearing_id: str) -> MinutesView:
        return await self.services.minutes.reading.move(call.actor, hearing_id, call.body)


class MinutesSignaturesHandler(ApiHandler):
    @door(
        "Sign the fixed text with a signature drawn by hand",
        allow=SIGNED_IN,
        body=SignatureBody,
        answer=MinutesView,
        limit=SIGNATURES,
        problems=(
            *_USUAL,
            "minutes.signature_invalid",
            "minutes.text_changed",
            "minutes.nothing_to_sign",
            "minutes.signed_already",
            "minutes.signatures_open",
            "verification.required",
            "hearing.identity_doubted",
        ),
    )
    async def post(self, call: Call[SignatureBody], hearing_id: str) -> MinutesView:
        return await self.services.minutes.signing.sign(call.actor, hearing_id, call.body)


class MinutesRefusalsHandler(ApiHandler):
    @door(
        "Refuse to sign, with the reason; the court notes it of others",
        allow=SIGNED_IN,
        body=RefusalBody,
        answer=MinutesView,
        limit=SIGNATURES,
        problems=(*_USUAL, "hearing.no_participant", "minutes.nothing_to_sign", "minutes.signed_already"),
    )
    async def post(self, call: Call[RefusalBody], hearing_id: str) -> MinutesView:
        return await self.services.minutes.signing.refuse(call.actor, hearing_id, call.body)


class MinutesTextHandler(ApiHandler):
    @door(
        "The fixed text that the caller signs, as RFC 8785 JSON: its SHA-256 is the one that is signed",
        allow=SIGNED_IN,
        raw=True,
        problems=_USUAL,
    )
    async def get(self, call: Call[NoBody], hearing_id: str) -> None:
        text = await self.services.minutes.reading.text(call.actor, hearing_id)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(text)


_ID = "([0-9a-f]{24})"
_MINUTES = f"/api/v1/hearings/{_ID}/minutes"
ROUTES = [
    (_MINUTES, MinutesHandler),
    (f"{_MINUTES}/head", MinutesHeadHandler),
    (f"{_MINUTES}/entries", MinutesEntriesHandler),
    (f"{_MINUTES}/entries/{_ID}", MinutesEntryHandler),
    (f"{_MINUTES}/entries/{_ID}/objections", MinutesObjectionsHandler),
    (f"{_MINUTES}/suggestions", MinutesSuggestionsHandler),
    (f"{_MINUTES}/objections/{_ID}/answer", MinutesAnswerHandler),
    (f"{_MINUTES}/state", MinutesStateHandler),
    (f"{_MINUTES}/signatures", MinutesSignaturesHandler),
    (f"{_MINUTES}/refusals", MinutesRefusalsHandler),
    (f"{_MINUTES}/text", MinutesTextHandler),
]

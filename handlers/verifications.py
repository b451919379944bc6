"""Proving who one is (B2): consent, photos, fields, and the desk that decides where nobody can be asked."""

from collections.abc import AsyncIterator

from handlers.base import ApiHandler
from handlers.doors import Call, door
from handlers.upload_forms import as_reached
from schemas.api.base import NoBody, Page, PageQuery
from schemas.api.files import UploadView
from schemas.api.verifications import (
    ConsentQuery,
    ConsentTextView,
    ConsentView,
    DecideBody,
    DeskVerificationsQuery,
    DeskVerificationView,
    MyVerificationsView,
    PaperBody,
    PaperDone,
    SubmitBody,
    VerificationBody,
    VerificationView,
)
from schemas.enums import Role
from schemas.reading_enums import ReadingKind
from services.errors import Problem
from services.permissions import SIGNED_IN, only
from services.rate_limits import Limit

OPS = only(Role.OPS)
# A photo is up to some megabytes to be decoded; nobody needs more than a few tries.
PHOTOS = Limit(30, 60)
_OWN = ("verification.not_found", "verification.wrong_state")
_FILE = ("file.not_found", "file.not_uploaded", "file.gone", "file.type_refused", "file.too_large", "file.damaged")
_FILE_SAID = ("file.empty", "file.size_mismatch", "file.hash_mismatch", "file.type_mismatch")


class ConsentTextHandler(ApiHandler):
    @door(
        "The text to agree to before papers are photographed",
        allow=SIGNED_IN,
        query=ConsentQuery,
        answer=ConsentTextView,
    )
    async def get(self, call: Call[NoBody]) -> ConsentTextView:
        return self.services.verifications.consent_text(call.query.kind)


class ConsentsHandler(ApiHandler):
    @door(
        "What the caller has agreed to", allow=SIGNED_IN, query=PageQuery, answer=Page[ConsentView], before_terms=True
    )
    async def get(self, call: Call[NoBody]) -> Page[ConsentView]:
        return await self.services.verifications.my_consents(call.actor, call.query)


class MyVerificationsHandler(ApiHandler):
    @door("What the caller has proven, and their applications", allow=SIGNED_IN, answer=MyVerificationsView)
    async def get(self, call: Call[NoBody]) -> MyVerificationsView:
        return await self.services.verifications.mine(call.actor)

    @door(
        "Agree to the text, and open an application",
        allow=SIGNED_IN,
        body=VerificationBody,
        answer=VerificationView,
        status=201,
        problems=("auth.forbidden", "verification.consent_outdated", "verification.person_first"),
        description="One of a kind is open at a time: a repeat answers that one. `lawyer` is for lawyers, `company` "
        "for who is verified as a person.",
    )
    async def post(self, call: Call[VerificationBody]) -> VerificationView:
        return await self.services.verifications.begin(call.actor, call.body)


class VerificationHandler(ApiHandler):
    @door(
        "An application: how far it is, and what was read",
        allow=SIGNED_IN,
        answer=VerificationView,
        problems=("verification.not_found",),
    )
    async def get(self, call: Call[NoBody], verification_id: str) -> VerificationView:
        return await self.services.verifications.get(call.actor, verification_id)


class PapersHandler(ApiHandler):
    @door(
        "Announce the photo of a paper; the answer holds the form that uploads it",
        allow=SIGNED_IN,
        body=PaperBody,
        answer=UploadView,
        status=201,
        limit=PHOTOS,
        problems=(*_OWN, "verification.fields_invalid", *_FILE, *_FILE_SAID),
    )
    async def post(self, call: Call[PaperBody], verification_id: str) -> UploadView:
        return as_reached(self, await self.services.verifications.add_paper(call.actor, verification_id, call.body))


class PaperDoneHandler(ApiHandler):
    @door(
        "The photo is uploaded: check it, keep it, have it read",
        allow=SIGNED_IN,
        body=PaperDone,
        answer=VerificationView,
        limit=PHOTOS,
        problems=(*_OWN, "verification.fields_invalid", *_FILE, *_FILE_SAID),
    )
    async def post(self, call: Call[PaperDone], verification_id: str, paper: str) -> VerificationView:
        services = self.services.verifications
        return await services.complete_paper(call.actor, verification_id, _paper(paper), call.body.file_id)


class PaperHandler(ApiHandler):
    @door(
        "The photo of a paper of one's own",
        allow=SIGNED_IN,
        raw=True,
        problems=("verification.not_found", "file.not_found", "file.gone"),
    )
    async def get(self, call: Call[NoBody], verification_id: str, paper: str) -> None:
        await _send(self, *await self.services.verifications.photo(call.actor, verification_id, _paper(paper)))


class SubmitHandler(ApiHandler):
    @door(
        "Confirm the fields and have them checked",
        allow=SIGNED_IN,
        body=SubmitBody,
        answer=VerificationView,
        problems=(
            *_OWN,
            "verification.fields_invalid",
            "verification.papers_missing",
            "auth.too_many_attempts",
        ),
        description="What cannot be true is refused at once, field by field, and costs no attempt. May be repeated.",
    )
    async def post(self, call: Call[SubmitBody], verification_id: str) -> VerificationView:
        return await self.services.verifications.submit(call.actor, verification_id, call.body)


class FaceHandler(ApiHandler):
    @door(
        "Back from the provider's page: ask how the face check went",
        allow=SIGNED_IN,
        answer=VerificationView,
        problems=("verification.not_found", "provider.unavailable"),
    )
    async def post(self, call: Call[NoBody], verification_id: str) -> VerificationView:
        return await self.services.verifications.face(call.actor, verification_id)


class WithdrawHandler(ApiHandler):
    @door(
        "Take the consent back: an open application ends, photos are destroyed at once",
        allow=SIGNED_IN,
        answer=VerificationView,
        problems=_OWN,
    )
    async def post(self, call: Call[NoBody], verification_id: str) -> VerificationView:
        return await self.services.verifications.withdraw(call.actor, verification_id)


class DeskVerificationsHandler(ApiHandler):
    @door(
        "Applications that wait for a person, newest first",
        allow=OPS,
        query=DeskVerificationsQuery,
        answer=Page[DeskVerificationView],
    )
    async def get(self, call: Call[NoBody]) -> Page[DeskVerificationView]:
        return await self.services.reviews.page(call.actor, call.query)


class DeskVerificationHandler(ApiHandler):
    @door(
        "An application with its values; every look is recorded",
        allow=OPS,
        answer=DeskVerificationView,
        problems=("verification.not_found",),
    )
    async def get(self, call: Call[NoBody], verification_id: str) -> DeskVerificationView:
        return await self.services.reviews.get(call.actor, verification_id)


class DeskPaperHandler(ApiHandler):
    @door(
        "The photo of an applicant's paper; every look is recorded",
        allow=OPS,
        raw=True,
        problems=("verification.not_found", "file.not_found", "file.gone"),
    )
    async def get(self, call: Call[NoBody], verification_id: str, paper: str) -> None:
        await _send(self, *await self.services.reviews.photo(call.actor, verification_id, _paper(paper)))


class DecideHandler(ApiHandler):
    @door(
        "Approve or refuse an application",
        allow=OPS,
        body=DecideBody,
        answer=DeskVerificationView,
        problems=_OWN,
    )
    async def post(self, call: Call[DecideBody], verification_id: str) -> DeskVerificationView:
        return await self.services.reviews.decide(call.actor, verification_id, call.body)


def _paper(name: str) -> ReadingKind:
    try:
        return ReadingKind(name)
    except ValueError:
        raise Problem("file.not_found") from None


async def _send(handler: ApiHandler, content_type: str, blocks: AsyncIterator[bytes]) -> None:
    handler.set_header("Content-Type", content_type)
    handler.set_header("Cache-Control", "no-store")
    handler.set_header("X-Content-Type-Options", "nosniff")
    async for block in blocks:
        handler.write(block)
        await handler.flush()
    await handler.finish()


_ONE, _DESK = "/api/v1/verifications/([0-9a-f]{24})", "/api/v1/desk/verifications"
_PAPER = "papers/([a-z_]{1,40})"
ROUTES = [
    ("/api/v1/verification-consent", ConsentTextHandler),
    ("/api/v1/me/consents", ConsentsHandler),
    ("/api/v1/me/verifications", MyVerificationsHandler),
    (_ONE, VerificationHandler),
    (f"{_ONE}/papers", PapersHandler),
    (f"{_ONE}/{_PAPER}", PaperHandler),
    (f"{_ONE}/{_PAPER}/complete", PaperDoneHandler),
    (f"{_ONE}/submit", SubmitHandler),
    (f"{_ONE}/face", FaceHandler),
    (f"{_ONE}/withdraw", WithdrawHandler),
    (_DESK, DeskVerificationsHandler),
    (f"{_DESK}/([0-9a-f]{{24}})", DeskVerificationHandler),
    (f"{_DESK}/([0-9a-f]{{24}})/{_PAPER}", DeskPaperHandler),
    (f"{_DESK}/([0-9a-f]{{24}})/decide", DecideHandler),
]

"""Papers photographed to fill in a form, before there is a case (F2)."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from handlers.upload_forms import as_reached
from schemas.api.base import NoBody
from schemas.api.drafts import DraftPaperBody, DraftPapersView, DraftPaperView, FiledPapersView, FilePapersBody
from schemas.api.files import UploadView
from schemas.enums import Role
from services.permissions import only
from services.rate_limits import Limit

CLIENTS = only(Role.CLIENT)
ASKING = Limit(20, 600)


class DraftPapersHandler(ApiHandler):
    @door(
        "Announce a photo or PDF from which a form is to be filled in",
        allow=CLIENTS,
        body=DraftPaperBody,
        answer=UploadView,
        status=201,
        limit=ASKING,
        problems=("file.type_refused", "file.empty", "file.too_large", "draft.full", "reading.unavailable"),
        description="For who has no case yet. It serves for suggestions to the caller alone and is destroyed a day "
        "later.",
    )
    async def post(self, call: Call[DraftPaperBody]) -> UploadView:
        return as_reached(self, await self.services.draft_papers.begin(call.actor, call.body))

    @door("The caller's papers for forms, and how far each was read", allow=CLIENTS, answer=DraftPapersView)
    async def get(self, call: Call[NoBody]) -> DraftPapersView:
        return await self.services.draft_papers.list(call.actor)

    @door("Destroy the caller's papers for forms now", allow=CLIENTS, answer=DraftPapersView)
    async def delete(self, call: Call[NoBody]) -> DraftPapersView:
        return await self.services.draft_papers.discard(call.actor)


class DraftPaperCompleteHandler(ApiHandler):
    @door(
        "Say that the photo is uploaded: it is checked and read",
        allow=CLIENTS,
        answer=DraftPaperView,
        limit=ASKING,
        problems=(
            "file.not_found",
            "file.not_uploaded",
            "file.empty",
            "file.too_large",
            "file.size_mismatch",
            "file.hash_mismatch",
            "file.type_mismatch",
            "file.type_refused",
            "file.damaged",
            "file.gone",
            "draft.full",
            "reading.queue_full",
        ),
    )
    async def post(self, call: Call[NoBody], file_id: str) -> DraftPaperView:
        return await self.services.draft_papers.complete(call.actor, file_id)


class SpaceDraftPapersHandler(ApiHandler):
    @door(
        "Take papers that were photographed for a form into the case that came of it",
        allow=CLIENTS,
        body=FilePapersBody,
        answer=FiledPapersView,
        limit=ASKING,
        problems=(
            "space.not_found",
            "space.closed",
            "file.not_found",
            "file.gone",
            "reading.not_done",
        ),
        description="They keep their ids and hashes, and are listed as evidence unless they identify somebody. May be "
        "repeated.",
    )
    async def post(self, call: Call[FilePapersBody], space_id: str) -> FiledPapersView:
        return await self.services.paper_filing.file(call.actor, space_id, call.body)


ROUTES = [
    ("/api/v1/draft-papers", DraftPapersHandler),
    ("/api/v1/draft-papers/([0-9a-f]{24})/complete", DraftPaperCompleteHandler),
    ("/api/v1/spaces/([0-9a-f]{24})/draft-papers", SpaceDraftPapersHandler),
]

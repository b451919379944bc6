"""The catalogue of evidence of a space (F1), and the seven elements of its case (C8)."""

from handlers.base import ApiHandler
from handlers.doors import Call, door
from schemas.api.base import NoBody
from schemas.api.evidence import (
    CaseElements,
    CaseElementsView,
    EvidenceBody,
    EvidenceChange,
    EvidenceList,
    EvidenceView,
    MovementBody,
)
from schemas.enums import Role
from services.permissions import SIGNED_IN, only
from services.rate_limits import Limit

STAFF_OF_SPACE = only(Role.LAWYER, Role.SUPPORT)
PAPERS = Limit(20, 600)
_FILE = ("file.not_found", "file.not_uploaded", "file.held", "file.gone")
_IDENTITY = ("verification.required", "hearing.identity_doubted")
_STEP = ("evidence.not_found", "evidence.wrong_state", "file.gone")


class SpaceEvidenceHandler(ApiHandler):
    @door(
        "Take a file into the space's catalogue of evidence",
        allow=SIGNED_IN,
        body=EvidenceBody,
        answer=EvidenceView,
        status=201,
        idempotent=True,
        problems=("space.not_found", "space.closed", "hearing.refused", "evidence.listed_already", *_FILE, *_IDENTITY),
        description="What the body leaves out is filled in from the file's reading; change it where that is wrong. In "
        "the space of a hearing it is submitted to the court, and whoever does so has proven who they are.",
    )
    async def post(self, call: Call[EvidenceBody], space_id: str) -> EvidenceView:
        return await self.services.evidence.list_file(call.actor, space_id, call.body, call.intent)

    @door(
        "The catalogue of evidence of a space, by number",
        allow=SIGNED_IN,
        answer=EvidenceList,
        problems=("space.not_found", "file.gone"),
    )
    async def get(self, call: Call[NoBody], space_id: str) -> EvidenceList:
        return await self.services.evidence.catalogue(call.actor, space_id)


class EvidenceFileHandler(ApiHandler):
    @door(
        "The catalogue of evidence as a file: csv or pdf",
        allow=SIGNED_IN,
        raw=True,
        limit=PAPERS,
        problems=("space.not_found", "evidence.none", "server.unavailable"),
    )
    async def get(self, call: Call[NoBody], space_id: str, kind: str) -> None:
        files = self.services.evidence_files
        made = await (files.pdf if kind == "pdf" else files.csv)(call.actor, space_id)
        self.set_header("Content-Type", made.content_type)
        self.set_header("Content-Disposition", f'attachment; filename="evidence.{kind}"')
        self.finish(made.content)


class EvidenceHandler(ApiHandler):
    @door(
        "Put an entry of the catalogue right",
        allow=SIGNED_IN,
        body=EvidenceChange,
        answer=EvidenceView,
        problems=_STEP,
    )
    async def patch(self, call: Call[EvidenceChange], evidence_id: str) -> EvidenceView:
        return await self.services.evidence.change(call.actor, evidence_id, call.body)


class EvidenceOriginalsHandler(ApiHandler):
    @door(
        "Record that the original was received or returned",
        allow=STAFF_OF_SPACE,
        body=MovementBody,
        answer=EvidenceView,
        problems=_STEP,
    )
    async def post(self, call: Call[MovementBody], evidence_id: str) -> EvidenceView:
        return await self.services.evidence.move_original(call.actor, evidence_id, call.body)


class EvidenceSignHandler(ApiHandler):
    @door(
        "Sign for originals that were received and returned",
        allow=SIGNED_IN,
        answer=EvidenceView,
        problems=(*_STEP, *_IDENTITY),
        description="For who submitted it.",
    )
    async def post(self, call: Call[NoBody], evidence_id: str) -> EvidenceView:
        return await self.services.evidence.sign(call.actor, evidence_id)


class CaseElementsHandler(ApiHandler):
    @door(
        "The seven elements of the case, and what confirmed papers suggest for them",
        allow=STAFF_OF_SPACE,
        answer=CaseElementsView,
        problems=("space.not_found", "file.gone"),
    )
    async def get(self, call: Call[NoBody], space_id: str) -> CaseElementsView:
        return await self.services.case_elements.get(call.actor, space_id)

    @door(
        "Save the seven elements of the case: none may be missing",
        allow=STAFF_OF_SPACE,
        body=CaseElements,
        answer=CaseElementsView,
        problems=("space.not_found", "space.closed", "file.gone", "verification.required"),
    )
    async def put(self, call: Call[CaseElements], space_id: str) -> CaseElementsView:
        return await self.services.case_elements.put(call.actor, space_id, call.body)


_SPACE = "/api/v1/spaces/([0-9a-f]{24})"
_EVIDENCE = "/api/v1/evidence/([0-9a-f]{24})"
ROUTES = [
    (f"{_SPACE}/evidence", SpaceEvidenceHandler),
    (rf"{_SPACE}/evidence\.(csv|pdf)", EvidenceFileHandler),
    (_EVIDENCE, EvidenceHandler),
    (f"{_EVIDENCE}/originals", EvidenceOriginalsHandler),
    (f"{_EVIDENCE}/sign", EvidenceSignHandler),
    (f"{_SPACE}/case-elements", CaseElementsHandler),
]

"""Whom a hearing can be called with: the bench of this office, the people of the case, and others by their phone."""

from schemas.api.hearing_candidates import CandidateListView, CandidateView, ProcedureView
from schemas.documents.people import UserDocument
from schemas.enums import IdentityKind, Role
from schemas.hearing_enums import HearingKind
from services.actors import Actor
from services.audit import Audit
from services.errors import Problem
from services.hearings.asynchronous.exchange_views import open_stage_view
from services.hearings.asynchronous.procedures import PROCEDURES
from services.hearings.scheduling import SPACE_ROLES
from services.identity.people import People
from services.permissions import Permission
from services.spaces.spaces import Spaces
from services.storage.database import Database

MOST = 200
_FIELDS = {"display_name": 1, "roles": 1}


class Candidates:
    def __init__(self, database: Database, people: People, spaces: Spaces, audit: Audit) -> None:
        self._db = database
        self._people = people
        self._spaces = spaces
        self._audit = audit

    async def all(self, actor: Actor, case_space_id: str) -> CandidateListView:
        """Who may preside or keep the minutes (nobody of the case's space), and who could be a side or its counsel;
        what each kind of hearing gives time for, when it is held in turns.

        Raises ``space.not_found``, ``auth.forbidden``.
        """
        place = await self._spaces.access(actor, case_space_id, Permission.SPACE_HEARING)
        members = [one["user_id"] for one in place.space["members"] if "left_at" not in one]
        bench = {"roles": {"$in": [Role.PRESIDER, Role.CLERK]}, "disabled": False, "_id": {"$nin": members}}
        sides = {"_id": {"$in": members}, "roles": {"$in": [Role.CLIENT, Role.LAWYER]}, "disabled": False}
        return CandidateListView(
            bench=await self._found(bench),
            case=await self._found(sides),
            procedures=[_procedure(k) for k in HearingKind],
        )

    async def by_phone(self, actor: Actor, case_space_id: str, phone: str) -> CandidateView:
        """Somebody who has signed in with this number: an opposing party, say. Every look-up is recorded.

        Raises ``space.not_found``, ``auth.forbidden``, ``account.not_found``.
        """
        await self._spaces.access(actor, case_space_id, Permission.SPACE_HEARING)
        await self._audit.write(actor, "hearing.person_sought", f"space:{case_space_id}")
        identity = await self._people.find(IdentityKind.PHONE, phone)
        user = await self._people.load(identity["user_id"]) if identity else None
        if user is None or user["disabled"]:
            raise Problem("account.not_found")
        return _view(user)

    async def _found(self, wanted: dict[str, object]) -> list[CandidateView]:
        users = await self._db.users.find(wanted, _FIELDS).sort("display_name", 1).limit(MOST).to_list()
        return [_view(user) for user in users]


def _view(user: UserDocument) -> CandidateView:
    suits = [place for place, role in SPACE_ROLES.items() if role in user["roles"]]
    return CandidateView(user_id=user["_id"], display_name=user["display_name"], suits=suits)


def _procedure(kind: HearingKind) -> ProcedureView:
    stages = PROCEDURES[kind].items()
    return ProcedureView(kind=kind, stages=[open_stage_view(kind, stage, order) for stage, order in stages])

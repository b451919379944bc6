"""Calling a hearing: its own space beside the case's (ruling 10), its people, its code."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.api.hearings import HearingBody, ParticipantBody
from schemas.documents.hearings import HearingDocument
from schemas.documents.people import UserDocument
from schemas.documents.spaces import SpaceDocument
from schemas.enums import Role
from schemas.hearing_enums import HearingRole
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.hearings.asynchronous.procedures import open_stage
from services.hearings.court import Court, Seat
from services.hearings.docket import fields_of
from services.hearings.passes import new_code
from services.hearings.proven_seats import has_proven
from services.ids import new_id
from services.keys import Vault
from services.outbox import Outbox
from services.permissions import Permission
from services.spaces.spaces import NewMember, Spaces, current_member
from services.storage.database import Database

CALLED = "hearing.called"  # kinds of outbox rows
TRIES = 5  # of a code that another hearing has

# Whoever has this place in a hearing must have this role as an account, and has it in the hearing's space. Witnesses
# and observers are no members of it: they may not read what was said before they were called, or afterwards.
SPACE_ROLES: dict[HearingRole, Role] = {
    HearingRole.PRESIDER: Role.PRESIDER,
    HearingRole.CLERK: Role.CLERK,
    HearingRole.PARTY: Role.CLIENT,
    HearingRole.COUNSEL: Role.LAWYER,
}
_NEUTRAL = frozenset({HearingRole.PRESIDER, HearingRole.CLERK})


class Scheduling:
    def __init__(
        self, database: Database, spaces: Spaces, vault: Vault, audit: Audit, outbox: Outbox, clock: Clock = utc_now
    ) -> None:
        self._db = database
        self._spaces = spaces
        self._vault = vault
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def schedule(self, actor: Actor, case_space_id: str, body: HearingBody) -> HearingDocument:
        """Call a hearing in a case. Lawyers and staff of the case's space only.

        Raises ``space.*``, ``auth.forbidden``, ``hearing.participants_invalid``, ``hearing.hours_invalid``.
        """
        if strange := [stage for stage in body.hours if open_stage(body.kind, stage) is None]:
            errors = [{"field": f"hours.{stage}", "message": "没有这个阶段"} for stage in strange]
            raise Problem("hearing.hours_invalid", errors=errors)
        place = await self._spaces.access(actor, case_space_id, Permission.SPACE_HEARING)
        seats = await self._seats(place.space, body.participants)
        for _ in range(TRIES):
            document = self._document(actor, place.space, body, seats)
            try:
                await self._db.transaction(partial(self._write, actor=actor, document=document, seats=seats))
            except DuplicateKeyError:
                continue
            members = [seat.user_id for seat in seats if seat.role in SPACE_ROLES]
            await self._spaces.announce(document["space_id"], joined=members)
            self._outbox.nudge()
            return document
        raise Problem("server.unavailable", retry_after=1)

    async def _seats(self, space: SpaceDocument, wanted: Sequence[ParticipantBody]) -> tuple[Seat, ...]:
        ids = [one.user_id for one in wanted]
        found = await self._db.users.find({"_id": {"$in": ids}, "disabled": False}).to_list()
        users = {user["_id"]: user for user in found}
        errors = [
            {"field": f"participants.{index}", "message": fault}
            for index, one in enumerate(wanted)
            if (fault := _fault(space, users.get(one.user_id), one, ids))
        ]
        if not any(one.role is HearingRole.PRESIDER for one in wanted):
            errors.append({"field": "participants", "message": "缺少主持人"})
        if errors:
            raise Problem("hearing.participants_invalid", errors=errors)
        return tuple(_seat(one, users[one.user_id], self._clock()) for one in wanted)

    def _document(
        self, actor: Actor, space: SpaceDocument, body: HearingBody, seats: tuple[Seat, ...]
    ) -> HearingDocument:
        now = self._clock()
        court = Court(body.kind, seats, mode=body.mode)
        return {
            "_id": new_id(),
            "schema_version": 1,
            "version": 1,
            "kind": body.kind,
            "title": body.title,
            "space_id": new_id(),
            "case_space_id": space["_id"],
            "starts_at": body.starts_at,
            "minutes": body.minutes,
            "public": body.public,
            "code": new_code(),
            "created_by": actor.user_id,
            "created_at": now,
            "mode": court.mode,
            "stage": court.stage,
            "since": now,
            "resumes": None,
            "shown": None,
            "segments": 0,
            "seats": fields_of(court)["seats"],
            "hours": {stage.value: hours for stage, hours in body.hours.items()},
        }

    async def _write(
        self, session: AsyncClientSession, actor: Actor, document: HearingDocument, seats: tuple[Seat, ...]
    ) -> None:
        hearing_id = document["_id"]
        await self._vault.new_key(f"space:{document['space_id']}", session)
        await self._spaces.create(
            session,
            space_id=document["space_id"],
            order_id=hearing_id,
            title=document["title"],
            members=[_member(seat) for seat in seats if seat.role in SPACE_ROLES],
            hearing_id=hearing_id,
        )
        await self._db.hearings.insert_one(document, session=session)
        payload = {"hearing_id": hearing_id, "starts_at": document["starts_at"]}
        await self._outbox.add(session, CALLED, f"hearing:{hearing_id}", payload)
        await self._audit.write(
            actor, "hearing.called", f"hearing:{hearing_id}", session, case_space_id=document["case_space_id"]
        )


def _seat(one: ParticipantBody, user: UserDocument, now: datetime) -> Seat:
    proven = has_proven(user, one.role, now)
    return Seat(one.user_id, one.role, user["display_name"], one.side, verified=proven)


def _member(seat: Seat) -> NewMember:
    return NewMember(seat.user_id, SPACE_ROLES[seat.role], seat.name)


def _fault(space: SpaceDocument, user: UserDocument | None, one: ParticipantBody, ids: list[str]) -> str:
    """Why somebody cannot have this place; empty when they can."""
    if user is None:
        return "没有这个账号"
    if ids.count(one.user_id) > 1:
        return "同一人只能列入一次"
    role = SPACE_ROLES.get(one.role)
    if role is not None and role not in user["roles"]:
        return "此人的账号没有这种身份"
    if one.role in _NEUTRAL and current_member(space, one.user_id) is not None:
        return "案件空间的成员不能主持或记录"
    return ""

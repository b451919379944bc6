"""Observers (旁听): signed-in people who come to a public hearing by its link, listen, and say nothing."""

from dataclasses import asdict

from pymongo import ReturnDocument

from schemas.documents.hearings import HearingDocument
from schemas.hearing_enums import HearingRole, HearingStage
from services.actors import Actor
from services.audit import Audit
from services.errors import Problem
from services.hearings.court import Seat
from services.hearings.docket import Docket, seat_of
from services.hearings.passes import Invitations
from services.storage.database import Database

MOST_SEATS = 80


class Observers:
    def __init__(self, database: Database, docket: Docket, invitations: Invitations, audit: Audit) -> None:
        self._db = database
        self._docket = docket
        self._invitations = invitations
        self._audit = audit

    async def seat(self, actor: Actor, hearing_id: str, invitation: str) -> HearingDocument:
        """A seat for an observer; one who has a seat keeps it.

        Raises ``hearing.link_invalid`` for a forged link, a hearing that is not public, and one that is full or over.
        """
        self._invitations.check(hearing_id, invitation)
        document = await self._docket.load(hearing_id)
        if seat_of(document, actor.user_id) is not None:
            return document
        user = await self._db.users.find_one({"_id": actor.user_id}, {"display_name": 1})
        if user is None:
            raise Problem("hearing.link_invalid")
        seat = asdict(Seat(actor.user_id, HearingRole.OBSERVER, user["display_name"]))
        seated: HearingDocument | None = await self._db.hearings.find_one_and_update(
            {
                "_id": hearing_id,
                "public": True,
                "stage": {"$ne": HearingStage.CLOSED},
                "seats.user_id": {"$ne": actor.user_id},
                f"seats.{MOST_SEATS - 1}": {"$exists": False},
            },
            {"$push": {"seats": seat}, "$inc": {"version": 1}},
            return_document=ReturnDocument.AFTER,
        )
        if seated is None:
            raise Problem("hearing.link_invalid")
        await self._audit.write(actor, "hearing.observed", f"hearing:{hearing_id}")
        return seated

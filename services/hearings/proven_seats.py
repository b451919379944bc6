"""What the accounts of a hearing's people have proven (B2), as their seats show it.

A seat says what its account had proven when its person last came in. Where that changes meanwhile, open hearings
follow: people go from the waiting room to be verified, and an asynchronous hearing lasts for weeks. What counts for an
act is asked of the account itself (``services/verification/gate.py``); this is for the eyes of the bench.
"""

from datetime import datetime
from typing import Any

from schemas.documents.people import UserDocument
from schemas.hearing_enums import HearingRole, HearingStage
from schemas.verification_enums import VerificationKind
from services.clock import Clock, utc_now
from services.hearings.court import Seat
from services.storage.database import Database
from services.verification.guarded_acts import GuardedAct, basis, proof_of

AT_ONCE = 200  # open hearings of one person


def proof_for(role: HearingRole) -> VerificationKind | None:
    """What somebody with this place in a hearing proves; None: nobody asks."""
    return proof_of(GuardedAct.MINUTES_SIGN, role)


def has_proven(user: UserDocument, role: HearingRole, now: datetime) -> bool:
    kind = proof_for(role)
    until = user.get("verified_until", {}).get(kind.value) if kind else None
    return until is not None and until > now


def is_unproven(seat: Seat) -> bool:
    """Whether it rests on nothing yet that they are who they say."""
    return proof_for(seat.role) is not None and basis(proven=seat.verified, court=seat.identity) is None


class ProvenSeats:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._db = database
        self._clock = clock

    async def refresh(self, user_id: str) -> None:
        """Let the seats of somebody in open hearings say what their account has proven now. Bears being repeated."""
        user = await self._db.users.find_one({"_id": user_id})
        if user is None:
            return
        where = {"seats.user_id": user_id, "stage": {"$ne": HearingStage.CLOSED}}
        for hearing in await self._db.hearings.find(where, {"seats": 1}).limit(AT_ONCE).to_list():
            (seat,) = [one for one in hearing["seats"] if one["user_id"] == user_id]
            proven = has_proven(user, HearingRole(seat["role"]), self._clock())
            if seat.get("verified", False) is not proven:
                await self._note(hearing["_id"], user_id, proven)

    async def _note(self, hearing_id: str, user_id: str, proven: bool) -> None:
        """A new version, so that an act of this very moment is judged again and does not write the old seat back."""
        change: dict[str, Any] = {"$set": {"seats.$[one].verified": proven}, "$inc": {"version": 1}}
        await self._db.hearings.update_one({"_id": hearing_id}, change, array_filters=[{"one.user_id": user_id}])

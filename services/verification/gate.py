"""Asks for a proof of identity where an act needs one (``guarded_acts.py``)."""

from schemas.enums import Role
from schemas.hearing_enums import HearingRole, IdentityState
from schemas.verification_enums import IdentityBasis, VerificationKind
from services.clock import Clock, utc_now
from services.errors import Problem
from services.storage.database import Database
from services.verification.guarded_acts import GuardedAct, basis, proof_of

_ASKED = {
    VerificationKind.PERSON: "请先完成实名认证（我的 → 实名认证），再办理此事项",
    VerificationKind.LAWYER: "请先完成律师执业认证（我的 → 实名认证），再办理此事项",
}


class Gate:
    def __init__(self, database: Database, *, closed: bool, clock: Clock = utc_now) -> None:
        """``closed`` False: nobody is asked for anything."""
        self._db = database
        self.closed = closed
        self._clock = clock

    async def proven(self, user_id: str, kind: VerificationKind) -> bool:
        """Whether somebody's account has proven this; what has run out counts no more, whatever still says so."""
        where = {"_id": user_id, f"verified_until.{kind.value}": {"$gt": self._clock()}}
        return await self._db.users.find_one(where, {"_id": 1}) is not None

    async def basis(
        self, act: GuardedAct, user_id: str, role: Role | HearingRole, court: IdentityState = IdentityState.UNCHECKED
    ) -> IdentityBasis | None:
        """What it rests on that they are who they say, whether it is asked for or not. None also for whom the act
        asks nothing. ``court``: what a roll-call has found."""
        kind = proof_of(act, role)
        return None if kind is None else basis(proven=await self.proven(user_id, kind), court=court)

    async def lacks(
        self, act: GuardedAct, user_id: str, role: Role | HearingRole, court: IdentityState = IdentityState.UNCHECKED
    ) -> bool:
        """Whether a proof is asked for that is not there."""
        asked = self.closed and proof_of(act, role) is not None
        return asked and await self.basis(act, user_id, role, court) is None

    async def check(
        self, act: GuardedAct, user_id: str, role: Role | HearingRole, court: IdentityState = IdentityState.UNCHECKED
    ) -> IdentityBasis | None:
        """As ``basis``. Raises ``verification.required`` where it is asked for and missing, and
        ``hearing.identity_doubted`` when it is the court that doubts."""
        found, kind = await self.basis(act, user_id, role, court), proof_of(act, role)
        if found is not None or kind is None or not self.closed:
            return found
        if court is IdentityState.DOUBTED:
            raise Problem("hearing.identity_doubted")
        raise Problem("verification.required", _ASKED[kind])

    async def check_member(self, act: GuardedAct, user_id: str, role: Role, hearing_id: str | None) -> None:
        """The same for a member of a space; in the space of a hearing, what its roll-call found counts."""
        if not self.closed:
            return
        await self.check(act, user_id, role, await self._found(hearing_id, user_id))

    async def _found(self, hearing_id: str | None, user_id: str) -> IdentityState:
        if hearing_id is None:
            return IdentityState.UNCHECKED
        hearing = await self._db.hearings.find_one({"_id": hearing_id}, {"seats.user_id": 1, "seats.identity": 1})
        seats = hearing["seats"] if hearing else []
        found = (seat["identity"] for seat in seats if seat["user_id"] == user_id)
        return IdentityState(next(found, IdentityState.UNCHECKED))

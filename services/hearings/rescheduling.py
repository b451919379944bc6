"""Moving a hearing to another time, and calling it off (改期、取消): who may, what is kept, what it owes.

The hearing stays the same one: its code, the observers' link, its seats and its space. Tickets that are out are
good for another minute at most; of a cancelled hearing they open nothing.
"""

from datetime import datetime
from typing import Any

from schemas.api.hearings import HearingCancel, HearingMove
from schemas.documents.hearings import HearingDocument
from schemas.hearing_enums import HearingRole, HearingStage
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.hearings.docket import Change, Docket, court_of, seat_of
from services.hearings.hearing_states import MOVABLE
from services.keys import Vault
from services.permissions import DESK, Permission, allowed

MOVED, CANCELLED = "hearing.moved", "hearing.cancelled"  # kinds of outbox rows


def reason_place(hearing_id: str) -> str:
    """What a sealed reason is bound to: why somebody cannot come is theirs to keep."""
    return f"hearing:{hearing_id}:reason"


def may_reschedule(document: HearingDocument, user_id: str) -> bool:
    """Those who preside, and who called it."""
    seat = seat_of(document, user_id)
    return document["created_by"] == user_id or (seat is not None and seat["role"] == HearingRole.PRESIDER)


class Rescheduling:
    def __init__(self, docket: Docket, vault: Vault, clock: Clock = utc_now) -> None:
        self._docket = docket
        self._vault = vault
        self._clock = clock

    async def move(self, actor: Actor, hearing_id: str, body: HearingMove) -> HearingDocument:
        """Another time for a hearing that has not begun or is in recess; the same time again changes nothing.

        Raises ``hearing.not_found``, ``hearing.not_allowed``, ``hearing.closed``, ``hearing.wrong_stage``.
        """
        reason = await self._sealed(actor, hearing_id, body.reason)

        def judge(before: HearingDocument) -> Change | None:
            _check_stage(before, MOVABLE)
            minutes = body.minutes or before["minutes"]
            if (before["starts_at"], before["minutes"]) == (body.starts_at, minutes):
                return None
            return moved(before, body.starts_at, minutes, reason)

        return await self._docket.change(actor, lambda: self._load(actor, hearing_id), judge)

    async def cancel(self, actor: Actor, hearing_id: str, body: HearingCancel) -> HearingDocument:
        """Call off a hearing that has not begun; one that is cancelled stays so. Raises what ``move`` raises."""
        reason = await self._sealed(actor, hearing_id, body.reason)

        def judge(before: HearingDocument) -> Change | None:
            if "cancelled_at" in before:
                return None
            _check_stage(before, frozenset({HearingStage.WAITING}))
            now = self._clock()
            fields = {"stage": HearingStage.CLOSED, "since": now, "cancelled_at": now}
            return Change(fields, CANCELLED, {"reason": reason}, CANCELLED)

        return await self._docket.change(actor, lambda: self._load(actor, hearing_id), judge)

    async def _sealed(self, actor: Actor, hearing_id: str, reason: str) -> bytes:
        document = await self._load(actor, hearing_id)
        key = await self._vault.key(f"space:{document['space_id']}")
        return key.seal_text(reason, reason_place(hearing_id))

    async def _load(self, actor: Actor, hearing_id: str) -> HearingDocument:
        """For whom ``may_reschedule`` names, and for the desk, which has no place in it."""
        document = await self._docket.load(hearing_id)
        if may_reschedule(document, actor.user_id) or allowed(DESK, Permission.HEARING_MOVE, actor.roles):
            return document
        await self._docket.access(actor, hearing_id)
        raise Problem("hearing.not_allowed")


def moved(before: HearingDocument, starts_at: datetime, minutes: int, reason: bytes, **fields: Any) -> Change:
    """``fields`` change along with the time; ``reason`` is sealed for ``reason_place``."""
    sequence = before.get("sequence", 0) + 1
    changed = {**fields, "starts_at": starts_at, "minutes": minutes, "sequence": sequence}
    return Change(changed, MOVED, {"sequence": sequence, "starts_at": starts_at, "reason": reason}, MOVED)


def _check_stage(document: HearingDocument, stages: frozenset[HearingStage]) -> None:
    if court_of(document).closed:
        raise Problem("hearing.closed")
    if document["stage"] not in stages:
        raise Problem("hearing.wrong_stage")

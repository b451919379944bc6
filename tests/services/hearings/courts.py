"""Courts to try the rules on: everybody is there, accepted and identified, unless a test says otherwise."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.hearing_enums import (
    ActKind,
    HearingKind,
    HearingRole,
    HearingStage,
    IdentityState,
    Place,
    UndertakingState,
)
from services.hearings.acts import perform
from services.hearings.court import Court, Seat
from services.hearings.rights import Act

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BENCH = {HearingRole.PRESIDER, HearingRole.CLERK}


def seat(user_id: str, role: HearingRole, **fields: Any) -> Seat:
    place = Place.WAITING if role is HearingRole.WITNESS else Place.COURT
    given: dict[str, Any] = {"place": place, "connected": True, "identity": IdentityState.CONFIRMED, "accepted": True}
    if role is HearingRole.WITNESS:
        given |= {"undertaking": UndertakingState.READ, "undertaking_file": "drawing"}
    return Seat(user_id, role, f"{user_id}先生", **{**given, **fields})


def court(kind: HearingKind = HearingKind.COURT, stage: HearingStage = HearingStage.OPENING, **fields: Any) -> Court:
    """One of each role, by the role's name, and a second party."""
    seats = (*(seat(role.value, role) for role in HearingRole), seat("other", HearingRole.PARTY))
    return replace(Court(kind, seats, stage=stage, since=START, segments=1), **fields)


def act(kind: ActKind, by: str | None = "presider", target: str | None = None, after: float = 1, **fields: Any) -> Act:
    return Act(kind, START + timedelta(seconds=after), by, target, **fields)


def do(before: Court, kind: ActKind, by: str | None = "presider", target: str | None = None, **fields: Any) -> Court:
    return perform(before, act(kind, by, target, **fields))

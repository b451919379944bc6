"""How often somebody may do what is written into the record of a hearing each time: nobody can flood its chain.

Only what somebody does by themselves is counted, and only the half of it that begins something: closing one's own
microphone, taking one's hand down and leaving are never refused, and can be no more than were opened, raised, entered.
Who presides and the clerk are the court's own, and are not counted.
"""

from collections.abc import Mapping

from schemas.hearing_enums import ActKind
from services.hearings.court import Seat
from services.hearings.rights import BENCH, Act
from services.rate_limits import Limit, RateLimiter

# Each far above what a person does with a finger, and far below what a program can.
LIMITS: Mapping[ActKind, Limit] = {
    ActKind.HAND: Limit(10, 60),
    ActKind.MUTE_SELF: Limit(20, 60),
    ActKind.COME: Limit(20, 60),  # a phone on a bad network comes back often
    ActKind.SHOW: Limit(60, 60),  # leafs through a file
}


def count(limiter: RateLimiter, hearing_id: str, seat: Seat, act: Act) -> None:
    """Raises ``request.rate_limited`` with ``retry_after``."""
    limit = LIMITS.get(act.kind)
    if limit is None or seat.role in BENCH or _only_ends(act):
        return
    limiter.take(f"hearing:{hearing_id}:{seat.user_id}:{act.kind}", limit)


def _only_ends(act: Act) -> bool:
    """Closes one's microphone, takes down one's hand."""
    return (act.kind is ActKind.MUTE_SELF and act.on) or (act.kind is ActKind.HAND and not act.on)

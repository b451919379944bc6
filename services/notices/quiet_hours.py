"""Quiet hours: when somebody does not want to be told outside the app. Pure, in China's time."""

from datetime import datetime, timedelta

from schemas.api.base import CHINA
from schemas.documents.ledgers import QuietDocument

DAY = 24 * 60


def quiet_until(quiet: QuietDocument | None, now: datetime) -> datetime | None:
    """When the quiet hours end that ``now`` lies in; None outside them.

    From ``start`` (inclusive) to ``end`` (exclusive), over midnight where ``end`` is the smaller one.
    """
    if quiet is None:
        return None
    here = now.astimezone(CHINA)
    minute = here.hour * 60 + here.minute
    length, passed = (quiet["end"] - quiet["start"]) % DAY, (minute - quiet["start"]) % DAY
    if passed >= length:
        return None
    whole = here.replace(second=0, microsecond=0)
    return (whole + timedelta(minutes=length - passed)).astimezone(now.tzinfo)


def minutes_of(clock: str) -> int:
    """``22:30`` → 1350."""
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)


def clock_of(minutes: int) -> str:
    """1350 → ``22:30``."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"

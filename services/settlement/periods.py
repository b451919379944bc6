"""When periods begin and end: midnights in China, so many days apart. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from schemas.api.base import CHINA

# What was recorded before the end of a period is certainly committed by then, whoever's clock it was.
GRACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """``anchor``: a day on which a period begins; ``days``: how long one lasts."""

    anchor: date
    days: int

    def boundary(self, number: int) -> datetime:
        """The beginning of the period that is ``number`` periods after the anchor's, in UTC."""
        first = self.anchor + timedelta(days=number * self.days)
        return datetime.combine(first, time(), CHINA).astimezone(UTC)

    def due(self, last_end: datetime | None, now: datetime) -> tuple[datetime, datetime] | None:
        """Beginning and end of the period that is to be closed next; None while it still runs.

        Without a last one it is the newest that is over. Another rhythm counts from the first boundary after the
        last end, so that no moment belongs to two periods or to none.
        """
        newest = self._over(now - GRACE)
        if last_end is None:
            return self.boundary(newest - 1), self.boundary(newest)
        number = self._over(last_end) + 1
        return (last_end, self.boundary(number)) if number <= newest else None

    def _over(self, moment: datetime) -> int:
        """The number of the last boundary that is not after ``moment``."""
        local = moment.astimezone(CHINA)
        return (local.date() - self.anchor).days // self.days

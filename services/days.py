"""Days as finance counts them: from midnight to midnight in China, whatever the zone a time is stored in."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from schemas.api.base import CHINA


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` (included) to ``end`` (not)."""

    start: datetime
    end: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def query(self) -> dict[str, datetime]:
        """The span as a condition on a stored time."""
        return {"$gte": self.start, "$lt": self.end}


def day_of(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()


def span_of(day: date, days: int = 1) -> Span:
    return Span(_midnight(day), _midnight(day + timedelta(days=days)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA).astimezone(UTC)

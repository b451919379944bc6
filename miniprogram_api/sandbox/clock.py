"""The sandbox's day: real time, moved as a tester wants.

Only the business of a vendor follows it: when something was paid, which bills there are, what has lapsed after days.
Signatures, codes, tokens and the lapse of orders keep to real time, for the product's own clock is not moved.
"""

import time
from datetime import date, datetime, timedelta, timezone

from miniprogram_api.sandbox.state import State

CHINA = timezone(timedelta(hours=8))
_OFFSET = "clock_offset"


class Clock:
    """Kept in the state, so that a restart does not move the day back."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._offset = float(state.setting(_OFFSET) or 0)

    @property
    def offset(self) -> float:
        """Seconds ahead of real time; 0 when nobody moved the day."""
        return self._offset

    def now(self) -> float:
        """Unix seconds."""
        return time.time() + self._offset

    def moment(self) -> datetime:
        """Now in China."""
        return datetime.fromtimestamp(self.now(), CHINA)

    def today(self) -> date:
        """The day in China."""
        return self.moment().date()

    def text(self) -> str:
        """Now as WeChat Pay writes times: RFC 3339 in China's zone, whole seconds."""
        return self.moment().isoformat(timespec="seconds")

    def set(self, moment: datetime | None) -> None:
        """Make it ``moment`` now; None goes back to real time."""
        self._offset = 0.0 if moment is None else moment.timestamp() - time.time()
        self._state.set_setting(_OFFSET, str(self._offset))

    def advance(self, seconds: float) -> None:
        """Move on (or back, below 0)."""
        self.set(datetime.fromtimestamp(self.now() + seconds, CHINA))

    def next_morning(self) -> None:
        """Move to 10:01 of the next day, when yesterday's bills lie ready."""
        tomorrow = self.today() + timedelta(days=1)
        self.set(datetime(tomorrow.year, tomorrow.month, tomorrow.day, 10, 1, tzinfo=CHINA))


def seconds_of(text: str) -> float:
    """Unix seconds of a stored time."""
    return datetime.fromisoformat(text).timestamp()


def day_of(text: str) -> date:
    """The day in China of a stored time."""
    return datetime.fromisoformat(text).astimezone(CHINA).date()

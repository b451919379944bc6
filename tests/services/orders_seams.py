"""What the services around orders are given in tests: time that moves, known openids, whole files."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from services.errors import Problem


class MovedClock:
    """The real time, moved forward when a test says so: the sandbox checks times, too."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        now = datetime.now(UTC) + self.ahead
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def forward(self, **how_long: float) -> None:
        self.ahead += timedelta(**how_long)


class Openids:
    """Who has a WeChat identity."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    async def openid_of(self, user_id: str) -> str | None:
        return self.known.get(user_id)


class WholeFiles:
    """Files that are complete, by space; the real check has tests of its own."""

    def __init__(self) -> None:
        self.complete: set[tuple[str, str]] = set()

    async def check_for_message(self, space_id: str, sender_id: str, file_ids: Sequence[str]) -> Sequence[Any]:
        for file_id in file_ids:
            if (space_id, file_id) not in self.complete:
                raise Problem("file.not_found")
        return list(file_ids)

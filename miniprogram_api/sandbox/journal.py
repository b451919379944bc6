"""What came in and what went out, with the outcome of every check: the sandbox's log, newest 5,000 entries."""

from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_KEEP = 5000


def timestamp() -> str:
    """Now, as RFC 3339 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Journal:
    """Entries are plain dicts. Query strings and bodies stay out: they carry secrets and codes."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=_KEEP)
        self._count = 0

    def add(
        self,
        direction: str,
        endpoint: str,
        method: str,
        path: str,
        *,
        status: int,
        outcome: str,
        checks: Mapping[str, str],
        ms: float,
    ) -> None:
        """``direction`` is ``in`` or ``out``; ``outcome`` is ``ok`` or the vendor's error code."""
        self._count += 1
        self._entries.append(
            {
                "id": self._count,
                "at": timestamp(),
                "direction": direction,
                "endpoint": endpoint,
                "method": method,
                "path": path,
                "status": status,
                "outcome": outcome,
                "checks": dict(checks),
                "ms": round(ms, 1),
            }
        )

    def entries(self, endpoint: str | None = None, after: int = 0) -> list[dict[str, Any]]:
        """Oldest first; optionally of one endpoint, or with ids beyond ``after``."""
        return [
            entry
            for entry in self._entries
            if entry["id"] > after and (endpoint is None or entry["endpoint"] == endpoint)
        ]

    def clear(self) -> None:
        self._entries.clear()

"""Which channels nobody else listens to, so that what nobody would hear is not sent.

Learnt from the answers to PUBLISH, which count the receivers, and unlearnt when a process says that it begins to
listen. Between its subscription and our hearing of that, an entry may have been kept back: the last one is said
again then. Whoever began to listen reads the database after subscribing, so nothing older can be missing.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

QUIET_SECONDS = 60.0  # after so long it is tried again, whatever we believe
RECENT_SECONDS = 10.0  # what was kept back longer ago than saying "I listen" can take is in the database for certain
REMEMBERED = 50_000


@dataclass(slots=True)
class _Silence:
    until: float
    kept: bytes | None = None  # the last message that may be said late
    kept_at: float = 0.0


class Listeners:
    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        """``ticks`` is the process's own clock, in seconds."""
        self._ticks = ticks
        self._silent: OrderedDict[str, _Silence] = OrderedDict()
        self._began: set[str] = set()  # channels that somebody began to listen to while messages are on their way

    def hear(self, channel: str, message: bytes, *, lasting: bool) -> bool:
        """False when nobody would. ``lasting``: it is worth saying late."""
        silence = self._silent.get(channel)
        now = self._ticks()
        if silence is None or silence.until < now:
            return True
        if lasting:
            silence.kept, silence.kept_at = message, now
        return False

    def sending(self) -> None:
        """Messages go out; ``answered`` follows for each."""
        self._began.clear()

    def answered(self, channel: str, others: int) -> None:
        """So many others got a message."""
        if others > 0 or channel in self._began:
            self._silent.pop(channel, None)
            return
        silence = self._silent.setdefault(channel, _Silence(0.0))
        silence.until = self._ticks() + QUIET_SECONDS
        self._silent.move_to_end(channel)
        if len(self._silent) > REMEMBERED:
            self._silent.popitem(last=False)

    def began(self, channel: str) -> bytes | None:
        """Somebody else listens now; what should be said again."""
        self._began.add(channel)
        silence = self._silent.pop(channel, None)
        if silence is None or self._ticks() - silence.kept_at > RECENT_SECONDS:
            return None
        return silence.kept

    def forget(self, since: float) -> list[tuple[str, bytes]]:
        """What processes said since then was not heard: nothing is known any more. What should be said again."""
        kept = [
            (channel, silence.kept)
            for channel, silence in self._silent.items()
            if silence.kept is not None and silence.kept_at > since - RECENT_SECONDS
        ]
        self._began.update(self._silent)
        self._silent.clear()
        return kept

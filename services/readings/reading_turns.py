"""Whose file is read next: everybody in turn, however many one of them brought. Pure."""

from collections.abc import Iterable, Mapping


class ReadingTurns:
    """In memory of the process that reads; begun anew, it is fair from then on.

    Whoever comes in queues behind nobody's second file: they stand where the turns have come to, before the one who
    had the last. So neither does a heap of papers keep the others waiting, nor do newcomers keep the heap waiting.
    """

    def __init__(self) -> None:
        self._now = 0
        self._stands: dict[str, tuple[int, int]] = {}

    def next(self, oldest: Mapping[str, str]) -> str:
        """Who is next of those that wait. ``oldest``: asker → their oldest file; not empty."""
        self._stands = {asker: self._stands.get(asker, (self._now, 0)) for asker in oldest}
        return min(oldest, key=lambda asker: (self._stands[asker], oldest[asker]))

    def had(self, asker: str) -> None:
        self._now += 1
        self._stands[asker] = (self._now, 1)


def ahead(reading_id: str, own_before: int, others: Iterable[tuple[str, int]]) -> int:
    """About how many files are read before this one.

    ``own_before``: of the same asker, older. ``others``: of every other asker the oldest file and how many they have.
    """
    return own_before + sum(min(count, own_before + (oldest < reading_id)) for oldest, count in others)

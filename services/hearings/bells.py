"""The bell between processes that have to do with one hearing, as a seam: ``realtime/bells.py`` hangs it.

It says that there is something to see, and nothing else; a ring that is lost costs time until the next look.
"""

from collections.abc import Callable
from typing import Protocol


class Bell(Protocol):
    shared: bool  # False: nobody else can be heard, so whoever waits must look by themselves

    def connect(self, heard: Callable[[str], None]) -> None:
        """``heard(hearing_id)`` is called for each ring of another process."""

    def ring(self, hearing_id: str) -> None:
        """Never waits."""

    async def listen(self, hearing_id: str) -> None:
        """Hear this hearing's rings from now on."""

    async def leave(self, hearing_id: str) -> None:
        """Hear them no more."""

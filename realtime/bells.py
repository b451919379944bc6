"""The bell of a hearing over the bus (``services.hearings.bells.Bell``), on channels ``hearing:{id}``."""

from collections.abc import Callable

from realtime.bus import Bus
from realtime.publisher import Publisher


class Bells:
    def __init__(self, publisher: Publisher, bus: Bus, origin: str) -> None:
        """``origin`` names this process, so that it does not hear itself."""
        self.shared = bus.shared
        self._bus = bus
        self._origin = origin.encode()
        self._heard: Callable[[str], None] = lambda _hearing_id: None
        publisher.take("hearing", self._received)

    def connect(self, heard: Callable[[str], None]) -> None:
        self._heard = heard

    def ring(self, hearing_id: str) -> None:
        self._bus.publish(_channel(hearing_id), self._origin, lasting=True)

    async def listen(self, hearing_id: str) -> None:
        await self._bus.subscribe(_channel(hearing_id))

    async def leave(self, hearing_id: str) -> None:
        await self._bus.unsubscribe(_channel(hearing_id))

    def _received(self, hearing_id: str, origin: bytes) -> None:
        if origin != self._origin:
            self._heard(hearing_id)


def _channel(hearing_id: str) -> str:
    return f"hearing:{hearing_id}"

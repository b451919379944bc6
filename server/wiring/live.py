"""The second half of the publisher: presence, and what it reads from the database when the bus said nothing."""

from collections.abc import Collection
from datetime import datetime

from realtime.delivery import Entry, Truth
from realtime.presence import LocalPresence, Presence, ValkeyPresence
from server.wiring.core import Core
from services.identity.sessions import Sessions
from services.notices.attention import Attention

HEAL_PAGE = 200


class DatabaseTruth:
    """Implements ``realtime.delivery.Truth``."""

    def __init__(self, core: Core, attention: Attention, sessions: Sessions) -> None:
        self._core = core
        self._sessions = sessions
        self.went_offline = attention.went_offline

    async def missing(self, space_id: str, after: int, up_to: int) -> list[Entry]:
        """Entries that this process has not delivered, as members are shown them."""
        space = await self._core.spaces.load(space_id)
        if space is None:
            return []
        entries = await self._core.reader.between(space_id, after, up_to, HEAL_PAGE)
        views = await self._core.reader.views(space, entries)
        return [(view.seq, view.model_dump_json().encode()) for view in views]

    async def newest(self, space_id: str, since: datetime) -> Entry | None:
        seq, _ = await self._core.recorder.head(space_id)
        entries = await self._core.reader.between(space_id, seq - 1, seq, 1)
        if not entries or entries[0]["at"] < since:
            return None
        found = await self.missing(space_id, seq - 1, seq)
        return found[0] if found else None

    async def spaces_of(self, user_ids: Collection[str]) -> dict[str, set[str]]:
        return await self._core.spaces.ids_of(user_ids)

    async def ended(self, session_ids: Collection[str]) -> set[str]:
        return await self._sessions.over(list(session_ids))


def connect_publisher(core: Core, attention: Attention, sessions: Sessions) -> None:
    sockets, courtrooms = core.sockets, core.publisher.courtrooms

    def connected(who: str) -> bool:
        return who in sockets.by_user or courtrooms.has(who)

    presence: Presence = LocalPresence(connected)
    if core.valkey is not None:
        here = lambda: [*sockets.by_user, *courtrooms.marks()]  # noqa: E731
        presence = ValkeyPresence(core.valkey, core.process, connected, here)
    truth: Truth = DatabaseTruth(core, attention, sessions)
    core.publisher.connect(presence, truth, core.spaces.forget, sessions.forget)

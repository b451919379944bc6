"""The second half of the publisher: presence, healing from the database, ends of sessions."""

from realtime.presence import LocalPresence, Presence, ValkeyPresence
from server.wiring.core import Core
from services.identity.sessions import Sessions
from services.notices.attention import Attention

HEAL_PAGE = 200


def connect_publisher(core: Core, attention: Attention, sessions: Sessions) -> None:
    sockets = core.sockets

    def connected(user_id: str) -> bool:
        return user_id in sockets.by_user

    presence: Presence = LocalPresence(connected)
    if core.valkey is not None:
        presence = ValkeyPresence(core.valkey, core.process, connected, lambda: list(sockets.by_user))

    async def missing(space_id: str, after: int, up_to: int) -> list[tuple[int, bytes]]:
        """Entries that this process has not delivered, as members are shown them."""
        space = await core.spaces.load(space_id)
        if space is None:
            return []
        entries = await core.reader.between(space_id, after, up_to, HEAL_PAGE)
        return [(view.seq, view.model_dump_json().encode()) for view in await core.reader.views(space, entries)]

    core.publisher.connect(presence, missing, core.spaces.forget, attention.went_offline, sessions.forget)

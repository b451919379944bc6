"""Who is sent out of a hearing is out of its own space too: they neither write there nor read what comes after (A1).

What they said stays in the record. It lasts as long as the order to leave does: until they are let in again, the
hearing goes on in turns, or it is over; then they read all of it, because a party may consult the file of their own
case (民事诉讼法第五十二条).
"""

from collections.abc import Sequence

from pymongo.asynchronous.client_session import AsyncClientSession

from services.hearings.court import Court
from services.spaces.spaces import Spaces, current_member


class SpaceSeats:
    def __init__(self, spaces: Spaces) -> None:
        self._spaces = spaces

    async def follow(self, session: AsyncClientSession, space_id: str, before: Court, after: Court) -> list[str]:
        """Let the space's members be what the court says; whom it concerns. ``announce`` them after the commit."""
        out, back = sorted(after.shut_out() - before.shut_out()), sorted(before.shut_out() - after.shut_out())
        if out:
            await self._spaces.send_out(session, space_id, out)
        if back:
            await self._spaces.let_back(session, space_id, back)
        return out + back

    async def announce(self, space_id: str, user_ids: Sequence[str]) -> None:
        """Tell the sockets of these people, whichever way it went. Bears repetition."""
        space = await self._spaces.fresh(space_id)
        if space is None:
            return
        joined = [one for one in user_ids if current_member(space, one) is not None]
        await self._spaces.announce(space_id, joined=joined, left=[one for one in user_ids if one not in joined])

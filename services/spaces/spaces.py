"""Case spaces: who is in them, and the one way to get one (loading is authorising)."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import PyMongoError

from schemas.documents.spaces import MemberDocument, SpaceDocument
from schemas.enums import Role
from services.actors import Actor
from services.clock import Clock, utc_now
from services.errors import Problem
from services.live import Live
from services.permissions import SPACE, Permission
from services.storage.database import Database
from services.storage.together import Together

# How long a process may go on with what it knows of a space. Changes are told to every process at once;
# this bounds how late one notices when the telling is lost.
REMEMBERED_SECONDS = 2.0
_WRITING = frozenset({Permission.SPACE_SEND, Permission.SPACE_HEARING})  # what a closed space refuses by itself
AHEAD_SECONDS = 0.5  # who asks so shortly before the end has it looked up for those who follow, and does not wait
REMEMBERED = 20_000

log = logging.getLogger("casespace.spaces")


@dataclass(frozen=True, slots=True)
class NewMember:
    user_id: str
    role: Role
    display_name: str
    first_seq: int = 1


@dataclass(frozen=True, slots=True)
class Membership:
    """A space together with the caller's place in it."""

    space: SpaceDocument
    member: MemberDocument

    @property
    def role(self) -> Role:
        return Role(self.member["role"])


class Spaces:
    def __init__(self, database: Database, live: Live, clock: Clock = utc_now) -> None:
        self._db = database
        self._live = live
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, SpaceDocument]] = OrderedDict()
        self._spaces_of = Together(self._find_of)
        self._spaces = Together(self._find)
        self._looking: dict[str, asyncio.Task[None]] = {}  # spaces that are looked up ahead
        self._changes = 0  # of any space: a look that began before one may be out of date

    # --- loading

    async def access(self, actor: Actor, space_id: str, permission: Permission) -> Membership:
        """The space and the caller's place in it.

        Raises ``space.not_found``, ``auth.forbidden``, ``space.closed``, and ``hearing.refused`` in a hearing's space
        for those who were sent out.
        """
        space = await self.load(space_id)
        member = current_member(space, actor.user_id) if space else None
        if space is not None and member is None and _was_sent_out(space, actor.user_id):
            raise Problem("hearing.refused")
        if space is None or member is None:
            raise Problem("space.not_found")
        if Role(member["role"]) not in SPACE[permission]:
            raise Problem("auth.forbidden")
        if permission in _WRITING and "closed_at" in space:
            raise Problem("space.closed")
        return Membership(space, member)

    async def load(self, space_id: str) -> SpaceDocument | None:
        """For effects and views; asks nobody's permission. Remembered for two seconds."""
        known = self._known.get(space_id)
        left = known[0] - time.monotonic() if known is not None else 0.0
        if known is None or left <= 0:
            return await self._look(space_id)
        if left < AHEAD_SECONDS and space_id not in self._looking:
            self._looking[space_id] = asyncio.create_task(self._look_ahead(space_id))
        return known[1]

    async def fresh(self, space_id: str) -> SpaceDocument | None:
        """The space as the database has it now, whatever is remembered."""
        self.forget(space_id)
        return await self._look(space_id)

    async def _look(self, space_id: str) -> SpaceDocument | None:
        changes = self._changes
        space = await self._spaces.get(space_id)
        if space is not None and changes == self._changes:
            self._known[space_id] = (time.monotonic() + REMEMBERED_SECONDS, space)
            self._known.move_to_end(space_id)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return space

    async def _look_ahead(self, space_id: str) -> None:
        try:
            await self._look(space_id)
        except PyMongoError as fault:  # who asks after the end asks the database, and is told what is wrong
            log.debug("a space could not be looked up ahead: %s", type(fault).__name__)
        finally:
            del self._looking[space_id]

    async def _find(self, space_ids: list[str]) -> dict[str, SpaceDocument]:
        return {space["_id"]: space async for space in self._db.spaces.find({"_id": {"$in": space_ids}})}

    def forget(self, space_id: str) -> None:
        """Something about the space changed, here or in another process."""
        self._known.pop(space_id, None)
        self._changes += 1

    async def of(self, user_id: str) -> list[SpaceDocument]:
        """All spaces that somebody is a member of now."""
        return await self._spaces_of.get(user_id) or []

    async def _find_of(self, user_ids: list[str]) -> dict[str, list[SpaceDocument]]:
        found: dict[str, list[SpaceDocument]] = {user_id: [] for user_id in user_ids}
        for space in await self._db.spaces.find({"members.user_id": {"$in": user_ids}}).to_list():
            for user_id in {member["user_id"] for member in space["members"] if "left_at" not in member} & found.keys():
                found[user_id].append(space)
        return found

    async def ids_of(self, user_ids: Collection[str]) -> dict[str, set[str]]:
        """Which spaces each of these people is a member of now. For looking after many sockets at once."""
        found: dict[str, set[str]] = {user_id: set() for user_id in user_ids}
        members = {"members.user_id": 1, "members.left_at": 1}
        async for space in self._db.spaces.find({"members.user_id": {"$in": list(found)}}, members):
            for member in space["members"]:
                if member["user_id"] in found and "left_at" not in member:
                    found[member["user_id"]].add(space["_id"])
        return found

    # --- changing

    async def create(
        self,
        session: AsyncClientSession,
        *,
        space_id: str,
        order_id: str,
        title: str,
        members: Sequence[NewMember],
        hearing_id: str | None = None,
    ) -> None:
        """Create a space in the transaction that pays its order or calls its hearing. Announce after the commit."""
        now = self._clock()
        space: SpaceDocument = {
            "_id": space_id,
            "schema_version": 1,
            "order_id": order_id,
            "title": title,
            "members": [_member(member, now) for member in members],
            "created_at": now,
        }
        if hearing_id is not None:
            space["hearing_id"] = hearing_id
        await self._db.spaces.insert_one(space, session=session)

    async def add_members(
        self, session: AsyncClientSession | None, space_id: str, members: Sequence[NewMember]
    ) -> list[str]:
        """Add people who are not in it now; the ids of those added. Announce after the commit."""
        added = []
        for member in members:
            result = await self._db.spaces.update_one(
                {
                    "_id": space_id,
                    "members": {"$not": {"$elemMatch": {"user_id": member.user_id, "left_at": {"$exists": False}}}},
                },
                {"$push": {"members": _member(member, self._clock())}},
                session=session,
            )
            if result.modified_count:
                added.append(member.user_id)
        self.forget(space_id)
        return added

    async def remove_members(self, session: AsyncClientSession | None, space_id: str, user_ids: Sequence[str]) -> None:
        """Take people out: they read no more from this moment on. Announce after the commit."""
        await self._end(session, space_id, user_ids, {})

    async def send_out(self, session: AsyncClientSession | None, space_id: str, user_ids: Sequence[str]) -> None:
        """The same by an order of the court, which ``let_back`` undoes. Announce after the commit."""
        await self._end(session, space_id, user_ids, {"members.$[gone].sent_out": True})

    async def let_back(self, session: AsyncClientSession | None, space_id: str, user_ids: Sequence[str]) -> None:
        """Give those who were sent out the places that they had; nobody else. Announce after the commit."""
        space = await self._db.spaces.find_one({"_id": space_id}, session=session)
        if space is None:
            return
        rows = [_latest(space, user_id) for user_id in user_ids]
        back = [
            NewMember(row["user_id"], Role(row["role"]), row["display_name"], row["first_seq"])
            for row in rows
            if row is not None and "sent_out" in row
        ]
        await self.add_members(session, space_id, back)

    async def _end(
        self, session: AsyncClientSession | None, space_id: str, user_ids: Sequence[str], how: Mapping[str, bool]
    ) -> None:
        for user_id in user_ids:
            await self._db.spaces.update_one(
                {"_id": space_id},
                {"$set": {"members.$[gone].left_at": self._clock(), **how}},
                array_filters=[{"gone.user_id": user_id, "gone.left_at": {"$exists": False}}],
                session=session,
            )
        self.forget(space_id)

    async def announce(self, space_id: str, joined: Sequence[str] = (), left: Sequence[str] = ()) -> None:
        """Tell live sockets, after the commit, who joined and who left."""
        self.forget(space_id)
        if joined:
            await self._live.joined(space_id, joined)
        if left:
            await self._live.left(space_id, left)
        await self._live.to_space(space_id, "space:updated", {"space_id": space_id, "user_id": None})


def current_member(space: SpaceDocument, user_id: str) -> MemberDocument | None:
    """Somebody's present membership; one who left and came back counts with the new one."""
    for member in reversed(space["members"]):
        if member["user_id"] == user_id and "left_at" not in member:
            return member
    return None


def _latest(space: SpaceDocument, user_id: str) -> MemberDocument | None:
    """Somebody's last membership, whether it lasts or not."""
    return next((one for one in reversed(space["members"]) if one["user_id"] == user_id), None)


def _was_sent_out(space: SpaceDocument, user_id: str) -> bool:
    latest = _latest(space, user_id)
    return latest is not None and "sent_out" in latest


def _member(member: NewMember, now: datetime) -> MemberDocument:
    return {
        "user_id": member.user_id,
        "role": member.role.value,
        "display_name": member.display_name,
        "first_seq": member.first_seq,
        "joined_at": now,
    }

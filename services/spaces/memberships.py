"""Who joins a case space later, and who leaves it (A1, rulings 7, 10 and 11).

Support and ops change the members of any space by their role, without being members; every change is audited, tells
live sockets at once, and is shown in the space by the worker. Only people of the client's side can be let in:
opposing parties, mediators and judges meet elsewhere (ruling 10).
"""

from typing import Literal

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.spaces import MemberAdd, MemberAddedView
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.people import UserDocument
from schemas.documents.spaces import MemberDocument, SpaceDocument
from schemas.enums import Role
from services.actors import Actor
from services.audit import Audit
from services.errors import Problem
from services.outbox import Effect, Outbox
from services.permissions import DESK, SPACE, Permission
from services.record import Recorder
from services.spaces.cards import Cards
from services.spaces.spaces import NewMember, Spaces, current_member
from services.storage.database import Database

_COURT = frozenset({Role.PRESIDER, Role.CLERK})
_TITLES: dict[str, str] = {
    Role.LAWYER: "律师",
    Role.SUPPORT: "客服",
    Role.REVIEWER: "审核律师",
    Role.CLIENT: "客户",
}


class Memberships:
    def __init__(
        self, database: Database, spaces: Spaces, recorder: Recorder, cards: Cards, audit: Audit, outbox: Outbox
    ) -> None:
        self._db = database
        self._spaces = spaces
        self._recorder = recorder
        self._cards = cards
        self._audit = audit
        self._outbox = outbox

    def effects(self) -> dict[str, Effect]:
        return {"space.joined": self._joined, "space.left": self._left}

    async def add(self, actor: Actor, space_id: str, body: MemberAdd) -> MemberAddedView:
        """Let somebody in, with the record from the point that the actor chose. A repeat changes nothing.

        Raises ``space.not_found``, ``auth.forbidden``, ``account.not_found``, ``space.member_unsuitable``,
        ``space.member_exists`` for a member with another role.
        """
        space = await self._load(actor, space_id)
        user = await self._suitable(body)
        first_seq = await self._first_seq(space_id, body.since)
        member = NewMember(user["_id"], Role(body.role), user["display_name"], first_seq)

        async def work(session: AsyncClientSession) -> bool:
            if not await self._spaces.add_members(session, space_id, [member]):
                return False
            await self._note(session, actor, "joined", space_id, member.user_id, role=body.role, first_seq=first_seq)
            return True

        if current_member(space, member.user_id) is None and await self._db.transaction(work):
            await self._spaces.announce(space_id, joined=[member.user_id])
            self._outbox.nudge()
        return await self._added(space_id, body)

    async def remove(self, actor: Actor, space_id: str, user_id: str) -> None:
        """Take somebody out: they read no more, and their sockets hear no more, from this moment on.

        Raises ``space.not_found``, ``auth.forbidden``, ``space.member_not_found``, ``space.member_fixed``.
        """
        await self._load(actor, space_id)
        await self._take_out(actor, space_id, user_id)

    async def take_out(self, space_id: str, user_id: str, relief: NewMember | None = None) -> None:
        """For effects: who has lost the role by which they were here, and who takes their place. Repeats do nothing."""
        try:
            await self._take_out(None, space_id, user_id, relief)
        except Problem as fault:
            if fault.code != "space.member_not_found":
                raise

    async def _take_out(
        self, actor: Actor | None, space_id: str, user_id: str, relief: NewMember | None = None
    ) -> None:
        async def work(session: AsyncClientSession) -> None:
            space = await self._db.spaces.find_one({"_id": space_id}, session=session)
            member = current_member(space, user_id) if space else None
            if space is None or member is None:
                raise Problem("space.member_not_found")
            order = await self._db.orders.find_one({"_id": space["order_id"]}, {"lawyer_id": 1}, session=session)
            # by hand nobody leaves a client without their lawyer; one who is a lawyer no more goes
            theirs = actor is not None and order and order.get("lawyer_id") == user_id
            if member["role"] == Role.CLIENT or theirs:
                raise Problem("space.member_fixed")
            await self._spaces.remove_members(session, space_id, [user_id])
            await self._note(session, actor, "left", space_id, user_id, role=member["role"])
            if relief is not None and await self._spaces.add_members(session, space_id, [relief]):
                await self._note(session, actor, "joined", space_id, relief.user_id, role=relief.role.value)

        await self._db.transaction(work)
        await self._spaces.announce(space_id, joined=[relief.user_id] if relief else [], left=[user_id])
        self._outbox.nudge()

    # --- checking

    async def _load(self, actor: Actor, space_id: str) -> SpaceDocument:
        """The space, for a member who may manage it and for the desk. Read afresh."""
        space = await self._db.spaces.find_one({"_id": space_id})
        desk = actor.has(*DESK[Permission.SPACE_MANAGE])
        member = current_member(space, actor.user_id) if space else None
        if space is None or (member is None and not desk):
            raise Problem("space.not_found")
        if not desk and (member is None or Role(member["role"]) not in SPACE[Permission.SPACE_MANAGE]):
            raise Problem("auth.forbidden")
        return space

    async def _suitable(self, body: MemberAdd) -> UserDocument:
        user = await self._db.users.find_one({"_id": body.user_id, "disabled": False})
        if user is None:
            raise Problem("account.not_found")
        if body.role not in user["roles"] or not _COURT.isdisjoint(user["roles"]):
            raise Problem("space.member_unsuitable")
        return user

    async def _first_seq(self, space_id: str, since: Literal["start", "now"] | int) -> int:
        if since == "start":
            return 1
        last, _ = await self._recorder.head(space_id)
        return last + 1 if since == "now" else min(since, last + 1)

    async def _added(self, space_id: str, body: MemberAdd) -> MemberAddedView:
        member = await self._member(space_id, body.user_id)
        if member is None:  # removed again in this very moment
            raise Problem("space.member_not_found")
        if member["role"] != body.role:
            raise Problem("space.member_exists")
        return MemberAddedView(
            user_id=member["user_id"],
            role=member["role"],
            display_name=member["display_name"],
            first_seq=member["first_seq"],
        )

    async def _member(self, space_id: str, user_id: str) -> MemberDocument | None:
        space = await self._db.spaces.find_one({"_id": space_id})
        return current_member(space, user_id) if space else None

    # --- telling

    async def _note(
        self, session: AsyncClientSession, actor: Actor | None, what: str, space_id: str, user_id: str, **detail: object
    ) -> None:
        await self._audit.write(actor, f"space.member_{what}", f"space:{space_id}", session, user_id=user_id, **detail)
        payload = {"space_id": space_id, "user_id": user_id}
        await self._outbox.add(session, f"space.{what}", f"space:{space_id}", payload)

    async def _joined(self, row: OutboxDocument) -> None:
        await self._show(row, "joined", "{name}（{title}）加入了案件空间")

    async def _left(self, row: OutboxDocument) -> None:
        await self._show(row, "left", "{name}（{title}）离开了案件空间")

    async def _show(self, row: OutboxDocument, code: str, text: str) -> None:
        """A line in the space. Sockets are told once more: the process that changed it may have died before."""
        space_id, user_id = row["payload"]["space_id"], row["payload"]["user_id"]
        space = await self._db.spaces.find_one({"_id": space_id})
        member = next((one for one in reversed(space["members"]) if one["user_id"] == user_id), None) if space else None
        if space is None or member is None:
            return
        inside = current_member(space, user_id) is not None
        await self._spaces.announce(space_id, joined=[user_id] if inside else [], left=[] if inside else [user_id])
        line = text.format(name=member["display_name"], title=_TITLES.get(member["role"], "成员"))
        try:
            await self._cards.notice(space_id, row["_id"], code, line)
        except Problem as fault:
            if fault.code != "message.id_reused":  # shown already, and the name has changed since
                raise

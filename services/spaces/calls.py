"""Informal voice calls between the members of a space, carried by WeChat alone (``wx.joinVoIPChat``).

WeChat gives no server a way to listen, mute or record, so nothing said there can be part of a record, and members are
told so before they join and by a card. In a hearing's space there are none: who decides speaks with the sides where
everybody concerned hears it.
"""

import hashlib
from datetime import timedelta

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from miniprogram_api.voip import RoomPass, room_pass
from miniprogram_api.wechat import LoginSession
from schemas.api.calls import CallView
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.spaces import SpaceDocument
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.identity.accounts import Accounts
from services.identity.wechat_codes import WeChatCodes
from services.outbox import Effect, Outbox
from services.permissions import Permission
from services.spaces.cards import Cards
from services.spaces.spaces import Spaces
from services.storage.database import Database

CALLED = "space.call"  # kind of the outbox row
NOTICE = "微信语音通话，不录音、不入卷宗"
ONE_CALL = timedelta(hours=1)  # who joins within it joins the call that the card told of


class Calls:
    def __init__(
        self,
        database: Database,
        spaces: Spaces,
        accounts: Accounts,
        codes: WeChatCodes,
        appid: str,
        cards: Cards,
        audit: Audit,
        outbox: Outbox,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._spaces = spaces
        self._accounts = accounts
        self._codes = codes
        self._appid = appid
        self._cards = cards
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    def effects(self) -> dict[str, Effect]:
        return {CALLED: self._show}

    async def join(self, actor: Actor, space_id: str, code: str) -> CallView:
        """What lets the caller into the room of this space. The first one in an hour shows a card.

        Only a session that has just begun signs for certain, so ``code`` is exchanged here. Staff, who sign in by
        password, may hold any WeChat account; a client must hold their own.

        Raises ``space.*``, ``call.in_hearing``, ``call.other_account``, ``auth.code_invalid`` and what else
        ``WeChatCodes.login`` raises.
        """
        place = await self._spaces.access(actor, space_id, Permission.SPACE_SEND)
        if "hearing_id" in place.space:
            raise Problem("call.in_hearing")
        session = await self._codes.login(code)
        await self._check_account(actor, session)
        group_id = group_of(place.space)
        ticket = room_pass(self._appid, group_id, session.session_key, self._clock().timestamp())
        await self._note(actor, space_id, group_id)
        return _view(ticket)

    async def _check_account(self, actor: Actor, session: LoginSession) -> None:
        known = await self._accounts.openid_of(actor.user_id)
        if known is not None and known != session.openid:
            raise Problem("call.other_account")

    async def _note(self, actor: Actor, space_id: str, group_id: str) -> None:
        """The call, unless one is going on. Two who begin at once begin one."""
        now = self._clock()

        async def work(session: AsyncClientSession) -> None:
            await self._db.calls.update_one(
                {"_id": group_id, "called_at": {"$lte": now - ONE_CALL}},
                {"$set": {"space_id": space_id, "called_at": now}},
                upsert=True,
                session=session,
            )
            payload = {"space_id": space_id, "user_id": actor.user_id}
            await self._outbox.add(session, CALLED, f"space:{space_id}", payload)

        try:
            await self._db.transaction(work)
            self._outbox.nudge()
        except DuplicateKeyError:
            return  # it is going on
        finally:
            await self._audit.write(actor, "space.call_joined", f"space:{space_id}")

    async def _show(self, row: OutboxDocument) -> None:
        space_id = row["payload"]["space_id"]
        ref = {"space_id": space_id, "user_id": row["payload"]["user_id"]}
        await self._cards.show(space_id, row["_id"], "call", "语音通话", "open", ref, text=NOTICE)


def group_of(space: SpaceDocument) -> str:
    """WeChat's group id. When somebody has left it is another one: what they hold leads into a room nobody comes to."""
    members = sorted(member["user_id"] for member in space["members"] if "left_at" not in member)
    return hashlib.sha256("\n".join([space["_id"], *members]).encode()).hexdigest()[:32]


def _view(ticket: RoomPass) -> CallView:
    return CallView(
        group_id=ticket.group_id,
        nonce_str=ticket.nonce_str,
        timestamp=ticket.timestamp,
        signature=ticket.signature,
        notice=NOTICE,
    )

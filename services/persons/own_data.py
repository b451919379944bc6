"""What is kept about somebody, for themselves (个人信息保护法 45): everything that cases do not hold.

What was said and sent in a case comes with the evidence bundle of its space. WeChat's identifier is left out: it serves
nobody but us and WeChat.
"""

from schemas.api.base import PageQuery
from schemas.api.orders import OrderView
from schemas.api.own_data import (
    OwnDataView,
    OwnNoticeView,
    OwnPaymentView,
    OwnSessionView,
    OwnSpaceView,
    OwnVerificationView,
)
from schemas.api.verifications import ConsentView
from schemas.verification_enums import VerificationKind, VerificationState
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.identity.accounts import Accounts
from services.orders.orders import Orders
from services.spaces.spaces import Spaces, current_member
from services.storage.database import Database
from services.verification.consents import Consents
from services.verification.verification_book import VerificationBook

MOST = 2_000  # of a kind, the newest: nobody comes near


class OwnData:
    def __init__(
        self,
        database: Database,
        accounts: Accounts,
        consents: Consents,
        applications: VerificationBook,
        orders: Orders,
        spaces: Spaces,
        audit: Audit,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._accounts = accounts
        self._consents = consents
        self._applications = applications
        self._orders = orders
        self._spaces = spaces
        self._audit = audit
        self._clock = clock

    async def of(self, actor: Actor) -> OwnDataView:
        """The caller's own, in the clear; audited."""
        await self._audit.write(actor, "person.data_copied", actor.user_id)
        return OwnDataView(
            made_at=self._clock(),
            account=await self._accounts.me(actor),
            phone=await self._accounts.phone_of(actor.user_id),
            consents=await self._given(actor),
            verifications=await self._proven(actor),
            orders=await self._ordered(actor),
            payments=await self._paid(actor),
            notices=await self._told(actor),
            sessions=await self._signed_in(actor),
            spaces=await self._cases(actor),
        )

    async def _given(self, actor: Actor) -> list[ConsentView]:
        items: list[ConsentView] = []
        page = await self._consents.mine(actor, PageQuery())
        while True:
            items += page.items
            if page.next_cursor is None or len(items) >= MOST:
                return items
            page = await self._consents.mine(actor, PageQuery(cursor=page.next_cursor))

    async def _proven(self, actor: Actor) -> list[OwnVerificationView]:
        found = await self._db.verifications.find({"user_id": actor.user_id}).sort("_id", -1).limit(MOST).to_list()
        return [
            OwnVerificationView(
                kind=VerificationKind(one["kind"]),
                state=VerificationState(one["state"]),
                values=await self._applications.values(one),
                submitted_at=one.get("submitted_at"),
                decided_at=one.get("decided_at"),
            )
            for one in found
        ]

    async def _ordered(self, actor: Actor) -> list[OrderView]:
        found = self._db.orders.find({"client_id": actor.user_id}, {"_id": 1}).sort("_id", -1).limit(MOST)
        return [await self._orders.get(actor, one["_id"]) for one in await found.to_list()]

    async def _paid(self, actor: Actor) -> list[OwnPaymentView]:
        found = self._db.payments.find({"payer_id": actor.user_id}).sort("_id", -1).limit(MOST)
        return [
            OwnPaymentView(
                order_id=one.get("order_id"),
                out_trade_no=one["out_trade_no"],
                method=one["method"],
                amount_fen=one["amount_fen"],
                state=one["state"],
                paid_at=one.get("paid_at"),
                created_at=one["created_at"],
            )
            async for one in found
        ]

    async def _told(self, actor: Actor) -> list[OwnNoticeView]:
        found = self._db.notices.find({"user_id": actor.user_id}).sort("_id", -1).limit(MOST)
        return [
            OwnNoticeView(
                title=one["title"], text=one["text"], created_at=one["created_at"], read_at=one.get("read_at")
            )
            async for one in found
        ]

    async def _signed_in(self, actor: Actor) -> list[OwnSessionView]:
        found = self._db.sessions.find({"user_id": actor.user_id}).sort("_id", -1).limit(MOST)
        return [
            OwnSessionView(created_at=one["created_at"], expires_at=one["expires_at"], revoked_at=one.get("revoked_at"))
            async for one in found
        ]

    async def _cases(self, actor: Actor) -> list[OwnSpaceView]:
        found = [(space, current_member(space, actor.user_id)) for space in await self._spaces.of(actor.user_id)]
        return [
            OwnSpaceView(
                id=space["_id"],
                title=space["title"],
                role=member["role"],
                export=f"/api/v1/spaces/{space['_id']}/export",
            )
            for space, member in found
            if member is not None
        ]

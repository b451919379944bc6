"""Where a firm's money goes: its merchant number (商户号) is entered by one person and approved by another (E3).

Until then the number before stays in force. Taking a number away needs nobody else: nothing is shared from then on.
Lawyers of the firm and all of ops hear of both steps, so that a number nobody there knows is noticed before it counts.
"""

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.ledgers import OutboxDocument
from schemas.documents.settlements import FirmDocument
from schemas.enums import NoticeKind, Role
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.orders.order_seams import Teller
from services.outbox import Effect, Outbox
from services.permissions import FINANCE, Permission, require
from services.storage.database import Database
from services.work_items import WorkItems

WAITING = "firm.merchant_waiting"  # kind of the work item
TOLD = "firm.merchant"  # kind of the outbox row


class Merchants:
    def __init__(
        self,
        database: Database,
        items: WorkItems,
        outbox: Outbox,
        notices: Teller,
        audit: Audit,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._items = items
        self._outbox = outbox
        self._notices = notices
        self._audit = audit
        self._clock = clock

    # --- entered with the firm

    async def want(self, session: AsyncClientSession, actor: Actor | None, firm: FirmDocument, mchid: str) -> None:
        """Note the number with ``firm``, which is stored by whoever calls. The operator's shell (None) needs no second
        person."""
        if actor is None:
            firm["mchid"] = mchid
            return
        if firm.get("wanted", {}).get("mchid") == mchid:
            return  # it stays with who entered it first, or a colleague's saving would open it to them
        firm["wanted"] = {"mchid": mchid, "by": actor.user_id, "at": self._clock()}
        await self._items.open(
            WAITING,
            firm["_id"],
            title="律所收款商户号待复核",
            advice="请向律所核实商户号（用登记在册的联系方式，不用申请中的），再到“律所与律师”中复核；有疑问的，退回。",
            urgent=True,
            session=session,
            firm_id=firm["_id"],
        )
        await self._audit.write(actor, "firm.merchant_wanted", firm["_id"], session, ends=mchid[-4:])
        await self._tell(session, firm["_id"], "wanted", mchid)

    async def withdraw(self, session: AsyncClientSession, actor: Actor | None, firm: FirmDocument) -> None:
        """What is in force ends at once, and nothing waits any more."""
        was = firm.pop("mchid")
        if firm.pop("wanted", None) is not None:
            await self._items.resolve(WAITING, firm["_id"], "已撤回", session)
        await self._audit.write(actor, "firm.merchant_removed", firm["_id"], session, ends=was[-4:])
        await self._tell(session, firm["_id"], "removed", was)

    # --- the second person

    async def approve(self, actor: Actor, firm_id: str, revision: int) -> FirmDocument:
        """From now on money is shared to it.

        Raises ``auth.forbidden``, ``firm.not_found``, ``request.changed_meanwhile``, ``firm.nothing_wanted``,
        ``firm.same_person``, ``firm.own``.
        """

        async def work(session: AsyncClientSession) -> FirmDocument:
            firm = await self._waiting(actor, firm_id, revision, session)
            wanted = firm["wanted"]
            if wanted["by"] == actor.user_id:
                raise Problem("firm.same_person")
            if await self._db.users.find_one({"_id": actor.user_id, "firm_id": firm_id}, {"_id": 1}, session=session):
                raise Problem("firm.own")
            firm["mchid"] = wanted["mchid"]
            firm.pop("receiver_added_at", None)  # WeChat is told of the new receiver before the first share
            await self._audit.write(
                actor, "firm.merchant_approved", firm_id, session, ends=wanted["mchid"][-4:], by=wanted["by"]
            )
            await self._tell(session, firm_id, "approved", wanted["mchid"])
            return await self._answered(session, firm, "已复核生效")

        firm = await self._db.transaction(work)
        self._outbox.nudge()
        return firm

    async def refuse(self, actor: Actor, firm_id: str, revision: int) -> FirmDocument:
        """The number before stays in force; whoever entered it may take it back, too.

        Raises ``auth.forbidden``, ``firm.not_found``, ``request.changed_meanwhile``, ``firm.nothing_wanted``.
        """

        async def work(session: AsyncClientSession) -> FirmDocument:
            firm = await self._waiting(actor, firm_id, revision, session)
            await self._audit.write(actor, "firm.merchant_refused", firm_id, session, ends=firm["wanted"]["mchid"][-4:])
            return await self._answered(session, firm, "已退回")

        return await self._db.transaction(work)

    async def _waiting(self, actor: Actor, firm_id: str, revision: int, session: AsyncClientSession) -> FirmDocument:
        require(FINANCE, Permission.FIRM_MANAGE, actor.roles)
        firm = await self._db.firms.find_one({"_id": firm_id}, session=session)
        if firm is None:
            raise Problem("firm.not_found")
        if firm["revision"] != revision:
            raise Problem("request.changed_meanwhile")
        if "wanted" not in firm:
            raise Problem("firm.nothing_wanted")
        return firm

    async def _answered(self, session: AsyncClientSession, firm: FirmDocument, outcome: str) -> FirmDocument:
        del firm["wanted"]
        await self._items.resolve(WAITING, firm["_id"], outcome, session)
        return await self.store(session, firm)

    async def store(self, session: AsyncClientSession, firm: FirmDocument) -> FirmDocument:
        """The firm as it is now, if nobody changed it since it was read. Raises ``request.changed_meanwhile``."""
        seen = firm["revision"]
        stored = await self._db.firms.find_one_and_replace(
            {"_id": firm["_id"], "revision": seen},
            {**firm, "revision": seen + 1, "updated_at": self._clock()},
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        if stored is None:
            raise Problem("request.changed_meanwhile")
        return stored

    # --- telling

    def nudge(self) -> None:
        """Have the worker tell what was committed."""
        self._outbox.nudge()

    async def _tell(self, session: AsyncClientSession, firm_id: str, what: str, mchid: str) -> None:
        payload = {"firm_id": firm_id, "what": what, "ends": mchid[-4:]}
        await self._outbox.add(session, TOLD, f"firm:{firm_id}", payload)

    def effects(self) -> dict[str, Effect]:
        return {TOLD: self._told}

    async def _told(self, row: OutboxDocument) -> None:
        firm_id, what, ends = (row["payload"][name] for name in ("firm_id", "what", "ends"))
        firm = await self._db.firms.find_one({"_id": firm_id}, {"name": 1})
        if firm is None:
            return
        concerned = {
            "$or": [{"firm_id": firm_id, "roles": Role.LAWYER.value}, {"roles": Role.OPS.value}],
            "disabled": False,
        }
        async for user in self._db.users.find(concerned, {"roles": 1}):
            await self._notices.tell(
                user["_id"],
                NoticeKind.FIRM_MERCHANT,
                f"firm:{firm_id}:merchant:{row['_id']}",
                title=f"{firm['name']}：收款商户号变更",
                text=_TEXTS[what].format(ends=ends),
                link="/desk/firms" if Role.OPS.value in user["roles"] else "/settlements",
                values={"case": "律所结算", "sender": "系统"},
            )


_TEXTS = {
    "wanted": "有人录入了尾号 {ends} 的收款商户号，待复核；如非本所申请，请立即联系平台",
    "approved": "收款商户号已变更为尾号 {ends}；如非本所申请，请立即联系平台",
    "removed": "尾号 {ends} 的收款商户号已停用，此后线下结算",
}

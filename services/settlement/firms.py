"""Law firms and their lawyers: who is owed what lawyers earn (ruling: fees go to the firm)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from pymongo import ASCENDING
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.api.base import Page, PageQuery
from schemas.api.firms import FirmBody, FirmLawyerView, FirmView, WantedMerchantView
from schemas.api.orders import PersonView
from schemas.documents.settlements import FirmDocument
from schemas.enums import Role
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.ids import new_id
from services.pages import newest
from services.permissions import FINANCE, Permission, require
from services.settlement.merchants import Merchants
from services.storage.database import Database


class Firms:
    def __init__(self, database: Database, merchants: Merchants, audit: Audit, clock: Clock = utc_now) -> None:
        self._db = database
        self._merchants = merchants
        self._audit = audit
        self._clock = clock

    async def page(self, actor: Actor, query: PageQuery) -> Page[FirmView]:
        """All firms, newest first. Raises ``auth.forbidden``."""
        require(FINANCE, Permission.FIRM_MANAGE, actor.roles)
        shown, following = await newest(self._db.firms, {}, query)
        return Page(items=[*await self._views(shown)], next_cursor=following, has_more=following is not None)

    async def create(self, actor: Actor | None, body: FirmBody) -> FirmView:
        """``actor`` None is the operator's shell; its merchant number counts at once.

        Raises ``auth.forbidden``, ``firm.exists``.
        """
        if actor is not None:
            require(FINANCE, Permission.FIRM_MANAGE, actor.roles)
        firm_id = new_id()

        async def work(session: AsyncClientSession) -> FirmDocument:
            now = self._clock()
            firm: FirmDocument = {
                "_id": firm_id,
                "schema_version": 1,
                "name": body.name,
                "credit_code": body.credit_code,
                "tariff": body.tariff,
                "revision": 1,
                "created_at": now,
                "updated_at": now,
            }
            if body.mchid is not None:
                await self._merchants.want(session, actor, firm, body.mchid)
            await self._db.firms.insert_one(firm, session=session)
            await self._audit.write(actor, "firm.created", firm_id, session, tariff=body.tariff)
            return firm

        return await self._stored(work)

    async def change(self, actor: Actor, firm_id: str, revision: int, body: FirmBody) -> FirmView:
        """Another merchant number waits for a second person; taking away the one in force counts at once, and saying
        what is in force, be it none, changes nothing about one that waits.

        Raises ``auth.forbidden``, ``firm.not_found``, ``firm.exists``, ``request.changed_meanwhile``.
        """
        require(FINANCE, Permission.FIRM_MANAGE, actor.roles)

        async def work(session: AsyncClientSession) -> FirmDocument:
            firm = await self._db.firms.find_one({"_id": firm_id}, session=session)
            if firm is None:
                raise Problem("firm.not_found")
            if firm["revision"] != revision:
                raise Problem("request.changed_meanwhile")
            firm["name"], firm["credit_code"], firm["tariff"] = body.name, body.credit_code, body.tariff
            firm.pop("receiver_added_at", None)  # WeChat compares the name: it is told of the receiver again
            if body.mchid is None and "mchid" in firm:
                await self._merchants.withdraw(session, actor, firm)
            elif body.mchid is not None and body.mchid != firm.get("mchid"):
                await self._merchants.want(session, actor, firm, body.mchid)
            changed = await self._merchants.store(session, firm)
            await self._show_name(session, firm)
            await self._audit.write(actor, "firm.changed", firm_id, session, tariff=body.tariff)
            return changed

        return await self._stored(work)

    async def approve_merchant(self, actor: Actor, firm_id: str, revision: int) -> FirmView:
        """Raises what ``Merchants.approve`` raises."""
        return await self._view(await self._merchants.approve(actor, firm_id, revision))

    async def refuse_merchant(self, actor: Actor, firm_id: str, revision: int) -> FirmView:
        """Raises what ``Merchants.refuse`` raises."""
        return await self._view(await self._merchants.refuse(actor, firm_id, revision))

    async def _stored(self, work: Callable[[AsyncClientSession], Awaitable[FirmDocument]]) -> FirmView:
        try:
            firm = await self._db.transaction(work)
        except DuplicateKeyError:
            raise Problem("firm.exists") from None
        self._merchants.nudge()
        return await self._view(firm)

    async def join(self, actor: Actor | None, firm_id: str, user_id: str) -> FirmView:
        """Make a lawyer the firm's, and no other's. What is settled already stays where it is.

        Raises ``auth.forbidden``, ``firm.not_found``, ``account.not_found``.
        """
        if actor is not None:
            require(FINANCE, Permission.FIRM_MANAGE, actor.roles)

        async def work(session: AsyncClientSession) -> FirmDocument:
            firm = await self._db.firms.find_one({"_id": firm_id}, session=session)
            if firm is None:
                raise Problem("firm.not_found")
            joined = await self._db.users.update_one(
                {"_id": user_id, "roles": Role.LAWYER.value},
                {"$set": {"firm_id": firm_id, "updated_at": self._clock()}},
                session=session,
            )
            if not joined.matched_count:
                raise Problem("account.not_found")
            await self._show_name(session, firm)
            await self._audit.write(actor, "firm.lawyer_joined", firm_id, session, user_id=user_id)
            return firm

        return await self._view(await self._db.transaction(work))

    async def _show_name(self, session: AsyncClientSession, firm: FirmDocument) -> None:
        """The published profiles of its lawyers name the firm as it is called now."""
        theirs = {"firm_id": firm["_id"], "profile": {"$exists": True}}
        await self._db.users.update_many(theirs, {"$set": {"profile.firm": firm["name"]}}, session=session)

    async def find(self, credit_code: str) -> str | None:
        """The firm's id."""
        firm = await self._db.firms.find_one({"credit_code": credit_code}, {"_id": 1})
        return firm["_id"] if firm else None

    async def adopt(self) -> int:
        """Lawyers from before there were firms join the one that their profile names exactly; how many did."""
        joined = 0
        async for firm in self._db.firms.find({}, {"name": 1}):
            stray = {"roles": Role.LAWYER.value, "firm_id": {"$exists": False}, "profile.firm": firm["name"]}
            for lawyer in await self._db.users.find(stray, {"_id": 1}).to_list():
                await self.join(None, firm["_id"], lawyer["_id"])
                joined += 1
        return joined

    async def _view(self, firm: FirmDocument) -> FirmView:
        return (await self._views([firm]))[0]

    async def _views(self, firms: Sequence[FirmDocument]) -> Sequence[FirmView]:
        lawyers: dict[str, list[FirmLawyerView]] = {firm["_id"]: [] for firm in firms}
        found = self._db.users.find({"firm_id": {"$in": list(lawyers)}}, {"display_name": 1, "firm_id": 1})
        async for user in found.sort("_id", ASCENDING):
            lawyers[user["firm_id"]].append(FirmLawyerView(user_id=user["_id"], display_name=user["display_name"]))
        wanters = {"_id": {"$in": [firm["wanted"]["by"] for firm in firms if "wanted" in firm]}}
        names = {user["_id"]: user["display_name"] async for user in self._db.users.find(wanters, {"display_name": 1})}
        return [_view(firm, lawyers[firm["_id"]], names) for firm in firms]


def _view(firm: FirmDocument, lawyers: list[FirmLawyerView], names: Mapping[str, str]) -> FirmView:
    wanted = firm.get("wanted")
    return FirmView(
        id=firm["_id"],
        name=firm["name"],
        credit_code=firm["credit_code"],
        tariff=firm["tariff"],
        mchid=firm.get("mchid"),
        wanted=wanted
        and WantedMerchantView(
            mchid=wanted["mchid"],
            by=PersonView(user_id=wanted["by"], display_name=names.get(wanted["by"], "")),
            at=wanted["at"],
        ),
        revision=firm["revision"],
        lawyers=lawyers,
        created_at=firm["created_at"],
        updated_at=firm["updated_at"],
    )

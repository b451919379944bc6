"""Law firms and their lawyers: who is owed what lawyers earn (ruling: fees go to the firm)."""

from collections.abc import Iterable, Sequence
from typing import Any

from pymongo import ASCENDING, ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.api.firms import FirmBody, FirmLawyerView, FirmList, FirmView
from schemas.documents.settlements import FirmDocument
from schemas.enums import Role
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.ids import new_id
from services.permissions import FINANCE, Permission, require
from services.storage.database import Database


class Firms:
    def __init__(self, database: Database, audit: Audit, clock: Clock = utc_now) -> None:
        self._db = database
        self._audit = audit
        self._clock = clock

    async def list(self, actor: Actor) -> FirmList:
        """All firms by name. Raises ``auth.forbidden``."""
        require(FINANCE, Permission.FIRM_MANAGE, actor.roles)
        firms = await self._db.firms.find().sort("name", ASCENDING).to_list()
        return FirmList(items=[*await self._views(firms)])

    async def create(self, actor: Actor | None, body: FirmBody) -> FirmView:
        """``actor`` None is the operator's shell. Raises ``auth.forbidden``, ``firm.exists``."""
        if actor is not None:
            require(FINANCE, Permission.FIRM_MANAGE, actor.roles)
        now = self._clock()
        firm: FirmDocument = {
            "_id": new_id(),
            "schema_version": 1,
            "name": body.name,
            "credit_code": body.credit_code,
            "tariff": body.tariff,
            "revision": 1,
            "created_at": now,
            "updated_at": now,
        }
        if body.mchid is not None:
            firm["mchid"] = body.mchid

        async def work(session: AsyncClientSession) -> None:
            await self._db.firms.insert_one(firm, session=session)
            await self._audit.write(actor, "firm.created", firm["_id"], session, tariff=body.tariff)

        try:
            await self._db.transaction(work)
        except DuplicateKeyError:
            raise Problem("firm.exists") from None
        return (await self._views([firm]))[0]

    async def change(self, actor: Actor, firm_id: str, revision: int, body: FirmBody) -> FirmView:
        """Raises ``auth.forbidden``, ``firm.not_found``, ``firm.exists``, ``request.changed_meanwhile``."""
        require(FINANCE, Permission.FIRM_MANAGE, actor.roles)
        changes: dict[str, Any] = {**body.model_dump(exclude_none=True), "updated_at": self._clock()}
        # WeChat is told of a receiver again when its number or name may be another one
        gone = {"receiver_added_at": ""} | ({} if body.mchid else {"mchid": ""})

        async def work(session: AsyncClientSession) -> FirmDocument:
            changed = await self._db.firms.find_one_and_update(
                {"_id": firm_id, "revision": revision},
                {"$set": changes, "$unset": gone, "$inc": {"revision": 1}},
                return_document=ReturnDocument.AFTER,
                session=session,
            )
            if changed is None:
                known = await self._db.firms.find_one({"_id": firm_id}, {"_id": 1}, session=session)
                raise Problem("request.changed_meanwhile" if known else "firm.not_found")
            await self._audit.write(actor, "firm.changed", firm_id, session, tariff=body.tariff)
            return changed

        try:
            return (await self._views([await self._db.transaction(work)]))[0]
        except DuplicateKeyError:
            raise Problem("firm.exists") from None

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
            await self._audit.write(actor, "firm.lawyer_joined", firm_id, session, user_id=user_id)
            return firm

        return (await self._views([await self._db.transaction(work)]))[0]

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

    async def _views(self, firms: Iterable[FirmDocument]) -> Sequence[FirmView]:
        shown = {firm["_id"]: firm for firm in firms}
        lawyers: dict[str, list[FirmLawyerView]] = {firm_id: [] for firm_id in shown}
        found = self._db.users.find({"firm_id": {"$in": list(shown)}}, {"display_name": 1, "firm_id": 1})
        async for user in found.sort("_id", ASCENDING):
            lawyers[user["firm_id"]].append(FirmLawyerView(user_id=user["_id"], display_name=user["display_name"]))
        return [_view(firm, lawyers[firm_id]) for firm_id, firm in shown.items()]


def _view(firm: FirmDocument, lawyers: Iterable[FirmLawyerView]) -> FirmView:
    return FirmView(
        id=firm["_id"],
        name=firm["name"],
        credit_code=firm["credit_code"],
        tariff=firm["tariff"],
        mchid=firm.get("mchid"),
        revision=firm["revision"],
        lawyers=list(lawyers),
        created_at=firm["created_at"],
        updated_at=firm["updated_at"],
    )

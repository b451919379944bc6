"""Companies whose people order on the company's account (B6), and the balance that they spend (E2).

The balance is the sum of the company's ledger account and stands nowhere else. Whatever takes from it touches the
company first, so that of two at once the second sees what the first has left.
"""

from collections.abc import Iterable
from typing import Any

from pymongo import ASCENDING
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.api.base import Page, PageQuery
from schemas.api.companies import (
    CompanyBody,
    CompanyMemberBody,
    CompanyMemberChangeBody,
    CompanyMemberView,
    CompanyView,
    InvoiceTitleListView,
    InvoiceTitleView,
    StatementLineView,
    StatementQuery,
    StatementView,
)
from schemas.documents.pricing import CompanyDocument, CompanyMemberDocument
from schemas.enums import IdentityKind, Role
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.ids import new_id
from services.keys import BlindIndex
from services.ledger.accounts import Kind, account
from services.ledger.ledger import Ledger
from services.pages import newest
from services.pricing.allowances import Allowances
from services.storage.database import Database

_WHAT = {"payment": "支付订单", "refund_succeeded": "退款退回"}  # what a line with an order is called


class Companies:
    def __init__(
        self, database: Database, ledger: Ledger, index: BlindIndex, audit: Audit, clock: Clock = utc_now
    ) -> None:
        self._db = database
        self._allowances = Allowances(database)
        self._ledger = ledger
        self._index = index
        self._audit = audit
        self._clock = clock

    # --- who

    async def create(self, actor: Actor, body: CompanyBody) -> CompanyView:
        """Raises ``company.member_not_found``, ``company.exists``."""
        now = self._clock()
        admin = await self._by_phone(body.admin_phone)
        company: CompanyDocument = {
            "_id": new_id(),
            "schema_version": 1,
            "name": body.name,
            "credit_code": body.credit_code,
            "members": [{"user_id": admin, "admin": True, "added_at": now}],
            "movements": 0,
            "created_by": actor.user_id,
            "created_at": now,
            "updated_at": now,
        }

        async def work(session: AsyncClientSession) -> None:
            await self._db.companies.insert_one(company, session=session)
            await self._audit.write(actor, "company.created", company["_id"], session, admin=admin)

        try:
            await self._db.transaction(work)
        except DuplicateKeyError:
            raise Problem("company.exists") from None
        return await self._view(actor, company)

    async def get(self, actor: Actor, company_id: str) -> CompanyView:
        """Raises ``company.not_found``."""
        return await self._view(actor, await self.access(actor, company_id))

    async def access(
        self, actor: Actor, company_id: str, session: AsyncClientSession | None = None, *, admin: bool = False
    ) -> CompanyDocument:
        """The company, if the caller belongs to it (as ``admin``), or is ops. Raises ``company.not_found``,
        ``auth.forbidden``."""
        company = await self._db.companies.find_one({"_id": company_id}, session=session)
        member = _member(company, actor.user_id) if company else None
        if company is None or (member is None and not actor.has(Role.OPS)):
            raise Problem("company.not_found")
        if admin and not _may_change(actor, member):
            raise Problem("auth.forbidden")
        return company

    async def add_member(self, actor: Actor, company_id: str, body: CompanyMemberBody) -> CompanyView:
        """Let somebody order on its account up to an allowance, which begins anew each time; or make them its admin,
        who may spend all. Raises what ``access`` raises, and ``company.member_not_found``."""
        await self.access(actor, company_id, admin=True)  # first: strangers must not learn whose phones are known here
        user_id = await self._by_phone(body.phone)
        return await self._put_member(actor, company_id, user_id, "added", body)

    async def change_member(
        self, actor: Actor, company_id: str, user_id: str, body: CompanyMemberChangeBody
    ) -> CompanyView:
        """Grant a member another allowance, which begins anew, or make them admin, or no admin any more. Raises what
        ``access`` raises, ``company.member_not_found`` and ``company.last_admin``."""
        return await self._put_member(actor, company_id, user_id, "changed", body)

    async def _put_member(
        self,
        actor: Actor,
        company_id: str,
        user_id: str,
        what: str,
        body: CompanyMemberBody | CompanyMemberChangeBody,
    ) -> CompanyView:
        async def work(session: AsyncClientSession) -> CompanyDocument:
            company = await self.access(actor, company_id, session, admin=True)
            others = [member for member in company["members"] if member["user_id"] != user_id]
            if what == "changed" and len(others) == len(company["members"]):
                raise Problem("company.member_not_found")
            fresh: CompanyMemberDocument = {"user_id": user_id, "admin": body.admin, "added_at": self._clock()}
            if not body.admin:
                fresh["allowance_fen"] = body.allowance_fen
            done = f"{what}:{user_id}"
            return await self._members(session, actor, company, [*others, fresh], done, fresh.get("allowance_fen"))

        return await self._view(actor, await self._db.transaction(work))

    async def remove_member(self, actor: Actor, company_id: str, user_id: str) -> CompanyView:
        """Raises what ``access`` raises, ``company.member_not_found`` and ``company.last_admin``."""

        async def work(session: AsyncClientSession) -> CompanyDocument:
            company = await self.access(actor, company_id, session, admin=True)
            if _member(company, user_id) is None:
                raise Problem("company.member_not_found")
            others = [member for member in company["members"] if member["user_id"] != user_id]
            return await self._members(session, actor, company, others, f"removed:{user_id}")

        return await self._view(actor, await self._db.transaction(work))

    async def _members(
        self,
        session: AsyncClientSession,
        actor: Actor,
        company: CompanyDocument,
        members: list[CompanyMemberDocument],
        what: str,
        allowance_fen: int | None = None,
    ) -> CompanyDocument:
        if not any(member["admin"] for member in members):
            raise Problem("company.last_admin")
        changes = {"members": members, "updated_at": self._clock()}
        await self._db.companies.update_one({"_id": company["_id"]}, {"$set": changes}, session=session)
        await self._audit.write(
            actor, "company.members", company["_id"], session, what=what, allowance_fen=allowance_fen
        )
        return {**company, "members": members}

    async def _by_phone(self, phone: str) -> str:
        lookup = self._index.lookup(IdentityKind.PHONE, phone)
        identity = await self._db.identities.find_one({"kind": IdentityKind.PHONE.value, "lookup": lookup})
        if identity is None:
            raise Problem("company.member_not_found")
        return identity["user_id"]

    # --- the balance

    async def take(self, session: AsyncClientSession, actor: Actor, company_id: str, amount_fen: int) -> None:
        """Make sure, in the transaction that pays, that so much is there and stays there until the commit.

        Raises ``company.not_found``, ``company.allowance_short``, ``company.balance_short``.
        """
        mine = {"_id": company_id, "members.user_id": actor.user_id}
        company = await self._db.companies.find_one_and_update(mine, {"$inc": {"movements": 1}}, session=session)
        member = _member(company, actor.user_id) if company else None
        if company is None or member is None:
            raise Problem("company.not_found")
        left = await self._allowances.left(company, [member], session)
        if left.get(actor.user_id, amount_fen) < amount_fen:
            raise Problem("company.allowance_short")
        if await self._balance(company_id, session) < amount_fen:
            raise Problem("company.balance_short")

    async def statement(self, actor: Actor, company_id: str, query: StatementQuery) -> StatementView:
        """What came and went, oldest first, with the balance after each, a page at a time.

        Raises ``company.not_found``.
        """
        await self.access(actor, company_id)
        name = account(Kind.PREPAID, company_id)
        begins = await self._begins(name, query)
        until = {"at": {"$lt": query.until}} if query.until else {}
        found = self._db.ledger.find({"$and": [{"lines.account": name}, begins, until]})
        rows = await found.sort([("at", ASCENDING), ("_id", ASCENDING)]).limit(query.limit + 1).to_list()
        opening = await self._balance_before(name, begins) if begins else 0
        items, balance = [], opening
        for row in rows[: query.limit]:
            fen = -sum(line["fen"] for line in row["lines"] if line["account"] == name)
            balance += fen
            what = "充值" if fen > 0 and "order_id" not in row else _WHAT.get(row["kind"], "调整")
            items.append(
                StatementLineView(
                    at=row["at"], what=what, amount_fen=fen, balance_fen=balance, order_id=row.get("order_id")
                )
            )
        more = len(rows) > query.limit
        return StatementView(
            company_id=company_id,
            opening_fen=opening,
            closing_fen=balance,
            items=items,
            next_cursor=rows[query.limit - 1]["_id"] if more else None,
            has_more=more,
        )

    async def _begins(self, name: str, query: StatementQuery) -> dict[str, Any]:
        """What a page's lines have in common that those before it have not."""
        if query.cursor is not None:
            last = await self._db.ledger.find_one({"_id": query.cursor, "lines.account": name}, {"at": 1})
            if last is not None:
                return {"$or": [{"at": {"$gt": last["at"]}}, {"at": last["at"], "_id": {"$gt": last["_id"]}}]}
        return {"at": {"$gte": query.since}} if query.since else {}

    async def _balance(self, company_id: str, session: AsyncClientSession | None = None) -> int:
        return -await self._ledger.balance(account(Kind.PREPAID, company_id), session)

    async def _balance_before(self, name: str, begins: dict[str, Any]) -> int:
        stages: list[dict[str, Any]] = [
            {"$match": {"lines.account": name, "$nor": [begins]}},
            {"$unwind": "$lines"},
            {"$match": {"lines.account": name}},
            {"$group": {"_id": None, "fen": {"$sum": "$lines.fen"}}},
        ]
        rows: Any = await self._db.ledger.aggregate(stages)
        fen: int = sum([row["fen"] async for row in rows])
        return -fen

    async def _view(self, actor: Actor, company: CompanyDocument) -> CompanyView:
        names = await self._names(member["user_id"] for member in company["members"])
        admin = _may_change(actor, _member(company, actor.user_id))
        shown = [member for member in company["members"] if admin or member["user_id"] == actor.user_id]
        left = await self._allowances.left(company, shown)
        return CompanyView(
            id=company["_id"],
            name=company["name"],
            credit_code=company["credit_code"],
            verified="verified_until" in company,
            balance_fen=await self._balance(company["_id"]),
            admin=admin,
            members=[
                CompanyMemberView(
                    user_id=member["user_id"],
                    display_name=names.get(member["user_id"], ""),
                    admin=member["admin"],
                    allowance_fen=member.get("allowance_fen", 0) if member["user_id"] in left else None,
                    left_fen=left.get(member["user_id"]),
                )
                for member in company["members"]
            ],
        )

    async def _names(self, user_ids: Iterable[str]) -> dict[str, str]:
        found = self._db.users.find({"_id": {"$in": [*user_ids]}}, {"display_name": 1})
        return {user["_id"]: user["display_name"] async for user in found}

    async def invoice_titles(self, actor: Actor) -> InvoiceTitleListView:
        """Of the caller's companies whose licence was verified, for invoices to be filled in from (B2)."""
        mine = {"members.user_id": actor.user_id, "verified_until": {"$gt": self._clock()}}
        found = await self._db.companies.find(mine).sort("name", ASCENDING).to_list()
        return InvoiceTitleListView(
            items=[
                InvoiceTitleView(company_id=one["_id"], name=one["name"], taxpayer_id=one["credit_code"])
                for one in found
            ]
        )

    async def list(self, actor: Actor, query: PageQuery) -> Page[CompanyView]:
        """Those that the caller belongs to; all of them for ops. Newest first."""
        wanted = {} if actor.has(Role.OPS) else {"members.user_id": actor.user_id}
        found, following = await newest(self._db.companies, wanted, query)
        items = [await self._view(actor, company) for company in found]
        return Page(items=items, next_cursor=following, has_more=following is not None)


def _member(company: CompanyDocument, user_id: str) -> CompanyMemberDocument | None:
    return next((member for member in company["members"] if member["user_id"] == user_id), None)


def _may_change(actor: Actor, member: CompanyMemberDocument | None) -> bool:
    return actor.has(Role.OPS) or (member is not None and member["admin"])

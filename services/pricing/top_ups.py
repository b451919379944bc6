"""Paying ahead: a company's balance is topped up by WeChat, or by a bank transfer that two people enter (E2)."""

from datetime import datetime

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from schemas.api.base import Page, PageQuery
from schemas.api.companies import BankTopUpBody, TopUpBody, TopUpView
from schemas.api.payments import PaymentBody, PaymentView
from schemas.documents.orders import PaymentDocument
from schemas.documents.pricing import CompanyDocument, TopUpDocument
from schemas.enums import PaymentMethod, SubjectKind, TopUpState
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.idempotency import Intent
from services.ids import new_id
from services.ledger import postings
from services.ledger.ledger import Ledger
from services.pages import page_of
from services.payments.payments import Payments
from services.payments.purposes import Payable, Subject
from services.pricing.companies import Companies
from services.storage.database import Database

BANK = "bank"
SHOWN = "企业预付款充值"


class TopUpPayments:
    """The purpose ``top_up``."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._db = database
        self._clock = clock

    async def payable(self, subject_id: str) -> Payable:
        return _payable(await self._db.top_ups.find_one({"_id": subject_id}))

    async def hold(self, session: AsyncClientSession, subject_id: str) -> Payable:
        await self._db.top_ups.update_one({"_id": subject_id}, {"$set": {"updated_at": self._clock()}}, session=session)
        return _payable(await self._db.top_ups.find_one({"_id": subject_id}, session=session))

    async def received(self, session: AsyncClientSession, payment: PaymentDocument) -> bool:
        now = self._clock()
        done = await self._db.top_ups.update_one(
            {"_id": payment["subject"]["id"], "state": TopUpState.WAITING.value},
            {"$set": {"state": TopUpState.DONE.value, "done_at": now, "updated_at": now}},
            session=session,
        )
        return bool(done.matched_count)


class TopUps:
    def __init__(
        self,
        database: Database,
        companies: Companies,
        payments: Payments,
        ledger: Ledger,
        audit: Audit,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._companies = companies
        self._payments = payments
        self._ledger = ledger
        self._audit = audit
        self._clock = clock

    async def by_wechat(self, actor: Actor, company_id: str, body: TopUpBody, intent: Intent) -> PaymentView:
        """An admin pays; the balance grows when the money is there. A repeat is the same top-up.

        Raises ``company.not_found``, ``auth.forbidden``, ``idempotency.key_reused``, and what
        ``Payments.begin`` raises.
        """
        await self._companies.access(actor, company_id, admin=True)
        now = self._clock()
        made = _top_up(intent.thing_id, company_id, PaymentMethod.WECHAT_JSAPI, body.amount_fen, actor, now)
        stored = await self._db.top_ups.find_one_and_update(
            {"_id": made["_id"]}, {"$setOnInsert": made}, upsert=True, return_document=True
        )
        if stored is not None and stored["amount_fen"] != body.amount_fen:
            raise Problem("idempotency.key_reused")
        return await self._payments.begin(
            actor, Subject(SubjectKind.TOP_UP, made["_id"]), PaymentBody(method=PaymentMethod.WECHAT_JSAPI), intent
        )

    async def by_bank(self, actor: Actor, company_id: str, body: BankTopUpBody) -> TopUpView:
        """Enter a transfer that the bank's statement shows. It counts when another person has approved it.

        Raises ``company.not_found``, ``top_up.own_company``, ``top_up.reference_used``.
        """
        _no_member(actor, await self._companies.access(actor, company_id, admin=True))
        now = self._clock()
        made = _top_up(new_id(), company_id, BANK, body.amount_fen, actor, now)
        made["bank_reference"] = body.bank_reference

        async def work(session: AsyncClientSession) -> None:
            await self._db.top_ups.insert_one(made, session=session)
            await self._audit.write(
                actor, "top_up.entered", made["_id"], session, company=company_id, amount_fen=body.amount_fen
            )

        try:
            await self._db.transaction(work)
        except DuplicateKeyError:
            raise Problem("top_up.reference_used") from None
        return _view(made)

    async def decide(self, actor: Actor, top_up_id: str, *, approve: bool) -> TopUpView:
        """The second person's word about a bank transfer; approved, the balance has it.

        Raises ``top_up.not_found``, ``top_up.wrong_state``, ``top_up.same_person`` (who entered it may only refuse it),
        ``top_up.own_company``.
        """

        async def work(session: AsyncClientSession) -> TopUpDocument:
            top_up = await self._db.top_ups.find_one({"_id": top_up_id, "method": BANK}, session=session)
            if top_up is None:
                raise Problem("top_up.not_found")
            if top_up["state"] != TopUpState.WAITING:
                raise Problem("top_up.wrong_state")
            if approve and actor.user_id == top_up["asked_by"]:
                raise Problem("top_up.same_person")
            _no_member(actor, await self._companies.access(actor, top_up["company_id"], session))
            now = self._clock()
            state = TopUpState.DONE if approve else TopUpState.REFUSED
            decided: TopUpDocument = {**top_up, "state": state.value, "done_at": now, "updated_at": now}
            decided["decided_by"] = actor.user_id
            if not approve:
                decided.pop("bank_reference", None)  # the line may be entered again, rightly
            await self._db.top_ups.replace_one({"_id": top_up_id}, decided, session=session)
            if approve:
                await self._ledger.write(session, postings.topped_up(decided))
            await self._audit.write(actor, f"top_up.{state.value}", top_up_id, session, amount_fen=top_up["amount_fen"])
            return decided

        return _view(await self._db.transaction(work))

    async def list(self, actor: Actor, company_id: str, query: PageQuery) -> Page[TopUpView]:
        """Newest first. Raises ``company.not_found``."""
        await self._companies.access(actor, company_id)
        return await page_of(self._db.top_ups, {"company_id": company_id}, query, _view)


def _no_member(actor: Actor, company: CompanyDocument) -> None:
    """Nobody says what money their own company has."""
    if any(member["user_id"] == actor.user_id for member in company["members"]):
        raise Problem("top_up.own_company")


def _top_up(
    top_up_id: str, company_id: str, method: str, amount_fen: int, actor: Actor, now: datetime
) -> TopUpDocument:
    return {
        "_id": top_up_id,
        "schema_version": 1,
        "company_id": company_id,
        "method": method,
        "amount_fen": amount_fen,
        "state": TopUpState.WAITING.value,
        "asked_by": actor.user_id,
        "created_at": now,
        "updated_at": now,
    }


def _payable(top_up: TopUpDocument | None) -> Payable:
    if top_up is None or top_up["method"] == BANK or top_up["state"] != TopUpState.WAITING:
        raise Problem("top_up.wrong_state")
    return Payable(top_up["amount_fen"], SHOWN, owner_id=top_up["company_id"])


def _view(top_up: TopUpDocument) -> TopUpView:
    return TopUpView(
        id=top_up["_id"],
        company_id=top_up["company_id"],
        method=top_up["method"],
        amount_fen=top_up["amount_fen"],
        state=TopUpState(top_up["state"]),
        bank_reference=top_up.get("bank_reference"),
        created_at=top_up["created_at"],
        done_at=top_up.get("done_at"),
    )

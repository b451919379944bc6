"""Quotes from the space: more work is offered for more money, and the client says yes or no there (E2, A3, G3)."""

from datetime import timedelta
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.base import Page, PageQuery
from schemas.api.payments import PaymentBody, PaymentView
from schemas.api.quotes import QuoteAcceptBody, QuoteBody, QuoteDeclineBody, QuoteView
from schemas.documents.orders import OrderDocument
from schemas.documents.pricing import QuoteDocument
from schemas.enums import OrderStatus, QuoteState, Role, SubjectKind
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.idempotency import Idempotency, Intent
from services.ids import new_id
from services.orders.order_rules import QUOTABLE
from services.outbox import Outbox
from services.pages import newest
from services.payments.payments import Payments
from services.payments.purposes import Subject
from services.payments.settled_payments import NOTHING, owed
from services.permissions import Permission
from services.pricing import reservations
from services.pricing.pricing import Pricing, quoted
from services.quotes.quote_book import QuoteBook
from services.quotes.quote_rules import Step
from services.spaces.spaces import Membership, Spaces
from services.storage.database import Database

# Who has said yes has at least so long to pay.
TIME_TO_PAY = timedelta(hours=24)
SHOWN = 100


class Quotes:
    def __init__(
        self,
        database: Database,
        book: QuoteBook,
        spaces: Spaces,
        pricing: Pricing,
        payments: Payments,
        idempotency: Idempotency,
        audit: Audit,
        outbox: Outbox,
        clock: Clock = utc_now,
    ) -> None:
        self._db = database
        self._book = book
        self._spaces = spaces
        self._pricing = pricing
        self._payments = payments
        self._idempotency = idempotency
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def offer(self, actor: Actor, space_id: str, body: QuoteBody, intent: Intent) -> QuoteView:
        """Raises ``space.not_found``, ``auth.forbidden``, ``space.closed``, ``order.wrong_state``."""
        place = await self._spaces.access(actor, space_id, Permission.SPACE_QUOTE)
        if "closed_at" in place.space:
            raise Problem("space.closed")
        quote_id = new_id()
        content = {"items": [item.model_dump() for item in body.items], "scope": body.scope}
        sealed = await self._book.seal(space_id, quote_id, "content", content)

        async def effect(session: AsyncClientSession) -> QuoteView:
            order = await self._quotable(session, place)
            event_id = await self._outbox.add(
                session, "quote.offered", f"order:{order['_id']}", {"quote_id": quote_id, "order_id": order["_id"]}
            )
            quote = self._document(quote_id, order, place, body, sealed, event_id)
            await self._db.quotes.insert_one(quote, session=session)
            await self._audit.write(
                actor, "quote.offered", quote_id, session, order=order["_id"], amount_fen=quote["amount_fen"]
            )
            return await self._book.view(quote, place.role)

        view = await self._idempotency.once(intent, QuoteView, effect)
        self._outbox.nudge()
        return view

    async def get(self, actor: Actor, quote_id: str) -> QuoteView:
        """Raises ``quote.not_found``."""
        quote, place = await self._access(actor, quote_id, Permission.SPACE_VIEW)
        return await self._book.view(quote, place.role)

    async def of_space(self, actor: Actor, space_id: str, query: PageQuery) -> Page[QuoteView]:
        """Newest first. Raises ``space.not_found``."""
        place = await self._spaces.access(actor, space_id, Permission.SPACE_VIEW)
        found, following = await newest(self._db.quotes, {"space_id": space_id}, query)
        items = [await self._book.view(quote, place.role) for quote in found]
        return Page(items=items, next_cursor=following, has_more=following is not None)

    async def accept(self, actor: Actor, quote_id: str, body: QuoteAcceptBody) -> QuoteView:
        """The client says yes, with coupons or without; then it can be paid.

        Raises ``quote.not_found``, ``auth.forbidden``, ``quote.wrong_state``, ``order.wrong_state``,
        ``order.price_changed``, ``order.coupon_invalid``.
        """
        _, place = await self._access(actor, quote_id, Permission.SPACE_ANSWER_QUOTE)

        async def work(session: AsyncClientSession) -> QuoteDocument:
            quote = await self._loaded(quote_id, session)
            if quote["amount_fen"] != body.amount_fen:
                raise Problem("order.price_changed")
            now = self._clock()
            if now >= quote["valid_until"]:
                raise Problem("quote.wrong_state")
            await self._quotable(session, place)
            price = await self._pricing.of(quoted(quote), actor.user_id, body.coupon_ids, session=session)
            for change in reservations.taking(price, actor.user_id, SubjectKind.QUOTE, quote_id, now):
                if not await reservations.take(self._db, session, change):
                    raise Problem(change.refusal)
            until = max(quote["valid_until"], now + TIME_TO_PAY)
            changes: dict[str, Any] = {"price": price, "valid_until": until}
            moved = await self._book.move(session, quote, Step.ACCEPT, actor=actor, changes=changes)
            if price["payable_fen"] == 0:
                payload = owed(Subject(SubjectKind.QUOTE, quote_id), actor.user_id)
                await self._outbox.add(session, NOTHING, f"quote:{quote_id}", payload)
            return moved

        return await self._done(work, place)

    async def decline(self, actor: Actor, quote_id: str, body: QuoteDeclineBody) -> QuoteView:
        """The client says no, also after a yes that is not paid. Raises as ``accept``."""
        quote, place = await self._access(actor, quote_id, Permission.SPACE_ANSWER_QUOTE)
        changes: dict[str, Any] = {}
        if body.reason is not None:
            changes["decline_reason"] = await self._book.seal(quote["space_id"], quote_id, "decline", body.reason)

        async def work(session: AsyncClientSession) -> QuoteDocument:
            current = await self._loaded(quote_id, session)
            return await self._book.move(session, current, Step.DECLINE, actor=actor, changes=changes)

        return await self._done(work, place)

    async def withdraw(self, actor: Actor, quote_id: str) -> QuoteView:
        """Taken back before it is paid, by lawyer or support. Raises as ``accept``."""
        _, place = await self._access(actor, quote_id, Permission.SPACE_QUOTE)

        async def work(session: AsyncClientSession) -> QuoteDocument:
            quote = await self._loaded(quote_id, session)
            return await self._book.move(session, quote, Step.WITHDRAW, actor=actor)

        return await self._done(work, place)

    async def pay(self, actor: Actor, quote_id: str, body: PaymentBody, intent: Intent) -> PaymentView:
        """Raises ``quote.not_found``, ``auth.forbidden``, ``quote.wrong_state``, ``quote.already_paid``, and what
        ``Payments.begin`` raises."""
        await self._access(actor, quote_id, Permission.SPACE_ANSWER_QUOTE)
        return await self._payments.begin(actor, Subject(SubjectKind.QUOTE, quote_id), body, intent)

    async def _access(self, actor: Actor, quote_id: str, permission: Permission) -> tuple[QuoteDocument, Membership]:
        quote = await self._book.load(quote_id)
        if quote is None:
            raise Problem("quote.not_found")
        try:
            place = await self._spaces.access(actor, quote["space_id"], permission)
        except Problem as fault:
            raise Problem("quote.not_found" if fault.code == "space.not_found" else fault.code) from None
        return quote, place

    async def _loaded(self, quote_id: str, session: AsyncClientSession) -> QuoteDocument:
        quote = await self._book.load(quote_id, session)
        if quote is None:
            raise Problem("quote.not_found")
        return quote

    async def _quotable(self, session: AsyncClientSession, place: Membership) -> OrderDocument:
        order = await self._db.orders.find_one({"_id": place.space["order_id"]}, session=session)
        if order is None or OrderStatus(order["status"]) not in QUOTABLE:
            raise Problem("order.wrong_state")
        return order

    async def _done(self, work: Any, place: Membership) -> QuoteView:
        moved: QuoteDocument = await self._db.transaction(work)
        self._outbox.nudge()
        return await self._book.view(moved, place.role)

    def _document(
        self, quote_id: str, order: OrderDocument, place: Membership, body: QuoteBody, content: bytes, event_id: str
    ) -> QuoteDocument:
        now = self._clock()
        return {
            "_id": quote_id,
            "schema_version": 1,
            "order_id": order["_id"],
            "space_id": place.space["_id"],
            "client_id": order["client_id"],
            "product": {"code": order["product"]["code"], "kind": order["product"]["kind"]},
            "offered_by": place.member["user_id"],
            "offered_as": Role(place.role).value,
            "content": content,
            "amount_fen": sum(item.amount_fen for item in body.items),
            "state": QuoteState.OFFERED.value,
            "valid_until": now + timedelta(hours=body.valid_hours),
            "card_id": event_id,
            "revision": 1,
            "created_at": now,
            "updated_at": now,
        }

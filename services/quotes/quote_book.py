"""The quotes themselves: found, sealed and opened, moved by compare-and-set with what follows from each step."""

from typing import Any

import orjson
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.api.quotes import QuoteItemView, QuoteView
from schemas.documents.pricing import PriceDocument, QuoteDocument
from schemas.enums import QuoteState, Role, SubjectKind
from services.actors import Actor
from services.audit import Audit
from services.clock import Clock, utc_now
from services.errors import Problem
from services.keys import KeyDestroyedError, Vault
from services.outbox import Outbox
from services.payments.payment_closing import owe_closing
from services.payments.purposes import Subject
from services.pricing import reservations
from services.pricing.price_views import price_view
from services.quotes.quote_rules import FROM, TO, Step, offered_steps
from services.storage.database import Database

EVENTS: dict[Step, str] = {
    Step.ACCEPT: "quote.accepted",
    Step.DECLINE: "quote.declined",
    Step.WITHDRAW: "quote.withdrawn",
    Step.PAY: "quote.paid",
    Step.LAPSE: "quote.lapsed",
}
_ENDS = frozenset({Step.DECLINE, Step.WITHDRAW, Step.LAPSE})


class QuoteBook:
    def __init__(self, database: Database, vault: Vault, audit: Audit, outbox: Outbox, clock: Clock = utc_now) -> None:
        self._db = database
        self._vault = vault
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    async def load(self, quote_id: str, session: AsyncClientSession | None = None) -> QuoteDocument | None:
        """For effects, which ask nobody's permission."""
        return await self._db.quotes.find_one({"_id": quote_id}, session=session)

    async def move(
        self,
        session: AsyncClientSession,
        quote: QuoteDocument,
        step: Step,
        *,
        actor: Actor | None = None,
        changes: dict[str, Any] | None = None,
        payload: dict[str, str] | None = None,
    ) -> QuoteDocument:
        """Take one step with its event and audit entry. Raises ``quote.wrong_state``."""
        if QuoteState(quote["state"]) not in FROM[step]:
            raise Problem("quote.wrong_state")
        now = self._clock()
        fields: dict[str, Any] = {"state": TO[step].value, "updated_at": now, **(changes or {})}
        if step in _ENDS:
            fields["ended_at"] = now
        moved = await self._db.quotes.find_one_and_update(
            {"_id": quote["_id"], "state": quote["state"], "revision": quote["revision"]},
            {"$set": fields, "$inc": {"revision": 1}},
            session=session,
            return_document=True,
        )
        if moved is None:
            raise Problem("quote.wrong_state")
        await self._reserved(session, quote, step)
        if step in _ENDS:
            await owe_closing(self._db, self._outbox, session, Subject(SubjectKind.QUOTE, quote["_id"]))
        ids = {"quote_id": quote["_id"], "order_id": quote["order_id"], **(payload or {})}
        await self._outbox.add(session, EVENTS[step], f"order:{quote['order_id']}", ids)
        await self._audit.write(actor, EVENTS[step], quote["_id"], session, order=quote["order_id"], was=quote["state"])
        return moved

    async def _reserved(self, session: AsyncClientSession, quote: QuoteDocument, step: Step) -> None:
        price = quote.get("price")
        if price is None:
            return
        if step is Step.PAY:
            await reservations.keep(self._db, session, SubjectKind.QUOTE, quote["_id"], self._clock())
        elif step in _ENDS:
            await reservations.give_back(self._db, session, SubjectKind.QUOTE, quote["_id"], price)

    # --- what it says

    async def seal(self, space_id: str, quote_id: str, what: str, value: Any) -> bytes:
        key = await self._vault.key(f"space:{space_id}")
        return key.seal(orjson.dumps(value), f"quote:{quote_id}:{what}")

    async def open(self, quote: QuoteDocument, what: str, sealed: bytes) -> Any:
        """Raises KeyDestroyedError after a purge."""
        key = await self._vault.key(f"space:{quote['space_id']}")
        return orjson.loads(key.open(sealed, f"quote:{quote['_id']}:{what}"))

    async def titles(self, quote: QuoteDocument) -> list[str]:
        """What is offered, item by item."""
        content = await self.open(quote, "content", quote["content"])
        return [item["title"] for item in content["items"]]

    async def view(self, quote: QuoteDocument, role: Role) -> QuoteView:
        """After a purge what was offered is not shown any more; its price is."""
        sealed = quote.get("decline_reason")
        try:
            content = await self.open(quote, "content", quote["content"])
            declined = await self.open(quote, "decline", sealed) if sealed else None
        except KeyDestroyedError as purged:
            content, declined = {"items": [], "scope": purged.detail}, None
        state = QuoteState(quote["state"])
        return QuoteView(
            id=quote["_id"],
            order_id=quote["order_id"],
            space_id=quote["space_id"],
            state=state,
            items=[QuoteItemView(**item) for item in content["items"]],
            scope=content["scope"],
            price=price_view(quote.get("price") or _plain(quote["amount_fen"])),
            offered_by=quote["offered_by"],
            valid_until=quote["valid_until"],
            decline_reason=declined,
            actions=offered_steps(state, role),
            created_at=quote["created_at"],
        )


def _plain(fen: int) -> PriceDocument:
    return {"list_fen": fen, "subsidy": None, "coupons": [], "payable_fen": fen}

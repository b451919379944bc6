"""Posting to the ledger, in the transaction of the change that moves the money, and summing it up."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.money import LineDocument
from services.clock import Clock, utc_now
from services.ledger.entries import Posting, UnbalancedError, lines, sums
from services.storage.database import Database

__all__ = ["ConflictingPostingError", "Ledger", "UnbalancedError", "lines"]


class ConflictingPostingError(RuntimeError):
    """The same cause was posted before with other lines. A fault of the program."""


class Ledger:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._db = database
        self._clock = clock

    async def write(self, session: AsyncClientSession, posting: Posting) -> None:
        """Write what ``services/ledger/postings.py`` made; see ``post``."""
        await self.post(
            session,
            posting.cause,
            posting.kind,
            posting.lines,
            at=posting.at,
            order_id=posting.order_id,
            refs=posting.refs,
        )

    async def post(
        self,
        session: AsyncClientSession,
        cause: str,
        kind: str,
        posted: list[LineDocument],
        *,
        at: datetime | None = None,
        order_id: str | None = None,
        refs: Mapping[str, str] | None = None,
    ) -> None:
        """Write one transaction for ``cause`` (e.g. ``payment:<id>``); the same again changes nothing.

        ``at`` is when it happened (default: now). A transaction without lines is not written. Raises
        ConflictingPostingError when the cause was posted with other lines.
        """
        if not posted:
            return
        now = self._clock()
        document: dict[str, Any] = {
            "schema_version": 1,
            "kind": kind,
            "at": at or now,
            "lines": lines(*((line["account"], line["fen"]) for line in posted)),
            "refs": dict(refs or {}),
            "recorded_at": now,
        }
        if order_id is not None:
            document["order_id"] = order_id
        # one round trip, since this stands in every transaction that moves money
        written = await self._db.ledger.update_one(
            {"_id": cause}, {"$setOnInsert": document}, upsert=True, session=session
        )
        if written.upserted_id is not None:
            return
        before = await self._db.ledger.find_one({"_id": cause}, session=session)
        if before is None or sums(before["lines"]) != sums(posted):
            raise ConflictingPostingError(f"{cause} was posted before with other lines")

    async def balance(self, account: str, session: AsyncClientSession | None = None) -> int:
        """Fen on one account: debits minus credits of all its lines."""
        return (await self.balances([account], session)).get(account, 0)

    async def balances(self, accounts: Iterable[str], session: AsyncClientSession | None = None) -> dict[str, int]:
        """Fen on each of the accounts that have any line."""
        wanted = list(accounts)
        stages: list[dict[str, Any]] = [
            {"$match": {"lines.account": {"$in": wanted}}},
            {"$unwind": "$lines"},
            {"$match": {"lines.account": {"$in": wanted}}},
            {"$group": {"_id": "$lines.account", "fen": {"$sum": "$lines.fen"}}},
        ]
        rows: Any = await self._db.ledger.aggregate(stages, session=session)
        return {row["_id"]: row["fen"] async for row in rows}

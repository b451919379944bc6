"""Posting to the ledger, in the transaction of the change that moves the money, and summing it up."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.money import LedgerDocument, LineDocument
from services.clock import Clock, utc_now
from services.ledger.accounts import kind_of
from services.storage.database import Database


class UnbalancedError(ValueError):
    """A transaction whose lines do not add up to nought, or that names an unknown account. A fault of the program."""


class ConflictingPostingError(RuntimeError):
    """The same cause was posted before with other lines. A fault of the program."""


def lines(*pairs: tuple[str, int]) -> list[LineDocument]:
    """Lines of ``(account, fen)``; those of nought are left out.

    Raises UnbalancedError unless they add up to nought and every account is of the chart.
    """
    made: list[LineDocument] = [{"account": name, "fen": fen} for name, fen in pairs if fen]
    if sum(line["fen"] for line in made):
        raise UnbalancedError(f"lines add up to {sum(line['fen'] for line in made)} fen")
    for line in made:
        try:
            kind_of(line["account"])
        except ValueError as error:
            raise UnbalancedError(f"no such account: {line['account']}") from error
    return made


class Ledger:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._db = database
        self._clock = clock

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
        before = await self._db.ledger.find_one({"_id": cause}, session=session)
        if before is not None:
            if _sums(before["lines"]) != _sums(posted):
                raise ConflictingPostingError(f"{cause} was posted before with other lines")
            return
        now = self._clock()
        document: LedgerDocument = {
            "_id": cause,
            "schema_version": 1,
            "kind": kind,
            "at": at or now,
            "lines": lines(*((line["account"], line["fen"]) for line in posted)),
            "refs": dict(refs or {}),
            "recorded_at": now,
        }
        if order_id is not None:
            document["order_id"] = order_id
        await self._db.ledger.insert_one(document, session=session)

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


def _sums(posted: Iterable[LineDocument]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for line in posted:
        sums[line["account"]] = sums.get(line["account"], 0) + line["fen"]
    return {account: fen for account, fen in sums.items() if fen}

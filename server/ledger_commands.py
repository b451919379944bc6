"""``python -m server ledger …``: what finance and technicians ask of the ledger on the command line."""

import argparse
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

from miniprogram_api.errors import VendorError
from miniprogram_api.pay import fen_to_yuan
from server.wiring import House
from services.days import Span, span_of
from services.errors import Problem
from services.ledger.accounts import CHART, Kind, kind_of
from services.ledger.rebuilding import Mistake

Command = Callable[[House, argparse.Namespace], Awaitable[bool]]
# Only the bill of their day explains these.
FROM_BILLS = ("fee:", "bank:")
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


class NotInOrderError(Exception):
    """The command ran and found something wrong, which it has printed."""


async def run(house: House, arguments: argparse.Namespace) -> None:
    """Raises NotInOrderError when something is not as it should be."""
    if not await COMMANDS[arguments.what](house, arguments):
        raise NotInOrderError(f"ledger {arguments.what}: not in order")


async def rebuild(house: House, arguments: argparse.Namespace) -> bool:
    """A day made once more from orders, payments, refunds and bills, and compared."""
    return _told(await house.books.reconciliation.rebuild(arguments.day), f"the ledger of {arguments.day}")


async def check(house: House, arguments: argparse.Namespace) -> bool:
    """All days, or one: every change posted, every posting explained, no account that holds what it may not."""
    span = span_of(arguments.day) if arguments.day else Span(BEGINNING, house.core.clock() + timedelta(days=1))
    from_bills = [arguments.day] if arguments.day else await _days_with_bills(house)
    mistakes = {one.cause: one for day in from_bills for one in await house.books.reconciliation.rebuild(day)}
    for one in await house.books.checks.rebuild(span):
        if not one.cause.startswith(FROM_BILLS):
            mistakes.setdefault(one.cause, one)
    holdings = await house.books.checks.holdings(span)
    for held in holdings:
        _say(f"{held.fault.value}  {held.account}  holds {held.fen} fen, should hold {held.due_fen}")
    total = await house.books.checks.total()
    _say(f"sum of all lines: {total} fen")
    return _told(list(mistakes.values()), "the ledger") and not holdings and total == 0


async def trial_balance(house: House, arguments: argparse.Namespace) -> bool:
    """科目余额表."""
    until = span_of(arguments.until).end if arguments.until else house.core.clock()
    rows = await house.books.checks.trial_balance(until, kind=Kind(arguments.kind) if arguments.kind else None)
    for row in rows:
        title = CHART[kind_of(row.account)].title
        amounts = (fen_to_yuan(fen).rjust(16) for fen in (row.debit_fen, row.credit_fen, row.balance_fen))
        _say(f"{row.account:<34}{''.join(amounts)}  {title}")
    debit, credit = sum(row.debit_fen for row in rows), sum(row.credit_fen for row in rows)
    _say(f"{'合计':<32}{fen_to_yuan(debit):>16}{fen_to_yuan(credit):>16}")
    return debit == credit or arguments.kind is not None


async def backfill(house: House, arguments: argparse.Namespace) -> bool:
    """Post what is older than the ledger."""
    _say(f"{await house.books.backfill.run()} payments were posted")
    return True


async def compare(house: House, arguments: argparse.Namespace) -> bool:
    """Fetch the bills of a day and compare them with orders and ledger; opens and closes work items."""
    try:
        found = await house.books.reconciliation.run(arguments.day, fetch=not arguments.stored)
    except (VendorError, Problem) as fault:
        _say(f"the bills of {arguments.day} cannot be had: {fault.code}")
        return False
    for name, value in found["totals"].items():
        _say(f"{name:<20}{value:>16}")
    for one in found["differences"]:
        waits = "  (waits for the next day's bill)" if one["waiting"] else ""
        _say(f"{one['kind']}  {one['subject']}  ours {one['ours_fen']}  theirs {one['theirs_fen']}{waits}")
    return not found["differences"]


async def _days_with_bills(house: House) -> list[date]:
    return [date.fromisoformat(day) for day in await house.database.bills.distinct("day")]


def _told(mistakes: list[Mistake], what: str) -> bool:
    for one in mistakes:
        _say(f"{one.finding.value}  {one.cause}  expected {dict(one.expected)}  stored {dict(one.stored)}")
    _say(f"{what}: {len(mistakes)} mistakes")
    return not mistakes


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


COMMANDS: dict[str, Command] = {
    "rebuild": rebuild,
    "check": check,
    "trial-balance": trial_balance,
    "backfill": backfill,
    "compare": compare,
}


def add_parser(parser: argparse.ArgumentParser) -> None:
    whats = parser.add_subparsers(dest="what", required=True)
    for name, command in COMMANDS.items():
        one = whats.add_parser(name, help=(command.__doc__ or "").partition("\n")[0])
        if name in ("rebuild", "compare"):
            one.add_argument("--day", type=date.fromisoformat, required=True, help="YYYY-MM-DD, in China")
        if name == "check":
            one.add_argument("--day", type=date.fromisoformat)
        if name == "compare":
            one.add_argument("--stored", action="store_true", help="compare the bills that are here, fetch none")
        if name == "trial-balance":
            one.add_argument("--until", type=date.fromisoformat, help="the last day that counts")
            one.add_argument("--kind", choices=[kind.value for kind in Kind], help="list the accounts of this kind")

"""A day's trade bill beside our payments and refunds, number by number. Pure.

The provider's day and ours may part at midnight, and a refund stands in the bill of the day on which it was accepted.
So a number that this day's bill lacks may stand in another one's (``elsewhere``), and what moved in the last hour of a
day whose next bill is not here yet is only said to be waiting.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from miniprogram_api.pay import TradeRow
from schemas.documents.orders import PaymentDocument, RefundDocument
from schemas.enums import PaymentState, RefundState
from services.days import Span
from services.reconciliation.differences import Difference, Kind

EDGE = timedelta(hours=1)
_ARRIVED = (PaymentState.SUCCEEDED, PaymentState.STRAY)


@dataclass(frozen=True, slots=True)
class Ours:
    """What we know of the numbers in question, by our own number.

    ``payments`` and ``refunds``: those that the bill names, and those that moved in the span by our books.
    ``elsewhere``: of those that this bill lacks, the numbers that another day's bill has.
    """

    span: Span
    payments: Mapping[str, PaymentDocument]
    refunds: Mapping[str, RefundDocument]
    elsewhere: frozenset[str] = frozenset()
    next_known: bool = True  # whether the bill of the next day is here
    merchant: str = ""


def number_of(row: TradeRow) -> str:
    return row.out_refund_no if row.is_refund else row.out_trade_no


def lacking(rows: Sequence[TradeRow], ours: Ours) -> list[str]:
    """Our numbers that moved in the span and are not in its bill: to be looked for in others."""
    there = {number_of(row) for row in rows}
    return [number for number, _ in _moved(ours) if number not in there]


def match_trades(rows: Sequence[TradeRow], ours: Ours) -> list[Difference]:
    """What differs; in no order."""
    grouped: dict[str, list[TradeRow]] = {}
    for row in rows:
        grouped.setdefault(number_of(row), []).append(row)
    found = [one for number, same in grouped.items() for one in _judge(number, same, ours)]
    for number, at, fen in _missing(ours, grouped.keys()):
        waiting = not ours.next_known and ours.span.end - at <= EDGE
        found.append(Difference(Kind.MISSING_THERE, number, ours_fen=fen, waiting=waiting))
    return found


def _judge(number: str, rows: Sequence[TradeRow], ours: Ours) -> Iterable[Difference]:
    first = rows[0]
    theirs = sum(_fen(row) for row in rows)
    stored = ours.refunds.get(number) if first.is_refund else ours.payments.get(number)
    if stored is None:
        yield Difference(Kind.UNKNOWN, number, theirs_fen=theirs)
    elif len(rows) > 1:
        yield Difference(Kind.DOUBLED, number, stored["amount_fen"], theirs)
    elif _fen(first) != stored["amount_fen"]:
        yield Difference(Kind.WRONG_AMOUNT, number, stored["amount_fen"], theirs)
    elif first.is_refund:
        yield from _refund_state(number, first, ours.refunds[number])
    elif stored["state"] not in _ARRIVED:
        yield Difference(Kind.MISSING_HERE, number, None, theirs, detail={"state": stored["state"]})


def _refund_state(number: str, row: TradeRow, refund: RefundDocument) -> Iterable[Difference]:
    told, state = row.refund_status, RefundState(refund["state"])
    detail = {"state": state.value, "told": told}
    if (told, state) in (("SUCCESS", RefundState.FAILED), ("FAIL", RefundState.SUCCEEDED)):
        yield Difference(Kind.WRONG_STATE, number, refund["amount_fen"], row.asked_refund_fen, detail=detail)
    elif (told, state) == ("SUCCESS", RefundState.REQUESTED):
        yield Difference(Kind.MISSING_HERE, number, None, row.asked_refund_fen, detail=detail)


def _fen(row: TradeRow) -> int:
    return row.asked_refund_fen if row.is_refund else row.total_fen


def _missing(ours: Ours, there: Iterable[str]) -> Iterable[tuple[str, datetime, int]]:
    known = set(there) | ours.elsewhere
    for number, (at, fen) in _moved(ours):
        if number not in known:
            yield number, at, fen


def _moved(ours: Ours) -> Iterable[tuple[str, tuple[datetime, int]]]:
    """What moved in the span by our books, under this merchant number."""
    for number, payment in ours.payments.items():
        if payment["state"] in _ARRIVED and payment.get("mchid") == ours.merchant and payment["paid_at"] in ours.span:
            yield number, (payment["paid_at"], payment["amount_fen"])
    for number, refund in ours.refunds.items():
        if refund["state"] == RefundState.SUCCEEDED and refund["ended_at"] in ours.span:
            yield number, (refund["ended_at"], refund["amount_fen"])

"""A day's fund-flow bill beside the ledger: every movement of the merchant's account, and what it cost. Pure.

The ledger's lines on ``provider:<merchant>`` and the bill's rows meet by voucher, our own number for each. The bill is
also where the provider's fees come from, and what the merchant drew out to its bank: both are posted from it, since
nobody tells us of them otherwise.
Vendor document: pay.weixin.qq.com/doc/v3, "申请资金账单", "账单下载指引".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from miniprogram_api.pay import FundRow, yuan_to_fen
from services.days import Span
from services.ledger.accounts import FEES, Kind, account
from services.ledger.entries import Posting, lines
from services.reconciliation import differences
from services.reconciliation.differences import Difference
from services.reconciliation.trade_matching import EDGE

_FEE_BACK = re.compile(r"含手续费(\d+(?:\.\d+)?)元")
_FEE, _REFUND, _BANK = "手续费", "退款", ("提现", "充值")


@dataclass(frozen=True, slots=True)
class Flow:
    """One row, taken apart. Fen, incoming positive: ``gross`` is what our books call it, ``fee`` what it cost (negative
    where a fee is given back); ``bank`` is a movement between the merchant's account and its bank."""

    voucher: str
    row: FundRow
    gross: int
    fee: int
    bank: bool = False


@dataclass(frozen=True, slots=True)
class Booked:
    """What the ledger has on the provider's account under one voucher, fees aside: the sum, and when it was last."""

    fen: int
    at: datetime


def flow_of(row: FundRow, fees: Mapping[str, int]) -> Flow:
    """``fees``: number → fee by the trade bill. A refund moves what goes back less the fee that WeChat returns."""
    voucher = row.voucher or row.reference or row.flow_id
    signed = row.amount_fen if row.incoming else -row.amount_fen
    if _FEE in row.kind:
        return Flow(voucher, row, 0, -signed)
    if any(word in row.kind for word in _BANK):
        return Flow(voucher, row, signed, 0, bank=True)
    if row.kind == _REFUND and not row.incoming:
        told = _FEE_BACK.search(row.note)
        back = yuan_to_fen(told.group(1)) if told else -fees.get(voucher, 0)
        return Flow(voucher, row, signed - back, -back)
    return Flow(voucher, row, signed, 0)


def match_funds(
    rows: Sequence[FundRow],
    near: Sequence[FundRow],
    booked: Mapping[str, Booked],
    known: frozenset[str],
    fees: Mapping[str, int],
    span: Span,
    *,
    next_known: bool,
) -> list[Difference]:
    """What differs; in no order. ``near``: rows of the days before and after, as far as they are here.

    ``booked``: of every voucher of the rows, and of all that the ledger has in the span. ``known``: numbers of ours,
    whether booked or not. ``fees`` as in ``flow_of``, of the numbers in these bills.
    """
    today = [flow_of(row, fees) for row in rows]
    everything = today + [flow_of(row, fees) for row in near]
    gross, cost = _sums(everything)
    vouchers = {flow.voucher for flow in today if not flow.bank}
    found = [one for voucher in vouchers for one in _judge(voucher, gross, booked, known)]
    found += [
        Difference(differences.Kind.FEE, voucher, ours_fen=cost.get(voucher, 0), theirs_fen=fees[voucher])
        for voucher in vouchers
        if voucher in fees and fees[voucher] != cost.get(voucher, 0)
    ]
    for voucher, one in booked.items():
        if voucher not in gross and one.at in span and one.fen:
            waiting = not next_known and span.end - one.at <= EDGE
            found.append(Difference(differences.Kind.MISSING_THERE, voucher, ours_fen=abs(one.fen), waiting=waiting))
    return found


def bill_postings(
    rows: Sequence[FundRow], merchant: str, fees: Mapping[str, int], orders: Mapping[str, str]
) -> list[Posting]:
    """What only the bill tells: fees, and money drawn out or put in. ``orders``: voucher → order id, where known."""
    return [
        posting
        for row in rows
        for posting in _postings(flow_of(row, fees), account(Kind.PROVIDER, merchant), merchant, orders)
    ]


def _postings(flow: Flow, provider: str, merchant: str, orders: Mapping[str, str]) -> Iterable[Posting]:
    refs = {"voucher": flow.voucher, "flow_id": flow.row.flow_id, "reference": flow.row.reference}
    if flow.fee:
        yield Posting(
            cause=f"fee:{flow.row.flow_id}",
            kind="fee",
            at=flow.row.at,
            lines=lines((FEES, flow.fee), (provider, -flow.fee)),
            order_id=orders.get(flow.voucher),
            refs=refs,
        )
    if flow.bank:
        yield Posting(
            cause=f"bank:{flow.row.flow_id}",
            kind="bank",
            at=flow.row.at,
            lines=lines((provider, flow.gross), (account(Kind.BANK, merchant), -flow.gross)),
            refs=refs,
        )


def _judge(
    voucher: str, gross: Mapping[str, int], booked: Mapping[str, Booked], known: frozenset[str]
) -> Iterable[Difference]:
    theirs = gross.get(voucher, 0)
    ours = booked.get(voucher)
    if ours is None:
        kind = differences.Kind.MISSING_HERE if voucher in known else differences.Kind.UNKNOWN
        yield Difference(kind, voucher, None, abs(theirs))
    elif ours.fen != theirs:
        twice = ours.fen and theirs % ours.fen == 0 and theirs // ours.fen > 1
        kind = differences.Kind.DOUBLED if twice else differences.Kind.WRONG_AMOUNT
        yield Difference(kind, voucher, abs(ours.fen), abs(theirs))


def _sums(flows: Iterable[Flow]) -> tuple[dict[str, int], dict[str, int]]:
    gross: dict[str, int] = {}
    cost: dict[str, int] = {}
    for flow in flows:
        gross[flow.voucher] = gross.get(flow.voucher, 0) + flow.gross
        cost[flow.voucher] = cost.get(flow.voucher, 0) + flow.fee
    return gross, cost

"""The provider's bills beside our books, row by row: pure (E1)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from miniprogram_api.pay import FundRow, TradeRow
from services.days import span_of
from services.ledger.accounts import FEES, Kind, account
from services.reconciliation import differences
from services.reconciliation.differences import Difference, merged
from services.reconciliation.fund_matching import Booked, bill_postings, flow_of, match_funds
from services.reconciliation.trade_matching import Ours, match_trades

DAY = date(2026, 11, 20)
SPAN = span_of(DAY)
NOON = SPAN.start + timedelta(hours=12)
LATE = SPAN.end - timedelta(minutes=5)
MERCHANT = "1900000001"


def trade(number: str = "P1", fen: int = 4900, **more: Any) -> TradeRow:
    values: dict[str, Any] = {
        "at": NOON,
        "appid": "wx",
        "mchid": MERCHANT,
        "transaction_id": "42",
        "out_trade_no": number,
        "trade_type": "JSAPI",
        "state": "SUCCESS",
        "currency": "CNY",
        "settled_fen": fen,
        "coupon_fen": 0,
        "refund_id": "",
        "out_refund_no": "",
        "refund_fen": 0,
        "coupon_refund_fen": 0,
        "refund_status": "",
        "description": "",
        "attach": "",
        "fee_fen": 29,
        "rate": "0.60%",
        "total_fen": fen,
        "asked_refund_fen": 0,
        "openid": "",
    }
    return TradeRow(**(values | more))


def back(number: str = "R1", fen: int = 1000, status: str = "SUCCESS") -> TradeRow:
    return trade(fen=0, refund_id="50", out_refund_no=number, asked_refund_fen=fen, refund_status=status)


def flow(voucher: str, fen: int, kind: str = "交易", note: str = "", number: str = "") -> FundRow:
    return FundRow(
        at=NOON,
        reference="42",
        flow_id=number or f"F{voucher}{kind}",
        name=kind,
        kind=kind,
        incoming=fen > 0,
        amount_fen=abs(fen),
        balance_fen=0,
        requester="",
        note=note,
        voucher=voucher,
    )


def payment(state: str = "succeeded", at: datetime = NOON, fen: int = 4900, merchant: str = MERCHANT) -> Any:
    return {"_id": "1", "out_trade_no": "P1", "state": state, "amount_fen": fen, "mchid": merchant, "paid_at": at}


def refund(state: str = "succeeded", at: datetime = NOON, fen: int = 1000) -> Any:
    return {"_id": "1", "out_refund_no": "R1", "state": state, "amount_fen": fen, "ended_at": at}


def ours(payment: Any = None, refund: Any = None, **more: Any) -> Ours:
    return Ours(SPAN, {"P1": payment} if payment else {}, {"R1": refund} if refund else {}, merchant=MERCHANT, **more)


@pytest.mark.parametrize(
    ("rows", "known", "expected"),
    [
        ([trade()], ours(payment()), []),
        ([trade()], ours(payment("stray")), []),
        ([], ours(payment()), ["missing_there"]),
        ([], ours(payment(), elsewhere=frozenset({"P1"})), []),
        ([], ours(payment(at=LATE), next_known=False), ["missing_there waiting"]),
        ([], ours(payment(at=NOON), next_known=False), ["missing_there"]),
        ([], ours(payment(at=SPAN.end)), []),
        ([], ours(payment("pending")), []),
        ([], ours(payment(merchant="another")), []),
        ([trade()], ours(), ["unknown"]),
        ([trade()], ours(payment("pending")), ["missing_here"]),
        ([trade()], ours(payment("closed")), ["missing_here"]),
        ([trade(), trade()], ours(payment()), ["doubled"]),
        ([trade(fen=4800)], ours(payment()), ["wrong_amount"]),
        ([back()], ours(refund=refund()), []),
        ([], ours(refund=refund()), ["missing_there"]),
        ([back(status="PROCESSING")], ours(refund=refund()), []),
        ([back(fen=999)], ours(refund=refund()), ["wrong_amount"]),
        ([back(status="FAIL")], ours(refund=refund()), ["wrong_state"]),
        ([back()], ours(refund=refund("failed")), ["wrong_state"]),
        ([back()], ours(refund=refund("requested")), ["missing_here"]),
        ([back()], ours(), ["unknown"]),
    ],
)
def test_trades(rows: list[TradeRow], known: Ours, expected: list[str]) -> None:
    assert [f"{one.kind}{' waiting' if one.waiting else ''}" for one in match_trades(rows, known)] == expected


def funds(
    rows: list[FundRow],
    booked: dict[str, Booked],
    near: tuple[FundRow, ...] = (),
    known: frozenset[str] = frozenset(),
    fees: dict[str, int] | None = None,
    *,
    next_known: bool = True,
) -> list[tuple[str, str, bool]]:
    found = match_funds(rows, near, booked, known, fees or {}, SPAN, next_known=next_known)
    return [(one.kind.value, one.subject, one.waiting) for one in merged(found)]


def test_funds_beside_the_ledger() -> None:
    paid = {"P1": Booked(4900, NOON)}
    whole = [flow("P1", 4900), flow("P1", -29, "扣除交易手续费")]
    assert funds(whole, paid, fees={"P1": 29}) == []
    assert funds(whole, paid, fees={"P1": 30}) == [("fee", "P1", False)]
    assert funds(whole, {}) == [("unknown", "P1", False)]
    assert funds(whole, {}, known=frozenset({"P1"})) == [("missing_here", "P1", False)]
    assert funds([*whole, flow("P1", 4900, number="F2")], paid) == [("doubled", "P1", False)]
    assert funds([flow("P1", 4901)], paid) == [("wrong_amount", "P1", False)]
    assert funds([], paid) == [("missing_there", "P1", False)]
    assert funds([], paid, near=tuple(whole)) == []  # the bill of the next day has it
    assert funds([], {"P1": Booked(4900, LATE)}, next_known=False) == [("missing_there", "P1", True)]
    assert funds([], {"P1": Booked(4900, SPAN.end)}) == []  # another day's business
    assert funds([flow("", -5000, "提现")], {}) == []  # drawn out to the bank: posted, not compared


def test_a_share_to_several_receivers_is_one_voucher() -> None:
    shared = [flow("S1", -300, "分账"), flow("S1", -200, "分账", number="F2")]
    assert funds(shared, {"S1": Booked(-500, NOON)}) == []


@pytest.mark.parametrize(
    ("note", "fees"), [("退款总金额10.00元;含手续费0.06元", {}), ("服务取消", {"R1": -6})], ids=["note", "trade bill"]
)
def test_a_refund_moves_less_than_goes_back(note: str, fees: dict[str, int]) -> None:
    """The returned fee is in the row's note, or in the trade bill."""
    row = flow("R1", -994, "退款", note)
    found = flow_of(row, fees)
    assert (found.gross, found.fee) == (-1000, -6)
    assert funds([row], {"R1": Booked(-1000, NOON)}, fees=fees) == []


def test_what_only_the_bill_tells_is_posted() -> None:
    rows = [flow("P1", -29, "扣除交易手续费"), flow("R1", -994, "退款", "含手续费0.06元"), flow("", -5000, "提现")]
    fee, returned, drawn = bill_postings(rows, MERCHANT, {}, {"P1": "o1"})
    provider = account(Kind.PROVIDER, MERCHANT)
    assert (fee.cause, fee.order_id) == ("fee:FP1扣除交易手续费", "o1")
    assert fee.lines == [{"account": FEES, "fen": 29}, {"account": provider, "fen": -29}]
    assert returned.lines == [{"account": FEES, "fen": -6}, {"account": provider, "fen": 6}]
    assert drawn.lines == [
        {"account": provider, "fen": -5000},
        {"account": account(Kind.BANK, MERCHANT), "fen": 5000},
    ]


def test_the_same_fact_in_two_bills_is_one_difference_and_every_kind_has_advice() -> None:
    one = Difference(differences.Kind.DOUBLED, "P1", 1, 2)
    assert merged([one, one]) == [one]
    assert set(differences.TEXTS) == set(differences.Kind)
    assert all(text.title and text.advice for text in differences.TEXTS.values())

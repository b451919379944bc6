"""Reading bills: what any lawful bill says comes out exactly, and nothing that was damaged passes."""

import gzip
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniprogram_api.errors import BillError
from miniprogram_api.pay.bill_rows import CHINA, read_fund_bill, read_trade_bill
from miniprogram_api.pay.bills import unpack
from miniprogram_api.pay.money import fen_to_yuan, yuan_to_fen
from miniprogram_api.sandbox.books import FUND_COLUMNS, FUND_SUMMARY, TRADE_COLUMNS, TRADE_SUMMARY

FEN = st.integers(-(10**13), 10**13)


@given(FEN)
def test_fen_and_yuan_are_the_same_money(fen: int) -> None:
    text = fen_to_yuan(fen)
    assert yuan_to_fen(text) == fen
    assert yuan_to_fen(text + "000") == fen
    assert Decimal(text) * 100 == fen


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=5, allow_nan=False))
def test_nothing_finer_than_a_fen_is_rounded_away(yuan: Decimal) -> None:
    if (yuan * 100) % 1 == 0:
        assert yuan_to_fen(f"{yuan:f}") == int(yuan * 100)
    else:
        with pytest.raises(ValueError, match="finer"):
            yuan_to_fen(f"{yuan:f}")


@pytest.mark.parametrize(
    "text", ["", ".", "1.", ".5", "+1", "1e2", "1,000.00", " 1", "0x1", "NaN", "１.00", "--1", "1.2.3"]
)
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError):
        yuan_to_fen(text)


# Anything a merchant may write into a description, but not what ends a cell or a line.
TEXTS = st.text(st.characters(exclude_characters="`\r\n", exclude_categories=["Cs"]), max_size=30)
TRADES = st.lists(
    st.fixed_dictionaries(
        {
            "total": st.integers(0, 10**9),
            "refund": st.integers(0, 10**9),
            "fee": st.integers(-(10**6), 10**6),
            "is_refund": st.booleans(),
            "description": TEXTS,
            "attach": TEXTS,
        }
    ),
    max_size=8,
)


def line(cells: list[str]) -> str:
    return ",".join("`" + cell for cell in cells)


def trade_cells(index: int, row: dict[str, Any]) -> list[str]:
    refund = row["is_refund"]
    return [
        "2026-11-20 23:59:59",
        "wx1",
        "1600000000",
        "0",
        "",
        f"4200{index}",
        f"order{index}",
        "o-person",
        "JSAPI",
        "REFUND" if refund else "SUCCESS",
        "OTHERS",
        "CNY",
        fen_to_yuan(row["total"]),
        "0.00",
        f"5030{index}" if refund else "0",
        f"refund{index}" if refund else "0",
        fen_to_yuan(row["refund"]),
        "0.00",
        "ORIGINAL" if refund else "",
        "SUCCESS" if refund else "",
        row["description"],
        row["attach"],
        fen_to_yuan(row["fee"]) + "000",
        "0.60%",
        fen_to_yuan(row["total"]),
        fen_to_yuan(row["refund"]),
        "",
    ]


def trade_bill(rows: list[dict[str, Any]], *, ending: str = "\r\n", bom: bool = True, ticked: bool = False) -> bytes:
    total, refund, fee = (fen_to_yuan(sum(row[name] for row in rows)) for name in ("total", "refund", "fee"))
    summary = [str(len(rows)), total, refund, "0.00", fee + "000", total, refund]
    names, sums = TRADE_COLUMNS, TRADE_SUMMARY
    if ticked:
        names, sums = ("`" + columns.replace(",", ",`") for columns in (names, sums))
    lines = [names, *(line(trade_cells(i, row)) for i, row in enumerate(rows)), sums, line(summary)]
    return (("\ufeff" if bom else "") + ending.join(lines) + ending).encode()


@given(TRADES, st.sampled_from(["\r\n", "\n"]), st.booleans(), st.booleans())
def test_every_lawful_trade_bill_is_read_exactly(
    rows: list[dict[str, Any]], ending: str, bom: bool, ticked: bool
) -> None:
    read, summary = read_trade_bill(trade_bill(rows, ending=ending, bom=bom, ticked=ticked))
    assert summary.count == len(read) == len(rows)
    for index, (got, row) in enumerate(zip(read, rows, strict=True)):
        assert (got.total_fen, got.refund_fen, got.fee_fen) == (row["total"], row["refund"], row["fee"])
        assert (got.out_trade_no, got.is_refund) == (f"order{index}", row["is_refund"])
        # A comma-backtick cannot occur in a text; everything else comes through, commas and odd separators too.
        assert (got.description, got.attach) == (row["description"], row["attach"])
        assert got.at == datetime(2026, 11, 20, 23, 59, 59, tzinfo=CHINA)
    assert summary.total_fen == sum(row["total"] for row in rows)


@given(TRADES.filter(bool), st.data())
def test_a_bill_that_lost_or_doubled_a_row_is_refused(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    lines = trade_bill(rows, ending="\n").decode().split("\n")
    index = data.draw(st.integers(1, len(rows)))
    for damaged in (lines[:index] + lines[index + 1 :], [*lines[:index], lines[index], *lines[index:]]):
        with pytest.raises(BillError, match="summary_mismatch"):
            read_trade_bill("\n".join(damaged).encode())


@given(TRADES.filter(bool), st.data())
def test_a_bill_that_was_cut_short_never_passes(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    content = trade_bill(rows)
    whole = read_trade_bill(content)
    cut = content[: data.draw(st.integers(0, len(content) - 3))]
    # What is cut off the last digits of a summary that ends in zeros may change nothing of what it says.
    outcome: object
    try:
        outcome = read_trade_bill(cut)
    except BillError:
        outcome = None
    assert outcome in (None, whole)


FINE = {"total": 29900, "refund": 0, "fee": 179, "is_refund": False, "description": "法律咨询", "attach": ""}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("订单金额,申请退款金额,费率备注", "订单金额,申请退款金额2,费率备注", "no_columns"),
        ("总交易单数", "总数", "no_summary"),
        ("`1,`299.00", "`2,`299.00", "summary_mismatch"),
        ("`1,`299.00", "`one,`299.00", "bad_amount"),
        ("`1,`299.00", "`1,`299.01", "summary_mismatch"),
        ("`1.79000,`299.00,`0.00\r", "`1.78000,`299.00,`0.00\r", "summary_mismatch"),
        ("`299.00,`0.00,`0,", "`299.005,`0.00,`0,", "bad_amount"),
        ("`299.00,`0.00,`0,", "`２99.00,`0.00,`0,", "bad_amount"),
        ("`2026-11-20 23:59:59", "`2026-11-31 23:59:59", "bad_row"),
        ("`2026-11-20 23:59:59", "2026-11-20 23:59:59", "bad_row"),
        ("`法律咨询", "`法律,`咨询", "bad_row"),
        ("`法律咨询", "`法律\n咨询", "bad_row"),
    ],
)
def test_damage_is_named_and_shows_no_content(old: str, new: str, reason: str) -> None:
    text = trade_bill([FINE]).decode()
    assert old in text
    with pytest.raises(BillError) as caught:
        read_trade_bill(text.replace(old, new).encode())
    assert caught.value.reason == reason
    assert "法律" not in str(caught.value)


def test_other_bytes_are_no_bill() -> None:
    for content, reason in ((b"", "no_columns"), (b"\xff\xfe", "undecodable"), (b"<html>", "no_columns")):
        with pytest.raises(BillError, match=reason):
            read_trade_bill(content)
    with pytest.raises(BillError, match="no_columns"):
        read_trade_bill(trade_bill([]).replace("费率备注".encode(), "费率".encode()))
    with pytest.raises(BillError, match="no_summary"):
        read_trade_bill(trade_bill([]) + trade_bill([]))


MOVES = st.lists(st.tuples(st.booleans(), st.integers(0, 10**9), st.integers(-(10**10), 10**10), TEXTS), max_size=8)


def fund_cells(index: int, into: bool, fen: int, balance: int, note: str) -> list[str]:
    head = ["2026-11-20 10:00:00", "4200", str(index), "交易", "交易", "收入" if into else "支出"]
    return [*head, fen_to_yuan(fen), fen_to_yuan(balance), "system", note, "order1"]


@given(MOVES)
def test_every_lawful_fund_bill_is_read_exactly(moves: list[tuple[bool, int, int, str]]) -> None:
    rows = [line(fund_cells(index, *move)) for index, move in enumerate(moves)]
    incoming, outgoing = ([fen for into, fen, *_ in moves if into is way] for way in (True, False))
    sums = [str(len(moves)), str(len(incoming)), fen_to_yuan(sum(incoming))]
    sums += [str(len(outgoing)), fen_to_yuan(sum(outgoing))]
    content = "\n".join([FUND_COLUMNS, *rows, FUND_SUMMARY, line(sums), ""]).encode()
    read, summary = read_fund_bill(content)
    assert [(row.incoming, row.amount_fen, row.balance_fen, row.note) for row in read] == moves
    assert (summary.incoming_fen, summary.outgoing_fen) == (sum(incoming), sum(outgoing))


def test_a_movement_goes_in_or_out() -> None:
    row, sums = line(fund_cells(0, True, 1, 1, "")), line(["1", "1", "0.01", "0", "0.00"])
    content = "\n".join([FUND_COLUMNS, row, FUND_SUMMARY, sums])
    assert read_fund_bill(content.encode())[1].incoming_count == 1
    with pytest.raises(BillError, match="bad_row"):
        read_fund_bill(content.replace("`收入", "`转入").encode())


def test_unpacking() -> None:
    content = trade_bill([FINE])
    packed = gzip.compress(content)
    assert unpack(packed) == unpack(content) == content
    with pytest.raises(BillError, match="undecodable"):
        unpack(packed[:-9])
    with pytest.raises(BillError, match="undecodable"):
        unpack(packed[:30] + b"\x00" * 20 + packed[50:])
    assert BillError("hash_mismatch").retryable
    assert not BillError("summary_mismatch").retryable


def test_a_small_file_that_grows_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("miniprogram_api.pay.bills._MAX_BILL", 10_000)
    with pytest.raises(BillError, match="too_large"):
        unpack(gzip.compress(b"`" * 1_000_000))

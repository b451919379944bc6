"""Reading WeChat Pay's bills: text in, typed rows out, or a ``BillError``.

A bill is a line of column names, a line for each row, a line of summary names and one of summary values. Every
value begins with a backtick, so cells part at comma-backtick and a comma inside a description does no harm.
Columns are found by name, because the vendor adds new ones. Times are China's; amounts are in yuan.
The summary is checked against the rows: a bill that was cut short, or read wrongly, cannot pass.
Vendor documents: pay.weixin.qq.com/doc/v3, "申请交易账单", "申请资金账单", "账单下载指引".
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from miniprogram_api.errors import BillError
from miniprogram_api.pay.money import yuan_to_fen

CHINA = timezone(timedelta(hours=8))
_COUNT = re.compile(r"(\d{1,9})(?:\.0+)?")


@dataclass(frozen=True)
class TradeRow:
    """One line of a trade bill: a payment (``state`` SUCCESS) or a refund (REFUND); REVOKED for a cancelled one.

    All amounts in fen. ``settled_fen`` is what the merchant is owed of it (应结订单金额), ``total_fen`` the order's
    amount (订单金额), ``refund_fen`` what was refunded, ``fee_fen`` WeChat's fee: negative where it is given back.
    ``refund_status``: SUCCESS, FAIL, PROCESSING as of that day; "" for payments.
    """

    at: datetime
    appid: str
    mchid: str
    transaction_id: str
    out_trade_no: str
    trade_type: str
    state: str
    currency: str
    settled_fen: int
    coupon_fen: int
    refund_id: str
    out_refund_no: str
    refund_fen: int
    coupon_refund_fen: int
    refund_status: str
    description: str = field(repr=False)
    attach: str = field(repr=False)
    fee_fen: int
    rate: str
    total_fen: int
    asked_refund_fen: int
    openid: str = field(repr=False)

    @property
    def is_refund(self) -> bool:
        return bool(self.refund_id)


@dataclass(frozen=True)
class TradeSummary:
    """The bill's own totals, proven to be those of its rows. Fen."""

    count: int = 0
    settled_fen: int = 0
    refund_fen: int = 0
    coupon_refund_fen: int = 0
    fee_fen: int = 0
    total_fen: int = 0
    asked_refund_fen: int = 0


@dataclass(frozen=True)
class FundRow:
    """One movement of an account: ``amount_fen`` is positive, ``incoming`` says whither.

    ``reference`` is the vendor's number of what caused it (a transaction_id, a refund_id …), ``flow_id`` the
    movement's own number, ``name`` and ``kind`` what it was (业务名称, 业务类型), ``balance_fen`` the account's
    balance after it, ``voucher`` the merchant's number (业务凭证号).
    """

    at: datetime
    reference: str
    flow_id: str
    name: str
    kind: str
    incoming: bool
    amount_fen: int
    balance_fen: int
    requester: str
    note: str
    voucher: str


@dataclass(frozen=True)
class FundSummary:
    """The bill's own totals, proven to be those of its rows. Fen."""

    count: int = 0
    incoming_count: int = 0
    incoming_fen: int = 0
    outgoing_count: int = 0
    outgoing_fen: int = 0


def read_trade_bill(content: bytes) -> tuple[tuple[TradeRow, ...], TradeSummary]:
    """Rows in the bill's order, and its summary. Raises ``BillError``."""
    table = _Table(content, _TRADE_COLUMNS, "总交易单数")
    rows = tuple(_trade_row(row) for row in table.rows())
    summary = TradeSummary(
        count=table.count("总交易单数"),
        settled_fen=table.total("应结订单总金额"),
        refund_fen=table.total("退款总金额"),
        coupon_refund_fen=table.total("充值券退款总金额"),
        fee_fen=table.total("手续费总金额"),
        total_fen=table.total("订单总金额"),
        asked_refund_fen=table.total("申请退款总金额"),
    )
    _same("总交易单数", summary.count, len(rows))
    _same("应结订单总金额", summary.settled_fen, sum(row.settled_fen for row in rows))
    _same("退款总金额", summary.refund_fen, sum(row.refund_fen for row in rows))
    _same("充值券退款总金额", summary.coupon_refund_fen, sum(row.coupon_refund_fen for row in rows))
    _same("手续费总金额", summary.fee_fen, sum(row.fee_fen for row in rows))
    _same("订单总金额", summary.total_fen, sum(row.total_fen for row in rows))
    _same("申请退款总金额", summary.asked_refund_fen, sum(row.asked_refund_fen for row in rows))
    return rows, summary


def read_fund_bill(content: bytes) -> tuple[tuple[FundRow, ...], FundSummary]:
    """Rows in the bill's order, and its summary. Raises ``BillError``."""
    table = _Table(content, _FUND_COLUMNS, "资金流水总笔数")
    rows = tuple(_fund_row(row) for row in table.rows())
    summary = FundSummary(
        count=table.count("资金流水总笔数"),
        incoming_count=table.count("收入笔数"),
        incoming_fen=table.total("收入金额"),
        outgoing_count=table.count("支出笔数"),
        outgoing_fen=table.total("支出金额"),
    )
    incoming = [row.amount_fen for row in rows if row.incoming]
    outgoing = [row.amount_fen for row in rows if not row.incoming]
    _same("资金流水总笔数", summary.count, len(rows))
    _same("收入笔数", summary.incoming_count, len(incoming))
    _same("收入金额", summary.incoming_fen, sum(incoming))
    _same("支出笔数", summary.outgoing_count, len(outgoing))
    _same("支出金额", summary.outgoing_fen, sum(outgoing))
    return rows, summary


@dataclass(frozen=True)
class _Cells:
    """One row's cells by column name, and the line it stands on."""

    line: int
    values: Mapping[str, str]

    def text(self, name: str) -> str:
        return self.values[name]

    def number(self, name: str) -> str:
        """A number that payments lack: bills write ``0`` there."""
        value = self.values[name]
        return "" if value == "0" else value

    def fen(self, name: str) -> int:
        return _amount(self.values[name], f"line {self.line}")

    def time(self, name: str) -> datetime:
        try:
            return datetime.strptime(self.values[name], "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
        except ValueError as error:
            raise BillError("bad_row", f"line {self.line}") from error


class _Table:
    """The lines of a bill, sorted into rows and summary."""

    def __init__(self, content: bytes, needed: Iterable[str], marker: str) -> None:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise BillError("undecodable") from error
        # Only line feeds end a line: splitlines would break a description at its exotic separators, too.
        self._lines = [line.rstrip("\r") for line in text.split("\n")]
        self._columns = _names(self._lines[0])
        if not set(needed) <= set(self._columns) or len(set(self._columns)) != len(self._columns):
            raise BillError("no_columns", "line 1")
        starts = (marker, "`" + marker)
        found = [index for index, line in enumerate(self._lines) if line.startswith(starts)]
        if len(found) != 1:
            raise BillError("no_summary")
        self._end = found[0]
        self._summary = self._read_summary()

    def rows(self) -> Iterable[_Cells]:
        for index in range(1, self._end):
            line = self._lines[index]
            if line:
                yield _Cells(index + 1, _paired(self._columns, line, index + 1))

    def count(self, name: str) -> int:
        found = _COUNT.fullmatch(self._value(name))
        if found is None:
            raise BillError("bad_amount", name)
        return int(found.group(1))

    def total(self, name: str) -> int:
        return _amount(self._value(name), name)

    def _value(self, name: str) -> str:
        try:
            return self._summary[name]
        except KeyError as error:
            raise BillError("no_summary", name) from error

    def _read_summary(self) -> dict[str, str]:
        names, rest = _names(self._lines[self._end]), [line for line in self._lines[self._end + 1 :] if line]
        if len(rest) != 1:
            raise BillError("no_summary")
        return _paired(names, rest[0], self._end + 2)


def _names(line: str) -> list[str]:
    return [cell.removeprefix("`").strip() for cell in line.split(",")]


def _paired(names: list[str], line: str, number: int) -> dict[str, str]:
    cells = line.split(",`")
    if not cells[0].startswith("`") or len(cells) != len(names):
        raise BillError("bad_row", f"line {number}")
    return dict(zip(names, [cells[0][1:], *cells[1:]], strict=True))


def _amount(text: str, where: str) -> int:
    try:
        return yuan_to_fen(text)
    except ValueError as error:
        raise BillError("bad_amount", where) from error


def _same(name: str, stated: int, counted: int) -> None:
    if stated != counted:
        raise BillError("summary_mismatch", name)


_TRADE_FIELDS: dict[str, tuple[str, Callable[[_Cells, str], object]]] = {
    "at": ("交易时间", _Cells.time),
    "appid": ("公众账号ID", _Cells.text),
    "mchid": ("商户号", _Cells.text),
    "transaction_id": ("微信订单号", _Cells.text),
    "out_trade_no": ("商户订单号", _Cells.text),
    "openid": ("用户标识", _Cells.text),
    "trade_type": ("交易类型", _Cells.text),
    "state": ("交易状态", _Cells.text),
    "currency": ("货币种类", _Cells.text),
    "settled_fen": ("应结订单金额", _Cells.fen),
    "coupon_fen": ("代金券金额", _Cells.fen),
    "refund_id": ("微信退款单号", _Cells.number),
    "out_refund_no": ("商户退款单号", _Cells.number),
    "refund_fen": ("退款金额", _Cells.fen),
    "coupon_refund_fen": ("充值券退款金额", _Cells.fen),
    "refund_status": ("退款状态", _Cells.number),
    "description": ("商品名称", _Cells.text),
    "attach": ("商户数据包", _Cells.text),
    "fee_fen": ("手续费", _Cells.fen),
    "rate": ("费率", _Cells.text),
    "total_fen": ("订单金额", _Cells.fen),
    "asked_refund_fen": ("申请退款金额", _Cells.fen),
}
_TRADE_COLUMNS = frozenset(column for column, _ in _TRADE_FIELDS.values())
_FUND_FIELDS: dict[str, tuple[str, Callable[[_Cells, str], object]]] = {
    "at": ("记账时间", _Cells.time),
    "reference": ("微信支付业务单号", _Cells.text),
    "flow_id": ("资金流水单号", _Cells.text),
    "name": ("业务名称", _Cells.text),
    "kind": ("业务类型", _Cells.text),
    "amount_fen": ("收支金额(元)", _Cells.fen),
    "balance_fen": ("账户结余(元)", _Cells.fen),
    "requester": ("资金变更提交申请人", _Cells.text),
    "note": ("备注", _Cells.text),
    "voucher": ("业务凭证号", _Cells.text),
}
_FUND_COLUMNS = frozenset(column for column, _ in _FUND_FIELDS.values()) | {"收支类型"}
_DIRECTIONS = {"收入": True, "支出": False}


def _trade_row(cells: _Cells) -> TradeRow:
    values = {name: read(cells, column) for name, (column, read) in _TRADE_FIELDS.items()}
    return TradeRow(**values)  # type: ignore[arg-type]  # the table gives each field its type


def _fund_row(cells: _Cells) -> FundRow:
    values = {name: read(cells, column) for name, (column, read) in _FUND_FIELDS.items()}
    incoming = _DIRECTIONS.get(cells.text("收支类型"))
    if incoming is None:
        raise BillError("bad_row", f"line {cells.line}")
    return FundRow(incoming=incoming, **values)  # type: ignore[arg-type]  # as above

"""The day's bills: trades and fund movements, written as WeChat Pay writes them.

A bill is what the vendor saw. ``edits`` let a tester make it differ from what the product saw: a row dropped,
doubled, changed or invented, with a summary that agrees with the rows.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from miniprogram_api.sandbox.clock import Clock, day_of, seconds_of
from miniprogram_api.sandbox.credentials import SandboxCredentials
from miniprogram_api.sandbox.funds import Funds, Movement, fee, yuan_text
from miniprogram_api.sandbox.state import Row, State
from miniprogram_api.sandbox.till import Till, TillError

READY_HOUR = 10
TRADE_COLUMNS = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
FUND_COLUMNS = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),"
    "资金变更提交申请人,备注,业务凭证号"
)
TRADE_SUMMARY = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
FUND_SUMMARY = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"


@dataclass
class Trade:
    """One row of a trade bill: a payment, or a refund when ``refund_fen`` is set. Fen."""

    at: str
    order: Row
    total_fen: int
    fee_fen: int
    refund: Row | None = None
    refund_fen: int = 0
    refund_status: str = ""


class Books:
    """Bills out of what the sandbox knows. Days are China's, and the sandbox's own clock says what day it is."""

    def __init__(self, state: State, till: Till, funds: Funds, clock: Clock, credentials: SandboxCredentials) -> None:
        self._state = state
        self._till = till
        self._funds = funds
        self._clock = clock
        self._credentials = credentials

    def check_day(self, day: date) -> None:
        """Whether the bill of ``day`` can be had now. Raises ``TillError``."""
        now = self._clock.moment()
        if day >= now.date():
            raise TillError("INVALID_REQUEST", 400, "账单日期应早于今天")
        if day < months_before(now.date(), 3):
            raise TillError("INVALID_REQUEST", 400, "仅支持三个月内的账单下载申请")
        if day == now.date() - timedelta(days=1) and now.hour < READY_HOUR:
            raise TillError("STATEMENT_CREATING", 400, "账单生成中，请在次日10点后再试")

    def trade_file(self, day: date, kind: str = "ALL") -> bytes | None:
        """The trade bill of ``day``; None when there was no traffic."""
        rows = [row for row in self._edited(day, self._trades(day)) if _wanted(row, kind)]
        if not rows:
            return None
        sums = [
            sum(row.total_fen for row in rows),
            sum(row.refund_fen for row in rows),
            0,
            sum(row.fee_fen for row in rows),
            sum(row.total_fen for row in rows),
            sum(row.refund_fen for row in rows),
        ]
        texts = [yuan_text(value) for value in sums]
        texts[3] += "000"
        lines = [_line(self._trade_cells(row)) for row in rows]
        return _file(TRADE_COLUMNS, lines, TRADE_SUMMARY, [str(len(rows)), *texts])

    def fund_file(self, day: date, account: str) -> bytes | None:
        """The fund-flow bill of ``day``; None when nothing moved."""
        movements = sorted(self._funds.movements(account), key=lambda item: item.at)
        balance, lines, amounts = 0, [], []
        for index, item in enumerate(movements):
            balance += item.fen
            if day_of(item.at) == day:
                amounts.append(item.fen)
                lines.append(_line(self._fund_cells(item, index, balance)))
        if not lines:
            return None
        incoming, outgoing = [a for a in amounts if a > 0], [-a for a in amounts if a <= 0]
        summary = [
            str(len(lines)),
            str(len(incoming)),
            yuan_text(sum(incoming)),
            str(len(outgoing)),
            yuan_text(sum(outgoing)),
        ]
        return _file(FUND_COLUMNS, lines, FUND_SUMMARY, summary)

    def edit(self, action: str, number: str, fen: int | None, day: date | None) -> int:
        """Make the trade bill wrong from now on: ``drop``, ``double``, ``amount`` or ``add``; the edit's id."""
        row = {"action": action, "number": number, "fen": fen, "day": day.isoformat() if day else None}
        return self._state.insert("bill_edits", row)

    def edits(self) -> list[Row]:
        return self._state.all("select * from bill_edits order by id")

    def clear_edits(self) -> None:
        self._state.run("delete from bill_edits")

    def _trades(self, day: date) -> list[Trade]:
        payments, refunds = [], []
        for order in self._till.orders():
            total = order["body"]["amount"]["total"]
            if order["success_time"] and day_of(order["success_time"]) == day:
                payments.append(Trade(order["success_time"], order, total, fee(total)))
            rows = self._till.refunds(order["out_trade_no"])
            refunds += [self._refund_trade(order, row, day) for row in rows if day_of(row["created_at"]) == day]
        return sorted(payments + refunds, key=lambda trade: trade.at)

    def _refund_trade(self, order: Row, refund: Row, day: date) -> Trade:
        # A bill is written once: what happened to the refund after that day is not in it.
        done = refund["success_time"] and day_of(refund["success_time"]) <= day
        status = "SUCCESS" if done else "FAIL" if refund["status"] == "CLOSED" else "PROCESSING"
        amount = refund["body"]["amount"]["refund"]
        at = refund["created_at"]
        return Trade(at, order, 0, -self._funds.returned_fee(refund), refund, amount, status)

    def _edited(self, day: date, trades: list[Trade]) -> list[Trade]:
        for edit in self.edits():
            number = edit["number"]
            if edit["action"] == "add" and edit["day"] == day.isoformat():
                trades.append(self._invented(number, edit["fen"] or 0, day))
            elif edit["action"] == "drop":
                trades = [trade for trade in trades if _number(trade) != number]
            elif edit["action"] == "double":
                trades += [trade for trade in trades if _number(trade) == number]
            elif edit["action"] == "amount":
                for trade in trades:
                    if _number(trade) == number:
                        _revalue(trade, edit["fen"] or 0)
        return trades

    def _invented(self, number: str, fen: int, day: date) -> Trade:
        body = {"description": "商户系统之外的交易", "payer": {"openid": "o" + "0" * 27}}
        order = {"out_trade_no": number, "transaction_id": "4200" + "9" * 24, "body": body}
        return Trade(f"{day.isoformat()}T12:00:00+08:00", order, fen, fee(fen))

    def _trade_cells(self, trade: Trade) -> list[str]:
        body, refund, credentials = trade.order["body"], trade.refund, self._credentials
        return [
            _local(trade.at),
            credentials.appid,
            credentials.mchid,
            "0",
            "",
            trade.order["transaction_id"],
            trade.order["out_trade_no"],
            body["payer"]["openid"],
            "JSAPI",
            "REFUND" if refund else "SUCCESS",
            "OTHERS",
            "CNY",
            yuan_text(trade.total_fen),
            "0.00",
            refund["refund_id"] if refund else "0",
            refund["out_refund_no"] if refund else "0",
            yuan_text(trade.refund_fen),
            "0.00",
            "ORIGINAL" if refund else "",
            trade.refund_status,
            body["description"],
            body.get("attach", ""),
            yuan_text(trade.fee_fen) + "000",
            "0.60%",
            yuan_text(trade.total_fen),
            yuan_text(trade.refund_fen),
            "",
        ]

    def _fund_cells(self, item: Movement, index: int, balance: int) -> list[str]:
        flow = f"{int(seconds_of(item.at))}{index:012d}"
        direction = "收入" if item.fen > 0 else "支出"
        who = f"{self._credentials.mchid}API" if item.fen <= 0 else "system"
        head = [_local(item.at), item.reference, flow, item.name, item.kind, direction]
        return [*head, yuan_text(abs(item.fen)), yuan_text(balance), who, item.note, item.voucher]


def _number(trade: Trade) -> str:
    return str(trade.refund["out_refund_no"] if trade.refund else trade.order["out_trade_no"])


def _revalue(trade: Trade, fen: int) -> None:
    if trade.refund:
        trade.refund_fen = fen
    else:
        trade.total_fen, trade.fee_fen = fen, fee(fen)


def _wanted(trade: Trade, kind: str) -> bool:
    return kind == "ALL" or (kind == "REFUND") == (trade.refund is not None)


def _file(columns: str, lines: list[str], names: str, values: list[str]) -> bytes:
    return ("\ufeff" + "\r\n".join([columns, *lines, names, _line(values)]) + "\r\n").encode()


def _line(cells: list[str]) -> str:
    # Line feeds and ",`" inside a text would end a cell; WeChat takes them out as well.
    return ",".join("`" + cell.replace("`", "").replace("\r", " ").replace("\n", " ") for cell in cells)


def _local(text: str) -> str:
    # Stored times are China's already.
    return text[:19].replace("T", " ")


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or that month's last."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError("no such month")

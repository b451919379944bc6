"""Orders, payments and refunds as WeChat Pay keeps them. Amounts are integer fen."""

import json
import secrets
import string
import time
import uuid
from datetime import datetime
from typing import Any

from miniprogram_api.sandbox.clock import CHINA, Clock, seconds_of
from miniprogram_api.sandbox.credentials import SandboxCredentials
from miniprogram_api.sandbox.state import Row, State, pack

# A prepay_id lives for two hours; an order without time_expire is not payable beyond that either.
PREPAY_SECONDS = 7200.0
MAX_REFUNDS = 50
REFUND_DAYS = 365
# Between two refunds of one payment, in seconds.
REFUND_GAP = 60.0
_RULES = "trading_rules"


class TillError(Exception):
    """A refusal in WeChat Pay's terms: ``code`` and the HTTP ``status`` it comes with."""

    def __init__(self, code: str, status: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.message = message


class Till:
    """Prepays by out_trade_no, refunds by out_refund_no; each is idempotent by its number."""

    def __init__(self, state: State, credentials: SandboxCredentials, clock: Clock) -> None:
        self._state = state
        self._credentials = credentials
        self._clock = clock
        self.refund_gap = REFUND_GAP

    @property
    def trading_rules(self) -> bool:
        """Whether the mini-program is under the trading rules: payments are frozen until they are shipped."""
        return self._state.setting(_RULES) == "1"

    @trading_rules.setter
    def trading_rules(self, on: bool) -> None:
        self._state.set_setting(_RULES, "1" if on else "0")

    def prepay(self, body: dict[str, Any]) -> str:
        """Place an order; the prepay_id. The same number again must come with the same values."""
        number = body["out_trade_no"]
        known = self.find(number)
        if known is not None:
            return self._repeat(known, body)
        now = time.time()
        expires = now + PREPAY_SECONDS
        if "time_expire" in body:
            expires = datetime.fromisoformat(body["time_expire"]).timestamp()
        row = {
            "out_trade_no": number,
            "prepay_id": "wx" + time.strftime("%d%H%M%S") + secrets.token_hex(13),
            "body": pack(body),
            "state": "NOTPAY",
            "created_at": now,
            "expires_at": expires,
        }
        self._state.insert("prepays", row)
        return str(row["prepay_id"])

    def find(self, out_trade_no: str) -> Row | None:
        """The order with its parsed ``body``; one that lapsed unpaid shows as CLOSED."""
        row = self._state.one("select * from prepays where out_trade_no = ?", out_trade_no)
        return None if row is None else _opened(row)

    def find_by(self, column: str, value: str) -> Row | None:
        """As ``find``, by ``prepay_id`` or ``transaction_id``."""
        row = self._state.one(f"select * from prepays where {column} = ?", value)  # noqa: S608
        return None if row is None else _opened(row)

    def orders(self) -> list[Row]:
        """All orders, oldest first."""
        return [_opened(row) for row in self._state.all("select * from prepays order by rowid")]

    def pay(self, out_trade_no: str) -> tuple[Row, bool]:
        """The payer pays: (order, whether it had been paid before). Raises ``TillError``."""
        order = self._need(out_trade_no)
        if order["state"] in ("SUCCESS", "REFUND"):
            return order, True
        if order["state"] == "CLOSED":
            raise TillError("ORDER_CLOSED", 400, "订单已关闭")
        transaction = "4200" + "".join(secrets.choice(string.digits) for _ in range(24))
        self._state.run(
            "update prepays set state = 'SUCCESS', transaction_id = ?, success_time = ?, event_id = ? "
            "where out_trade_no = ?",
            transaction,
            self._clock.text(),
            str(uuid.uuid4()),
            out_trade_no,
        )
        if self.trading_rules:
            self._state.insert("shippings", {"out_trade_no": out_trade_no})
        return self._need(out_trade_no), False

    def check_payer(self, out_trade_no: str, openid: str | None) -> None:
        """Only the openid that an order names can pay it; None stands for that one. Raises ``TillError``."""
        if openid is not None and openid != self._need(out_trade_no)["body"]["payer"]["openid"]:
            raise TillError("PAYER_MISMATCH", 403, "下单账号与支付账号不一致，请核实后再支付")

    def close(self, out_trade_no: str) -> None:
        """Close an unpaid order; closing it again changes nothing. Raises ``TillError``."""
        order = self._need(out_trade_no)
        if order["state"] in ("SUCCESS", "REFUND"):
            raise TillError("ORDERPAID", 400, "订单已支付")
        self._state.run("update prepays set state = 'CLOSED' where out_trade_no = ?", out_trade_no)

    def transaction(self, order: Row) -> dict[str, Any]:
        """An order as a query or a notice shows it."""
        body = order["body"]
        shown: dict[str, Any] = {
            "appid": body["appid"],
            "mchid": body["mchid"],
            "out_trade_no": order["out_trade_no"],
            "trade_state": order["state"],
            "trade_state_desc": _STATES[order["state"]],
            "attach": body.get("attach", ""),
            "payer": {},
        }
        amount = {"total": body["amount"]["total"], "currency": "CNY"}
        if order["transaction_id"] is None:
            return {**shown, "amount": amount}
        return {
            **shown,
            "transaction_id": order["transaction_id"],
            "trade_type": "JSAPI",
            "bank_type": "OTHERS",
            "success_time": order["success_time"],
            "payer": {"openid": body["payer"]["openid"]},
            "amount": {**amount, "payer_total": body["amount"]["total"], "payer_currency": "CNY"},
        }

    def refund(self, body: dict[str, Any]) -> tuple[Row, bool]:
        """Accept a refund: (refund, whether it is new). Raises ``TillError``."""
        known = self.find_refund(body["out_refund_no"])
        if known is not None:
            if known["body"] != body:
                raise TillError("INVALID_REQUEST", 400, "订单金额或退款金额与之前请求不一致，请核实后再试")
            return known, False
        order = self._refundable(body)
        row = {
            "out_refund_no": body["out_refund_no"],
            "refund_id": "5030" + "".join(secrets.choice(string.digits) for _ in range(25)),
            "out_trade_no": order["out_trade_no"],
            "body": pack(body),
            "status": "PROCESSING",
            "created_at": self._clock.text(),
            "event_id": str(uuid.uuid4()),
        }
        self._state.insert("refunds", row)
        return self._need_refund(body["out_refund_no"]), True

    def finish_refund(self, out_refund_no: str, status: str = "SUCCESS") -> Row:
        """End a refund in the making. SUCCESS: the money is back with the payer and the order's state is REFUND.
        ABNORMAL and CLOSED: it is not.
        """
        self._state.run(
            "update refunds set status = ?, success_time = ?, event_id = ? "
            "where out_refund_no = ? and status = 'PROCESSING'",
            status,
            self._clock.text() if status == "SUCCESS" else None,
            str(uuid.uuid4()),
            out_refund_no,
        )
        refund = self._need_refund(out_refund_no)
        if refund["status"] == "SUCCESS":
            self._state.run("update prepays set state = 'REFUND' where out_trade_no = ?", refund["out_trade_no"])
        return refund

    def redirect_refund(self, refund_id: str, out_refund_no: str) -> Row:
        """Send an ABNORMAL refund another way: it is PROCESSING again. Raises ``TillError``."""
        refund = self.find_refund(out_refund_no)
        if refund is None or refund["refund_id"] != refund_id:
            raise TillError("RESOURCE_NOT_EXISTS", 404, "退款单不存在")
        if refund["status"] != "ABNORMAL":
            raise TillError("INVALID_REQUEST", 400, "退款单状态不是退款异常")
        self._state.run("update refunds set status = 'PROCESSING' where out_refund_no = ?", out_refund_no)
        return self._need_refund(out_refund_no)

    def find_refund(self, out_refund_no: str) -> Row | None:
        row = self._state.one("select * from refunds where out_refund_no = ?", out_refund_no)
        return None if row is None else {**row, "body": json.loads(row["body"])}

    def refunds(self, out_trade_no: str | None = None) -> list[Row]:
        """All refunds, or one order's, oldest first."""
        where, values = ("where out_trade_no = ?", (out_trade_no,)) if out_trade_no else ("", ())
        rows = self._state.all(f"select * from refunds {where} order by rowid", *values)  # noqa: S608
        return [{**row, "body": json.loads(row["body"])} for row in rows]

    def refund_view(self, refund: Row, *, notice: bool = False) -> dict[str, Any]:
        """A refund as an answer, or as a notice (which names its state otherwise), shows it."""
        order, amount = self._need(refund["out_trade_no"]), refund["body"]["amount"]
        shown: dict[str, Any] = {
            "out_trade_no": refund["out_trade_no"],
            "transaction_id": order["transaction_id"],
            "out_refund_no": refund["out_refund_no"],
            "refund_id": refund["refund_id"],
            "user_received_account": "支付用户零钱",
        }
        if refund["success_time"]:
            shown["success_time"] = refund["success_time"]
        money = {"total": amount["total"], "refund": amount["refund"]}
        paid = {"payer_total": amount["total"], "payer_refund": amount["refund"]}
        if notice:
            mchid = self._credentials.mchid
            return {**shown, "mchid": mchid, "refund_status": refund["status"], "amount": {**money, **paid}}
        return {
            **shown,
            "channel": "ORIGINAL",
            "create_time": refund["created_at"],
            "status": refund["status"],
            "amount": {**money, **paid, "currency": "CNY"},
        }

    def _repeat(self, known: Row, body: dict[str, Any]) -> str:
        if known["state"] in ("SUCCESS", "REFUND"):
            raise TillError("INVALID_REQUEST", 400, "该订单已支付")
        if known["state"] == "CLOSED":
            raise TillError("ORDER_CLOSED", 400, "该订单已关闭")
        if known["body"] != body:
            raise TillError("OUT_TRADE_NO_USED", 403, "商户订单号重复")
        return str(known["prepay_id"])

    def _refundable(self, body: dict[str, Any]) -> Row:
        number = body.get("out_trade_no")
        order = self.find(number) if number else self.find_by("transaction_id", body["transaction_id"])
        if order is None or order["state"] not in ("SUCCESS", "REFUND"):
            raise TillError("RESOURCE_NOT_EXISTS", 404, "订单不存在或未支付")
        amount = body["amount"]
        if amount["total"] != order["body"]["amount"]["total"]:
            raise TillError("INVALID_REQUEST", 400, "订单金额与支付时不一致")
        earlier = self.refunds(order["out_trade_no"])
        if self._clock.now() - seconds_of(order["success_time"]) > REFUND_DAYS * 86400:
            raise TillError("INVALID_REQUEST", 400, "订单已超过可退款的最大期限")
        if len(earlier) >= MAX_REFUNDS:
            raise TillError("INVALID_REQUEST", 400, "部分退款次数超过50次")
        taken = sum(r["body"]["amount"]["refund"] for r in earlier if r["status"] != "CLOSED")
        if taken + amount["refund"] > amount["total"]:
            raise TillError("INVALID_REQUEST", 400, "退款金额大于可退金额")
        if taken + amount["refund"] > amount["total"] - self._shared_out(order["transaction_id"]):
            # The money lies with the receivers: it must be taken back first.
            raise TillError("NOT_ENOUGH", 403, "基本账户余额不足，请先回退分账资金")
        if earlier and abs(self._clock.now() - seconds_of(earlier[-1]["created_at"])) < self.refund_gap:
            raise TillError("FREQUENCY_LIMITED", 429, "同一订单的多次退款需间隔1分钟")
        return order

    def _shared_out(self, transaction_id: str) -> int:
        """What receivers hold of a payment, or are about to get."""
        shared = self._state.all(
            "select out_order_no, parts from sharings where transaction_id = ? and kind = 'share'", transaction_id
        )
        numbers = [row["out_order_no"] for row in shared]
        parts = [part for row in shared for part in json.loads(row["parts"])]
        back = self._state.all("select out_order_no, body from sharing_returns where result = 'SUCCESS'")
        returned = sum(json.loads(row["body"])["amount"] for row in back if row["out_order_no"] in numbers)
        own = self._credentials.mchid
        held = sum(p["amount"] for p in parts if p["result"] != "CLOSED" and p["account"] != own)
        return int(held - returned)

    def _need(self, out_trade_no: str) -> Row:
        order = self.find(out_trade_no)
        if order is None:
            raise TillError("ORDER_NOT_EXIST", 404, "订单不存在")
        return order

    def _need_refund(self, out_refund_no: str) -> Row:
        refund = self.find_refund(out_refund_no)
        if refund is None:
            raise TillError("RESOURCE_NOT_EXISTS", 404, "退款单不存在")
        return refund


_STATES = {"SUCCESS": "支付成功", "REFUND": "转入退款", "NOTPAY": "订单未支付", "CLOSED": "订单已关闭"}


def china_time() -> str:
    """Now, as WeChat Pay writes times: RFC 3339 in China's zone, whole seconds."""
    return datetime.now(CHINA).isoformat(timespec="seconds")


def _opened(row: Row) -> Row:
    order = {**row, "body": json.loads(row["body"])}
    if order["state"] == "NOTPAY" and order["expires_at"] < time.time():
        order["state"] = "CLOSED"
    return order

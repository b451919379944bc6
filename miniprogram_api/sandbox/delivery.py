"""Shipping information under the trading rules: money is frozen until a delivery is reported and confirmed.

Vendor document: developers.weixin.qq.com, "发货信息管理".
"""

from datetime import datetime
from typing import Any

from miniprogram_api.sandbox.clock import Clock
from miniprogram_api.sandbox.credentials import SandboxCredentials
from miniprogram_api.sandbox.notifier import Notifier
from miniprogram_api.sandbox.people import People
from miniprogram_api.sandbox.state import Row, State
from miniprogram_api.sandbox.till import Till

# Virtual goods count as received after this long.
CONFIRM_SECONDS = 2 * 86400.0
MAX_DESCRIPTION = 120


class Delivery:
    """One row for each payment made under the trading rules."""

    def __init__(
        self,
        state: State,
        till: Till,
        people: People,
        clock: Clock,
        notifier: Notifier,
        credentials: SandboxCredentials,
    ) -> None:
        self._state = state
        self._till = till
        self._people = people
        self._clock = clock
        self._notifier = notifier
        self._credentials = credentials

    def find(self, out_trade_no: str) -> Row | None:
        return self._state.one("select * from shippings where out_trade_no = ?", out_trade_no)

    def all(self) -> list[Row]:
        return self._state.all("select * from shippings order by rowid")

    def upload(self, body: dict[str, Any]) -> tuple[int, str]:
        """Take a report of a delivery whose fields are in order: (errcode, text), 0 for taken."""
        order = self._order(body["order_key"])
        if order is None or order["transaction_id"] is None:
            return 10060001, "支付单不存在"
        if order["body"]["payer"]["openid"] != body["payer"]["openid"]:
            return 10060031, "该笔支付单不属于 openid 所指定的用户"
        if order["state"] == "REFUND" and self._refunded(order) == order["body"]["amount"]["total"]:
            return 10060004, "支付单处于不可发货的状态"
        row = self.find(order["out_trade_no"])
        if row is None:
            self._state.insert(
                "shippings", {"out_trade_no": order["out_trade_no"], "settled_at": order["success_time"]}
            )
            row = self.find(order["out_trade_no"])
        return self._store(row or {}, body)

    async def confirm(self, out_trade_no: str) -> bool:
        """The payer confirms: the money is free, and the product hears of it. False when nothing was shipped."""
        row = self.find(out_trade_no)
        if row is None or row["uploaded_at"] is None:
            return False
        if row["settled_at"] is None:
            await self._settle(row, "1")
        return True

    async def settle_due(self) -> int:
        """Settle what has waited for two days; how many."""
        due = [
            row
            for row in self.all()
            if row["settled_at"] is None
            and row["uploaded_at"] is not None
            and self._clock.now() - row["uploaded_at"] >= CONFIRM_SECONDS
        ]
        for row in due:
            await self._settle(row, "2")
        return len(due)

    def _store(self, row: Row, body: dict[str, Any]) -> tuple[int, str]:
        description = "；".join(item["item_desc"] for item in body["shipping_list"])
        if row["uploads"]:
            if row["description"] == description:
                return 10060023, "发货信息未更新"
            if row["uploads"] > 1:
                return 10060003, "支付单已使用重新发货机会"
            if row["settled_at"] is not None and self._till.trading_rules:
                return 10060002, "支付单已完成发货，无法继续发货"
        self._state.run(
            "update shippings set description = ?, upload_time = ?, uploaded_at = ?, uploads = uploads + 1 "
            "where out_trade_no = ?",
            description,
            body["upload_time"],
            row["uploaded_at"] or self._clock.now(),
            row["out_trade_no"],
        )
        return 0, "ok"

    def _order(self, key: dict[str, Any]) -> Row | None:
        if key["order_number_type"] == 2:
            return self._till.find_by("transaction_id", key["transaction_id"])
        return self._till.find(key["out_trade_no"]) if key.get("mchid") == self._credentials.mchid else None

    def _refunded(self, order: Row) -> int:
        refunds = self._till.refunds(order["out_trade_no"])
        return sum(row["body"]["amount"]["refund"] for row in refunds if row["status"] == "SUCCESS")

    async def _settle(self, row: Row, method: str) -> None:
        self._state.run(
            "update shippings set settled_at = ? where out_trade_no = ?", self._clock.text(), row["out_trade_no"]
        )
        order = self._till.find(row["out_trade_no"])
        if order is None:
            return
        openid = order["body"]["payer"]["openid"]
        await self._notifier.push(
            {
                "FromUserName": openid,
                "CreateTime": self._people.next_event_time(openid),
                "MsgType": "event",
                "Event": "trade_manage_order_settlement",
                "transaction_id": order["transaction_id"],
                "merchant_id": self._credentials.mchid,
                "merchant_trade_no": order["out_trade_no"],
                "pay_time": int(datetime.fromisoformat(order["success_time"]).timestamp()),
                "confirm_receive_method": method,
                "settlement_time": int(self._clock.now()),
            }
        )

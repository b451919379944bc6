"""Profit sharing as WeChat Pay keeps it: frozen money, receivers, requests that finish a moment later.

Vendor documents: pay.weixin.qq.com/doc/v3, "分账" and the pages named in the client.
"""

import asyncio
import json
import secrets
import string
from typing import Any

from miniprogram_api.sandbox.clock import Clock, seconds_of
from miniprogram_api.sandbox.credentials import SandboxCredentials
from miniprogram_api.sandbox.state import Row, State, pack
from miniprogram_api.sandbox.till import Till, TillError

# The most of a payment that may leave, in hundredths of a per cent, unless WeChat agreed to more.
MAX_RATIO = 3000
FROZEN_DAYS = 30
MAX_REQUESTS = 50
RETURN_DAYS = 180
SECONDS = 0.3


class SharingBooks:
    """Requests by out_order_no, returns by out_return_no; each idempotent by its number. Raises ``TillError``."""

    def __init__(self, state: State, till: Till, clock: Clock, credentials: SandboxCredentials) -> None:
        self._state = state
        self._till = till
        self._clock = clock
        self._mchid = credentials.mchid
        self.max_ratio = MAX_RATIO
        # What the receivers' accounts will say of the next shares and returns; None is success.
        self.fail_reason: str | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def add_receiver(self, account: str, name: str, relation: str) -> None:
        self._state.run("insert or replace into receivers values (?, ?, ?)", account, name, relation)

    def receivers(self) -> list[Row]:
        return self._state.all("select * from receivers order by rowid")

    def all(self) -> list[Row]:
        """All requests, oldest first, with parsed ``body`` and ``parts``."""
        return [_opened(row) for row in self._state.all("select * from sharings order by rowid")]

    def returns(self) -> list[Row]:
        rows = self._state.all("select * from sharing_returns order by rowid")
        return [{**row, "body": json.loads(row["body"])} for row in rows]

    def share(self, body: dict[str, Any]) -> Row:
        """Accept a request to share."""
        known = self._known(body["out_order_no"], body, "share")
        if known is not None:
            return known
        order = self._open_order(body["transaction_id"])
        asked = sum(receiver["amount"] for receiver in body["receivers"])
        self._check_receivers(body["receivers"])
        requests = self._of(body["transaction_id"])
        if len(requests) >= MAX_REQUESTS:
            raise TillError("RULE_LIMIT", 403, "对同一笔订单最多能发起50次分账请求")
        if asked > self.unsplit(order):
            raise TillError("NOT_ENOUGH", 403, "分账金额大于订单剩余待分金额")
        total = order["body"]["amount"]["total"]
        if (self._shared(requests) + asked) * 10000 > total * self.max_ratio:
            raise TillError("RULE_LIMIT", 403, "分账金额超过最大分账比例")
        parts = [_part(receiver) for receiver in body["receivers"]]
        if body["unfreeze_unsplit"] and self.unsplit(order) > asked:
            parts.append(self._rest(self.unsplit(order) - asked))
        return self._accept(body, "share", parts)

    def unfreeze(self, body: dict[str, Any]) -> Row:
        """Accept a request to give the rest to the merchant."""
        known = self._known(body["out_order_no"], body, "unfreeze")
        if known is not None:
            return known
        order = self._open_order(body["transaction_id"])
        rest = self.unsplit(order)
        return self._accept(body, "unfreeze", [self._rest(rest)] if rest else [])

    def find(self, out_order_no: str, transaction_id: str) -> Row:
        row = self._state.one("select * from sharings where out_order_no = ?", out_order_no)
        if row is None or row["transaction_id"] != transaction_id:
            raise TillError("RESOURCE_NOT_EXISTS", 404, "分账单不存在")
        return _opened(row)

    def unsplit(self, order: Row) -> int:
        """Fen of a payment still frozen for sharing; 0 once it was unfrozen or 30 days are over."""
        if order["transaction_id"] is None or not order["body"].get("settle_info", {}).get("profit_sharing"):
            return 0
        requests = self._of(order["transaction_id"])
        unfrozen = any(row["kind"] == "unfreeze" or row["body"].get("unfreeze_unsplit") for row in requests)
        if unfrozen or self._clock.now() - seconds_of(order["success_time"]) > FROZEN_DAYS * 86400:
            return 0
        refunds = self._till.refunds(order["out_trade_no"])
        refunded = sum(row["body"]["amount"]["refund"] for row in refunds if row["status"] != "CLOSED")
        return max(0, int(order["body"]["amount"]["total"] - refunded - self._shared(requests)))

    def take_back(self, body: dict[str, Any]) -> Row:
        """Accept a return of shared money."""
        known = self._state.one("select * from sharing_returns where out_return_no = ?", body["out_return_no"])
        if known is not None:
            if json.loads(known["body"]) != body:
                raise TillError("INVALID_REQUEST", 400, "同一回退单号的请求参数不一致")
            return {**known, "body": json.loads(known["body"])}
        self._check_return(body)
        row = {
            "out_return_no": body["out_return_no"],
            "return_id": _number("3008"),
            "out_order_no": body["out_order_no"],
            "body": pack(body),
            "result": "PROCESSING",
            "created_at": self._clock.text(),
        }
        self._state.insert("sharing_returns", row)
        self._later(lambda: self.finish_return(body["out_return_no"]))
        return self.find_return(body["out_return_no"], body["out_order_no"])

    def find_return(self, out_return_no: str, out_order_no: str) -> Row:
        row = self._state.one("select * from sharing_returns where out_return_no = ?", out_return_no)
        if row is None or row["out_order_no"] != out_order_no:
            raise TillError("RESOURCE_NOT_EXISTS", 404, "回退单不存在")
        return {**row, "body": json.loads(row["body"])}

    def finish(self, out_order_no: str) -> None:
        """The result of a request: what every receiver's account said."""
        row = _opened(self._need(out_order_no))
        if row["state"] == "FINISHED":
            return
        for part in row["parts"]:
            fails = self.fail_reason is not None and part["account"] != self._mchid
            part |= {"result": "CLOSED" if fails else "SUCCESS", "finish_time": self._clock.text()}
            part |= {"fail_reason": self.fail_reason} if fails else {}
        self._state.run(
            "update sharings set state = 'FINISHED', parts = ? where out_order_no = ?", pack(row["parts"]), out_order_no
        )

    def finish_return(self, out_return_no: str) -> None:
        """The result of a return."""
        self._state.run(
            "update sharing_returns set result = ?, fail_reason = ?, finished_at = ? "
            "where out_return_no = ? and result = 'PROCESSING'",
            "SUCCESS" if self.fail_reason is None else "FAILED",
            self.fail_reason,
            self._clock.text(),
            out_return_no,
        )

    def resume(self) -> None:
        """Finish what was accepted when the process ended."""
        for row in self.all():
            if row["state"] == "PROCESSING":
                self.finish(row["out_order_no"])
        for row in self.returns():
            self.finish_return(row["out_return_no"])

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, body: dict[str, Any], kind: str, parts: list[dict[str, Any]]) -> Row:
        row = {
            "out_order_no": body["out_order_no"],
            "order_id": _number("3008"),
            "transaction_id": body["transaction_id"],
            "body": pack(body),
            "kind": kind,
            "state": "PROCESSING",
            "created_at": self._clock.text(),
            "parts": pack([{**part, "create_time": self._clock.text()} for part in parts]),
        }
        self._state.insert("sharings", row)
        self._later(lambda: self.finish(body["out_order_no"]))
        return _opened(self._need(body["out_order_no"]))

    def _known(self, out_order_no: str, body: dict[str, Any], kind: str) -> Row | None:
        row = self._state.one("select * from sharings where out_order_no = ?", out_order_no)
        if row is None:
            return None
        if row["kind"] != kind or json.loads(row["body"]) != body:
            raise TillError("INVALID_REQUEST", 400, "同一分账单号的请求参数不一致")
        return _opened(row)

    def _open_order(self, transaction_id: str) -> Row:
        order = self._till.find_by("transaction_id", transaction_id)
        if order is None:
            raise TillError("RESOURCE_NOT_EXISTS", 404, "订单不存在")
        if not order["body"].get("settle_info", {}).get("profit_sharing"):
            raise TillError("INVALID_REQUEST", 400, "非分账订单不支持分账")
        if self._clock.now() - seconds_of(order["success_time"]) > FROZEN_DAYS * 86400:
            raise TillError("RULE_LIMIT", 403, "订单已超过分账期限，资金已解冻")
        requests = self._of(transaction_id)
        if any(row["kind"] == "unfreeze" or row["body"].get("unfreeze_unsplit") for row in requests):
            raise TillError("RULE_LIMIT", 403, "订单已解冻，不能再分账")
        shipping = self._state.one("select * from shippings where out_trade_no = ?", order["out_trade_no"])
        if shipping is not None and shipping["settled_at"] is None:
            raise TillError("RULE_LIMIT", 403, "订单资金待结算，确认收货后方可分账")
        return order

    def _check_receivers(self, receivers: list[dict[str, Any]]) -> None:
        known = {row["account"] for row in self.receivers()}
        for receiver in receivers:
            if receiver["account"] != self._mchid and receiver["account"] not in known:
                raise TillError("RULE_LIMIT", 403, "分账接收方关系不存在，请先添加分账接收方")

    def _check_return(self, body: dict[str, Any]) -> None:
        row = self._state.one("select * from sharings where out_order_no = ?", body["out_order_no"])
        if row is None:
            raise TillError("RESOURCE_NOT_EXISTS", 404, "分账单不存在")
        if self._clock.now() - seconds_of(row["created_at"]) > RETURN_DAYS * 86400:
            raise TillError("RULE_LIMIT", 403, "已超过分账回退期限")
        paid = [
            p for p in json.loads(row["parts"]) if p["account"] == body["return_mchid"] and p["result"] == "SUCCESS"
        ]
        earlier = [r for r in self.returns() if r["out_order_no"] == body["out_order_no"] and r["result"] != "FAILED"]
        back = sum(r["body"]["amount"] for r in earlier if r["body"]["return_mchid"] == body["return_mchid"])
        if body["amount"] + back > sum(part["amount"] for part in paid):
            raise TillError("RULE_LIMIT", 403, "回退金额超过可回退金额")

    def _of(self, transaction_id: str) -> list[Row]:
        rows = self._state.all("select * from sharings where transaction_id = ? order by rowid", transaction_id)
        return [_opened(row) for row in rows]

    def _shared(self, requests: list[Row]) -> int:
        parts = [part for row in requests for part in row["parts"]]
        return sum(int(p["amount"]) for p in parts if p["result"] != "CLOSED" and p["account"] != self._mchid)

    def _rest(self, amount: int) -> dict[str, Any]:
        receiver = {"type": "MERCHANT_ID", "account": self._mchid, "amount": amount, "description": "解冻给分账方"}
        return _part(receiver)

    def _need(self, out_order_no: str) -> Row:
        row = self._state.one("select * from sharings where out_order_no = ?", out_order_no)
        if row is None:
            raise TillError("RESOURCE_NOT_EXISTS", 404, "分账单不存在")
        return row

    def _later(self, action: Any) -> None:
        async def run() -> None:
            await asyncio.sleep(SECONDS)
            action()

        task = asyncio.get_running_loop().create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _part(receiver: dict[str, Any]) -> dict[str, Any]:
    return {**receiver, "result": "PENDING", "detail_id": _number("3601")}


def _number(prefix: str) -> str:
    return prefix + "".join(secrets.choice(string.digits) for _ in range(24))


def _opened(row: Row) -> Row:
    return {**row, "body": json.loads(row["body"]), "parts": json.loads(row["parts"])}

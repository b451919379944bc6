"""Electronic invoices as WeChat Pay keeps them: issued and reversed a moment later.

Vendor documents: pay.weixin.qq.com/doc/v3, "电子发票".
"""

import asyncio
import json
import secrets
import string
from typing import Any

from miniprogram_api.sandbox.clock import Clock
from miniprogram_api.sandbox.credentials import SandboxCredentials
from miniprogram_api.sandbox.state import Row, State, pack
from miniprogram_api.sandbox.till import Till, TillError

SECONDS = 0.3


class InvoiceBooks:
    """Invoices by fapiao_id; an apply id is a transaction_id. Raises ``TillError``."""

    def __init__(self, state: State, till: Till, clock: Clock, credentials: SandboxCredentials) -> None:
        self._state = state
        self._till = till
        self._clock = clock
        self._credentials = credentials
        self._tasks: set[asyncio.Task[None]] = set()

    def payment(self, apply_id: str) -> Row:
        """The payment that an invoice is for."""
        order = self._till.find_by("transaction_id", apply_id)
        if order is None:
            raise TillError("RESOURCE_NOT_EXISTS", 404, "发票申请单对应的支付单不存在")
        return order

    def issue(self, body: dict[str, Any]) -> None:
        """Accept an invoice; ISSUED and in the payer's card folder a moment later."""
        apply_id, invoice = body["fapiao_apply_id"], body["fapiao_information"][0]
        order = self.payment(apply_id)
        known = self._state.one("select * from invoices where fapiao_id = ?", invoice["fapiao_id"])
        if known is not None:
            if known["apply_id"] != apply_id or json.loads(known["body"]) != invoice:
                raise TillError("INVALID_REQUEST", 400, "同一发票单号的请求参数不一致")
            return
        open_ = [row for row in self.of(apply_id) if row["status"] != "REVERSED"]
        asked = sum(row["body"]["total_amount"] for row in open_) + invoice["total_amount"]
        if asked > order["body"]["amount"]["total"]:
            raise TillError("INVALID_REQUEST", 400, "开票金额超过支付金额")
        row = {"fapiao_id": invoice["fapiao_id"], "apply_id": apply_id, "body": pack(invoice)}
        self._state.insert("invoices", {**row, "status": "ISSUE_ACCEPTED"})
        self._later(lambda: self.finish(invoice["fapiao_id"]))

    def reverse(self, apply_id: str, fapiao_id: str) -> None:
        """Accept a reversal; REVERSED a moment later. Again is no fault."""
        row = self._state.one("select * from invoices where fapiao_id = ? and apply_id = ?", fapiao_id, apply_id)
        if row is None:
            raise TillError("RESOURCE_NOT_EXISTS", 404, "发票不存在")
        if row["status"] == "ISSUE_ACCEPTED":
            raise TillError("INVALID_REQUEST", 400, "发票尚未开具成功，不能冲红")
        if row["status"] == "ISSUED":
            self._state.run("update invoices set status = 'REVERSE_ACCEPTED' where fapiao_id = ?", fapiao_id)
            self._later(lambda: self.finish(fapiao_id))

    def of(self, apply_id: str, fapiao_id: str | None = None) -> list[Row]:
        """A payment's invoices, oldest first."""
        rows = self._state.all("select * from invoices where apply_id = ? order by rowid", apply_id)
        chosen = [row for row in rows if fapiao_id is None or row["fapiao_id"] == fapiao_id]
        return [{**row, "body": json.loads(row["body"])} for row in chosen]

    def all(self) -> list[Row]:
        rows = self._state.all("select * from invoices order by rowid")
        return [{**row, "body": json.loads(row["body"])} for row in rows]

    def finish(self, fapiao_id: str) -> None:
        """Do what was accepted."""
        row = self._state.one("select * from invoices where fapiao_id = ?", fapiao_id)
        if row is None:
            return
        if row["status"] == "ISSUE_ACCEPTED":
            number = "25" + "".join(secrets.choice(string.digits) for _ in range(18))
            self._state.run(
                "update invoices set status = 'ISSUED', number = ?, issued_at = ?, card_status = 'INSERTED' "
                "where fapiao_id = ?",
                number,
                self._clock.text(),
                fapiao_id,
            )
        elif row["status"] == "REVERSE_ACCEPTED":
            self._state.run(
                "update invoices set status = 'REVERSED', card_status = 'DISCARDED' where fapiao_id = ?", fapiao_id
            )

    def resume(self) -> None:
        """Finish what was accepted when the process ended."""
        for row in self.all():
            self.finish(row["fapiao_id"])

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def view(self, row: Row) -> dict[str, Any]:
        """An invoice as a query shows it."""
        total = row["body"]["total_amount"]
        shown: dict[str, Any] = {"fapiao_id": row["fapiao_id"], "status": row["status"]}
        if row["card_status"]:
            shown["card_status"] = row["card_status"]
            shown["card_information"] = {"card_appid": self._credentials.appid, "card_status": row["card_status"]}
        if row["number"]:
            shown["blue_fapiao"] = {"fapiao_number": row["number"], "fapiao_time": row["issued_at"]}
        tax = sum(_tax(item) for item in row["body"]["items"])
        return shown | {"total_amount": total, "tax_amount": tax, "amount": total - tax}

    def _later(self, action: Any) -> None:
        async def run() -> None:
            await asyncio.sleep(SECONDS)
            action()

        task = asyncio.get_running_loop().create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _tax(item: dict[str, Any]) -> int:
    """The tax inside an amount that includes it; ``tax_rate`` counts hundredths of a per cent. Half up."""
    amount, rate = int(item["total_amount"]), int(item["tax_rate"])
    return (2 * amount * rate + 10000 + rate) // (2 * (10000 + rate))

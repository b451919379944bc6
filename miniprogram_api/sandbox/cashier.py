"""Moves money in the till and tells the product: what a payer's thumb and the bank do."""

import asyncio
from typing import Any

from miniprogram_api.sandbox.notifier import Notifier
from miniprogram_api.sandbox.state import Row
from miniprogram_api.sandbox.till import Till

# How long a refund stays PROCESSING, in seconds: long enough to be seen, short enough to wait for.
REFUND_SECONDS = 0.5


class Cashier:
    """Pays orders and completes refunds, each with its notice. A refund takes ``refund_seconds``."""

    def __init__(self, till: Till, notifier: Notifier, refund_seconds: float = REFUND_SECONDS) -> None:
        self._till = till
        self._notifier = notifier
        self._refund_seconds = refund_seconds
        # How the next refunds end: what a payer's closed account, or the bank, would decide.
        self.refunds_end = "SUCCESS"
        self._tasks: set[asyncio.Task[None]] = set()

    def pay(
        self, out_trade_no: str, *, times: int = 1, delay: float = 0.0, tamper: str | None = None
    ) -> tuple[Row, bool, "list[asyncio.Task[None]]"]:
        """The payer pays; ``times`` copies of the notice go out after ``delay`` seconds.

        Returns (order, whether it had been paid before, the deliveries). Paying a paid order moves no money: its
        notice is sent again. Raises ``TillError``.
        """
        order, before = self._till.pay(out_trade_no)
        notice = {
            "id": order["event_id"],
            "event_type": "TRANSACTION.SUCCESS",
            "summary": "支付成功",
            "resource": {**self._till.transaction(order), "trade_state": "SUCCESS"},
        }
        url = order["body"]["notify_url"]
        deliveries = [
            self._notifier.queue("payment", out_trade_no, url, notice, tamper=tamper, delay=delay) for _ in range(times)
        ]
        return order, before, deliveries

    def resume(self) -> None:
        """Complete the refunds that were in the making when the process ended."""
        for refund in self._till.refunds():
            if refund["status"] == "PROCESSING":
                self.complete_later(refund)

    def complete_later(self, refund: Row) -> None:
        """Complete an accepted refund in a moment, and send its notice where it names a URL."""
        task = asyncio.get_running_loop().create_task(self._complete(refund))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _complete(self, accepted: Row) -> None:
        await asyncio.sleep(self._refund_seconds)
        refund = self._till.finish_refund(accepted["out_refund_no"], self.refunds_end)
        url = refund["body"].get("notify_url")
        if not url:
            return
        notice: dict[str, Any] = {
            "id": refund["event_id"],
            "event_type": f"REFUND.{refund['status']}",
            "summary": _SUMMARIES[refund["status"]],
            "resource": self._till.refund_view(refund, notice=True),
        }
        self._notifier.queue("refund", refund["out_refund_no"], url, notice)


_SUMMARIES = {"SUCCESS": "退款成功", "ABNORMAL": "退款异常", "CLOSED": "退款关闭"}

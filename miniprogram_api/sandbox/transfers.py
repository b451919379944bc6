"""Merchant transfers as WeChat Pay keeps them: they wait for the person, and end with a notice.

Vendor documents: pay.weixin.qq.com/doc/v3, "发起转账", "商户单号查询转账单", "撤销转账", "商家转账回调通知".
"""

import json
import secrets
import string
import uuid
from typing import Any

from miniprogram_api.sandbox.clock import Clock, seconds_of
from miniprogram_api.sandbox.credentials import SandboxCredentials
from miniprogram_api.sandbox.notifier import Notifier
from miniprogram_api.sandbox.state import Row, State, pack
from miniprogram_api.sandbox.till import TillError

CONFIRM_HOURS = 24
KEPT_DAYS = 30
# What the sandbox's merchant has for transfers, in fen.
PURSE = 1_000_000_00


class TransferBooks:
    """Transfers by out_bill_no. Raises ``TillError``."""

    def __init__(self, state: State, clock: Clock, credentials: SandboxCredentials, notifier: Notifier) -> None:
        self._state = state
        self._clock = clock
        self._credentials = credentials
        self._notifier = notifier

    def create(self, body: dict[str, Any]) -> Row:
        """Accept a transfer; the same number with the same content is the same one."""
        known = self._state.one("select * from transfers where out_bill_no = ?", body["out_bill_no"])
        if known is not None:
            if json.loads(known["body"]) != body:
                raise TillError("ALREADY_EXISTS", 400, "商户单号已存在，且请求参数不一致")
            return self.find(body["out_bill_no"])
        if body["transfer_amount"] > self.purse():
            raise TillError("NOT_ENOUGH", 403, "运营账户资金不足")
        row = {
            "out_bill_no": body["out_bill_no"],
            "transfer_bill_no": "1330" + "".join(secrets.choice(string.digits) for _ in range(24)),
            "body": pack(body),
            "state": "WAIT_USER_CONFIRM",
            "package_info": secrets.token_urlsafe(48),
            "created_at": self._clock.text(),
            "updated_at": self._clock.text(),
            "event_id": str(uuid.uuid4()),
        }
        self._state.insert("transfers", row)
        return self.find(body["out_bill_no"])

    def find(self, out_bill_no: str) -> Row:
        """One transfer; one that nobody confirmed within a day is closed by looking at it."""
        row = self._state.one("select * from transfers where out_bill_no = ?", out_bill_no)
        if row is None or self._clock.now() - seconds_of(row["created_at"]) > KEPT_DAYS * 86400:
            raise TillError("NOT_FOUND", 404, "记录不存在")
        late = self._clock.now() - seconds_of(row["created_at"]) > CONFIRM_HOURS * 3600
        if row["state"] == "WAIT_USER_CONFIRM" and late:
            return self._end(out_bill_no, "FAIL", "OVERDUE_CLOSE")
        return {**row, "body": json.loads(row["body"])}

    def all(self) -> list[Row]:
        rows = self._state.all("select * from transfers order by rowid")
        return [{**row, "body": json.loads(row["body"])} for row in rows]

    def confirm(self, out_bill_no: str, fail_reason: str | None) -> Row:
        """The person confirms in WeChat; with ``fail_reason`` the account refuses the money."""
        row = self.find(out_bill_no)
        if row["state"] != "WAIT_USER_CONFIRM":
            raise TillError("INVALID_REQUEST", 400, "转账单不在待确认状态")
        return self._end(out_bill_no, "SUCCESS" if fail_reason is None else "FAIL", fail_reason)

    def cancel(self, out_bill_no: str) -> Row:
        """The merchant withdraws it. The answer still says CANCELING, as WeChat's does."""
        row = self.find(out_bill_no)
        if row["state"] != "WAIT_USER_CONFIRM":
            raise TillError("INVALID_REQUEST", 400, "当前转账单状态不可撤销")
        return {**self._end(out_bill_no, "CANCELLED", None), "state": "CANCELING"}

    def purse(self) -> int:
        """What is left for transfers: money is set aside as soon as a transfer is accepted."""
        taken = sum(row["body"]["transfer_amount"] for row in self.all() if row["state"] not in ("FAIL", "CANCELLED"))
        return PURSE - int(taken)

    def view(self, row: Row) -> dict[str, Any]:
        """A transfer as a query shows it."""
        body = row["body"]
        shown = {
            "mch_id": self._credentials.mchid,
            "out_bill_no": row["out_bill_no"],
            "transfer_bill_no": row["transfer_bill_no"],
            "appid": body["appid"],
            "state": row["state"],
            "transfer_amount": body["transfer_amount"],
            "transfer_remark": body["transfer_remark"],
            "openid": body["openid"],
            "create_time": row["created_at"],
            "update_time": row["updated_at"],
        }
        return shown | ({"fail_reason": row["fail_reason"]} if row["fail_reason"] else {})

    def _end(self, out_bill_no: str, state: str, fail_reason: str | None) -> Row:
        self._state.run(
            "update transfers set state = ?, fail_reason = ?, updated_at = ? where out_bill_no = ?",
            state,
            fail_reason,
            self._clock.text(),
            out_bill_no,
        )
        row = self.find(out_bill_no)
        notice = {
            "id": row["event_id"],
            "event_type": "MCHTRANSFER.BILL.FINISHED",
            "summary": "商家转账单据终态通知",
            "resource": self.view(row),
        }
        self._notifier.queue("transfer", out_bill_no, row["body"]["notify_url"], notice)
        return row

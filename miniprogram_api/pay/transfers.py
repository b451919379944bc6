"""Merchant transfer (商家转账, the flow of 2025): money to a person, who confirms it in WeChat.

The one rule that must not be broken: an answer other than 200 does not mean that nothing happened. A new
``out_bill_no`` before a query has said FAIL or CANCELLED may pay twice. So ``create`` does not raise for a refusal,
it returns a ``TransferUnknown``, and only a ``Transfer`` knows whether a new number may be taken.
Vendor documents: pay.weixin.qq.com/doc/v3, "发起转账", "商户单号查询转账单", "撤销转账", "JSAPI调起用户确认收款".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from miniprogram_api.errors import VendorError
from miniprogram_api.pay.door import PayDoor, json_of, quoted
from miniprogram_api.pay.models import fen, moment, optional, text

_BILLS = "/v3/fund-app/mch-transfer/transfer-bills"
# From this amount on (fen) WeChat compares the person's real name, and below the other one it takes none.
NAME_REQUIRED_FROM = 200_000
NAME_REFUSED_BELOW = 30


@dataclass(frozen=True)
class ReportInfo:
    """What WeChat wants to know about a transfer of a scene: pairs such as 岗位类型 / 律师."""

    kind: str
    content: str


@dataclass(frozen=True)
class Transfer:
    """A transfer that WeChat knows.

    ``state``: ACCEPTED, PROCESSING, WAIT_USER_CONFIRM, TRANSFERING, SUCCESS, FAIL, CANCELING, CANCELLED.
    ``package_info`` is for ``wx.requestMerchantTransfer``; only ``create`` gives it, while the person must confirm.
    """

    out_bill_no: str
    transfer_bill_no: str
    state: str
    amount_fen: int | None = None
    fail_reason: str | None = None
    package_info: str | None = field(default=None, repr=False)
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def paid(self) -> bool:
        return self.state == "SUCCESS"

    @property
    def waits_for_person(self) -> bool:
        return self.state == "WAIT_USER_CONFIRM"

    @property
    def may_take_new_number(self) -> bool:
        """Whether this transfer is over without money moved: the only case for another ``out_bill_no``."""
        return self.state in ("FAIL", "CANCELLED")

    @property
    def final(self) -> bool:
        return self.paid or self.may_take_new_number


@dataclass(frozen=True)
class TransferUnknown:
    """Nobody knows yet whether the transfer exists: query ``out_bill_no``, or create it again, unchanged.

    ``because`` is the error's stable code; it decides nothing.
    """

    out_bill_no: str
    because: str

    @property
    def may_take_new_number(self) -> bool:
        return False


class Transfers:
    """Transfers to people who have an openid of this mini-program."""

    def __init__(self, door: PayDoor) -> None:
        self._door = door

    async def create(
        self,
        *,
        out_bill_no: str,
        scene_id: str,
        openid: str,
        amount_fen: int,
        remark: str,
        notify_url: str,
        reports: Sequence[ReportInfo],
        name: str | None = None,
    ) -> Transfer | TransferUnknown:
        """Start a transfer. ``out_bill_no`` has letters and digits only; ``remark`` at most 32 characters.

        ``name`` is the person's real name: needed from 2,000 yuan, refused under 0.3 yuan. Raises ``ValueError``
        for a name that contradicts the amount; nothing was sent then. Everything that went wrong later comes back
        as ``TransferUnknown``.
        """
        if (amount_fen >= NAME_REQUIRED_FROM and not name) or (amount_fen < NAME_REFUSED_BELOW and name):
            raise ValueError("name")
        body: dict[str, Any] = {
            "appid": self._door.config.appid,
            "out_bill_no": out_bill_no,
            "transfer_scene_id": scene_id,
            "openid": openid,
            "transfer_amount": amount_fen,
            "transfer_remark": remark,
            "notify_url": notify_url,
            "transfer_scene_report_infos": [{"info_type": r.kind, "info_content": r.content} for r in reports],
        }
        serial: str | None = None
        if name:
            serial, body["user_name"] = self._door.seal(name)
        try:
            return await self._door.call("transfer_create", "POST", _BILLS, body, json_of(read_transfer), serial=serial)
        except VendorError as error:
            return TransferUnknown(out_bill_no, error.code)

    async def query(self, out_bill_no: str) -> Transfer:
        """The truth about a transfer of the last 30 days.

        Raises ``PayError`` ``not_found`` when WeChat has none: then create it again under the same number.
        """
        target = f"{_BILLS}/out-bill-no/{quoted(out_bill_no)}"
        return await self._door.call("transfer_query", "GET", target, None, json_of(read_transfer))

    async def cancel(self, out_bill_no: str) -> Transfer:
        """Withdraw a transfer that its person has not confirmed. CANCELING is not yet CANCELLED: query."""
        target = f"{_BILLS}/out-bill-no/{quoted(out_bill_no)}/cancel"
        return await self._door.call("transfer_cancel", "POST", target, None, json_of(read_transfer))


def read_transfer(data: Mapping[str, Any]) -> Transfer:
    """Build a ``Transfer`` from an answer or a notice. Raises ``ValueError``."""
    return Transfer(
        out_bill_no=text(data, "out_bill_no"),
        transfer_bill_no=text(data, "transfer_bill_no"),
        state=text(data, "state"),
        amount_fen=fen(data, "transfer_amount"),
        fail_reason=optional(data, "fail_reason"),
        package_info=optional(data, "package_info"),
        created_at=moment(data, "create_time"),
        updated_at=moment(data, "update_time"),
    )

"""Profit sharing (分账): a part of a payment goes from the platform's merchant account to the firm's.

Only for orders placed with ``profit_sharing=True``. Their money is frozen until it is shared out or unfrozen, at
most 30 days; a merchant may share at most a ratio of a payment (30 % unless WeChat agreed to more). Accepted is not
shared: the result comes by query. The same number again is the same request.
Vendor documents: pay.weixin.qq.com/doc/v3, "添加分账接收方", "请求分账", "查询分账结果", "请求分账回退",
"查询分账回退结果", "解冻剩余资金", "查询剩余待分金额".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from miniprogram_api.pay.door import PayDoor, json_of, quoted
from miniprogram_api.pay.models import moment, needed_fen, objects, optional, text

Relation = Literal["STORE", "PARTNER", "HEADQUARTER", "BRAND", "DISTRIBUTOR", "SUPPLIER", "SERVICE_PROVIDER"]

_ORDERS = "/v3/profitsharing/orders"
_RETURNS = "/v3/profitsharing/return-orders"


@dataclass(frozen=True)
class Share:
    """What one merchant is to get: fen, and why (at most 80 characters, shown in its bill)."""

    mchid: str
    amount_fen: int
    description: str


@dataclass(frozen=True)
class SharePart:
    """What became of one share: ``result`` PENDING, SUCCESS or CLOSED (with ``fail_reason``, e.g. NO_RELATION).

    WeChat lists the unfrozen rest as a part of its own, paid to the sharing merchant.
    """

    mchid: str = field(repr=False)
    amount_fen: int
    result: str
    detail_id: str
    fail_reason: str | None
    finished_at: datetime | None


@dataclass(frozen=True)
class Sharing:
    """A request to share. ``state``: PROCESSING or FINISHED; FINISHED says nothing of success, the parts do."""

    transaction_id: str
    out_order_no: str
    order_id: str
    state: str
    parts: tuple[SharePart, ...]

    @property
    def finished(self) -> bool:
        return self.state == "FINISHED"

    @property
    def failed(self) -> tuple[SharePart, ...]:
        """The parts that were not paid: their money is still frozen and may be shared under a new number."""
        return tuple(part for part in self.parts if part.result == "CLOSED")


@dataclass(frozen=True)
class SharingReturn:
    """Shared money on its way back. ``result``: PROCESSING, SUCCESS or FAILED (with ``fail_reason``)."""

    out_order_no: str
    out_return_no: str
    return_id: str
    return_mchid: str = field(repr=False)
    amount_fen: int
    result: str
    fail_reason: str | None
    finished_at: datetime | None


class ProfitSharing:
    """Raises ``PayError`` (``rule_limit``: above the ratio; ``not_enough``: above what is frozen; ``not_found``)
    and ``TransportError``.
    """

    def __init__(self, door: PayDoor) -> None:
        self._door = door

    async def add_receiver(self, mchid: str, name: str, relation: Relation = "PARTNER") -> None:
        """Allow shares to a merchant; ``name`` is its full registered name, which WeChat compares. Repeatable."""
        serial, sealed = self._door.seal(name)
        body = {
            "appid": self._door.config.appid,
            "type": "MERCHANT_ID",
            "account": mchid,
            "name": sealed,
            "relation_type": relation,
        }
        target = "/v3/profitsharing/receivers/add"
        await self._door.call("sharing_receiver", "POST", target, body, lambda _: None, serial=serial)

    async def share(
        self, *, transaction_id: str, out_order_no: str, shares: Sequence[Share], unfreeze_rest: bool
    ) -> Sharing:
        """Share out a payment (at most 50 receivers, 50 requests a payment).

        With ``unfreeze_rest`` the rest becomes the platform's own at once and nothing more can be shared.
        """
        body = {
            "appid": self._door.config.appid,
            "transaction_id": transaction_id,
            "out_order_no": out_order_no,
            "receivers": [
                {"type": "MERCHANT_ID", "account": s.mchid, "amount": s.amount_fen, "description": s.description}
                for s in shares
            ],
            "unfreeze_unsplit": unfreeze_rest,
        }
        return await self._door.call("sharing_create", "POST", _ORDERS, body, json_of(_sharing))

    async def query(self, *, transaction_id: str, out_order_no: str) -> Sharing:
        """What became of a request to share, or to unfreeze."""
        target = f"{_ORDERS}/{quoted(out_order_no)}?transaction_id={quoted(transaction_id)}"
        return await self._door.call("sharing_query", "GET", target, None, json_of(_sharing))

    async def unfreeze(self, *, transaction_id: str, out_order_no: str, description: str) -> Sharing:
        """Give the frozen rest of a payment to the platform; afterwards nothing more can be shared."""
        body = {"transaction_id": transaction_id, "out_order_no": out_order_no, "description": description}
        return await self._door.call("sharing_unfreeze", "POST", f"{_ORDERS}/unfreeze", body, json_of(_sharing))

    async def take_back(
        self, *, out_order_no: str, out_return_no: str, mchid: str, amount_fen: int, description: str
    ) -> SharingReturn:
        """Fetch a share back from ``mchid`` (within 180 days), for a refund needs the money here."""
        body = {
            "out_order_no": out_order_no,
            "out_return_no": out_return_no,
            "return_mchid": mchid,
            "amount": amount_fen,
            "description": description,
        }
        return await self._door.call("sharing_return", "POST", _RETURNS, body, json_of(_returned))

    async def query_return(self, *, out_order_no: str, out_return_no: str) -> SharingReturn:
        """What became of a return."""
        target = f"{_RETURNS}/{quoted(out_return_no)}?out_order_no={quoted(out_order_no)}"
        return await self._door.call("sharing_return_query", "GET", target, None, json_of(_returned))


def _sharing(data: Mapping[str, Any]) -> Sharing:
    return Sharing(
        transaction_id=text(data, "transaction_id"),
        out_order_no=text(data, "out_order_no"),
        order_id=text(data, "order_id"),
        state=text(data, "state"),
        parts=tuple(_part(row) for row in objects(data, "receivers")),
    )


def _part(row: Mapping[str, Any]) -> SharePart:
    return SharePart(
        mchid=text(row, "account"),
        amount_fen=needed_fen(row, "amount"),
        result=text(row, "result"),
        detail_id=text(row, "detail_id"),
        fail_reason=optional(row, "fail_reason"),
        finished_at=moment(row, "finish_time"),
    )


def _returned(data: Mapping[str, Any]) -> SharingReturn:
    return SharingReturn(
        out_order_no=text(data, "out_order_no"),
        out_return_no=text(data, "out_return_no"),
        return_id=text(data, "return_id"),
        return_mchid=text(data, "return_mchid"),
        amount_fen=needed_fen(data, "amount"),
        result=text(data, "result"),
        fail_reason=optional(data, "fail_reason"),
        finished_at=moment(data, "finish_time"),
    )

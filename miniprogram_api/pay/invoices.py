"""Electronic invoices (电子发票) for payments: issuing, reversing, where the file lies.

``apply_id`` is the payment's transaction_id. Issuing and reversing are accepted first; the result is
asked for. Amounts are fen; an item's ``quantity`` counts hundred-millionths of a unit, ``tax_rate`` hundredths of
a per cent (600 = 6 %).
Vendor documents: pay.weixin.qq.com/doc/v3, "开具电子发票", "查询电子发票", "冲红电子发票", "获取发票下载信息".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from miniprogram_api.pay.door import PayDoor, json_of, quoted
from miniprogram_api.pay.models import fen, mapping, moment, objects, optional, text

_BASE = "/v3/new-tax-control-fapiao"
_SCENE = "WITH_WECHATPAY"
# ``quantity`` of one unit.
UNIT = 100_000_000


@dataclass(frozen=True)
class InvoiceTitle:
    """Who gets the invoice. ``kind``: INDIVIDUAL or ORGANIZATION (which needs ``taxpayer_id``)."""

    kind: str
    name: str = field(repr=False)
    taxpayer_id: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    telephone: str | None = field(default=None, repr=False)
    bank_name: str | None = field(default=None, repr=False)
    bank_account: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class InvoiceItem:
    """One line of an invoice. ``tax_code`` is the 19-digit code of the tax classification."""

    tax_code: str
    goods_name: str
    total_fen: int
    tax_rate: int
    quantity: int = UNIT
    unit: str | None = None


@dataclass(frozen=True)
class IssuedInvoice:
    """An invoice as WeChat knows it.

    ``status``: ISSUE_ACCEPTED, ISSUED, REVERSE_ACCEPTED, REVERSED. ``code`` and ``number`` name the tax office's
    document; newer ones have a number only. ``card_status``: INSERT_ACCEPTED, INSERTED, DISCARD_ACCEPTED, DISCARDED.
    """

    fapiao_id: str
    status: str
    code: str | None
    number: str | None
    issued_at: datetime | None
    total_fen: int | None
    tax_fen: int | None
    card_status: str | None


@dataclass(frozen=True)
class InvoiceFile:
    """Where an invoice's file lies; the URL works for a short time only and is not signed."""

    fapiao_id: str
    url: str = field(repr=False)
    status: str


class Invoices:
    """Raises ``PayError`` and ``TransportError``."""

    def __init__(self, door: PayDoor) -> None:
        self._door = door

    async def issue(self, *, apply_id: str, fapiao_id: str, buyer: InvoiceTitle, items: Sequence[InvoiceItem]) -> None:
        """Ask for an invoice of ``items``; accepted is not issued. The same ``fapiao_id`` again is the same one."""
        serial, information = self._buyer(buyer)
        invoice = {
            "fapiao_id": fapiao_id,
            "total_amount": sum(item.total_fen for item in items),
            "items": [_item(item) for item in items],
        }
        body = {
            "scene": _SCENE,
            "fapiao_apply_id": apply_id,
            "buyer_information": information,
            "fapiao_information": [invoice],
        }
        target = f"{_BASE}/fapiao-applications"
        await self._door.call("invoice_issue", "POST", target, body, lambda _: None, serial=serial)

    async def query(self, apply_id: str, fapiao_id: str | None = None) -> tuple[IssuedInvoice, ...]:
        """The invoices of a payment. Raises ``PayError`` ``not_found``."""
        target = f"{_BASE}/fapiao-applications/{quoted(apply_id)}"
        if fapiao_id is not None:
            target += f"?{urlencode({'fapiao_id': fapiao_id})}"
        return await self._door.call("invoice_query", "GET", target, None, json_of(_invoices))

    async def reverse(self, *, apply_id: str, reason: str, invoice: IssuedInvoice) -> None:
        """Reverse an issued invoice (冲红), as a refund demands; accepted is not reversed."""
        information = {"fapiao_id": invoice.fapiao_id, "fapiao_code": invoice.code, "fapiao_number": invoice.number}
        body = {
            "reverse_reason": reason,
            "fapiao_information": [{name: value for name, value in information.items() if value}],
        }
        target = f"{_BASE}/fapiao-applications/{quoted(apply_id)}/reverse"
        await self._door.call("invoice_reverse", "POST", target, body, lambda _: None)

    async def files(self, apply_id: str, fapiao_id: str) -> tuple[InvoiceFile, ...]:
        """Where the files of an issued invoice lie (within 180 days of issuing)."""
        query = urlencode({"fapiao_id": fapiao_id})
        target = f"{_BASE}/fapiao-applications/{quoted(apply_id)}/fapiao-files?{query}"
        return await self._door.call("invoice_files", "GET", target, None, json_of(_files))

    def _buyer(self, buyer: InvoiceTitle) -> tuple[str | None, dict[str, str]]:
        values = {
            "type": buyer.kind,
            "name": buyer.name,
            "taxpayer_id": buyer.taxpayer_id,
            "address": buyer.address,
            "telephone": buyer.telephone,
            "bank_name": buyer.bank_name,
            "bank_account": buyer.bank_account,
        }
        information = {name: value for name, value in values.items() if value}
        serial: str | None = None
        for name, value in (("phone", buyer.phone), ("email", buyer.email)):
            if value:
                serial, information[name] = self._door.seal(value)
        return serial, information


def _invoices(data: Mapping[str, Any]) -> tuple[IssuedInvoice, ...]:
    """The invoices of an answer. Raises ``ValueError``."""
    return tuple(_invoice(row) for row in objects(data, "fapiao_information"))


def _invoice(row: Mapping[str, Any]) -> IssuedInvoice:
    blue = mapping(row.get("blue_fapiao"))
    return IssuedInvoice(
        fapiao_id=text(row, "fapiao_id"),
        status=text(row, "status"),
        code=optional(blue, "fapiao_code"),
        number=optional(blue, "fapiao_number"),
        issued_at=moment(blue, "fapiao_time"),
        total_fen=fen(row, "total_amount"),
        tax_fen=fen(row, "tax_amount"),
        card_status=optional(mapping(row.get("card_information")), "card_status") or optional(row, "card_status"),
    )


def _item(item: InvoiceItem) -> dict[str, Any]:
    values = {
        "tax_code": item.tax_code,
        "goods_name": item.goods_name,
        "quantity": item.quantity,
        "total_amount": item.total_fen,
        "tax_rate": item.tax_rate,
        "discount": False,
    }
    return values | ({"unit": item.unit} if item.unit else {})


def _files(data: Mapping[str, Any]) -> tuple[InvoiceFile, ...]:
    return tuple(
        InvoiceFile(text(row, "fapiao_id"), text(row, "download_url"), text(row, "status"))
        for row in objects(data, "fapiao_download_info_list")
    )

"""Fetching WeChat Pay's bills: the day's trades, and the day's movements of an account.

A bill of a day can be had from 10:00 (China) of the next one, for three months. The link lives 5 minutes and is not
signed: the SHA-1 in the proven answer proves the file.
Vendor documents: pay.weixin.qq.com/doc/v3, "申请交易账单", "申请资金账单", "下载账单".
"""

import hashlib
import hmac
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from miniprogram_api.errors import BillError, PayError
from miniprogram_api.pay.bill_rows import (
    FundRow,
    FundSummary,
    TradeRow,
    TradeSummary,
    read_fund_bill,
    read_trade_bill,
)
from miniprogram_api.pay.door import PayDoor, json_of
from miniprogram_api.pay.models import text

TradeKind = Literal["ALL", "SUCCESS", "REFUND"]
Account = Literal["BASIC", "OPERATION", "FEES"]

# Unpacked; a compressed file that grows beyond it is no bill.
_MAX_BILL = 512 * 1024 * 1024


@dataclass(frozen=True)
class TradeBill:
    """A day's trades. ``sha1`` of the file (hex) is "" for a day without any: then there is no file.

    ``content`` is the file as it came, unpacked: to be kept, since the vendor keeps it for three months only.
    """

    day: date
    rows: tuple[TradeRow, ...]
    summary: TradeSummary
    sha1: str
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class FundBill:
    """A day's movements of one account. ``sha1`` and ``content`` as in ``TradeBill``."""

    day: date
    account: str
    rows: tuple[FundRow, ...]
    summary: FundSummary
    sha1: str
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class _Link:
    url: str
    sha1: str


class BillClient:
    """Fetches and reads bills. Raises ``BillError``, ``PayError`` and ``TransportError``.

    ``PayError.reason`` ``statement_pending``: too early, try later. A day without traffic is an empty bill, but
    only when WeChat says so under its signature.
    """

    def __init__(self, door: PayDoor) -> None:
        self._door = door

    async def trades(self, day: date, kind: TradeKind = "ALL") -> TradeBill:
        """The trades of ``day`` (in China)."""
        query = f"bill_date={day.isoformat()}&bill_type={kind}&tar_type=GZIP"
        found = await self._fetch("bill_trades", f"/v3/bill/tradebill?{query}")
        if found is None:
            return TradeBill(day, (), TradeSummary(), "")
        content, sha1 = found
        return TradeBill(day, *read_trade_bill(content), sha1, content)

    async def funds(self, day: date, account: Account = "BASIC") -> FundBill:
        """The movements of ``account`` on ``day`` (in China)."""
        query = f"bill_date={day.isoformat()}&account_type={account}&tar_type=GZIP"
        found = await self._fetch("bill_funds", f"/v3/bill/fundflowbill?{query}")
        if found is None:
            return FundBill(day, account, (), FundSummary(), "")
        content, sha1 = found
        return FundBill(day, account, *read_fund_bill(content), sha1, content)

    async def _fetch(self, api: str, target: str) -> tuple[bytes, str] | None:
        """The unpacked and proven file with its SHA-1; None for a day without traffic."""
        try:
            link = await self._door.call(api, "GET", target, None, json_of(_link))
        except PayError as error:
            if error.reason == "no_statement" and error.verified:
                return None
            raise
        packed = await self._door.download("bill_download", link.url)
        content = unpack(packed)
        sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        if not hmac.compare_digest(sha1, link.sha1):
            raise BillError("hash_mismatch")
        return content, sha1


def unpack(packed: bytes) -> bytes:
    """Undo GZIP; a file that came plain stays as it is. Raises ``BillError``."""
    if packed[:2] != b"\x1f\x8b":
        return packed
    engine = zlib.decompressobj(wbits=31)
    try:
        content = engine.decompress(packed, _MAX_BILL)
    except zlib.error as error:
        raise BillError("undecodable") from error
    if engine.unconsumed_tail:
        raise BillError("too_large")
    if not engine.eof:
        raise BillError("undecodable")
    return content


def _link(data: Mapping[str, Any]) -> _Link:
    if data.get("hash_type") != "SHA1":
        raise ValueError("hash_type")
    return _Link(text(data, "download_url"), text(data, "hash_value").lower())

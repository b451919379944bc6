"""The provider's bills, fetched once and kept: the original file, sealed, with its hashes.

A bill holds openids, so the object store sees ciphertext only, under a data key of the merchant's year: destroying it
ends that year's bills. WeChat can be asked again for three months; what it gives then is kept beside the former.
"""

import asyncio
import gzip
import hashlib
from collections.abc import Callable
from datetime import date
from typing import Literal, TypeVar

from miniprogram_api.pay import BillClient, FundBill, FundRow, TradeBill, TradeRow
from miniprogram_api.pay.bill_rows import read_fund_bill, read_trade_bill
from schemas.documents.money import BillVersionDocument
from services.clock import Clock, utc_now
from services.keys import DataKey, Vault
from services.storage.blobs import Blobs
from services.storage.database import Database

BillKind = Literal["trades", "funds"]
PROVIDER = "wechat"
R = TypeVar("R")


class BillStore:
    def __init__(
        self, database: Database, blobs: Blobs, vault: Vault, client: BillClient, merchant: str, clock: Clock = utc_now
    ) -> None:
        """``merchant`` is the number (mchid) whose bills ``client`` fetches."""
        self._db = database
        self._blobs = blobs
        self._vault = vault
        self._client = client
        self.merchant = merchant
        self._clock = clock

    async def fetch(self, day: date) -> None:
        """Fetch both bills of a day and keep what is new. Raises VendorError and Problem ``server.unavailable``."""
        await self._keep("trades", day, await self._client.trades(day))
        await self._keep("funds", day, await self._client.funds(day))

    async def trades(self, day: date) -> tuple[TradeRow, ...] | None:
        """The rows of a bill that was fetched before, else None."""
        return await self._rows("trades", day, lambda content: read_trade_bill(content)[0])

    async def funds(self, day: date) -> tuple[FundRow, ...] | None:
        return await self._rows("funds", day, lambda content: read_fund_bill(content)[0])

    async def version(self, kind: BillKind, day: date) -> BillVersionDocument | None:
        """What is known of the file that counts; None before it was fetched."""
        found = await self._db.bills.find_one({"_id": self._id(kind, day)})
        return found["versions"][-1] if found else None

    async def original(self, kind: BillKind, day: date) -> bytes | None:
        """The file as the provider gave it; b"" for a day without traffic, None before it was fetched."""
        version = await self.version(kind, day)
        if version is None:
            return None
        if not version["blob"]:
            return b""
        sealed = await self._blobs.get(version["blob"], 0, await self._blobs.size(version["blob"]))
        key = await self._key(day)
        return await asyncio.to_thread(_opened, key, sealed, version["blob"])

    async def _rows(self, kind: BillKind, day: date, read: Callable[[bytes], tuple[R, ...]]) -> tuple[R, ...] | None:
        content = await self.original(kind, day)
        if not content:
            return None if content is None else ()
        # a busy day has a hundred thousand rows: not on the loop
        return await asyncio.to_thread(read, content)

    async def _keep(self, kind: BillKind, day: date, bill: TradeBill | FundBill) -> None:
        before = await self.version(kind, day)
        if before is not None and before["sha1"] == bill.sha1:
            return
        sha256 = hashlib.sha256(bill.content).hexdigest()
        blob = f"bills/{self.merchant}/{day.isoformat()}/{kind}-{sha256}" if bill.content else ""
        if blob:
            sealed = await asyncio.to_thread(_sealed, await self._key(day), bill.content, blob)
            await self._blobs.put_bytes(blob, sealed)
        version: BillVersionDocument = {
            "sha1": bill.sha1,
            "sha256": sha256,
            "size": len(bill.content),
            "rows": len(bill.rows),
            "blob": blob,
            "fetched_at": self._clock(),
        }
        about = {"provider": PROVIDER, "merchant": self.merchant, "kind": kind, "day": day.isoformat()}
        await self._db.bills.update_one(
            {"_id": self._id(kind, day)},
            {"$setOnInsert": {"schema_version": 1, **about}, "$push": {"versions": version}},
            upsert=True,
        )

    async def _key(self, day: date) -> DataKey:
        return await self._vault.key(f"bills:{self.merchant}:{day.year}")

    def _id(self, kind: BillKind, day: date) -> str:
        return f"{PROVIDER}:{self.merchant}:{kind}:{day.isoformat()}"


def _sealed(key: DataKey, content: bytes, place: str) -> bytes:
    return key.seal(gzip.compress(content), place)


def _opened(key: DataKey, sealed: bytes, place: str) -> bytes:
    return gzip.decompress(key.open(sealed, place))

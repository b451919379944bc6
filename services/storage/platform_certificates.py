"""WeChat Pay's platform certificates, shared by all processes through the database and fetched by one of them.

Sealed with the place they stand at: whoever could write certificates here could make payments believed that
never were.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from miniprogram_api.pay import PlatformCertificate
from services.ids import new_secret
from services.keys import Vault
from services.storage.database import Database

_NEVER = datetime.fromtimestamp(0, UTC)


class CertificateStore:
    """The certificates of one merchant.

    Whose turn it is to fetch is judged by the database's clock, because those of ten processes differ.
    """

    def __init__(self, database: Database, vault: Vault, mchid: str) -> None:
        self._db = database
        self._vault = vault
        self._id = f"pay_certificates:{mchid}"
        self._owner = new_secret(12)

    async def load(self) -> list[PlatformCertificate]:
        """What was stored last; nothing before the first fetch."""
        document = await self._db.leases.find_one({"_id": self._id}, {"value": 1})
        if document is None or "value" not in document:
            return []
        key = await self._vault.key(self._id)
        rows = json.loads(key.open(document["value"], self._id))
        return [_certificate(row) for row in rows]

    async def take_turn(self, seconds: float) -> bool:
        """Take the right to fetch, and with it everybody's for ``seconds``. False when it is not due."""
        await self._db.leases.update_one(
            {"_id": self._id}, {"$setOnInsert": {"owner": "", "until": _NEVER}}, upsert=True
        )
        taken = await self._db.leases.update_one(
            {"_id": self._id, "$expr": {"$lte": ["$until", "$$NOW"]}},
            [{"$set": {"owner": {"$literal": self._owner}, "until": {"$add": ["$$NOW", int(seconds * 1000)]}}}],
        )
        return taken.modified_count == 1

    async def save(self, certificates: Sequence[PlatformCertificate], seconds: float) -> None:
        """Store for everybody, and let nobody fetch for ``seconds``."""
        rows = [
            {"serial": one.serial, "pem": one.pem, "starts": one.starts.isoformat(), "ends": one.ends.isoformat()}
            for one in certificates
        ]
        sealed = (await self._vault.key(self._id)).seal(json.dumps(rows).encode(), self._id)
        await self._db.leases.update_one(
            {"_id": self._id, "owner": self._owner},
            [{"$set": {"value": {"$literal": sealed}, "until": {"$add": ["$$NOW", int(seconds * 1000)]}}}],
        )


def _certificate(row: dict[str, str]) -> PlatformCertificate:
    starts, ends = datetime.fromisoformat(row["starts"]), datetime.fromisoformat(row["ends"])
    return PlatformCertificate(row["serial"], row["pem"], starts, ends)

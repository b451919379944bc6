"""WeChat's access token, shared by all processes through the database: sealed, renewed by one of them."""

import json
from datetime import UTC, datetime

from miniprogram_api.access_token import StoredToken
from services.ids import new_secret
from services.keys import Vault
from services.storage.database import Database

_NEVER = datetime.fromtimestamp(0, UTC)


class MongoTokenStore:
    """``miniprogram_api.access_token.TokenStore`` of one appid.

    The lease is judged by the database's clock, because those of ten processes differ.
    """

    def __init__(self, database: Database, vault: Vault, appid: str) -> None:
        self._db = database
        self._vault = vault
        self._id = f"wechat_token:{appid}"
        self._owner = new_secret(12)

    async def load(self) -> StoredToken | None:
        document = await self._db.leases.find_one({"_id": self._id}, {"value": 1})
        if document is None or "value" not in document:
            return None
        key = await self._vault.key(self._id)
        return StoredToken(**json.loads(key.open(document["value"], self._id)))

    async def try_lease(self, seconds: float) -> bool:
        await self._db.leases.update_one(
            {"_id": self._id}, {"$setOnInsert": {"owner": "", "until": _NEVER}}, upsert=True
        )
        taken = await self._db.leases.update_one(
            {"_id": self._id, "$expr": {"$lte": ["$until", "$$NOW"]}},
            [{"$set": {"owner": {"$literal": self._owner}, "until": {"$add": ["$$NOW", int(seconds * 1000)]}}}],
        )
        return taken.modified_count == 1

    async def save(self, token: StoredToken) -> None:
        """Store the token; a process whose lease has passed to another one leaves the newer token alone."""
        value = {"value": token.value, "expires_at": token.expires_at, "forced_at": token.forced_at}
        sealed = (await self._vault.key(self._id)).seal(json.dumps(value).encode(), self._id)
        await self._db.leases.update_one({"_id": self._id, "owner": self._owner}, {"$set": {"value": sealed}})

    async def release(self) -> None:
        await self._db.leases.update_one(
            {"_id": self._id, "owner": self._owner}, {"$set": {"owner": "", "until": _NEVER}}
        )

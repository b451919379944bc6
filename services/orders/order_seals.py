"""What people tell in an order is sealed under the key of its space, so that purging the space purges it too."""

from typing import Any

import orjson

from schemas.documents.orders import OrderDocument
from services.keys import DataKey, KeyDestroyedError, Vault


def seal_need(key: DataKey, order_id: str, need: dict[str, str]) -> bytes:
    return key.seal(orjson.dumps(need), _place(order_id, "need"))


class OrderSeals:
    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def need(self, order: OrderDocument) -> dict[str, Any]:
        """Nothing after a purge: the order itself, and its money, stay."""
        try:
            key = await self._vault.key(f"space:{order['space_id']}")
        except KeyDestroyedError:
            return {}
        need: dict[str, Any] = orjson.loads(key.open(order["need"], _place(order["_id"], "need")))
        return need

    async def seal(self, order: OrderDocument, what: str, text: str) -> bytes:
        key = await self._vault.key(f"space:{order['space_id']}")
        return key.seal_text(text, _place(order["_id"], what))

    async def open(self, order: OrderDocument, what: str, sealed: bytes) -> str:
        """The text, or after a purge that there is none any more."""
        try:
            key = await self._vault.key(f"space:{order['space_id']}")
        except KeyDestroyedError as purged:
            return purged.detail
        return key.open_text(sealed, _place(order["_id"], what))


def _place(order_id: str, what: str) -> str:
    return f"order:{order_id}:{what}"

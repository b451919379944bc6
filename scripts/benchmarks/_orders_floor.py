"""The floor of ``orders``: the same documents in the same transaction. The sample is ``{documents, answer}``."""

import json
from typing import Any

from _floor import FloorHandler, run
from bson import ObjectId


class OrderHandler(FloorHandler):
    async def post(self) -> None:
        json.loads(self.request.body)
        await self.store((name, renewed(name, document)) for name, document in self.sample["documents"].items())
        self.set_status(201)
        self.set_header("Content-Type", "application/json")
        self.finish(self.sample["answer"])


def renewed(name: str, document: dict[str, Any]) -> dict[str, Any]:
    """The sample with new identities wherever an index is unique."""
    identity = str(ObjectId())
    if name == "idempotency":
        return {**document, "_id": {**document["_id"], "key": identity}}
    fresh = {**document, "_id": f"space:{identity}" if name == "data_keys" else identity}
    if name == "orders":
        fresh |= {"number": identity, "space_id": str(ObjectId())}
    return fresh


if __name__ == "__main__":
    run("/orders", OrderHandler)

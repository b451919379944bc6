"""A name that somebody changed follows to where it was copied: the members of their spaces, past ones too.

The record itself holds no names (``services/record/chain.py``), so nothing in it changes.
"""

from schemas.documents.ledgers import OutboxDocument
from services.identity.accounts import RENAMED
from services.outbox import Effect
from services.spaces.spaces import Spaces
from services.storage.database import Database


class Renaming:
    def __init__(self, database: Database, spaces: Spaces) -> None:
        self._db = database
        self._spaces = spaces

    def effects(self) -> dict[str, Effect]:
        return {RENAMED: self._renamed}

    async def _renamed(self, row: OutboxDocument) -> None:
        """The name as it is now, so that neither a repeat nor a second change in between does harm."""
        user_id = row["payload"]["user_id"]
        user = await self._db.users.find_one({"_id": user_id}, {"display_name": 1})
        if user is None:
            return
        name = user["display_name"]
        stale = {"members": {"$elemMatch": {"user_id": user_id, "display_name": {"$ne": name}}}}
        spaces = [space["_id"] async for space in self._db.spaces.find(stale, {"_id": 1})]
        for space_id in spaces:
            await self._db.spaces.update_one(
                {"_id": space_id},
                {"$set": {"members.$[one].display_name": name}},
                array_filters=[{"one.user_id": user_id}],
            )
            await self._spaces.announce(space_id)

"""Recordings, and the signatures and papers of minutes, are kept twice (H5): nobody could bring them once more."""

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.ledgers import OutboxDocument
from schemas.documents.spaces import FileDocument
from services.audit import Audit
from services.files.file_store import FileStore
from services.outbox import Effect, Outbox
from services.storage.database import Database

KEEP_TWICE = "file.keep_twice"  # kind of the outbox row


async def owe_second_copy(outbox: Outbox, session: AsyncClientSession, file_id: str) -> None:
    """In the transaction that makes the file complete. A subject of its own: a store that is away holds up nothing."""
    await outbox.add(session, KEEP_TWICE, f"second-copy:{file_id}", {"file_id": file_id})


class SecondCopies:
    def __init__(self, database: Database, store: FileStore, audit: Audit) -> None:
        self._db = database
        self._store = store
        self._audit = audit

    def effects(self) -> dict[str, Effect]:
        return {KEEP_TWICE: self._keep}

    async def _keep(self, row: OutboxDocument) -> None:
        """Write the original once more and say so with the file. Twice is as good as once."""
        document = await self._db.files.find_one({"_id": row["payload"]["file_id"]})
        original = document.get("copies", {}).get("original") if document is not None else None
        if document is None or original is None or original.get("twice", False):
            return
        await self._store.keep_twice(document, original)
        if not await self._name(document, original["blob"]):
            await self._store.remove(document, [{**original, "twice": True}])  # it was purged meanwhile

    async def _name(self, document: FileDocument, blob: str) -> bool:
        async def work(session: AsyncClientSession) -> bool:
            named = await self._db.files.update_one(
                {"_id": document["_id"], "copies.original.blob": blob},
                {"$set": {"copies.original.twice": True}},
                session=session,
            )
            if named.matched_count:
                await self._audit.write(None, "file.kept_twice", f"file:{document['_id']}", session)
            return bool(named.matched_count)

        return await self._db.transaction(work)

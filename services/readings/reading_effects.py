"""What follows from a reading: its card in the chat, its text in search. Run twice, it shows one card."""

import contextlib
from collections.abc import Sequence
from typing import Any

from ocr import KINDS, Reading
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.readings import ReadingDocument
from schemas.enums import MessageType
from schemas.problems import PROBLEMS
from schemas.reading_enums import ReadingCard, ReadingState
from services.followers import EntryHead
from services.keys import KeyDestroyedError
from services.outbox import Effect
from services.readings.paper_retention import EXPIRED
from services.readings.reading_queue import ENDED
from services.readings.reading_seals import ReadingSeals
from services.readings.reading_views import searchable_text
from services.readings.readings import CONFIRMED
from services.search.search_index import SearchIndex
from services.spaces.cards import Cards
from services.storage.database import Database

PART = "reading"  # of an entry in search
CARD = "reading"
TITLE = "资料识别"


class ReadingEffects:
    def __init__(self, database: Database, seals: ReadingSeals, cards: Cards, index: SearchIndex) -> None:
        self._db = database
        self._seals = seals
        self._cards = cards
        self._index = index

    def effects(self) -> dict[str, Effect]:
        return {ENDED: self._ended, CONFIRMED: self._confirmed, EXPIRED: self._expired}

    async def _ended(self, event: OutboxDocument) -> None:
        document = await self._document(event)
        if document is None or "verification_id" in document or "draft_id" in document:
            return
        if document.get("card_id", event["_id"]) != event["_id"]:
            return  # it ended as a draft's, and moved into the case before that was told: it has its card
        try:
            reading = await self._seals.open(document)
            state, text = _summary(document, reading)
            title = f"{TITLE}：{KINDS[reading.kind]}" if reading else TITLE
            ref = {"reading_id": document["_id"], "file_id": document["file_id"]}
            card = await self._cards.show(document["space_id"], event["_id"], CARD, title, state, ref, text=text)
        except KeyDestroyedError:
            return  # purged meanwhile: there is nobody left to tell
        shown = {"card_id": event["_id"], "card_seq": card["_id"]["seq"]}
        await self._db.readings.update_one({"_id": document["_id"]}, {"$set": shown})
        if reading is not None:
            await self._find_by({**document, **shown}, reading)  # type: ignore[typeddict-item]
            await self._replace(document, event["_id"], KINDS[reading.kind])

    async def _replace(self, document: ReadingDocument, event_id: str, kind: str) -> None:
        """Nobody is to confirm what the same file was taken for before. What somebody has confirmed stays."""
        before = {"file_id": document["file_id"], "_id": {"$lt": document["_id"]}, "card_id": {"$exists": True}}
        open_ones = {**before, "state": {"$in": [ReadingState.DONE, ReadingState.FAILED]}, "confirmations": []}
        async for other in self._db.readings.find(open_ones):
            text = f"已按“{kind}”重新识别"
            await self._forget(other, f"{event_id}-{other['_id']}", ReadingCard.REPLACED, text)

    async def _confirmed(self, event: OutboxDocument) -> None:
        """Runs after ``_ended``: both are about the same subject."""
        document = await self._document(event)
        if document is None or "card_id" not in document:
            return
        try:
            reading = await self._seals.open(document)
            said = await self._seals.confirmed(document)
            if reading is None:
                return
            text = f"已核对 {len(said)} 项"
            state = ReadingCard.CONFIRMED
            await self._cards.update(document["space_id"], event["_id"], document["card_id"], state, text=text)
            await self._find_by(document, reading)
        except KeyDestroyedError:
            return

    async def _expired(self, event: OutboxDocument) -> None:
        """Its photo was destroyed in time: its card says so, and search forgets it."""
        document = await self._db.readings.find_one({"_id": event["payload"]["reading_id"]})
        if document is not None:
            with contextlib.suppress(KeyDestroyedError):
                await self._forget(document, event["_id"], ReadingCard.EXPIRED, "保存期限已到，原件与识别内容已删除")

    async def _forget(self, document: ReadingDocument, event_id: str, state: ReadingCard, text: str) -> None:
        if "card_id" in document:
            await self._index.add(document["space_id"], document["card_seq"], PART, "")
            await self._cards.update(document["space_id"], event_id, document["card_id"], state, text=text)

    async def _find_by(self, document: ReadingDocument, reading: Reading) -> None:
        text = searchable_text(reading, await self._seals.confirmed(document))
        await self._index.add(document["space_id"], document["card_seq"], PART, text)

    async def _document(self, event: OutboxDocument) -> ReadingDocument | None:
        found = await self._db.readings.find_one({"_id": event["payload"]["reading_id"]})
        return None if found is None or found["state"] == ReadingState.WITHDRAWN else found

    # --- recalls

    async def follow(self, heads: Sequence[EntryHead]) -> None:
        """With a recalled message the readings of its files go, from views and from search (ruling 5)."""
        recalls = [head["_id"] for head in heads if head["type"] == MessageType.RECALL]
        if not recalls:
            return
        async for recall in self._db.entries.find({"_id": {"$in": recalls}}, {"target": 1}):
            key = {"space": recall["_id"]["space"], "seq": recall.get("target", 0)}
            message = await self._db.entries.find_one({"_id": key})
            for file in message.get("files", []) if message else []:
                await self._withdraw(file["id"])

    async def _withdraw(self, file_id: str) -> None:
        await self._db.files.update_one({"_id": file_id}, {"$set": {"recalled": True}})
        gone: dict[str, Any] = {"$set": {"state": ReadingState.WITHDRAWN}, "$unset": {"job_key": "", "claim": ""}}
        async for document in self._db.readings.find({"file_id": file_id}):
            await self._db.readings.update_one({"_id": document["_id"]}, gone)
            await self._forget(document, f"{document['_id']}-withdrawn", ReadingCard.WITHDRAWN, "原文件已撤回")


def _summary(document: ReadingDocument, reading: Reading | None) -> tuple[ReadingCard, str]:
    """What the card says: counts and reasons, nothing of what was read."""
    if reading is None:
        return ReadingCard.UNREADABLE, PROBLEMS[document["error"]].title
    doubtful = sum(field.flagged for field in reading.fields.values())
    found = f"识别出 {len(reading.fields)} 项" if reading.fields else f"识别出 {len(reading.lines)} 行文字"
    return ReadingCard.TO_CONFIRM, f"{found}，{doubtful} 项需重点核对" if doubtful else f"{found}，请核对"

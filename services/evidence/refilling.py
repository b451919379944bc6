"""Entries of the catalogue follow the paper: what nobody wrote by hand is what was last read and confirmed of it (F2).

Somebody lists a photo and then puts its reading right, or its reading ends after it was listed: the amount that counts
is the confirmed one, in the catalogue as anywhere. What a person wrote into the entry stays theirs.
"""

from functools import partial
from typing import Any

import orjson
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.evidence import EvidenceDocument
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.spaces import FileDocument
from services.audit import Audit
from services.errors import Problem
from services.evidence.prefilling import evidence_facts
from services.files.file_views import name_of
from services.keys import DataKey, KeyDestroyedError, Vault
from services.outbox import Effect
from services.readings.confirmed_papers import ConfirmedPapers
from services.readings.reading_jobs import FILLS
from services.spaces.cards import Cards
from services.storage.database import Database

SAID = "said"  # among the facts: the names of those that a person wrote
Filled = tuple[str | None, dict[str, Any]]  # by which reading, and with what


class Refilling:
    def __init__(self, database: Database, papers: ConfirmedPapers, vault: Vault, cards: Cards, audit: Audit) -> None:
        self._db = database
        self._papers = papers
        self._vault = vault
        self._cards = cards
        self._audit = audit

    def effects(self) -> dict[str, Effect]:
        return {FILLS: self._fill}

    async def prefilled(self, file: FileDocument, key: DataKey) -> Filled:
        """An entry as far as its paper tells; its reading, if there is one."""
        paper = await self._papers.of_file(file["_id"])
        if paper is None:
            return None, evidence_facts(None, {}, None, name_of(file, key))
        return paper.reading_id, evidence_facts(paper.kind, paper.values, paper.pages, name_of(file, key))

    async def _fill(self, row: OutboxDocument) -> None:
        """To be tried again: ``evidence.wrong_state`` when somebody changes the entry at this moment, KeyError when
        its card is not there yet."""
        document = await self._db.evidence.find_one({"file_id": row["payload"]["file_id"]})
        file = await self._db.files.find_one({"_id": row["payload"]["file_id"]})
        if document is None or file is None or await self._is_closed(document["space_id"]):
            return
        try:
            key = await self._vault.key(f"space:{document['space_id']}")
            reading_id, found = await self.prefilled(file, key)
        except KeyDestroyedError:
            return
        facts = open_facts(document, key)
        if SAID not in facts:  # listed before it was noted what a person wrote
            return
        filled = facts | {name: value for name, value in found.items() if name not in facts[SAID]}
        if filled != facts and reading_id is not None:
            if filled["name"] != facts["name"] and not document["originals"]:
                text = f"名称已更新：{filled['name']}"
                await self._cards.update(document["space_id"], row["_id"], document["_id"], "listed", text=text)
            change = {"facts": seal_facts(document["_id"], filled, key), "reading_id": reading_id}
            await self._db.transaction(partial(self._change, document=document, change=change))

    async def _change(self, session: AsyncClientSession, document: EvidenceDocument, change: dict[str, Any]) -> None:
        same = {"_id": document["_id"], "revision": document["revision"]}
        done = await self._db.evidence.update_one(same, {"$set": change, "$inc": {"revision": 1}}, session=session)
        if done.modified_count != 1:
            raise Problem("evidence.wrong_state")
        subject, facts = f"evidence:{document['_id']}", {"space_id": document["space_id"]}
        await self._audit.write(None, "evidence.refilled", subject, session, reading_id=change["reading_id"], **facts)

    async def _is_closed(self, space_id: str) -> bool:
        return await self._db.spaces.count_documents({"_id": space_id, "closed_at": {"$exists": True}}, limit=1) > 0


def open_facts(document: EvidenceDocument, key: DataKey) -> dict[str, Any]:
    facts: dict[str, Any] = orjson.loads(key.open(document["facts"], _place(document["_id"])))
    return facts


def seal_facts(evidence_id: str, facts: dict[str, Any], key: DataKey) -> bytes:
    return key.seal(orjson.dumps(facts), _place(evidence_id))


def _place(evidence_id: str) -> str:
    return f"evidence:{evidence_id}:facts"

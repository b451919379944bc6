"""What the owner of a hearing's media writes down, and the offers and answers between it and the other processes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.hearings import HearingDocument, HearingOfferDocument
from services.clock import Clock, utc_now
from services.errors import Problem
from services.hearings.recordings import SEGMENT_OVER
from services.ids import new_id
from services.keys import DataKey, Vault
from services.outbox import Outbox
from services.storage.database import Database

OFFER_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Offer:
    id: str
    user_id: str
    sdp: str


class MediaBook:
    def __init__(self, database: Database, vault: Vault, outbox: Outbox, clock: Clock = utc_now) -> None:
        self._db = database
        self._vault = vault
        self._outbox = outbox
        self._clock = clock

    # --- what the owner knows

    async def live(self) -> list[str]:
        """Hearings whose media somebody must look after."""
        return [document["_id"] async for document in self._db.hearing_media.find({}, {"_id": 1})]

    async def memory(self, hearing_id: str) -> Mapping[str, Any] | None:
        found = await self._db.hearing_media.find_one({"_id": hearing_id})
        return found.get("memory") if found else None

    async def has(self, hearing_id: str) -> bool:
        """Whether somebody looks after this hearing's media, or should."""
        return await self._db.hearing_media.find_one({"_id": hearing_id}, {"_id": 1}) is not None

    async def remember(self, hearing_id: str, memory: Mapping[str, Any]) -> None:
        await self._db.hearing_media.update_one(
            {"_id": hearing_id}, {"$set": {"memory": dict(memory)}, "$setOnInsert": {"recording": None}}, upsert=True
        )

    async def note_recording(self, hearing_id: str, segment: int | None) -> None:
        """The media record this segment now; the one before is over, and owed to the record."""
        found = await self._db.hearing_media.find_one({"_id": hearing_id}, {"recording": 1})
        if found is not None and found["recording"] != segment:
            await self._turn(hearing_id, found["recording"], {"$set": {"recording": segment}})

    async def forget(self, hearing_id: str) -> None:
        """The hearing is over; what was being recorded is owed to the record."""
        found = await self._db.hearing_media.find_one({"_id": hearing_id}, {"recording": 1})
        if found is not None:
            await self._turn(hearing_id, found["recording"], None)

    async def _turn(self, hearing_id: str, over: int | None, change: dict[str, Any] | None) -> None:
        async def work(session: AsyncClientSession) -> None:
            if change is None:
                await self._db.hearing_media.delete_one({"_id": hearing_id}, session=session)
            else:
                await self._db.hearing_media.update_one({"_id": hearing_id}, change, session=session)
            if over is not None:
                payload = {"hearing_id": hearing_id, "segment": over}
                await self._outbox.add(session, SEGMENT_OVER, f"hearing-recording:{hearing_id}", payload)

        await self._db.transaction(work)
        self._outbox.nudge()

    # --- what everybody sees of it

    async def set_alarm(self, hearing_id: str, alarm: str | None) -> HearingDocument | None:
        """None when it is what it was."""
        return await self._change({"_id": hearing_id, "alarm": {"$ne": alarm}}, {"$set": {"alarm": alarm}})

    async def next_epoch(self, hearing_id: str) -> HearingDocument:
        changed = await self._change({"_id": hearing_id}, {"$inc": {"voice_epoch": 1}})
        if changed is None:
            raise Problem("hearing.not_found")
        return changed

    async def _change(self, which: dict[str, Any], change: dict[str, Any]) -> HearingDocument | None:
        counted = {**change, "$inc": {"version": 1, **change.get("$inc", {})}}
        changed: HearingDocument | None = await self._db.hearings.find_one_and_update(
            which, counted, return_document=ReturnDocument.AFTER
        )
        return changed

    # --- offers

    async def offer(self, hearing_id: str, user_id: str, sdp: str) -> str:
        """Lay an offer before the owner, whichever process that is; its id."""
        offer_id, key = new_id(), await self._key(hearing_id)
        document: HearingOfferDocument = {
            "_id": offer_id,
            "hearing_id": hearing_id,
            "user_id": user_id,
            "offer": key.seal_text(sdp, f"offer:{offer_id}"),
            "expires_at": self._clock() + timedelta(seconds=OFFER_SECONDS),
        }
        await self._db.hearing_offers.insert_one(document)
        return offer_id

    async def answered(self, hearing_id: str, offer_id: str) -> str | None:
        """The answer, or None while there is none. Raises the problem for which the owner refused it."""
        found = await self._db.hearing_offers.find_one({"_id": offer_id})
        if found is None:
            raise Problem("hearing.media_unavailable")
        if "fault" in found:
            raise Problem(found["fault"])
        if "answer" not in found:
            return None
        return (await self._key(hearing_id)).open_text(found["answer"], f"answer:{offer_id}")

    async def withdraw(self, offer_id: str) -> None:
        """Nobody waits for it any more."""
        await self._db.hearing_offers.delete_one({"_id": offer_id})

    async def offers(self, hearing_id: str) -> list[Offer]:
        """Those that wait, oldest first; of one person's, the newest counts."""
        waiting = {
            "hearing_id": hearing_id,
            "answer": {"$exists": False},
            "fault": {"$exists": False},
            "expires_at": {"$gt": self._clock()},
        }
        found = await self._db.hearing_offers.find(waiting).sort("_id", 1).to_list()
        if not found:
            return []
        key = await self._key(hearing_id)
        newest = {one["user_id"]: one for one in found}
        for one in found:
            if newest[one["user_id"]]["_id"] != one["_id"]:
                await self._settle(one["_id"], {"fault": "hearing.media_unavailable"})
        return [
            Offer(one["_id"], one["user_id"], key.open_text(one["offer"], f"offer:{one['_id']}"))
            for one in newest.values()
        ]

    async def answer(self, offer: Offer, sdp: str) -> None:
        found = await self._db.hearing_offers.find_one({"_id": offer.id}, {"hearing_id": 1})
        if found is not None:
            key = await self._key(found["hearing_id"])
            await self._settle(offer.id, {"answer": key.seal_text(sdp, f"answer:{offer.id}")})

    async def refuse(self, offer: Offer, fault: str) -> None:
        await self._settle(offer.id, {"fault": fault})

    async def _settle(self, offer_id: str, outcome: dict[str, Any]) -> None:
        await self._db.hearing_offers.update_one({"_id": offer_id}, {"$set": outcome})

    async def _key(self, hearing_id: str) -> DataKey:
        """Offers and answers hold people's addresses: sealed, and gone in seconds."""
        return await self._vault.key(f"line:{hearing_id}")

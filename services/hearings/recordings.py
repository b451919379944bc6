"""Recordings of hearings: when a segment is over, its tracks become files of the hearing's space, with their hashes."""

import asyncio
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.documents.hearings import HearingDocument, SegmentDocument
from schemas.documents.ledgers import OutboxDocument
from schemas.documents.spaces import FileDocument
from services.audit import Audit
from services.files.made_files import MadeFiles
from services.files.media.ffmpeg import Ffmpeg
from services.hearings.docket import Docket
from services.hearings.hearing_cards import HearingCards
from services.hearings.hearing_effects import Tell
from services.outbox import Effect
from services.spaces.cards import Cards
from services.storage.database import Database

SEGMENT_OVER = "hearing.segment_over"  # kind of the outbox row
MIX = "mix"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Track:
    """A file that somebody's voice, or the whole room, was written to. ``take`` names it within its segment."""

    take: str
    track: str
    path: Path
    demuxer: str
    started_at: datetime


class Tracks(Protocol):
    async def finished(self, hearing_id: str, segment: int) -> list[Track]:
        """The tracks of a segment that is over."""

    def forget(self, hearing_id: str, segment: int) -> None:
        """They are kept elsewhere now."""


class HearingRecordings:
    def __init__(
        self,
        database: Database,
        docket: Docket,
        tracks: Tracks,
        files: MadeFiles,
        ffmpeg: Ffmpeg,
        cards: Cards,
        hearing_cards: HearingCards,
        audit: Audit,
        tell: Tell,
    ) -> None:
        self._db = database
        self._docket = docket
        self._tracks = tracks
        self._files = files
        self._ffmpeg = ffmpeg
        self._cards = cards
        self._hearing_cards = hearing_cards
        self._audit = audit
        self._tell = tell

    def effects(self) -> dict[str, Effect]:
        return {SEGMENT_OVER: self._finish}

    async def _finish(self, row: OutboxDocument) -> None:
        """Store every track that is not stored yet, then say so in the record. Twice is as good as once."""
        hearing_id, segment = row["payload"]["hearing_id"], row["payload"]["segment"]
        document = await self._docket.load(hearing_id)
        for track in await self._tracks.finished(hearing_id, segment):
            if not _stored(document, segment, track.take):
                await self._keep(document, segment, track)
        document = await self._docket.load(hearing_id)
        kept = [one for one in document.get("recordings", []) if one["number"] == segment]
        text = f"第 {segment} 段庭审录音已保存，共 {len(kept)} 个音轨"
        facts = {
            "segment": segment,
            "files": [{"file_id": one["file_id"], "track": one["track"], "sha256": one["sha256"]} for one in kept],
        }
        await self._cards.notice(document["space_id"], row["_id"], "hearing.recorded", text, facts=facts)
        await self._hearing_cards.tell_case(document, row["_id"], f"第 {segment} 段庭审录音已保存")
        await asyncio.to_thread(self._tracks.forget, hearing_id, segment)
        await self._tell(document)

    async def _keep(self, document: HearingDocument, segment: int, track: Track) -> None:
        """The room's sound is encoded for playing everywhere; a speaker's is kept as it came over the network."""
        mixed = track.track == MIX
        content_type, ending, demuxer = ("audio/mp4", "m4a", "mov") if mixed else ("audio/ogg", "ogg", "ogg")
        with tempfile.TemporaryFile() as made:
            with track.path.open("rb") as source:
                if mixed:
                    await asyncio.to_thread(self._ffmpeg.to_m4a, source, track.demuxer, made)
                else:
                    await asyncio.to_thread(shutil.copyfileobj, source, made, _CHUNK)
                    made.flush()  # ffmpeg reads the file, not our buffer
            probe = await asyncio.to_thread(self._ffmpeg.probe, made, demuxer)
            name = f"庭审录音-{segment}-{_label(document, track)}.{ending}"
            file = await self._files.make_of(document["space_id"], name, content_type, made, probe.duration_ms)
        await self._write(document, segment, track, file)

    async def _write(self, document: HearingDocument, segment: int, track: Track, file: FileDocument) -> None:
        entry: SegmentDocument = {
            "number": segment,
            "take": track.take,
            "track": track.track,
            "file_id": file["_id"],
            "sha256": file["sha256"],
            "started_at": track.started_at,
        }
        once = {"number": segment, "take": track.take}

        async def work(session: AsyncClientSession) -> bool:
            written = await self._db.hearings.update_one(
                {"_id": document["_id"], "recordings": {"$not": {"$elemMatch": once}}},
                {"$push": {"recordings": entry}, "$inc": {"version": 1}},
                session=session,
            )
            if written.modified_count:
                await self._files.write(session, file)
                await self._audit.write(
                    None, "hearing.recorded", f"hearing:{document['_id']}", session, file_id=file["_id"]
                )
            return bool(written.modified_count)

        if not await self._db.transaction(work):
            await self._files.discard(file)


def _stored(document: HearingDocument, segment: int, take: str) -> bool:
    return any(one["number"] == segment and one["take"] == take for one in document.get("recordings", []))


def _label(document: HearingDocument, track: Track) -> str:
    if track.track == MIX:
        return "全场"
    return next((seat["name"] for seat in document["seats"] if seat["user_id"] == track.track), "发言")

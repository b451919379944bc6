"""What speech recognition heard, as suggested lines: each speaker's own recording, so that it is known who spoke (I6).

A suggestion is no part of the minutes: only the bench sees it, and it counts when who keeps the minutes accepts it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import timedelta

from pymongo.asynchronous.client_session import AsyncClientSession

from miniprogram_api.errors import VendorError
from miniprogram_api.speech import Heard, SpeechRecognizer
from schemas.api.minutes import MAX_TEXT, MinutesView, SuggestBody
from schemas.documents.hearings import SegmentDocument
from schemas.documents.minutes import MinutesEntryDocument
from schemas.hearing_enums import HearingStage
from schemas.minutes_enums import EntryKind, MinutesAct, VersionCause
from services.actors import Actor
from services.errors import Problem
from services.files.made_files import MadeFiles
from services.hearings.minutes.book import MinutesBook, Step
from services.hearings.minutes.lines import MOST_SUGGESTED, blank, merged, version
from services.hearings.minutes.sheet import Sheet
from services.hearings.minutes.telling import MinutesTelling
from services.hearings.recordings import MIX
from services.storage.database import Database


class MinutesSuggestions:
    def __init__(
        self,
        database: Database,
        book: MinutesBook,
        telling: MinutesTelling,
        files: MadeFiles,
        recognizer: SpeechRecognizer | None,
    ) -> None:
        """``recognizer`` None: nothing is ever heard."""
        self._db = database
        self._book = book
        self._telling = telling
        self._files = files
        self._recognizer = recognizer

    async def listen(self, actor: Actor, hearing_id: str, body: SuggestBody) -> MinutesView:
        """Suggest lines from the recordings of a segment that is over; again adds nothing. Takes as long as it takes.

        Raises as ``MinutesBook.access``; ``minutes.no_recognition`` where none is configured,
        ``minutes.no_recording`` when the segment has no file yet, ``provider.unavailable``.
        """
        sheet = await self._book.access(actor, hearing_id, MinutesAct.WRITE)
        if self._recognizer is None:
            raise Problem("minutes.no_recognition")
        takes = [one for one in sheet.hearing.get("recordings", []) if one["number"] == body.segment]
        voices = [take for take in takes if take["track"] != MIX]
        if not voices:
            raise Problem("minutes.no_recording")
        for take in voices:
            if sheet.court.find(take["track"]) is not None:
                sheet = await self._suggest(actor, hearing_id, take, await self._hear(self._recognizer, take))
        return await self._telling.view(sheet)

    async def _hear(self, recognizer: SpeechRecognizer, take: SegmentDocument) -> list[Heard]:
        try:
            return await recognizer.hear(await self._files.read(take["file_id"]), "audio/ogg")
        except VendorError as fault:
            raise Problem("provider.unavailable", retry_after=30) from fault

    async def _suggest(self, actor: Actor, hearing_id: str, take: SegmentDocument, heard: Sequence[Heard]) -> Sheet:
        async def do(sheet: Sheet, session: AsyncClientSession) -> Step | None:
            entries = await self._book.entries(sheet, session)
            known = {entry["client_id"] for entry in entries}
            fresh = [one for one in self._lines(sheet, take, heard, entries) if one["client_id"] not in known]
            fresh = fresh[: max(0, MOST_SUGGESTED - len(entries))]
            if not fresh:
                return None
            await self._db.minutes_entries.insert_many(fresh, session=session)
            return Step("suggested", {"$set": {"order": merged(entries, fresh)}})

        sheet, step = await self._book.change(actor, hearing_id, MinutesAct.WRITE, do)
        if step is not None:
            await self._telling.tell(sheet)
        return sheet

    def _lines(
        self, sheet: Sheet, take: SegmentDocument, heard: Sequence[Heard], entries: Sequence[MinutesEntryDocument]
    ) -> list[MinutesEntryDocument]:
        lines, stages = [], sorted((entry["at"], entry["stage"]) for entry in entries)
        for number, one in enumerate(heard):
            at = take["started_at"] + timedelta(seconds=one.start)
            before = bisect_right(stages, at, key=lambda stage: stage[0])
            stage = HearingStage(stages[before - 1][1]) if before else HearingStage.OPENING
            line = blank(sheet, f"heard:{take['file_id']}:{number}", EntryKind.SUGGESTED, stage, at, take["number"])
            words = one.text[:MAX_TEXT]
            line["versions"].append(version(sheet, line, words, take["track"], None, at, VersionCause.WRITTEN))
            lines.append(line)
        return lines

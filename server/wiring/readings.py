"""Readings: the door's side in every process, the reader and its queue in the one that leads the worker."""

import logging
import sys
from dataclasses import dataclass

from ocr import EngineOptions, PagePainter, Reader, ReaderOptions
from ocr.options import MODELS
from server.settings import Settings
from server.wiring.core import Core
from server.worker import Tick
from services.files.files import Files
from services.files.page_pictures import PagePictures
from services.followers import Follow
from services.outbox import Effect
from services.readings.identity_marks import IdentityMarks
from services.readings.masked_copies import MaskedCopies
from services.readings.paper_retention import PaperRetention
from services.readings.reading_access import ReadingDesk
from services.readings.reading_effects import ReadingEffects
from services.readings.reading_pictures import ReadingPictures
from services.readings.reading_queue import ReadingQueue
from services.readings.reading_seals import ReadingSeals
from services.readings.readings import Readings
from services.search.search_index import SearchIndex

log = logging.getLogger("casespace.readings")

LOOK_SECONDS = 0.25
RETENTION_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Reading:
    readings: Readings
    pictures: ReadingPictures
    pages: PagePictures
    queue: ReadingQueue
    after: ReadingEffects
    retention: PaperRetention
    marks: IdentityMarks
    masks: MaskedCopies
    reader: Reader
    engines: int

    def effects(self) -> dict[str, Effect]:
        return {**self.after.effects(), **self.masks.effects()}

    def follows(self) -> dict[str, Follow]:
        return {"readings": self.after.follow}

    def ticks(self) -> list[Tick]:
        """One for each engine: each reads one file at a time."""
        reading = [Tick(f"readings-{number}", LOOK_SECONDS, self.queue.tick) for number in range(self.engines)]
        return [
            *reading,
            Tick("papers", RETENTION_SECONDS, self.retention.tick),
            Tick("identity-marks", RETENTION_SECONDS, self.marks.catch_up),
        ]

    def announce(self) -> None:
        """Say at start that nothing can be read, since nobody would notice before somebody needs it."""
        if not self.reader.available:
            log.warning('papers cannot be read here: the extra "ocr" or its weights are missing')

    async def close(self) -> None:
        await self.reader.close()


def build_reading(core: Core, files: Files, index: SearchIndex) -> Reading:
    """Starts no engine: the first file that is read does."""
    database, settings = core.database, core.settings
    reader = Reader(reader_options(settings))
    seals, store = ReadingSeals(core.vault), core.store
    desk = ReadingDesk(database, core.spaces)
    painter = PagePainter(python_of(settings))
    return Reading(
        readings=Readings(
            database,
            desk,
            core.spaces,
            files,
            reader,
            seals,
            core.audit,
            core.outbox,
            most_waiting=settings.ocr_queue_most,
            clock=core.clock,
        ),
        pictures=ReadingPictures(database, desk, store, seals, core.audit, painter),
        pages=PagePictures(files, painter),
        queue=ReadingQueue(database, store, reader, seals, core.audit, core.outbox, core.tally_reading, core.clock),
        after=ReadingEffects(database, seals, core.cards, index),
        retention=PaperRetention(database, core.audit, core.outbox, days=settings.case_photo_days, clock=core.clock),
        marks=IdentityMarks(database, files, core.audit, core.outbox, core.clock),
        masks=MaskedCopies(database, store, seals, painter),
        reader=reader,
        engines=settings.ocr_engines,
    )


def reader_options(settings: Settings) -> ReaderOptions:
    engine = EngineOptions(
        models=settings.ocr_models or MODELS, threads=settings.ocr_threads, remote_url=settings.ocr_remote_url
    )
    return ReaderOptions(engine=engine, processes=settings.ocr_engines, python=python_of(settings))


def python_of(settings: Settings) -> str:
    """The interpreter whose environment holds the extra `ocr`."""
    return str(settings.ocr_python or sys.executable)

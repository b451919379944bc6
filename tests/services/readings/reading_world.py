"""Readings on a database of their own with the real store, and a reader that says what it is told."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from ocr import Field, Line, PageInfo, PagePainter, Reading, ReadingFault
from schemas.api.files import FileBegin
from schemas.api.readings import ReadingBody, ReadingView
from schemas.documents.ledgers import OutboxDocument
from server.settings import Settings
from server.wiring import House
from services.files.file_store import FileStore
from services.outbox import Effect
from services.readings.identity_marks import IdentityMarks
from services.readings.masked_copies import MaskedCopies
from services.readings.reading_access import ReadingDesk
from services.readings.reading_effects import ReadingEffects
from services.readings.reading_pictures import ReadingPictures
from services.readings.reading_queue import ReadingQueue
from services.readings.reading_seals import ReadingSeals
from services.readings.readings import Readings
from services.search.search_index import SearchIndex
from tests.house import Person, open_house
from tests.services.files.world import post_form

ID_NUMBER = "110101199003071234"
NAME_AT = ((40.0, 40.0), (200.0, 40.0), (200.0, 70.0), (40.0, 70.0))
NUMBER_AT = ((40.0, 240.0), (460.0, 240.0), (460.0, 280.0), (40.0, 280.0))


def identity_card() -> Reading:
    """As the reader would give it."""
    return Reading(
        kind="id_card_front",
        kind_confidence=0.98,
        fields={
            "name": Field("王晓", 0.99, False, NAME_AT, 0),
            "id_number": Field(ID_NUMBER, 0.97, True, NUMBER_AT, 0, ("check_digit",)),
        },
        lines=[Line("姓名 王晓", 0.99, NAME_AT), Line(f"公民身份号码 {ID_NUMBER}", 0.97, NUMBER_AT)],
        pages=[PageInfo(500, 320)],
        engine="told",
    )


def iou() -> Reading:
    """A handwritten one."""
    return Reading(
        kind="iou",
        kind_confidence=0.9,
        fields={"amount_fen": Field(5_000_000, 0.7, True, NAME_AT, 0, ("handwritten",))},
        lines=[Line("今借到张三人民币伍万元整", 0.9, NAME_AT), Line("电话13912345678", 0.9, NUMBER_AT)],
        pages=[PageInfo(500, 320)],
    )


def picture() -> bytes:
    """Grey, with a white bar where the number stands."""
    drawn = Image.new("RGB", (500, 320), (90, 120, 150))
    ImageDraw.Draw(drawn).rectangle((40, 240, 460, 280), fill=(255, 255, 255))
    target = io.BytesIO()
    drawn.save(target, "PNG")
    return target.getvalue()


@dataclass
class ToldReader:
    """Gives what it is told, one after the other; counts how often it was asked."""

    answers: list[Reading | str] = field(default_factory=list)
    available: bool = True
    asked: int = 0

    async def read(self, data: bytes, content_type: str = "", kind: str | None = None) -> Reading:
        self.asked += 1
        assert data.startswith(b"\x89PNG")
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            raise ReadingFault(answer)
        return answer


class SlowReader(ToldReader):
    """Waits for a word before it answers."""

    def __init__(self, answers: list[Reading | str]) -> None:
        super().__init__(answers)
        self.begun = asyncio.Event()
        self.go = asyncio.Event()

    async def read(self, data: bytes, content_type: str = "", kind: str | None = None) -> Reading:
        self.begun.set()
        await self.go.wait()
        return await super().read(data, content_type, kind)


@dataclass
class ReadingWorld:
    house: House
    reader: ToldReader
    readings: Readings
    queue: ReadingQueue
    pictures: ReadingPictures
    after: ReadingEffects
    masks: MaskedCopies
    marks: IdentityMarks

    async def photo(self, person: Person, space_id: str, *, identifies: bool = False) -> str:
        """A photo in a space, complete; its id."""
        content = picture()
        begin = FileBegin(name="照片.png", content_type="image/png", size=len(content), identifies=identifies)
        begun = await self.house.services.files.begin(person.actor, space_id, begin)
        status, said = await post_form(self.house.blobs.inside_url, begun.upload.fields, content)
        assert status in (200, 204), said
        return (await self.house.services.files.complete(person.actor, begun.file_id)).id

    async def read(self, person: Person, file_id: str, answer: Reading | str) -> ReadingView:
        """Ask for a reading, read it, and show its card."""
        asked = await self.readings.ask(person.actor, file_id, ReadingBody())
        self.reader.answers.append(answer)
        assert await self.queue.tick()
        await self.work(asked.id)
        return await self.readings.get(person.actor, asked.id)

    async def owed(self, reading_id: str) -> list[OutboxDocument]:
        where = {"subject": f"reading:{reading_id}", "state": "pending"}
        return await self.house.database.outbox.find(where).sort("created_at", 1).to_list()

    async def work(self, reading_id: str) -> None:
        """What the worker does about it."""
        effects: dict[str, Effect] = self.after.effects()
        for row in await self.owed(reading_id):
            await effects[row["kind"]](row)
            await self.house.database.outbox.update_one({"_id": row["_id"]}, {"$set": {"state": "done"}})

    async def mask(self, file_id: str) -> None:
        """Draw the masked copies that are owed, as the worker does."""
        owed = await self.house.database.outbox.find({"subject": f"mask:{file_id}", "state": "pending"}).to_list()
        for row in owed:
            await self.masks.effects()[row["kind"]](row)
            await self.house.database.outbox.update_one({"_id": row["_id"]}, {"$set": {"state": "done"}})


@asynccontextmanager
async def open_readings(settings: Settings, *, most_waiting: int = 50) -> AsyncIterator[ReadingWorld]:
    async with open_house(settings) as house:
        yield assemble(house, ToldReader(), most_waiting)


def assemble(house: House, reader: ToldReader, most_waiting: int = 50) -> ReadingWorld:
    core = house.core
    seals, store = ReadingSeals(core.vault), FileStore(core.blobs, core.vault)
    desk = ReadingDesk(core.database, core.spaces)
    return ReadingWorld(
        house,
        reader,
        Readings(
            core.database,
            desk,
            core.spaces,
            house.services.files,
            reader,
            seals,
            core.audit,
            core.outbox,
            most_waiting=most_waiting,
        ),
        ReadingQueue(core.database, store, reader, seals, core.audit, core.outbox, core.tally_reading),
        ReadingPictures(core.database, desk, store, seals, core.audit, PagePainter()),
        ReadingEffects(core.database, seals, core.cards, SearchIndex(core.database, core.recorder, core.index)),
        MaskedCopies(core.database, store, seals, PagePainter()),
        IdentityMarks(core.database, house.services.files, core.audit, core.outbox),
    )

"""A paper photographed for a form before there is a case: read, suggested to its owner alone, destroyed a day later."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest_asyncio

from ocr import Field, Reading
from schemas.api.drafts import DraftPaperBody
from schemas.api.readings import ReadingBody
from server.wiring.files import build_files
from services.clock import utc_now
from services.orders.draft_papers import KEPT, MOST, DraftPapers
from tests.house import Person, client, lawyer
from tests.parts.databases import SettingsMaker
from tests.services.files.world import post_form, refusal
from tests.services.orders.test_form_suggestions import FILING
from tests.services.readings.reading_world import NAME_AT, ReadingWorld, iou, open_readings, picture


@dataclass
class Desk:
    world: ReadingWorld
    drafts: DraftPapers
    product_id: str

    async def upload(self, person: Person) -> str:
        content = picture()
        body = DraftPaperBody(name="借条.png", content_type="image/png", size=len(content))
        begun = await self.drafts.begin(person.actor, body)
        status, said = await post_form(self.world.house.blobs.inside_url, begun.upload.fields, content)
        assert status in (200, 204), said
        return begun.file_id

    async def add(self, person: Person, answer: Reading | str) -> str:
        """A photo, taken in and read; its file's id."""
        file_id = await self.upload(person)
        assert (await self.drafts.complete(person.actor, file_id)).state == "queued"
        self.world.reader.answers.append(answer)
        assert await self.world.queue.tick()
        reading = await self.world.house.database.readings.find_one({"file_id": file_id})
        assert reading is not None
        await self.world.work(reading["_id"])
        return file_id

    async def suggested(self, person: Person) -> list[tuple[str, object, bool, bool]]:
        found = await self.world.house.services.form_suggestions.of_product(person.actor, self.product_id)
        return [(one.name, one.value, one.doubtful, one.draft) for one in found.items]

    async def later(self, wait: timedelta) -> None:
        await self._at(wait).tick()

    def _at(self, wait: timedelta) -> DraftPapers:
        return assemble(self.world, wait)


def assemble(world: ReadingWorld, wait: timedelta = timedelta()) -> DraftPapers:
    core, rooms = world.house.core, build_files(world.house.core)
    return DraftPapers(
        core.database,
        rooms.held,
        world.reader,
        core.audit,
        most_waiting=3,
        clock=lambda: utc_now() + wait,
    )


@pytest_asyncio.fixture
async def desk(make_settings: SettingsMaker) -> AsyncIterator[Desk]:
    with make_settings.for_one_test() as settings:
        async with open_readings(settings) as world:
            product_id = (await world.house.services.products.put([FILING]))["filing"]
            yield Desk(world, assemble(world), product_id)


def sure(name: str) -> Reading:
    return Reading("iou", 0.9, {"borrower": Field(name, 0.99, False, NAME_AT, 0)}, [], iou().pages)


async def test_a_photo_fills_in_the_first_order(desk: Desk) -> None:
    owner, other, counsel = (
        await client(desk.world.house),
        await client(desk.world.house),
        await lawyer(desk.world.house),
    )
    file_id = await desk.add(owner, iou())
    await desk.add(owner, sure("李四"))
    found = await desk.drafts.list(owner.actor)
    assert [(one.file_id == file_id, one.state, one.kind_label) for one in found.items] == [
        (True, "done", "借条"),
        (False, "done", "借条"),
    ]
    assert await desk.suggested(owner) == [("amount", "50000.00", True, True), ("other_party", "李四", False, True)]
    assert await desk.suggested(other) == []
    for somebody in (owner, other, counsel):  # it is no file of any case
        with refusal("file.not_found"):
            await desk.world.house.services.files.get(somebody.actor, file_id)
        with refusal("file.not_found"):
            await desk.world.readings.ask(somebody.actor, file_id, ReadingBody())
    assert await desk.world.house.database.entries.count_documents({}) == 0


async def test_a_day_later_nothing_of_it_is_left(desk: Desk) -> None:
    owner, house = await client(desk.world.house), desk.world.house
    file_id = await desk.add(owner, iou())
    await desk.later(KEPT - timedelta(minutes=5))
    assert len(await desk.suggested(owner)) == 1
    for _ in range(2):
        await desk.later(KEPT + timedelta(minutes=5))
    assert await desk.suggested(owner) == []
    assert (await desk.drafts.list(owner.actor)).items == []
    assert await house.blobs.under(f"files/{file_id}/") == []
    assert await house.database.readings.count_documents({"file_id": file_id}) == 0
    assert await house.database.drafts.count_documents({}) == 0
    await desk.add(owner, sure("王五"))  # and a new one may be begun
    assert await desk.suggested(owner) == [("other_party", "王五", False, True)]


async def test_discarded_at_once_when_wanted(desk: Desk) -> None:
    owner, other = await client(desk.world.house), await client(desk.world.house)
    await desk.add(owner, iou())
    await desk.add(other, iou())
    assert (await desk.drafts.discard(owner.actor)).items == []
    assert (await desk.suggested(owner), len(await desk.suggested(other))) == ([], 1)


async def test_so_many_and_no_more(desk: Desk) -> None:
    owner = await client(desk.world.house)
    waiting = [await desk.upload(owner) for _ in range(MOST + 1)]
    for file_id in waiting[:MOST]:
        await desk.drafts.complete(owner.actor, file_id)
        desk.world.reader.answers.append(iou())
        assert await desk.world.queue.tick()
    with refusal("draft.full"):
        await desk.drafts.complete(owner.actor, waiting[MOST])
    with refusal("draft.full"):
        await desk.upload(owner)


async def test_repeats_and_twins_take_a_paper_once(desk: Desk) -> None:
    owner = await client(desk.world.house)
    file_id = await desk.upload(owner)
    await asyncio.gather(*(desk.drafts.complete(owner.actor, file_id) for _ in range(4)))
    await desk.drafts.complete(owner.actor, file_id)
    assert len((await desk.drafts.list(owner.actor)).items) == 1
    assert await desk.world.house.database.readings.count_documents({}) == 1


async def test_nobody_takes_the_paper_of_another_or_what_is_no_paper(desk: Desk) -> None:
    owner, other = await client(desk.world.house), await client(desk.world.house)
    file_id = await desk.upload(owner)
    with refusal("file.not_found"):
        await desk.drafts.complete(other.actor, file_id)
    with refusal("file.type_refused"):
        await desk.drafts.begin(owner.actor, DraftPaperBody(name="a.mp3", content_type="audio/mpeg", size=10))
    desk.world.reader.available = False
    with refusal("reading.unavailable"):
        await desk.upload(owner)


async def test_a_full_queue_and_an_unreadable_paper_are_told(desk: Desk) -> None:
    owner = await client(desk.world.house)
    await desk.add(owner, "reading.animated")
    (told,) = (await desk.drafts.list(owner.actor)).items
    assert (told.state, told.error_text) == ("failed", "不能识别动图，请上传静态图片")
    others = [await desk.upload(owner) for _ in range(4)]
    for file_id in others[:3]:
        await desk.drafts.complete(owner.actor, file_id)
    with refusal("reading.queue_full"):
        await desk.drafts.complete(owner.actor, others[3])

"""Papers photographed for the form become part of the case when their owner says so (F1, F2)."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio

from ocr import Reading
from schemas.api.drafts import FilePapersBody
from schemas.api.files import FileVariant
from schemas.api.search import SearchQuery
from schemas.documents.readings import ReadingDocument
from services.orders.draft_papers import KEPT
from services.orders.paper_filing import PaperFiling
from services.readings.reading_seals import ReadingSeals
from tests.house import Person, client, lawyer, space_of
from tests.parts.databases import SettingsMaker
from tests.services.files.world import refusal
from tests.services.orders.test_draft_papers import Desk, assemble
from tests.services.orders.test_form_suggestions import FILING
from tests.services.readings.reading_world import ID_NUMBER, identity_card, iou, open_readings, picture
from tests.services.readings.test_readings import cards as entries


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(make_settings: SettingsMaker) -> AsyncIterator[Desk]:
    async with open_readings(make_settings()) as world:
        product_id = (await world.house.services.products.put([FILING]))["filing"]
        yield Desk(world, assemble(world), product_id)


async def case_of(desk: Desk, owner: Person) -> tuple[str, Person]:
    counsel = await lawyer(desk.world.house)
    return await space_of(desk.world.house, owner, counsel), counsel


async def told(desk: Desk, space_id: str) -> None:
    """What the worker does about it, twice: a worker may die."""
    house = desk.world.house
    readings = await house.database.readings.find({"space_id": space_id}).to_list()
    listed = await house.database.evidence.find({"space_id": space_id}).to_list()
    subjects = [f"reading:{one['_id']}" for one in readings] + [f"evidence:{one['_id']}" for one in listed]
    effects = desk.world.after.effects() | house.services.evidence.effects()
    rows = house.database.outbox.find({"subject": {"$in": subjects}, "state": "pending"}).sort("created_at", 1)
    for row in await rows.to_list() * 2:
        await effects[row["kind"]](row)


async def cards(desk: Desk, person: Person, space_id: str) -> list[tuple[str, str]]:
    shown = await entries(desk.world, person, space_id)
    return sorted((one.body["kind"], one.body["title"]) for one in shown if one.type == "card")


async def file(desk: Desk, person: Person, space_id: str, *file_ids: str) -> list[int | None]:
    body = FilePapersBody(file_ids=list(file_ids))
    filed = await desk.world.house.services.paper_filing.file(person.actor, space_id, body)
    assert [one.file_id for one in filed.items] == list(file_ids)
    return [one.number for one in filed.items]


async def test_what_filled_in_the_form_need_not_be_photographed_again(desk: Desk) -> None:
    owner, house = await client(desk.world.house), desk.world.house
    space_id, counsel = await case_of(desk, owner)
    note, card = await desk.add(owner, iou()), await desk.add(owner, identity_card())
    assert await file(desk, owner, space_id, note, card) == [1, None]
    assert await file(desk, owner, space_id, note, card) == [1, None]  # a lost answer, a repeat
    await told(desk, space_id)
    shown = [("evidence", "证据 1：借条"), ("reading", "资料识别：借条"), ("reading", "资料识别：居民身份证（人像面）")]
    assert await cards(desk, counsel, space_id) == shown
    (entry,) = (await house.services.evidence.catalogue(counsel.actor, space_id)).items
    assert (entry.file_id, entry.hash, entry.submitter_id) == (note, hashlib.sha256(picture()).hexdigest(), owner.id)
    assert (entry.name, entry.pages, entry.reading_id is None) == ("借条", 1, False)  # filled in from the reading
    found = await house.services.files.content(note, FileVariant.ORIGINAL, actor=counsel.actor)
    assert b"".join([block async for block in found.read(0, found.size)]) == picture()
    assert (await desk.drafts.list(owner.actor)).items == []
    await desk.later(KEPT + timedelta(minutes=5))  # the draft goes; the case keeps what is its own
    await desk.world.mask(card)
    found = await house.services.files.content(card, FileVariant.THUMBNAIL, actor=owner.actor)
    assert b"".join([block async for block in found.read(0, found.size)]).startswith(b"\xff\xd8\xff")
    hits = await house.services.search.in_space(counsel.actor, space_id, SearchQuery(q="伍万元整"))
    assert len(hits.items) == 1
    assert (await house.services.search.in_space(counsel.actor, space_id, SearchQuery(q=ID_NUMBER))).items == []


async def test_only_ones_own_and_only_what_is_read(desk: Desk) -> None:
    owner, other, house = await client(desk.world.house), await client(desk.world.house), desk.world.house
    space_id, counsel = await case_of(desk, owner)
    foreign, _ = await case_of(desk, other)
    court = await space_of(house, owner, title="庭审")
    await house.database.spaces.update_one({"_id": court}, {"$set": {"hearing_id": "h"}})
    house.core.spaces.forget(court)
    note, unread = await desk.add(owner, iou()), await desk.upload(owner)
    await desk.drafts.complete(owner.actor, unread)
    for person, where, paper, code in (
        (other, space_id, note, "space.not_found"),
        (owner, foreign, note, "space.not_found"),
        (owner, court, note, "auth.forbidden"),
        (other, foreign, note, "file.not_found"),
        (counsel, space_id, note, "file.not_found"),
        (owner, space_id, unread, "reading.not_done"),
    ):
        with refusal(code):
            await file(desk, person, where, paper)
    assert len((await desk.drafts.list(owner.actor)).items) == 2
    desk.world.reader.answers.append("reading.file_broken")
    assert await desk.world.queue.tick()
    assert await file(desk, owner, space_id, unread) == [1]  # what no machine can read, a lawyer may
    assert await house.database.readings.count_documents({"file_id": unread}) == 0
    await desk.drafts.discard(owner.actor)
    with refusal("file.not_found"):
        await file(desk, owner, space_id, note)
    assert await house.blobs.under(f"files/{note}/") == []


async def test_twins_and_a_death_halfway_leave_one_of_each(desk: Desk) -> None:
    owner, house = await client(desk.world.house), desk.world.house
    space_id, _ = await case_of(desk, owner)
    note = await desk.add(owner, iou())
    before = await house.database.files.find_one({"_id": note})
    assert before is not None
    await asyncio.gather(*(file(desk, owner, space_id, note) for _ in range(3)), return_exceptions=True)
    assert await file(desk, owner, space_id, note) == [1]
    await told(desk, space_id)
    assert len(await cards(desk, owner, space_id)) == 2
    stored = await house.database.files.find_one({"_id": note})
    assert stored is not None
    assert stored["expires_at"] > before["expires_at"]  # the sweep looks for copies that nobody names
    under = {blob.key for blob in await house.blobs.under(f"files/{note}/")}
    assert under == {f"files/{note}/{copy['blob']}" for copy in stored["copies"].values()}


async def test_a_draft_that_was_destroyed_meanwhile_files_nothing(desk: Desk) -> None:
    """The owner's word to destroy them may come while another of their phones files them."""
    owner, house = await client(desk.world.house), desk.world.house
    space_id, _ = await case_of(desk, owner)
    note = await desk.add(owner, iou())
    drafts, core = desk.drafts, house.core

    class Slow(ReadingSeals):
        async def seal(self, document: ReadingDocument, reading: Reading) -> bytes:
            sealed = await super().seal(document, reading)
            await drafts.discard(owner.actor)
            return sealed

    slow = PaperFiling(
        core.database, core.spaces, core.store, Slow(core.vault), house.services.evidence, core.audit, core.outbox
    )
    with refusal("file.gone"):
        await slow.file(owner.actor, space_id, FilePapersBody(file_ids=[note]))
    assert await house.database.evidence.count_documents({"space_id": space_id}) == 0

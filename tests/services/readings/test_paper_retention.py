"""Photos that identify somebody go when their purpose is over; the record stays whole (K2)."""

import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import pytest_asyncio

from schemas.api.evidence import EvidenceBody
from schemas.api.files import FileVariant, IdentityMark
from schemas.api.messages import MessageListQuery, MessageSendBody
from schemas.api.readings import ReadingBody
from schemas.api.search import SearchQuery
from schemas.reading_enums import ReadingKind
from services.clock import utc_now
from services.files.file_store import FileStore
from services.idempotency import Intent
from services.ids import new_id
from services.readings.paper_retention import PaperRetention
from services.spaces.exports import Exports
from tests.house import Person, client, space_of
from tests.parts.databases import SettingsMaker
from tests.services.files.world import refusal
from tests.services.readings.reading_world import ReadingWorld, identity_card, iou, open_readings

DAYS = 90


def utc_after(days: int) -> datetime:
    return utc_now() + timedelta(days=days)


@dataclass
class Case:
    world: ReadingWorld
    owner: Person
    space_id: str
    file_id: str
    reading_id: str

    async def later(self, days: int, keep: int | None = DAYS) -> None:
        """So long after the order's last step, the worker looks for what has had its time."""
        core = self.world.house.core
        clock = partial(utc_after, days)
        await PaperRetention(core.database, core.audit, core.outbox, days=keep, clock=clock).tick()
        await self.world.work(self.reading_id)

    async def kept(self) -> bool:
        file = await self.world.house.database.files.find_one({"_id": self.file_id})
        assert file is not None
        return "copies" in file

    async def blobs(self) -> int:
        return len(await self.world.house.blobs.under(f"files/{self.file_id}/"))


@pytest_asyncio.fixture
async def case(make_settings: SettingsMaker) -> AsyncIterator[Case]:
    """An identity card that was sent and read in the space of an order that is over."""
    with make_settings.for_one_test() as settings:
        async with open_readings(settings) as world:
            owner = await client(world.house)
            space_id = await space_of(world.house, owner)
            await ordered(world, owner, space_id, "reviewed")
            file_id = await world.photo(owner, space_id)
            await sent(world, owner, space_id, file_id)
            view = await world.read(owner, file_id, identity_card())
            yield Case(world, owner, space_id, file_id, view.id)


async def ordered(world: ReadingWorld, owner: Person, space_id: str, status: str) -> None:
    order: Any = {
        "_id": new_id(),
        "schema_version": 1,
        "number": new_id(),
        "client_id": owner.id,
        "product_id": new_id(),
        "product": {},
        "need": b"",
        "status": status,
        "amount_fen": 100,
        "payable_fen": 100,
        "space_id": space_id,
        "steps": [],
        "deadlines": [],
        "revision": 1,
        "created_at": utc_now(),
        "updated_at": utc_now(),
    }
    await world.house.database.orders.insert_one(order)


async def sent(world: ReadingWorld, owner: Person, space_id: str, file_id: str) -> None:
    body = MessageSendBody(client_msg_id=new_id(), type="image", body={"file_id": file_id})
    await world.house.services.messages.send(owner.actor, space_id, body)


async def test_in_time_photo_and_reading_are_gone_for_good(case: Case) -> None:
    files, readings = case.world.house.services.files, case.world.readings
    assert await case.blobs() == 2
    await case.later(DAYS - 1)
    assert await case.kept()
    for _ in range(2):
        await case.later(DAYS + 1)
    for variant in (FileVariant.ORIGINAL, FileVariant.THUMBNAIL, FileVariant.PLAY):
        with refusal("file.gone"):
            await files.content(case.file_id, variant, actor=case.owner.actor)
    with refusal("file.gone"):
        await readings.ask(case.owner.actor, case.file_id, ReadingBody())
    with refusal("reading.not_found"):
        await readings.get(case.owner.actor, case.reading_id)
    view = await files.get(case.owner.actor, case.file_id)
    assert (view.url, view.thumbnail_url) == (None, None)
    assert view.sha256
    stored = await case.world.house.database.readings.find_one({"_id": case.reading_id})
    assert stored is not None
    assert "result" not in stored
    found = await case.world.house.services.search.in_space(case.owner.actor, case.space_id, SearchQuery(q="王晓"))
    assert found.items == []
    audited = await case.world.house.database.audit.find({"action": "file.purged"}).to_list()
    assert [(row["subject"], row["detail"]["sha256"]) for row in audited] == [(f"file:{case.file_id}", view.sha256)]


async def test_the_sweep_removes_the_bytes(case: Case) -> None:
    await case.later(DAYS + 1)
    house = case.world.house
    document = await house.database.files.find_one({"_id": case.file_id})
    assert document is not None
    store = FileStore(house.core.blobs, house.core.vault)
    assert await store.sweep(document, utc_now() + timedelta(hours=1))
    assert await case.blobs() == 0


async def test_its_card_says_so_once(case: Case) -> None:
    for _ in range(2):
        await case.later(DAYS + 1)
    place = await case.world.house.core.spaces.access(case.owner.actor, case.space_id, "space.view")  # type: ignore[arg-type]
    page = await case.world.house.core.reader.page(place.space, place.member, MessageListQuery())
    updates = [item.body for item in page.items if item.type == "card_update"]
    assert [(body["state"], body["text"]) for body in updates] == [("expired", "保存期限已到，原件与识别内容已删除")]


async def test_the_record_verifies_and_says_purged(case: Case) -> None:
    await case.later(DAYS + 1)
    exports: Exports = case.world.house.services.exports
    export = await exports.export(case.owner.actor, case.space_id)
    content = b"".join([block async for block in export.read()])
    export.close()
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        rows = bundle.read("files.jsonl").decode()
        assert not [name for name in bundle.namelist() if name.startswith("files/")]
    assert '"state":"purged"' in rows.replace(" ", "")
    assert case.file_id in rows


async def test_evidence_stays_with_the_case(case: Case) -> None:
    ticket = Intent(case.owner.id, "POST /evidence", new_id(), "hash")
    body = EvidenceBody(file_id=case.file_id)
    await case.world.house.services.evidence.list_file(case.owner.actor, case.space_id, body, ticket)
    await case.later(DAYS + 1)
    assert await case.kept()


@pytest.mark.parametrize("keep", [None, 3650])
async def test_who_keeps_longer_keeps(case: Case, keep: int | None) -> None:
    await case.later(DAYS + 1, keep)
    assert await case.kept()


async def test_a_card_that_nobody_could_read_goes_once_somebody_says_what_it_is(case: Case) -> None:
    """So does one that was read as something else afterwards, or whose message was recalled."""
    world, owner = case.world, case.owner
    unread, plain = [await world.photo(owner, case.space_id) for _ in range(2)]
    for file_id, kind in ((unread, ReadingKind.ID_CARD_FRONT), (plain, None)):
        asked = await world.readings.ask(owner.actor, file_id, ReadingBody(kind=kind))
        world.reader.answers.append("reading.type_unsupported")
        assert await world.queue.tick()
        assert (await world.readings.get(owner.actor, asked.id)).state == "failed"
    withdrawn = {"$set": {"state": "withdrawn"}}
    await world.house.database.readings.update_one({"_id": case.reading_id}, withdrawn)
    for _ in range(2):
        await case.later(DAYS + 1)
    files = await world.house.database.files.find({"purged_at": {"$exists": True}}).to_list()
    assert {file["_id"] for file in files} == {case.file_id, unread}
    assert await world.house.database.audit.count_documents({"action": "file.purged"}) == 2


async def test_other_papers_and_running_orders_are_left_alone(case: Case) -> None:
    world, owner = case.world, case.owner
    paper = await world.photo(owner, case.space_id)
    await world.read(owner, paper, iou())
    running = await space_of(world.house, owner)
    await ordered(world, owner, running, "in_service")
    card = await world.photo(owner, running)
    await world.read(owner, card, identity_card())
    await case.later(DAYS + 1)
    assert not await case.kept()
    for file_id in (paper, card):
        assert (await world.house.services.files.get(owner.actor, file_id)).url


async def test_one_that_was_never_read_goes_once_somebody_has_said_what_it_is(case: Case) -> None:
    """With the upload or later; one of which nobody said anything is nobody's to search, and stays with the case."""
    world, say = case.world, case.world.house.services.identity_marks.say
    told = await world.photo(case.owner, case.space_id, identifies=True)
    later, silent = [await world.photo(case.owner, case.space_id) for _ in range(2)]
    await say(case.owner.actor, later, IdentityMark(identifies=True))
    await case.later(DAYS + 1)
    found = {one["_id"]: "copies" in one async for one in world.house.database.files.find({})}
    assert found == {case.file_id: False, told: False, later: False, silent: True}


async def test_what_somebody_says_to_be_no_such_paper_stays(case: Case) -> None:
    say = case.world.house.services.identity_marks.say
    await say(case.owner.actor, case.file_id, IdentityMark(identifies=False))
    await case.later(DAYS + 1)
    assert await case.kept()

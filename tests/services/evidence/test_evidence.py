"""The catalogue of evidence (F1): numbers, hashes, who and when; filled in from readings; originals signed for."""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator

import pypdf
import pytest_asyncio

from schemas.api.evidence import EvidenceBody, EvidenceChange, EvidenceView, MovementBody
from schemas.api.messages import MessageListQuery
from schemas.api.readings import ConfirmBody
from schemas.evidence_enums import MovementKind
from services.errors import Problem
from services.evidence.prefilling import evidence_facts
from services.idempotency import Intent
from services.ids import new_id
from services.permissions import Permission
from tests.house import Person, client, lawyer, space_of
from tests.parts.databases import SettingsMaker
from tests.services.files.world import refusal
from tests.services.readings.reading_world import ReadingWorld, iou, open_readings, picture


@pytest_asyncio.fixture
async def world(make_settings: SettingsMaker) -> AsyncIterator[ReadingWorld]:
    with make_settings.for_one_test() as settings:
        async with open_readings(settings) as opened:
            yield opened


def intent(person: Person) -> Intent:
    return Intent(person.id, "POST /evidence", new_id(), "hash")


async def listed(world: ReadingWorld, person: Person, space_id: str, file_id: str, **said: object) -> EvidenceView:
    body = EvidenceBody.model_validate({"file_id": file_id, **said})
    return await world.house.services.evidence.list_file(person.actor, space_id, body, intent(person))


async def work(world: ReadingWorld, evidence_id: str, times: int = 1) -> None:
    rows = await world.house.database.outbox.find({"subject": f"evidence:{evidence_id}"}).sort("_id", 1).to_list()
    for row in rows * times:
        await world.house.services.evidence.effects()[row["kind"]](row)


async def test_an_entry_is_filled_in_from_what_was_confirmed(world: ReadingWorld) -> None:
    owner = await client(world.house)
    space_id = await space_of(world.house, owner)
    file_id = await world.photo(owner, space_id)
    view = await world.read(owner, file_id, iou())
    said = {"borrower": "李四", "lender": "张三", "signed_on": "2026-01-05"}
    await world.readings.confirm(owner.actor, view.id, ConfirmBody(fields=said))
    entry = await listed(world, owner, space_id, file_id, purpose="证明借款已交付")
    assert (entry.number, entry.name, entry.kind_label, entry.pages) == (1, "借条", "书证", 1)
    assert str(entry.dated) == "2026-01-05"
    assert entry.parties == ["张三", "李四"]
    assert entry.hash == hashlib.sha256(picture()).hexdigest()
    assert (entry.submitter_id, entry.reading_id) == (owner.id, view.id)
    stored = await world.house.database.evidence.find_one({"_id": entry.id})
    assert "李四" not in str(stored)


async def test_numbers_are_dense_whoever_lists_at_once(world: ReadingWorld) -> None:
    owner, counsel = await client(world.house), await lawyer(world.house)
    space_id = await space_of(world.house, owner, counsel)
    files = [await world.photo(owner, space_id) for _ in range(4)]
    people = (owner, counsel, owner, counsel)
    entries = await asyncio.gather(*(listed(world, p, space_id, f) for p, f in zip(people, files, strict=True)))
    assert sorted(entry.number for entry in entries) == [1, 2, 3, 4]
    with refusal("evidence.listed_already"):
        await listed(world, owner, space_id, files[0])
    after = await listed(world, owner, space_id, await world.photo(owner, space_id))
    assert after.number == 5


async def test_a_repeated_request_lists_once(world: ReadingWorld) -> None:
    owner = await client(world.house)
    space_id = await space_of(world.house, owner)
    body = EvidenceBody(file_id=await world.photo(owner, space_id))
    key = intent(owner)
    first = await world.house.services.evidence.list_file(owner.actor, space_id, body, key)
    again = await world.house.services.evidence.list_file(owner.actor, space_id, body, key)
    assert (again.id, again.number) == (first.id, 1)


async def test_files_of_other_spaces_and_strangers_are_refused(world: ReadingWorld) -> None:
    owner, stranger = await client(world.house), await client(world.house, "外人")
    here, there = await space_of(world.house, owner), await space_of(world.house, owner)
    file_id = await world.photo(owner, there)
    with refusal("file.not_found"):
        await listed(world, owner, here, file_id)
    entry = await listed(world, owner, there, file_id)
    with refusal("evidence.not_found"):
        await world.house.services.evidence.change(stranger.actor, entry.id, EvidenceChange(name="别的"))
    with refusal("space.not_found"):
        await world.house.services.evidence.catalogue(stranger.actor, there)


async def test_originals_are_received_returned_and_signed_for(world: ReadingWorld) -> None:
    owner, counsel = await client(world.house), await lawyer(world.house)
    space_id = await space_of(world.house, owner, counsel)
    entry = await listed(world, owner, space_id, await world.photo(owner, space_id))
    evidence = world.house.services.evidence
    received, returned = MovementBody(kind=MovementKind.RECEIVED), MovementBody(kind=MovementKind.RETURNED)
    with refusal("auth.forbidden"):
        await evidence.move_original(owner.actor, entry.id, received)
    with refusal("evidence.wrong_state"):
        await evidence.move_original(counsel.actor, entry.id, returned)
    assert (await evidence.move_original(counsel.actor, entry.id, received)).original_held
    with refusal("evidence.wrong_state"):
        await evidence.move_original(counsel.actor, entry.id, received)
    with refusal("evidence.wrong_state"):
        await evidence.sign(counsel.actor, entry.id)
    signed = await evidence.sign(owner.actor, entry.id)
    assert signed.originals[0].signed_at is not None
    with refusal("evidence.wrong_state"):
        await evidence.sign(owner.actor, entry.id)
    back = await evidence.move_original(counsel.actor, entry.id, returned)
    assert not back.original_held
    assert [one.signed_at is None for one in back.originals] == [False, True]
    audited = await world.house.database.audit.find({"subject": f"evidence:{entry.id}"}).sort("_id", 1).to_list()
    assert [row["action"] for row in audited] == [
        "evidence.listed",
        "evidence.original",
        "evidence.signed",
        "evidence.original",
    ]
    await work(world, entry.id, times=2)
    place = await world.house.core.spaces.access(owner.actor, space_id, Permission.SPACE_VIEW)
    page = await world.house.core.reader.page(place.space, place.member, MessageListQuery())
    shown = [(item.type, item.body["state"]) for item in page.items]
    assert shown == [
        ("card", "returned"),  # a card shows its latest state
        ("card_update", "received"),
        ("card_update", "received"),
        ("card_update", "returned"),
    ]


async def test_two_who_move_it_at_once_do_it_once(world: ReadingWorld) -> None:
    owner, counsel = await client(world.house), await lawyer(world.house)
    space_id = await space_of(world.house, owner, counsel)
    entry = await listed(world, owner, space_id, await world.photo(owner, space_id))
    body = MovementBody(kind=MovementKind.RECEIVED)
    evidence = world.house.services.evidence
    outcomes = await asyncio.gather(
        *(evidence.move_original(counsel.actor, entry.id, body) for _ in range(3)), return_exceptions=True
    )
    assert sum(isinstance(outcome, EvidenceView) for outcome in outcomes) == 1
    assert {o.code for o in outcomes if isinstance(o, Problem)} == {"evidence.wrong_state"}


async def test_the_catalogue_as_table_and_as_paper(world: ReadingWorld) -> None:
    owner, counsel = await client(world.house), await lawyer(world.house)
    space_id = await space_of(world.house, owner, counsel)
    files = world.house.services.evidence_files
    with refusal("evidence.none"):
        await files.pdf(counsel.actor, space_id)
    entry = await listed(world, owner, space_id, await world.photo(owner, space_id), name="=HYPERLINK(1)")
    await listed(world, owner, space_id, await world.photo(owner, space_id), name="微信聊天记录", kind="electronic")
    table = (await files.csv(counsel.actor, space_id)).content.decode("utf-8-sig")
    assert table.splitlines()[0].startswith("序号,证据名称")
    assert "'=HYPERLINK(1)" in table
    assert entry.hash in table
    paper = pypdf.PdfReader(io.BytesIO((await files.pdf(counsel.actor, space_id)).content))
    text = paper.pages[0].extract_text()
    assert "证据目录" in text
    assert "微信聊天记录" in text


def test_what_cannot_be_told_is_left_open() -> None:
    facts = evidence_facts(None, {}, None, "IMG_0001.jpg")
    assert (facts["name"], facts["kind"], facts["dated"], facts["parties"]) == ("IMG_0001.jpg", "document", None, [])
    odd = evidence_facts("chat_screenshot", {"signed_on": "长期", "peer": "张三"}, 3, "x.png")
    assert (odd["name"], odd["kind"], odd["dated"], odd["parties"]) == ("聊天截图", "electronic", None, ["张三"])

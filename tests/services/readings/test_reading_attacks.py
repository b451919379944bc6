"""Who means harm with readings, or is only unlucky: kinds that unmask, corrections that burst, two at once (F2, K2)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from ocr import Field, Line, PageInfo, Reading
from schemas.api.evidence import EvidenceBody, EvidenceChange
from schemas.api.messages import MessageListQuery, MessageSendBody
from schemas.api.readings import ConfirmBody, ReadingBody
from schemas.api.search import SearchQuery
from schemas.documents.ledgers import OutboxDocument
from schemas.plain_text import plain
from schemas.reading_enums import ReadingKind
from services.errors import Problem
from services.evidence.refilling import Refilling
from services.idempotency import Intent
from services.ids import new_id
from services.permissions import Permission
from services.readings.confirmed_papers import ConfirmedPapers
from services.readings.corrections import MOST_CORRECTIONS, check_said
from services.readings.field_labels import FIELD_LABELS, MAIN_FIELDS
from services.readings.masking import masked_text
from services.readings.paper_pictures import masked_job
from services.readings.reading_jobs import FILLS
from services.readings.reading_seals import ReadingSeals
from tests.house import Person, client, lawyer, space_of
from tests.parts.databases import SettingsMaker
from tests.services.files.world import refusal
from tests.services.readings.reading_world import (
    ID_NUMBER,
    NAME_AT,
    NUMBER_AT,
    ReadingWorld,
    SlowReader,
    assemble,
    identity_card,
    iou,
    open_readings,
)

PHONE = "13912345678"


@pytest_asyncio.fixture(scope="module")
async def world(make_settings: SettingsMaker) -> AsyncIterator[ReadingWorld]:
    async with open_readings(make_settings()) as opened:
        yield opened


def chat() -> Reading:
    """A conversation in which somebody tells their numbers."""
    said = [{"speaker": "张三", "text": f"我的身份证是{ID_NUMBER}"}]
    fields = {"messages": Field(said, 0.9, False, None, 0), "peer": Field(f"张三 {PHONE}", 0.9, False, NAME_AT, 0)}
    return Reading("chat_screenshot", 0.9, fields, [Line("身份证", 0.9, NAME_AT)], [PageInfo(500, 320)])


async def test_numbers_inside_other_fields_are_masked_too(world: ReadingWorld) -> None:
    owner, other, counsel = await client(world.house), await client(world.house, "旁人"), await lawyer(world.house)
    space_id = await space_of(world.house, owner, other, counsel)
    view = await world.read(owner, await world.photo(owner, space_id), chat())
    masked = (await world.readings.get(other.actor, view.id)).model_dump_json()
    assert ID_NUMBER not in masked
    assert PHONE not in masked
    assert ID_NUMBER in (await world.readings.get(counsel.actor, view.id)).model_dump_json()
    said = ConfirmBody(fields={"scope": f"找{PHONE}要收据"})
    confirmed = await world.readings.confirm(owner.actor, view.id, said)
    assert confirmed.fields["scope"].value == f"找{PHONE}要收据"
    await world.work(view.id)
    for words, count in (("要收据", 1), (PHONE, 0)):
        page = await world.house.services.search.in_space(owner.actor, space_id, SearchQuery(q=words))
        assert len(page.items) == count, words
        assert PHONE not in str(page.items)
    papers = ConfirmedPapers(world.house.database, ReadingSeals(world.house.vault))
    (suggested,) = await papers.of_space(space_id, seen_by=other.id)
    assert PHONE not in str(suggested.values)


async def test_who_may_not_confirm_names_no_kind_and_so_unmasks_nothing(world: ReadingWorld) -> None:
    owner, other, counsel = await client(world.house), await client(world.house, "旁人"), await lawyer(world.house)
    space_id = await space_of(world.house, owner, other, counsel)
    file_id = await world.photo(owner, space_id)
    view = await world.read(owner, file_id, identity_card())
    with refusal("auth.forbidden"):
        await world.readings.ask(other.actor, file_id, ReadingBody(kind=ReadingKind.PAGE))
    assert (await world.readings.ask(other.actor, file_id, ReadingBody())).id == view.id
    assert not (await world.readings.get(other.actor, view.id)).may_name
    assert (await world.readings.get(counsel.actor, view.id)).may_name
    named = await world.readings.ask(counsel.actor, file_id, ReadingBody(kind=ReadingKind.PAGE))
    assert await world.queue.tick()
    assert (await world.readings.get(counsel.actor, named.id)).kind == "page"


async def test_two_who_confirm_at_once_do_not_overwrite_each_other(world: ReadingWorld) -> None:
    owner, counsel = await client(world.house), await lawyer(world.house)
    space_id = await space_of(world.house, owner, counsel)
    view = await world.read(owner, await world.photo(owner, space_id), iou())
    words = [ConfirmBody(fields={"borrower": name}, confirmations=view.confirmations) for name in ("李四", "李思")]
    outcomes = await asyncio.gather(
        world.readings.confirm(owner.actor, view.id, words[0]),
        world.readings.confirm(counsel.actor, view.id, words[1]),
        return_exceptions=True,
    )
    assert [o.code for o in outcomes if isinstance(o, Problem)] == ["reading.confirmed_meanwhile"]
    now = await world.readings.get(owner.actor, view.id)
    assert now.confirmations == 1
    late = ConfirmBody(fields={"borrower": "李肆"}, confirmations=0)
    with refusal("reading.confirmed_meanwhile"):
        await world.readings.confirm(counsel.actor, view.id, late)
    same = ConfirmBody(fields={"borrower": str(now.fields["borrower"].value)}, confirmations=0)
    assert (await world.readings.confirm(owner.actor, view.id, same)).confirmations == 1  # a lost answer, a repeat
    await world.house.database.readings.update_one(
        {"_id": view.id},
        [
            {
                "$set": {
                    "confirmations": {
                        "$map": {"input": {"$range": [0, MOST_CORRECTIONS]}, "in": {"$first": "$confirmations"}}
                    }
                }
            }
        ],
    )
    with refusal("reading.confirmed_too_often"):
        await world.readings.confirm(owner.actor, view.id, ConfirmBody(fields={"borrower": "李四光"}))


@pytest.mark.parametrize(
    "fields",
    [
        {"amount_fen": "五万"},
        {"borrower": 5},
        {"borrower": [{"text": "李四"}]},
        {"tax_fen": "3%"},
        {"messages": "你好"},
        {"shoe_size": "44"},
        {"messages": [{"text": "长" * 4000}] * 500},
    ],
)
def test_a_value_has_the_shape_of_its_field(fields: dict[str, object]) -> None:
    with refusal("request.invalid"):
        check_said(iou(), ConfirmBody.model_validate({"fields": fields}).fields)


async def test_what_was_not_found_may_be_filled_in(world: ReadingWorld) -> None:
    owner, other = await client(world.house), await client(world.house, "旁人")
    space_id = await space_of(world.house, owner, other)
    view = await world.read(owner, await world.photo(owner, space_id), iou())
    assert view.missing == {"lender": "出借人", "borrower": "借款人", "signed_on": "签订日期", "due_on": "还款日期"}
    assert (await world.readings.get(other.actor, view.id)).missing == {}
    filled = await world.readings.confirm(owner.actor, view.id, ConfirmBody(fields={"lender": "张三"}))
    assert (filled.fields["lender"].value, filled.fields["lender"].confirmed) == ("张三", True)
    assert set(filled.missing) == {"borrower", "signed_on", "due_on"}


def test_main_fields_are_known() -> None:
    assert set(MAIN_FIELDS) == set(ReadingKind) - {ReadingKind.CHAT_SCREENSHOT, ReadingKind.PAGE}
    assert {name for names in MAIN_FIELDS.values() for name in names} <= set(FIELD_LABELS)


def test_a_paper_may_not_tell() -> None:
    check_said(iou(), {"amount_fen": "", "borrower": "", "page_count": 3})


def test_what_is_not_seen_is_not_kept() -> None:
    """On the catalogue for the court a name with a turning mark in it reads backwards."""
    said = ConfirmBody(fields={"borrower": "\u202e四李\u202c\x00", "address": "一行\n两行"})
    assert said.fields == {"borrower": "四李", "address": "一行\n两行"}
    assert EvidenceBody(file_id=new_id(), name="借\u2066条").name == "借条"
    assert plain("A\tb\r\u200d") == "A\tb\u200d"


@pytest.mark.parametrize("number", [ID_NUMBER, "1101O1199003O71234", "11010119900307l23X", "6222 0210 O123 4567 890"])
def test_a_number_with_a_letter_read_for_a_digit_is_masked(number: str) -> None:
    assert number[5:-5] not in masked_text(f"证号：{number}。", [])
    assert masked_text("BOOSTING SOLID SOILS 2026", []) == "BOOSTING SOLID SOILS 2026"


def test_no_masked_copy_of_what_was_hardly_read() -> None:
    card = identity_card()
    nothing = replace(card, kind="page", fields={}, lines=[])
    nameless = replace(card, fields={"name": card.fields["name"]}, lines=card.lines[:1])
    for reading in (nothing, nameless):
        with refusal("reading.no_picture"):
            masked_job(reading, {}, 0)
    assert masked_job(card, {}, 0).painted
    put_right = replace(iou(), kind="bank_receipt", fields={}, lines=[Line("尾号 4321 的账户", 0.9, NUMBER_AT)])
    assert not masked_job(put_right, {}, 0).painted
    assert masked_job(put_right, {"payer_account": "4321"}, 0).painted


async def test_a_paper_is_told_once_whatever_dies_between_result_and_card(world: ReadingWorld) -> None:
    owner = await client(world.house)
    space_id = await space_of(world.house, owner)
    asked = await world.readings.ask(owner.actor, await world.photo(owner, space_id), ReadingBody())
    world.reader.answers.append(iou())
    assert await world.queue.tick()
    (row,) = await world.owed(asked.id)
    for _ in range(3):
        await world.after.effects()[row["kind"]](row)
    assert len(await card_bodies(world, owner, space_id)) == 1


@pytest.mark.parametrize("purged", [False, True])
async def test_what_goes_away_while_it_is_read_leaves_nothing_behind(world: ReadingWorld, purged: bool) -> None:
    """Its message is recalled, or its case purged, in the middle of the reading: no text is stored, no card shown."""
    owner = await client(world.house)
    space_id = await space_of(world.house, owner)
    file_id = await world.photo(owner, space_id)
    body = MessageSendBody(client_msg_id=new_id(), type="image", body={"file_id": file_id})
    sent = (await world.house.services.messages.send(owner.actor, space_id, body)).view()
    asked = await world.readings.ask(owner.actor, file_id, ReadingBody())
    slow = SlowReader([iou()])
    reading = asyncio.create_task(assemble(world.house, slow).queue.tick())
    await slow.begun.wait()
    if purged:
        await world.house.vault.destroy(f"space:{space_id}")
    else:
        await world.house.services.messages.recall(owner.actor, space_id, sent.seq)
        await world.after.follow(await world.house.database.entries.find({"_id.space": space_id}).to_list())
    slow.go.set()
    assert await reading
    await world.work(asked.id)
    stored = await world.house.database.readings.find_one({"_id": asked.id})
    assert stored is not None
    assert "result" not in stored
    assert (stored["state"], stored.get("error")) == (("failed", "file.gone") if purged else ("withdrawn", None))
    assert not await world.house.database.entries.count_documents({"_id.space": space_id, "type": "card"})
    assert not await world.queue.tick()


async def test_what_it_was_taken_for_before_is_confirmed_by_nobody(world: ReadingWorld) -> None:
    owner = await client(world.house)
    space_id = await space_of(world.house, owner)
    file_id = await world.photo(owner, space_id)
    await world.read(owner, file_id, iou())
    again = await world.readings.ask(owner.actor, file_id, ReadingBody(kind=ReadingKind.CONTRACT))
    assert await world.queue.tick()
    (row,) = await world.owed(again.id)
    for _ in range(2):
        await world.after.effects()[row["kind"]](row)
    shown = [body["state"] for body in await card_bodies(world, owner, space_id)]
    assert shown == ["replaced", "to_confirm", "replaced"]
    found = await world.house.services.search.in_space(owner.actor, space_id, SearchQuery(q="伍万元整"))
    assert len(found.items) == 1
    await world.readings.confirm(owner.actor, again.id, ConfirmBody(fields={"party_a": "张三"}))
    papers = ConfirmedPapers(world.house.database, ReadingSeals(world.house.vault))
    assert [paper.kind for paper in await papers.of_space(space_id)] == ["contract"]


async def card_bodies(world: ReadingWorld, person: Person, space_id: str) -> list[dict[str, Any]]:
    """Of cards, each as it stands now, and of what changed them."""
    place = await world.house.core.spaces.access(person.actor, space_id, Permission.SPACE_VIEW)
    page = await world.house.core.reader.page(place.space, place.member, MessageListQuery())
    return [item.body for item in page.items if item.type in ("card", "card_update")]


async def fills(world: ReadingWorld, file_id: str) -> list[OutboxDocument]:
    return await world.house.database.outbox.find({"kind": FILLS, "subject": f"file:{file_id}"}).to_list()


async def test_the_catalogue_follows_what_is_confirmed_later(world: ReadingWorld) -> None:
    """Listed before it was read, read, put right: what nobody wrote into the entry follows, what they wrote stays."""
    owner = await client(world.house)
    space_id = await space_of(world.house, owner)
    file_id = await world.photo(owner, space_id)
    evidence, core = world.house.services.evidence, world.house.core
    papers = ConfirmedPapers(core.database, ReadingSeals(core.vault))
    refilling = Refilling(core.database, papers, core.vault, core.cards, core.audit)
    ticket = Intent(owner.id, "POST /evidence", new_id(), "hash")
    entry = await evidence.list_file(owner.actor, space_id, EvidenceBody(file_id=file_id), ticket)
    assert (entry.name, entry.parties) == ("照片.png", [])
    for row in await core.database.outbox.find({"subject": f"evidence:{entry.id}"}).to_list():
        await evidence.effects()[row["kind"]](row)
    view = await world.read(owner, file_id, iou())
    for said in ({"borrower": "李四"}, {"borrower": "李思", "lender": "张三"}):
        await world.readings.confirm(owner.actor, view.id, ConfirmBody(fields=said))
    rows = await fills(world, file_id)
    assert len(rows) == 3
    for row in rows * 2:
        await refilling.effects()[FILLS](row)
    (now,) = (await evidence.catalogue(owner.actor, space_id)).items
    assert (now.name, now.parties, now.reading_id, now.number) == ("借条", ["张三", "李思"], view.id, 1)
    texts = [body.get("text") for body in await card_bodies(world, owner, space_id)]
    assert texts.count("名称已更新：借条") == 2  # the update, and the card that shows it
    refilled = await core.database.audit.find({"action": "evidence.refilled"}).to_list()
    assert [row["subject"] for row in refilled] == [f"evidence:{entry.id}"]
    await evidence.change(owner.actor, entry.id, EvidenceChange(parties=["本人"]))
    await world.readings.confirm(owner.actor, view.id, ConfirmBody(fields={"borrower": "李肆"}))
    for row in await fills(world, file_id):
        await refilling.effects()[FILLS](row)
    (now,) = (await evidence.catalogue(owner.actor, space_id)).items
    assert now.parties == ["本人"]


async def test_a_recalled_photo_becomes_no_evidence(world: ReadingWorld) -> None:
    owner = await client(world.house)
    space_id = await space_of(world.house, owner)
    file_id = await world.photo(owner, space_id)
    body = MessageSendBody(client_msg_id=new_id(), type="image", body={"file_id": file_id})
    sent = (await world.house.services.messages.send(owner.actor, space_id, body)).view()
    await world.house.services.messages.recall(owner.actor, space_id, sent.seq)
    await world.after.follow(await world.house.database.entries.find({"_id.space": space_id}).to_list())
    ticket = Intent(owner.id, "POST /evidence", new_id(), "hash")
    with refusal("file.gone"):
        await world.house.services.evidence.list_file(owner.actor, space_id, EvidenceBody(file_id=file_id), ticket)

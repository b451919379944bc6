"""Readings (F2): asked for once, read once, confirmed by who may; masked for who need not see (K2)."""

import asyncio
import io
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PIL import Image

from ocr import ReadingFault
from ocr.faults import CODES
from schemas.api.messages import MessageListQuery, MessageSendBody, MessageView
from schemas.api.readings import ConfirmBody, ReadingBody
from schemas.api.search import SearchQuery
from schemas.enums import Role
from schemas.problems import PROBLEMS
from schemas.reading_enums import ReadingKind
from services.ids import new_id
from services.readings.reading_queue import MOST_TRIES
from tests.house import Person, client, lawyer, space_of
from tests.parts.databases import SettingsMaker
from tests.services.files.world import refusal
from tests.services.readings.reading_world import (
    ID_NUMBER,
    ReadingWorld,
    SlowReader,
    assemble,
    identity_card,
    iou,
    open_readings,
)


@pytest_asyncio.fixture
async def world(make_settings: SettingsMaker) -> AsyncIterator[ReadingWorld]:
    with make_settings.for_one_test() as settings:
        async with open_readings(settings) as opened:
            yield opened


async def cards(world: ReadingWorld, person: Person, space_id: str) -> list[MessageView]:
    """All entries of the space that are cards or change one."""
    space = await world.house.core.spaces.access(person.actor, space_id, "space.view")  # type: ignore[arg-type]
    page = await world.house.core.reader.page(space.space, space.member, MessageListQuery())
    return [item for item in page.items if item.type in ("card", "card_update")]


async def test_a_photo_becomes_fields_and_a_card(world: ReadingWorld) -> None:
    owner, counsel = await client(world.house), await lawyer(world.house)
    space_id = await space_of(world.house, owner, counsel)
    file_id = await world.photo(owner, space_id)
    view = await world.read(owner, file_id, identity_card())
    assert (view.state, view.kind, view.kind_label) == ("done", "id_card_front", "居民身份证（人像面）")
    number = view.fields["id_number"]
    assert (number.value, number.flagged, number.page) == (ID_NUMBER, True, 0)
    assert number.polygon is not None
    (card,) = await cards(world, counsel, space_id)
    assert card.body["kind"] == "reading"
    assert card.body["ref"] == {"reading_id": view.id, "file_id": file_id}
    assert card.body["state"] == "to_confirm"
    assert ID_NUMBER not in str(card.body)


async def test_nothing_that_was_read_lies_open_in_the_database(world: ReadingWorld) -> None:
    owner = await client(world.house)
    view = await world.read(owner, await world.photo(owner, await space_of(world.house, owner)), identity_card())
    await world.readings.confirm(owner.actor, view.id, ConfirmBody(fields={"id_number": ID_NUMBER}))
    stored = await world.house.database.readings.find_one({"_id": view.id})
    audited = await world.house.database.audit.find({"subject": f"reading:{view.id}"}).to_list()
    for text in (str(stored), str(audited)):
        assert ID_NUMBER not in text
        assert "王晓" not in text


async def test_the_same_file_is_read_once(world: ReadingWorld) -> None:
    owner = await client(world.house)
    file_id = await world.photo(owner, await space_of(world.house, owner))
    asked = await asyncio.gather(*(world.readings.ask(owner.actor, file_id, ReadingBody()) for _ in range(5)))
    assert len({one.id for one in asked}) == 1
    world.reader.answers.append(iou())
    assert await world.queue.tick()
    assert not await world.queue.tick()
    assert (await world.readings.ask(owner.actor, file_id, ReadingBody())).id == asked[0].id
    assert world.reader.asked == 1


async def test_a_word_about_the_kind_takes_the_same_lines_apart_again(world: ReadingWorld) -> None:
    owner = await client(world.house)
    file_id = await world.photo(owner, await space_of(world.house, owner))
    await world.read(owner, file_id, identity_card())
    again = await world.readings.ask(owner.actor, file_id, ReadingBody(kind=ReadingKind.PAGE))
    assert await world.queue.tick()
    view = await world.readings.get(owner.actor, again.id)
    assert (view.state, view.kind) == ("done", "page")
    assert world.reader.asked == 1


async def test_confirmed_counts_and_both_are_kept(world: ReadingWorld) -> None:
    owner, counsel = await client(world.house), await lawyer(world.house)
    space_id = await space_of(world.house, owner, counsel)
    view = await world.read(owner, await world.photo(owner, space_id), iou())
    body = ConfirmBody(fields={"amount_fen": 5_100_000, "borrower": "李四"})
    for _ in range(2):  # a lost answer, a repeat
        confirmed = await world.readings.confirm(counsel.actor, view.id, body)
    await world.work(view.id)
    amount = confirmed.fields["amount_fen"]
    assert (amount.value, amount.read_value, amount.confirmed, amount.flagged) == (5_100_000, 5_000_000, True, False)
    assert confirmed.fields["borrower"].value == "李四"
    assert confirmed.confirmed_by == counsel.id
    corrected = await world.readings.confirm(owner.actor, view.id, ConfirmBody(fields={"borrower": "李思"}))
    assert (corrected.fields["borrower"].value, corrected.fields["amount_fen"].value) == ("李思", 5_100_000)
    stored = await world.house.database.readings.find_one({"_id": view.id})
    assert stored is not None
    assert [one["by"] for one in stored["confirmations"]] == [counsel.id, owner.id]
    first, update = await cards(world, owner, space_id)
    assert (first.type, update.type, update.body["state"]) == ("card", "card_update", "confirmed")


async def test_a_confirmed_number_with_a_wrong_check_digit_stays_flagged(world: ReadingWorld) -> None:
    owner = await client(world.house)
    view = await world.read(owner, await world.photo(owner, await space_of(world.house, owner)), identity_card())
    wrong = await world.readings.confirm(owner.actor, view.id, ConfirmBody(fields={"id_number": ID_NUMBER}))
    assert (wrong.fields["id_number"].flagged, wrong.fields["id_number"].reasons) == (True, ["check_digit"])
    right = await world.readings.confirm(owner.actor, view.id, ConfirmBody(fields={"id_number": "11010519491231002X"}))
    assert not right.fields["id_number"].flagged


async def test_who_may_confirm(world: ReadingWorld) -> None:
    owner, other = await client(world.house), await client(world.house, "旁人")
    reviewer = await lawyer(world.house, "复核", Role.REVIEWER)
    stranger = await lawyer(world.house)
    space_id = await space_of(world.house, owner, other, reviewer)
    view = await world.read(owner, await world.photo(owner, space_id), iou())
    body = ConfirmBody(fields={"amount_fen": 1})
    for person, code in ((other, "auth.forbidden"), (reviewer, "auth.forbidden"), (stranger, "reading.not_found")):
        with refusal(code):
            await world.readings.confirm(person.actor, view.id, body)
    with refusal("request.invalid"):
        await world.readings.confirm(owner.actor, view.id, ConfirmBody(fields={"shoe_size": "44"}))
    with refusal("reading.not_found"):
        await world.readings.get(stranger.actor, view.id)


async def test_who_need_not_see_gets_it_masked(world: ReadingWorld) -> None:
    owner, other, counsel = await client(world.house), await client(world.house, "旁人"), await lawyer(world.house)
    space_id = await space_of(world.house, owner, other, counsel)
    view = await world.read(owner, await world.photo(owner, space_id), identity_card())
    masked = await world.readings.get(other.actor, view.id)
    assert masked.fields["id_number"].value == "110***********1234"
    assert masked.fields["id_number"].masked
    assert masked.fields["name"].value == "王晓"
    assert ID_NUMBER not in masked.model_dump_json()
    with refusal("auth.forbidden"):
        await world.pictures.field(other.actor, view.id, "id_number")
    clear = await world.readings.get(counsel.actor, view.id)
    assert clear.fields["id_number"].value == ID_NUMBER
    seen = await world.house.database.audit.find({"subject": f"reading:{view.id}", "action": "reading.seen"}).to_list()
    assert [(row["actor"], row["detail"]["fields"]) for row in seen] == [(counsel.id, ["id_number"])]


async def test_pictures_of_the_place_and_without_it(world: ReadingWorld) -> None:
    owner = await client(world.house)
    view = await world.read(owner, await world.photo(owner, await space_of(world.house, owner)), identity_card())
    crop = Image.open(io.BytesIO(await world.pictures.field(owner.actor, view.id, "id_number"))).convert("RGB")
    assert 420 <= crop.width <= 500
    assert min(crop.getpixel((crop.width // 2, crop.height // 2))) > 240  # type: ignore[arg-type]
    whole = Image.open(io.BytesIO(await world.pictures.masked(owner.actor, view.id, 0))).convert("RGB")
    assert max(whole.getpixel((250, 260))) < 20  # type: ignore[arg-type]
    with refusal("reading.no_picture"):
        await world.pictures.field(owner.actor, view.id, "address")
    with refusal("reading.no_picture"):
        await world.pictures.masked(owner.actor, view.id, 7)


async def test_a_masked_copy_hides_numbers_in_running_text_too(world: ReadingWorld) -> None:
    """The telephone in an IOU is no field of it; the words before it stay."""
    owner = await client(world.house)
    view = await world.read(owner, await world.photo(owner, await space_of(world.house, owner)), iou())
    whole = Image.open(io.BytesIO(await world.pictures.masked(owner.actor, view.id, 0))).convert("RGB")
    assert max(whole.getpixel((400, 260))) < 20  # type: ignore[arg-type]
    assert min(whole.getpixel((50, 260))) > 240  # type: ignore[arg-type]
    assert min(whole.getpixel((100, 55))) > 80  # type: ignore[arg-type]


async def test_looking_at_a_number_on_somebody_elses_paper_is_written_down(world: ReadingWorld) -> None:
    owner, counsel = await client(world.house), await lawyer(world.house)
    space_id = await space_of(world.house, owner, counsel)
    view = await world.read(owner, await world.photo(owner, space_id), identity_card())
    for person in (owner, counsel):
        await world.pictures.field(person.actor, view.id, "id_number")
    await world.pictures.field(counsel.actor, view.id, "name")
    where = {"subject": f"reading:{view.id}", "action": "reading.seen"}
    seen = await world.house.database.audit.find(where).to_list()
    assert [(row["actor"], row["detail"]["fields"]) for row in seen] == [(counsel.id, ["id_number"])]


async def test_found_by_what_the_paper_says_but_not_by_numbers_of_persons(world: ReadingWorld) -> None:
    owner = await client(world.house)
    space_id = await space_of(world.house, owner)
    view = await world.read(owner, await world.photo(owner, space_id), iou())

    async def hits(words: str) -> list[str | None]:
        page = await world.house.services.search.in_space(owner.actor, space_id, SearchQuery(q=words))
        return [hit.excerpt for hit in page.items]

    (found,) = await hits("伍万元整")
    assert found is not None
    assert "张三" in found
    assert await hits("13912345678") == []
    assert await hits("李四") == []
    await world.readings.confirm(owner.actor, view.id, ConfirmBody(fields={"borrower": "李四"}))
    await world.work(view.id)
    assert len(await hits("李四")) == 1


async def test_a_confirmed_identity_card_is_found_by_name_and_never_by_its_number(world: ReadingWorld) -> None:
    """Issue "text searchable", K2: neither the number that was read nor the one that was put right, for nobody."""
    owner, counsel, other = await client(world.house), await lawyer(world.house), await client(world.house, "旁人")
    space_id = await space_of(world.house, owner, counsel, other)
    view = await world.read(owner, await world.photo(owner, space_id), identity_card())
    right = "11010519491231002X"
    await world.readings.confirm(owner.actor, view.id, ConfirmBody(fields={"id_number": right, "name": "汪晓"}))
    await world.work(view.id)
    for person in (owner, counsel, other):
        for words, count in (("汪晓", 1), ("身份证", 1), (ID_NUMBER, 0), (right, 0), (right[:8], 0)):
            page = await world.house.services.search.in_space(person.actor, space_id, SearchQuery(q=words))
            assert len(page.items) == count, words
            assert not any(number in str(page.items) for number in (ID_NUMBER, right))


async def test_a_recalled_photo_takes_its_reading_along(world: ReadingWorld) -> None:
    owner = await client(world.house)
    space_id = await space_of(world.house, owner)
    file_id = await world.photo(owner, space_id)
    body = MessageSendBody(client_msg_id=new_id(), type="image", body={"file_id": file_id})
    sent = (await world.house.services.messages.send(owner.actor, space_id, body)).view()
    view = await world.read(owner, file_id, iou())
    await world.house.services.messages.recall(owner.actor, space_id, sent.seq)
    heads = await world.house.database.entries.find({"_id.space": space_id}).to_list()
    for _ in range(2):
        await world.after.follow(heads)
    with refusal("reading.not_found"):
        await world.readings.get(owner.actor, view.id)
    page = await world.house.services.search.in_space(owner.actor, space_id, SearchQuery(q="伍万元整"))
    assert page.items == []
    with refusal("file.gone"):
        await world.readings.ask(owner.actor, file_id, ReadingBody())


async def test_a_full_queue_is_told_and_places_in_it_are_seen(make_settings: SettingsMaker) -> None:
    async with open_readings(make_settings(), most_waiting=2) as world:
        owner, counsel = await client(world.house), await lawyer(world.house)
        space_id = await space_of(world.house, owner, counsel)
        files = [await world.photo(owner, space_id) for _ in range(3)]
        people = zip((owner, counsel), files, strict=False)
        asked = [(await world.readings.ask(person.actor, file_id, ReadingBody())).id for person, file_id in people]
        with refusal("reading.queue_full"):
            await world.readings.ask(owner.actor, files[2], ReadingBody())
        assert [(await world.readings.get(owner.actor, one)).ahead for one in asked] == [0, 1]
        assert await world.queue.counts() == {"queued": 2, "running": 0}
        world.reader.answers.append(iou())
        await world.queue.tick()
        assert (await world.readings.get(owner.actor, asked[0])).state == "done"
        await world.readings.ask(owner.actor, files[2], ReadingBody())


async def test_without_an_engine_nothing_is_promised(world: ReadingWorld) -> None:
    owner = await client(world.house)
    file_id = await world.photo(owner, await space_of(world.house, owner))
    world.reader.available = False
    with refusal("reading.unavailable"):
        await world.readings.ask(owner.actor, file_id, ReadingBody())


async def test_a_file_that_cannot_be_read_says_why_and_may_be_asked_again(world: ReadingWorld) -> None:
    owner = await client(world.house)
    space_id = await space_of(world.house, owner)
    file_id = await world.photo(owner, space_id)
    view = await world.read(owner, file_id, "reading.animated")
    assert (view.state, view.error, view.error_text) == ("failed", "reading.animated", "不能识别动图，请上传静态图片")
    (card,) = await cards(world, owner, space_id)
    assert card.body["state"] == "unreadable"
    with refusal("reading.not_done"):
        await world.readings.confirm(owner.actor, view.id, ConfirmBody(fields={"name": "王晓"}))
    assert (await world.readings.ask(owner.actor, file_id, ReadingBody())).id != view.id


async def test_a_file_that_kills_the_engine_is_given_up(world: ReadingWorld) -> None:
    owner = await client(world.house)
    file_id = await world.photo(owner, await space_of(world.house, owner))
    asked = await world.readings.ask(owner.actor, file_id, ReadingBody())
    world.reader.answers += ["reading.failed"] * MOST_TRIES
    for _ in range(MOST_TRIES):
        assert (await world.readings.get(owner.actor, asked.id)).state == "queued"
        assert await world.queue.tick()
        long_ago = {"$set": {"due_at": (await world.house.database.readings.find_one({}))["created_at"]}}  # type: ignore[index]
        await world.house.database.readings.update_one({"_id": asked.id}, long_ago)
    assert (await world.readings.get(owner.actor, asked.id)).error == "reading.failed"
    assert not await world.queue.tick()


async def test_what_a_dead_worker_was_reading_is_read_again_and_stored_once(world: ReadingWorld) -> None:
    """The lease has passed on while the old leader is still at it: both read, one outcome is stored."""
    owner = await client(world.house)
    file_id = await world.photo(owner, await space_of(world.house, owner))
    asked = await world.readings.ask(owner.actor, file_id, ReadingBody())
    slow = SlowReader([iou()])
    late = asyncio.create_task(assemble(world.house, slow).queue.tick())
    await slow.begun.wait()
    world.reader.answers.append(identity_card())
    assert await world.queue.tick()
    slow.go.set()
    assert await late
    assert (await world.readings.get(owner.actor, asked.id)).kind == "id_card_front"
    assert len(await world.owed(asked.id)) == 1


async def test_purged_meanwhile(world: ReadingWorld) -> None:
    owner = await client(world.house)
    space_id = await space_of(world.house, owner)
    view = await world.read(owner, await world.photo(owner, space_id), iou())
    await world.house.vault.destroy(f"space:{space_id}")
    with refusal("file.gone"):
        await world.readings.get(owner.actor, view.id)


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_reason_has_words(code: str) -> None:
    assert PROBLEMS[code].title
    assert ReadingFault(code).retryable <= PROBLEMS[code].retryable

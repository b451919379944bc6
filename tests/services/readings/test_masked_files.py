"""The file of a paper that identifies somebody: masked for all, its original for who may, each opening written (K2)."""

import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pypdfium2
import pytest
import pytest_asyncio
from PIL import Image

from ocr import Field, Line, PageInfo, PagePainter, Reading
from schemas.api.evidence import EvidenceBody
from schemas.api.files import FileBegin, FileVariant, IdentityMark
from schemas.api.messages import MessageListQuery, MessageSendBody
from schemas.api.readings import ReadingBody
from schemas.documents.readings import ReadingDocument
from schemas.documents.spaces import FileDocument
from schemas.enums import Role
from schemas.reading_enums import ReadingKind
from services.files.files import OpenFile
from services.files.page_pictures import PagePictures
from services.idempotency import Intent
from services.ids import new_id
from services.readings.identity_marks import identifies
from services.readings.paper_pictures import hidden_places, member_job
from services.record.verifier import verify
from tests.house import Person, client, lawyer, space_of
from tests.parts.databases import SettingsMaker
from tests.services.files.world import post_form, refusal
from tests.services.readings.reading_world import ReadingWorld, identity_card, open_readings, picture

BAR = (250, 260)  # where the number stands
NAME = (190, 66)


@dataclass
class Case:
    world: ReadingWorld
    owner: Person
    other: Person
    counsel: Person
    judge: Person
    space_id: str

    async def card(self) -> str:
        """An identity card that was sent, read, and drawn anew; the id of its file."""
        file_id = await self.world.photo(self.owner, self.space_id)
        await self.send(file_id)
        await self.world.read(self.owner, file_id, identity_card())
        await self.world.mask(file_id)
        return file_id

    async def send(self, file_id: str) -> None:
        body = MessageSendBody(client_msg_id=new_id(), type="image", body={"file_id": file_id})
        await self.world.house.services.messages.send(self.owner.actor, self.space_id, body)

    async def linked(self, url: str | None) -> OpenFile:
        """What whoever holds a link gets."""
        assert url is not None
        file_id = url.split("/")[-2]
        told = dict(part.split("=") for part in url.partition("?")[2].split("&"))
        variant = FileVariant(told.get("variant", "original"))
        return await self.world.house.services.files.content(file_id, variant, ticket=told["ticket"])

    async def opened(self, file_id: str) -> list[tuple[str, Any]]:
        where = {"subject": f"file:{file_id}", "action": "file.original_opened"}
        rows = await self.world.house.database.audit.find(where).sort("_id", 1).to_list()
        return [(row["actor"], row["detail"]["role"]) for row in rows]


@pytest_asyncio.fixture(scope="module")
async def case(make_settings: SettingsMaker) -> AsyncIterator[Case]:
    async with open_readings(make_settings()) as world:
        owner, other = await client(world.house), await client(world.house, "旁人")
        counsel, judge = await lawyer(world.house), await lawyer(world.house, "陈明", Role.PRESIDER)
        space_id = await space_of(world.house, owner, other, counsel, judge)
        yield Case(world, owner, other, counsel, judge, space_id)


async def bytes_of(opened: OpenFile) -> bytes:
    return b"".join([block async for block in opened.read(0, opened.size)])


async def brightness(opened: OpenFile, at: tuple[int, int]) -> int:
    drawn = Image.open(io.BytesIO(await bytes_of(opened))).convert("RGB")
    return max(cast(tuple[int, int, int], drawn.getpixel(at)))


async def test_every_link_gives_everybody_the_masked_copy(case: Case) -> None:
    """K2: the chat, the file's own door, a token, a page of it, a link from before."""
    files = case.world.house.services.files
    file_id = await case.world.photo(case.owner, case.space_id)
    before = (await files.get(case.other.actor, file_id)).url
    assert await bytes_of(await case.linked(before)) == picture()
    await case.send(file_id)
    await case.world.read(case.owner, file_id, identity_card())
    await case.world.mask(file_id)
    for person in (case.owner, case.other, case.counsel, case.judge):
        view = await files.get(person.actor, file_id)
        assert view.masked
        for url in (view.url, view.preview_url, before):
            opened = await case.linked(url)
            assert opened.content_type == "image/jpeg"
            assert not opened.settled  # nobody keeps it in place of a better one
            assert await brightness(opened, BAR) < 30
        for variant in (FileVariant.ORIGINAL, FileVariant.THUMBNAIL):
            assert await brightness(await files.content(file_id, variant, actor=person.actor), BAR) < 30
    query = MessageListQuery()
    shown = (await case.world.house.services.messages.page(case.other.actor, case.space_id, query)).items
    body = next(one.body for one in shown if one.body.get("file_id") == file_id)
    for name in ("url", "thumbnail_url"):
        assert await brightness(await case.linked(body[name]), BAR) < 30
    drawn = await PagePictures(files, PagePainter()).look(file_id, 1, actor=case.judge.actor, ticket=None)
    assert max(cast(tuple[int, int, int], Image.open(io.BytesIO(drawn.jpeg)).getpixel(BAR))) < 30
    # the name is nobody's secret in a case
    assert await brightness(await files.content(file_id, FileVariant.ORIGINAL, actor=case.other.actor), NAME) > 100


async def test_who_may_opens_the_original_and_each_opening_is_written_down(case: Case) -> None:
    file_id = await case.card()
    originals, files = case.world.house.services.originals, case.world.house.services.files
    assert not (await files.get(case.other.actor, file_id)).opens_original
    with refusal("auth.forbidden"):
        await originals.open(case.other.actor, file_id)
    stranger = await client(case.world.house, "路人")
    with refusal("file.not_found"):
        await originals.open(stranger.actor, file_id)
    assert await case.opened(file_id) == []
    people = (case.owner, case.counsel, case.judge)
    for person in people:
        assert (await files.get(person.actor, file_id)).opens_original
        links = await originals.open(person.actor, file_id)
        assert await bytes_of(await case.linked(links.url)) == picture()
        assert await bytes_of(await case.linked(links.preview_url)) == picture()
    roles = ("client", "lawyer", "presider")
    assert await case.opened(file_id) == [(one.id, role) for one, role in zip(people, roles, strict=True)]


async def test_a_ticket_for_the_masked_copy_opens_no_original(case: Case) -> None:
    """Nor does one with the sign of the other kind before it, or for another copy."""
    file_id = await case.card()
    files = case.world.house.services.files
    url = (await files.get(case.other.actor, file_id)).url
    assert url is not None
    ticket = url.partition("ticket=")[2]
    for variant in (FileVariant.ORIGINAL, FileVariant.MASKED, FileVariant.PREVIEW):
        with refusal("auth.ticket_invalid"):
            await files.content(file_id, variant, ticket="o" + ticket)
    with refusal("auth.ticket_invalid"):
        await files.content(file_id, FileVariant.ORIGINAL, ticket=ticket)


async def test_a_link_asked_for_before_it_is_masked_opens_no_original_afterwards(case: Case) -> None:
    """Of a file that is not masked yet, the door to originals gives everybody the ordinary link and writes nothing."""
    file_id = await case.world.photo(case.owner, case.space_id)
    early = (await case.world.house.services.originals.open(case.other.actor, file_id)).url
    assert await bytes_of(await case.linked(early)) == picture()
    await case.send(file_id)
    await case.world.read(case.owner, file_id, identity_card())
    await case.world.mask(file_id)
    assert await bytes_of(await case.linked(early)) != picture()


async def test_posted_as_such_it_is_never_shown_whole(case: Case) -> None:
    """From the upload on; until its copy is drawn there is none, then one that shows nothing of what nobody read."""
    files = case.world.house.services.files
    file_id = await case.world.photo(case.owner, case.space_id, identifies=True)
    assert (await files.get(case.other.actor, file_id)).masked
    with refusal("file.masked"):
        await files.content(file_id, FileVariant.ORIGINAL, actor=case.other.actor)
    await case.world.mask(file_id)
    opened = await files.content(file_id, FileVariant.ORIGINAL, actor=case.other.actor)
    assert 90 < await brightness(opened, BAR) < 130
    assert await brightness(opened, BAR) == await brightness(opened, NAME)


async def test_a_named_kind_masks_before_anything_is_read(case: Case) -> None:
    files = case.world.house.services.files
    file_id = await case.world.photo(case.owner, case.space_id)
    body = ReadingBody(kind=ReadingKind.BANK_CARD)
    asked = await case.world.readings.ask(case.owner.actor, file_id, body)
    assert (await files.get(case.other.actor, file_id)).masked
    case.world.reader.answers.append("reading.failed")
    while (await case.world.readings.get(case.owner.actor, asked.id)).state != "failed":
        case.world.reader.answers.append("reading.failed")
        await case.world.house.database.readings.update_one(
            {"_id": asked.id}, {"$set": {"due_at": datetime(2020, 1, 1, tzinfo=UTC)}}
        )
        assert await case.world.queue.tick()
    case.world.reader.answers.clear()
    assert (await files.get(case.other.actor, file_id)).masked  # nobody could read it, and it is what it is


async def test_what_a_person_says_counts_and_can_be_taken_back(case: Case) -> None:
    house, file_id = case.world.house, await case.world.photo(case.owner, case.space_id)
    say = house.services.identity_marks.say
    with refusal("auth.forbidden"):
        await say(case.other.actor, file_id, IdentityMark(identifies=True))
    with refusal("auth.forbidden"):  # the bench sees, and says nothing of what parties brought
        await say(case.judge.actor, file_id, IdentityMark(identifies=True))
    view = await say(case.counsel.actor, file_id, IdentityMark(identifies=True))
    assert view.masked
    assert view.opens_original
    await case.world.mask(file_id)
    masked = (await house.services.files.get(case.other.actor, file_id)).url
    plain = await say(case.owner.actor, file_id, IdentityMark(identifies=False))
    assert not plain.masked
    assert await bytes_of(await case.linked(plain.url)) == picture()
    assert await bytes_of(await case.linked(masked)) == picture()  # the link that somebody holds goes on
    rows = await house.database.audit.find({"subject": f"file:{file_id}", "action": "file.identity_said"}).to_list()
    assert [(row["actor"], row["detail"]["identifies"]) for row in rows] == [
        (case.counsel.id, True),
        (case.owner.id, False),
    ]


async def test_only_what_shows_a_paper_can_be_one(case: Case) -> None:
    house = case.world.house
    begin = FileBegin(name="说明.txt", content_type="text/plain", size=6, identifies=True)
    begun = await house.services.files.begin(case.owner.actor, case.space_id, begin)
    await post_form(house.blobs.inside_url, begun.upload.fields, "说明".encode())
    view = await house.services.files.complete(case.owner.actor, begun.file_id)
    assert not view.masked
    assert not view.marks
    with refusal("file.no_paper"):
        await house.services.identity_marks.say(case.owner.actor, view.id, IdentityMark(identifies=True))


async def test_a_scan_of_several_pages_stays_one(case: Case) -> None:
    """A PDF is masked page by page, and stays a PDF."""
    house, content = case.world.house, pdf(2)
    begin = FileBegin(name="身份证.pdf", content_type="application/pdf", size=len(content), identifies=True)
    begun = await house.services.files.begin(case.owner.actor, case.space_id, begin)
    await post_form(house.blobs.inside_url, begun.upload.fields, content)
    view = await house.services.files.complete(case.owner.actor, begun.file_id)
    await case.world.mask(view.id)
    opened = await house.services.files.content(view.id, FileVariant.ORIGINAL, actor=case.other.actor)
    document = pypdfium2.PdfDocument(await bytes_of(opened))
    assert len(document) == 2
    drawn = document[1].render(scale=0.25).to_pil().convert("L")
    assert (
        len(drawn.crop((0, 0, drawn.width, drawn.height // 2)).getcolors(1000) or []) < 8
    )  # one grey, nothing written
    document.close()


async def test_a_bundle_has_the_original_for_who_may_open_it(case: Case, tmp_path: Path) -> None:
    """And what others are given says so, and verifies all the same."""
    file_id = await case.card()
    bundles = {person: await exported(case, person) for person in (case.owner, case.other, case.counsel)}
    for number, bundle in enumerate(bundles.values()):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(bundle.fp.getvalue())  # type: ignore[union-attr]
        assert verify(path).sound, verify(path).failed
    for person in (case.owner, case.counsel):
        names = [name for name in bundles[person].namelist() if name.startswith("files/") and file_id in name]
        assert bundles[person].read(names[0]) == picture()
    masked = bundles[case.other]
    shown = [name for name in masked.namelist() if file_id in name]
    assert [name.partition("/")[0] for name in shown] == ["previews"]
    assert await case.opened(file_id) == [(case.owner.id, "client"), (case.counsel.id, "lawyer")]
    row = next(line for line in masked.read("files.jsonl").decode().splitlines() if file_id in line)
    assert '"state":"masked"' in row
    assert "证件已遮盖" in masked.read("messages.html").decode()


async def exported(case: Case, person: Person) -> zipfile.ZipFile:
    made = await case.world.house.services.exports.export(person.actor, case.space_id)
    content = b"".join([block async for block in made.read()])
    made.close()
    return zipfile.ZipFile(io.BytesIO(content))


async def test_what_was_read_before_is_caught_up_with(case: Case) -> None:
    """A deployment that grew older than this rule masks what it holds."""
    file_id = await case.card()
    database = case.world.house.database
    old: dict[str, Any] = {"identifies": "", "copies.masked": "", "copies.masked_thumbnail": ""}
    await database.files.update_one({"_id": file_id}, {"$unset": old})
    assert not (await case.world.house.services.files.get(case.other.actor, file_id)).masked
    await case.world.marks.catch_up()
    await case.world.mask(file_id)
    opened = await case.world.house.services.files.content(file_id, FileVariant.ORIGINAL, actor=case.other.actor)
    assert await brightness(opened, BAR) < 30


async def test_drawn_twice_it_is_stored_once(case: Case) -> None:
    file_id = await case.card()
    owed = await case.world.house.database.outbox.find({"subject": f"mask:{file_id}"}).to_list()
    for row in owed:
        await case.world.masks.effects()[row["kind"]](row)
    stored = await case.world.house.blobs.under(f"files/{file_id}/")
    assert len(stored) == len(("original", "thumbnail", "masked", "masked_thumbnail"))


async def test_a_recalled_photo_is_nobodys_but_its_owners(case: Case) -> None:
    """Not by its number, nor by a link from before; what was listed as evidence before stays (ruling 5)."""
    house = case.world.house
    links = {}
    for listed in (False, True):
        file_id = await case.world.photo(case.owner, case.space_id)
        body = MessageSendBody(client_msg_id=new_id(), type="image", body={"file_id": file_id})
        sent = (await house.services.messages.send(case.owner.actor, case.space_id, body)).view()
        links[listed] = (file_id, (await house.services.files.get(case.other.actor, file_id)).url)
        if listed:
            intent = Intent(case.owner.id, "POST /evidence", new_id(), "hash")
            entry = EvidenceBody(file_id=file_id)
            await house.services.evidence.list_file(case.owner.actor, case.space_id, entry, intent)
        await house.services.messages.recall(case.owner.actor, case.space_id, sent.seq)
    await case.world.after.follow(await house.database.entries.find({"_id.space": case.space_id}).to_list())
    file_id, url = links[False]
    with refusal("file.gone"):
        await house.services.files.get(case.other.actor, file_id)
    with refusal("file.gone"):
        await house.services.files.content(file_id, FileVariant.ORIGINAL, actor=case.counsel.actor)
    with refusal("file.gone"):
        await case.linked(url)
    assert (await house.services.files.get(case.owner.actor, file_id)).id == file_id
    assert await bytes_of(await case.linked(links[True][1])) == picture()


def word(kind: str | None, minutes: int, *, found: str | None = None) -> ReadingDocument:
    told: dict[str, Any] = {"created_at": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)}
    told |= {"asked_kind": kind} if kind else {}
    return cast(ReadingDocument, told | ({"kind": found} if found else {}))


@pytest.mark.parametrize(
    ("said", "readings", "expected"),
    [
        (None, [], False),
        (None, [word(None, 0, found="bank_card")], True),
        (None, [word(None, 0, found="iou")], False),
        (None, [word(None, 0, found="bank_card"), word("contract", 1, found="contract")], False),
        (None, [word("contract", 0), word("id_card_front", 1)], True),
        ((True, 5), [word("contract", 1)], True),
        ((False, 5), [word("bank_card", 6)], True),
        ((False, 5), [word(None, 9, found="bank_card")], False),
    ],
)
def test_the_last_word_of_a_person_counts_else_the_machines(
    said: tuple[bool, int] | None, readings: list[ReadingDocument], expected: bool
) -> None:
    file: dict[str, Any] = {"_id": "f"}
    if said is not None:
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=said[1])
        file["identity_said"] = {"identifies": said[0], "by": "u", "at": at}
    assert identifies(cast(FileDocument, file), readings) is expected


def line(text: str, top: float) -> Line:
    return Line(text, 0.99, ((40.0, top), (300.0, top), (300.0, top + 20), (40.0, top + 20)))


def test_of_a_card_only_what_is_known_to_be_harmless_is_shown() -> None:
    """Not the day on which a bank card ends, nor what nobody knows: three digits on its back pay."""
    lines = [line("招商银行", 10), line("6225880212345674", 60), line("12/35", 110), line("123", 160)]
    fields = {
        "bank": Field("招商银行", 0.99, False, lines[0].polygon, 0),
        "card_number": Field("6225880212345674", 0.99, False, lines[1].polygon, 0),
        "valid_to": Field("12/35", 0.99, False, lines[2].polygon, 0),
    }
    job = member_job(Reading("bank_card", 1.0, fields, lines, [PageInfo(400, 250)]), 0)
    assert job is not None
    tops = {round(min(y for _, y in shape) / 50) for shape in job.painted}
    assert tops == {1, 2, 3}


def test_of_the_back_of_a_permit_its_number_is_hidden() -> None:
    lines = [line("港澳居民居住证", 10), line("2018.11.06-2023.11.06", 60), line("H83113340", 110)]
    term = Field("2018-11-06", 0.99, False, lines[1].polygon, 0)
    job = member_job(Reading("id_card_back", 1.0, {"valid_from": term}, lines, [PageInfo(400, 250)]), 0)
    assert job is not None
    assert {round(min(y for _, y in shape) / 50) for shape in job.painted} == {2}


def test_with_the_other_side_in_the_picture_the_portrait_is_covered_where_it_is() -> None:
    """Both sides of a card in one photo: the frame is told from the lines of the front alone."""
    front = [line("王晓", 10), line("男", 50), line("1990年3月7日", 90), line("110105199003071234", 210)]
    back = [line("签发机关 北京市公安局", 500), line("2018.11.06-2038.11.06", 560)]
    names = ("name", "sex", "birth_date", "id_number")
    fields = {name: Field(one.text, 0.99, False, one.polygon, 0) for name, one in zip(names, front, strict=True)}
    pages = [PageInfo(400, 620)]
    alone = hidden_places(Reading("id_card_front", 1.0, fields, front, pages), {}, 0)[-1]
    assert hidden_places(Reading("id_card_front", 1.0, fields, [*front, *back], pages), {}, 0)[-1] == alone
    assert 150 < max(y for _, y in alone) < 230


@pytest.mark.parametrize("kind", ["id_card_front", "bank_card", "lawyer_licence"])
def test_where_the_number_was_not_found_nothing_is_shown(kind: str) -> None:
    assert member_job(Reading(kind, 1.0, {}, [line("姓名 王晓", 10)], [PageInfo(400, 250)]), 0) is None


def pdf(pages: int) -> bytes:
    target = io.BytesIO()
    sheets = [Image.open(io.BytesIO(picture())) for _ in range(pages)]
    sheets[0].save(target, "PDF", save_all=True, append_images=sheets[1:])
    return target.getvalue()

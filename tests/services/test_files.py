"""Files of a case space against the real store and database (issue 2 "Files"; rulings 15 and 16; I10, K2)."""

import asyncio
import hashlib
import io
import os
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image

from schemas.api.files import FileVariant
from schemas.enums import FileState, Role
from services.actors import Actor
from services.errors import Problem
from services.files import SWEPT_AFTER
from services.keys import SealBrokenError
from services.media.types import MEGABYTE
from services.segments import SEALED_SEGMENT, SEGMENT
from services.storage.blobs import LONGEST_POLICY
from tests.parts.databases import SettingsMaker
from tests.services import media_samples as samples
from tests.services.files_world import UPLOAD_MB, UPLOAD_URL, World, open_world, peak, peak_reset, person, read

TEXT = "text/plain"
PDF = "application/pdf"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(make_settings: SettingsMaker) -> AsyncIterator[World]:
    async with open_world(make_settings()) as opened:
        yield opened


@pytest.fixture
def client() -> Actor:
    return person()


@pytest.fixture
def lawyer() -> Actor:
    return person(Role.LAWYER)


@pytest_asyncio.fixture(loop_scope="session")
async def space(world: World, client: Actor, lawyer: Actor) -> str:
    return await world.space(client, lawyer)


def refusal(code: str) -> pytest.RaisesExc[Problem]:
    return pytest.raises(Problem, match=f"^{re.escape(code)}$")


def text(size: int) -> bytes:
    return os.urandom(size // 2 + 1).hex().encode()[:size]


# --- the good way


async def test_a_photo_becomes_a_file_of_the_space(world: World, space: str, client: Actor, lawyer: Actor) -> None:
    photo = samples.picture("JPEG", (640, 400), orientation=6)
    view = await world.put(client, space, photo, "image/jpeg", "现场.jpg")
    assert view.state is FileState.COMPLETE
    assert (view.name, view.content_type, view.size) == ("现场.jpg", "image/jpeg", len(photo))
    assert view.sha256 == hashlib.sha256(photo).hexdigest()
    assert (view.width, view.height) == (400, 640)
    assert view.url is not None
    assert view.thumbnail_url is not None
    assert await world.files.get(lawyer, view.id) == view
    assert await read(world, view.id) == photo
    thumbnail = await read(world, view.id, variant=FileVariant.THUMBNAIL)
    assert Image.open(io.BytesIO(thumbnail)).size == (300, 480)
    assert await world.actions(view.id) == ["file.begun", "file.completed"]


async def test_the_store_never_sees_the_content(world: World, space: str, client: Actor) -> None:
    """I10: what lies in the store is ciphertext; the quarantined upload is gone; the name is sealed."""
    content = b"%PDF-1.4 the secret settlement " + samples.pdf("the secret settlement")
    view = await world.put(client, space, content, PDF, "秘密和解.pdf")
    place = await world.place(view.id)
    assert await world.stored(view.id) == {place}
    sealed = await world.blobs.get(place, 0, 1 << 20)
    assert len(sealed) == len(content) + 16
    assert b"secret" not in sealed
    assert "秘密".encode() not in (await world.document(view.id))["name"]


async def test_completing_twice_gives_the_same_answer(world: World, space: str, client: Actor) -> None:
    content = samples.pdf()
    begun = await world.begin(client, space, content, PDF)
    await world.send(begun, content)
    answers = await asyncio.gather(*(world.files.complete(client, begun.file_id) for _ in range(4)))
    assert len({answer.model_dump_json() for answer in answers}) == 1
    assert await world.files.complete(client, begun.file_id) == answers[0]
    assert await world.actions(begun.file_id) == ["file.begun", "file.completed"]
    assert len(await world.stored(begun.file_id)) == 1


async def test_two_processes_that_complete_at_once_leave_one_copy(world: World, space: str, client: Actor) -> None:
    content = samples.picture()
    begun = await world.begin(client, space, content, "image/jpeg")
    await world.send(begun, content)
    document = await world.document(begun.file_id)
    settled = await asyncio.gather(*(world.intake.receive(client, document) for _ in range(2)))
    assert [found["state"] for found in settled] == [FileState.COMPLETE] * 2
    assert settled[0].get("copies") == settled[1].get("copies")
    assert await world.stored(begun.file_id) == {
        await world.place(begun.file_id),
        await world.place(begun.file_id, "thumbnail"),
    }
    assert await read(world, begun.file_id) == content


@pytest.mark.parametrize("size", [1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 16 * SEGMENT, 17 * SEGMENT + 3])
async def test_every_range_reads_back(world: World, space: str, client: Actor, size: int) -> None:
    content = text(size)
    view = await world.put(client, space, content, TEXT)
    edges = {0, 1, size // 2, SEGMENT - 1, SEGMENT, SEGMENT + 1, 16 * SEGMENT - 1, 16 * SEGMENT, size - 1, size}
    points = sorted(point for point in edges if 0 <= point <= size)
    for start in points:
        for stop in (point for point in points if point > start):
            assert await read(world, view.id, start, stop) == content[start:stop], (start, stop)


async def test_a_large_file_is_never_held_in_memory(world: World, space: str, client: Actor) -> None:
    """60 MB go in and out; the process grows by a fraction of that."""
    size = 60 * MEGABYTE
    box = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"
    filler = (size - len(box) - len(samples.film())).to_bytes(4) + b"free"
    assert len(filler) == 8
    film = samples.film() + filler + bytes(int.from_bytes(filler[:4]) - 8)
    film += b"\x00\x00\x00\x08free"
    begun = await world.begin(client, space, film, "video/mp4")
    assert (await world.send(begun, film))[0] in (200, 204)
    size = len(film)
    digest = hashlib.sha256(film).hexdigest()
    del film
    before = peak_reset()
    view = await world.files.complete(client, begun.file_id)
    assert (view.size, view.sha256) == (size, digest)
    seen = hashlib.sha256()
    ticket = (view.url or "").partition("ticket=")[2]
    opened = await world.files.content(view.id, FileVariant.ORIGINAL, ticket=ticket)
    async for block in opened.read(0, opened.size):
        seen.update(block)
    assert seen.hexdigest() == digest
    assert peak() - before < 40 * MEGABYTE


async def test_the_loop_stays_free_while_a_file_is_checked(world: World, space: str, client: Actor) -> None:
    content = samples.picture("PNG", (6000, 5000))
    begun = await world.begin(client, space, content, "image/png")
    await world.send(begun, content)
    longest = 0.0
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(world.files.complete(client, begun.file_id))
    while not task.done():
        before = loop.time()
        await asyncio.sleep(0.005)
        longest = max(longest, loop.time() - before)
    assert (await task).width == 6000
    assert longest < 0.4


# --- what is refused at once


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"content_type": "text/html"}, "file.type_refused"),
        ({"content_type": "image/svg+xml"}, "file.type_refused"),
        ({"content_type": "application/x-msdownload", "name": "a.exe"}, "file.type_refused"),
        ({"size": 0}, "file.empty"),
        ({"size": 11 * MEGABYTE}, "file.too_large"),
        ({"content_type": PDF, "size": UPLOAD_MB * MEGABYTE + 1}, "file.too_large"),
    ],
)
async def test_announcements_are_checked(
    world: World, space: str, client: Actor, said: dict[str, Any], code: str
) -> None:
    with refusal(code):
        await world.begin(client, space, b"x", **({"content_type": TEXT} | said))


async def test_only_members_of_an_open_space_upload(world: World, space: str, client: Actor) -> None:
    with refusal("space.not_found"):
        await world.begin(person(), space, b"x", TEXT)
    with refusal("space.not_found"):
        await world.begin(client, "0" * 24, b"x", TEXT)
    await world.database.spaces.update_one({"_id": space}, {"$set": {"closed_at": world.clock()}})
    world.spaces.forget(space)
    with refusal("space.closed"):
        await world.begin(client, space, b"x", TEXT)


# --- the store's part: the policy


async def test_the_policy_allows_one_object_of_one_type_and_size(world: World, space: str, client: Actor) -> None:
    content = samples.pdf()
    begun = await world.begin(client, space, content, PDF)
    for changed in (
        {"key": f"quarantine/{'0' * 24}"},
        {"Content-Type": "text/html"},
        {"x-amz-signature": "0" * 64},
        {"x-amz-meta-extra": "1"},
    ):
        status, body = await world.send(begun, content, **changed)
        assert status in (400, 403), (changed, body)
    unsigned = begun.model_copy(
        update={"upload": begun.upload.model_copy(update={"fields": {"key": begun.upload.fields["key"]}})}
    )
    assert (await world.send(unsigned, content))[0] in (400, 403)
    assert await world.stored(begun.file_id) == set()
    assert (await world.send(begun, content))[0] in (200, 204)


async def test_the_policy_bounds_the_size_by_type(world: World, space: str, client: Actor) -> None:
    begun = await world.begin(client, space, b"x", TEXT)
    status, body = await world.send(begun, bytes(10 * MEGABYTE + 1))
    assert (status, b"EntityTooLarge" in body) == (400, True)
    status, body = await world.send(begun, b"")
    assert (status, b"EntityTooSmall" in body) == (400, True)


async def test_the_policy_expires(world: World, space: str, client: Actor) -> None:
    content = b"late"
    world.clock.forward(-LONGEST_POLICY.total_seconds() - 60)
    begun = await world.begin(client, space, content, TEXT)
    world.clock.forward(LONGEST_POLICY.total_seconds() + 60)
    status, body = await world.send(begun, content)
    assert status in (400, 403), body


async def test_where_clients_upload_to(world: World, make_settings: SettingsMaker) -> None:
    """Embedded, uploads come through this server; with a public address of the store they go there."""
    someone = person()
    begun = await world.begin(someone, await world.space(someone), b"x", TEXT)
    assert begun.upload.url == UPLOAD_URL
    assert begun.upload.file_field == "file"
    assert list(begun.upload.fields)[:2] == ["key", "Content-Type"]
    assert world.files.upload_target().url == world.blobs.inside_url
    async with open_world(make_settings(), public_url="https://bucket.example.com/") as outside:
        begun = await outside.begin(someone, await outside.space(someone), b"x", TEXT)
        assert begun.upload.url == "https://bucket.example.com"
        with refusal("request.not_found"):
            outside.files.upload_target()


# --- what is refused when it is looked at


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("content", "claimed", "said", "code"),
    [
        (samples.EXE, "image/jpeg", {}, "file.type_mismatch"),
        (samples.HTML, "image/png", {}, "file.type_mismatch"),
        (samples.SVG, "image/png", {}, "file.type_mismatch"),
        (samples.picture()[:700], "image/jpeg", {}, "file.damaged"),
        (samples.bomb(), "image/png", {}, "file.too_large"),
        (samples.office(extra={"word/vbaProject.bin": b"x"}), samples.WORD, {}, "file.type_refused"),
        (samples.pdf(), PDF, {"size": 10}, "file.size_mismatch"),
        (samples.pdf(), PDF, {"size": 5000}, "file.size_mismatch"),
        (samples.pdf(), PDF, {"sha256": "0" * 64}, "file.hash_mismatch"),
    ],
)
async def test_a_rejected_upload_is_destroyed(
    world: World, space: str, client: Actor, content: bytes, claimed: str, said: dict[str, Any], code: str
) -> None:
    """Issue 2: an oversized or disguised upload answers with a stable code, and stays rejected."""
    begun = await world.begin(client, space, content, claimed, **said)
    assert (await world.send(begun, content))[0] in (200, 204)
    for _ in range(2):
        with refusal(code):
            await world.files.complete(client, begun.file_id)

    assert await world.stored(begun.file_id) == set()
    assert (await world.document(begun.file_id))["state"] == FileState.REJECTED
    assert await world.actions(begun.file_id) == ["file.begun", "file.rejected"]
    with refusal("file.not_found"):
        await world.files.check_for_message(space, client.user_id, [begun.file_id])
    with refusal("file.not_found"):
        await read(world, begun.file_id)


async def test_the_right_hash_is_accepted_and_what_was_not_sent_can_still_come(
    world: World, space: str, client: Actor
) -> None:
    content = samples.pdf()
    digest = hashlib.sha256(content).hexdigest()
    begun = await world.begin(client, space, content, PDF, sha256=digest)
    with refusal("file.not_uploaded"):
        await world.files.complete(client, begun.file_id)
    await world.send(begun, content)
    assert (await world.files.complete(client, begun.file_id)).sha256 == digest


async def test_what_comes_after_the_check_changes_nothing(world: World, space: str, client: Actor) -> None:
    """The form outlives the completion by minutes; whoever still has it must gain nothing by it."""
    content = samples.pdf()
    begun = await world.begin(client, space, content, PDF)
    await world.send(begun, content)
    await world.files.complete(client, begun.file_id)
    await world.send(begun, samples.HTML)
    assert await world.files.complete(client, begun.file_id) == await world.files.get(client, begun.file_id)
    assert await read(world, begun.file_id) == content
    world.clock.forward(SWEPT_AFTER.total_seconds() + 1)
    await world.files.tick()
    assert await world.stored(begun.file_id) == {await world.place(begun.file_id)}
    assert await read(world, begun.file_id) == content


# --- whose it is


async def test_files_are_the_members(world: World, space: str, client: Actor, lawyer: Actor) -> None:
    """Not yours answers 404, so that nobody learns what exists."""
    stranger = person()
    await world.space(stranger)
    content = samples.pdf()
    begun = await world.begin(client, space, content, PDF)
    await world.send(begun, content)
    for other in (lawyer, stranger):
        with refusal("file.not_found"):
            await world.files.complete(other, begun.file_id)
        with refusal("file.not_found"):
            await world.files.get(other, begun.file_id)
    assert (await world.files.get(client, begun.file_id)).url is None
    with refusal("file.not_uploaded"):
        await world.files.content(begun.file_id, FileVariant.ORIGINAL, actor=client)
    await world.files.complete(client, begun.file_id)
    assert (await world.files.content(begun.file_id, FileVariant.ORIGINAL, actor=lawyer)).size == len(content)
    with refusal("file.not_found"):
        await world.files.content(begun.file_id, FileVariant.ORIGINAL, actor=stranger)
    with refusal("auth.required"):
        await world.files.content(begun.file_id, FileVariant.ORIGINAL)
    await world.spaces.remove_members(None, space, [lawyer.user_id])
    with refusal("file.not_found"):
        await world.files.get(lawyer, begun.file_id)


async def test_a_ticket_expires(world: World, space: str, client: Actor) -> None:
    view = await world.put(client, space, samples.pdf(), PDF)
    ticket = (view.url or "").partition("ticket=")[2]
    assert (await world.files.content(view.id, FileVariant.ORIGINAL, ticket=ticket)).sha256 == view.sha256
    world.clock.forward(1201)
    with refusal("auth.ticket_invalid"):
        await world.files.content(view.id, FileVariant.ORIGINAL, ticket=ticket)


async def test_facts_for_a_message(world: World, space: str, client: Actor, lawyer: Actor) -> None:
    """Ruling 14: a file of a message belongs to the same space and is complete."""
    photo = await world.put(client, space, samples.picture(), "image/jpeg", "证据.jpg")
    paper = await world.put(client, space, samples.pdf(), PDF, "合同.pdf")
    facts = await world.files.check_for_message(space, lawyer.user_id, [paper.id, photo.id])
    assert [fact.name for fact in facts] == ["合同.pdf", "证据.jpg"]
    assert [(fact.sha256, fact.size, fact.thumbnail) for fact in facts] == [
        (paper.sha256, paper.size, False),
        (photo.sha256, photo.size, True),
    ]
    assert (facts[1].width, facts[1].height, facts[1].content_type) == (640, 400, "image/jpeg")
    elsewhere = await world.space(client)
    with refusal("file.not_found"):
        await world.files.check_for_message(elsewhere, client.user_id, [photo.id])
    pending = await world.begin(client, space, b"x", TEXT)
    with refusal("file.not_uploaded"):
        await world.files.check_for_message(space, client.user_id, [photo.id, pending.file_id])
    with refusal("file.not_found"):
        await world.files.check_for_message(space, lawyer.user_id, [photo.id, pending.file_id])


# --- what must not go unnoticed


async def test_altered_ciphertext_is_never_served(world: World, space: str, client: Actor) -> None:
    view = await world.put(client, space, text(3 * SEGMENT), TEXT)
    place = await world.place(view.id)
    sealed = await world.blobs.get(place, 0, 4 * SEALED_SEGMENT)
    other = await world.put(client, space, text(3 * SEGMENT), TEXT)
    foreign = await world.blobs.get(await world.place(other.id), 0, 4 * SEALED_SEGMENT)
    for altered in (
        sealed[:-1],
        sealed[: 2 * SEALED_SEGMENT],
        sealed[:100] + bytes([sealed[100] ^ 1]) + sealed[101:],
        sealed[SEALED_SEGMENT : 2 * SEALED_SEGMENT] + sealed[:SEALED_SEGMENT] + sealed[2 * SEALED_SEGMENT :],
        foreign,
    ):
        await world.blobs.put_bytes(place, altered)
        with pytest.raises(SealBrokenError):
            await read(world, view.id)
    await world.blobs.delete(place)
    with pytest.raises(SealBrokenError):
        await read(world, view.id)
    await world.blobs.put_bytes(place, sealed)
    assert len(await read(world, view.id)) == 3 * SEGMENT


async def test_a_purged_space_takes_its_files_along(world: World, space: str, client: Actor) -> None:
    """I10: with the data key gone, neither content nor name can be read by anybody."""
    view = await world.put(client, space, samples.pdf(), PDF)
    await world.vault.destroy(f"space:{space}")
    with refusal("file.gone"):
        await world.files.get(client, view.id)
    with refusal("file.gone"):
        await read(world, view.id)
    with refusal("file.gone"):
        await world.begin(client, space, b"x", TEXT)


async def test_an_outage_of_the_store_is_said_and_heals(
    world: World, make_settings: SettingsMaker, space: str, client: Actor
) -> None:
    """What could not be stored stays pending and can be completed later."""
    content = samples.pdf()
    begun = await world.begin(client, space, content, PDF)
    await world.send(begun, content)
    async with open_world(make_settings(s3_endpoint="127.0.0.1:9")) as cut_off:
        assert not await cut_off.blobs.ready()
        with refusal("server.unavailable"):
            await cut_off.intake.receive(client, await world.document(begun.file_id))
    assert (await world.document(begun.file_id))["state"] == FileState.PENDING
    assert (await world.files.complete(client, begun.file_id)).state is FileState.COMPLETE


# --- recordings


@pytest.mark.parametrize(("kind", "content_type"), [("webm", "audio/webm;codecs=opus"), ("amr", "audio/amr")])
async def test_a_recording_gets_a_copy_that_every_phone_plays(
    world: World, space: str, client: Actor, kind: str, content_type: str
) -> None:
    """Ruling 16, H5: what Chromium records, an iPhone plays; the original is kept and is what was hashed."""
    content = samples.sound(kind)
    view = await world.put(client, space, content, content_type, "语音")
    assert view.duration_ms == pytest.approx(2500, abs=120)
    assert view.play_url is not None
    ticket = view.play_url.partition("ticket=")[2]
    before = await world.files.content(view.id, FileVariant.PLAY, ticket=ticket)
    assert (before.sha256, before.settled) == (view.sha256, False)
    (row,) = await world.work(view.id)
    after = await world.files.content(view.id, FileVariant.PLAY, ticket=ticket)
    assert (after.content_type, after.settled) == ("audio/mp4", True)
    played = await read(world, view.id, variant=FileVariant.PLAY)
    assert hashlib.sha256(played).hexdigest() == after.sha256
    assert played[4:12] == b"ftypM4A "
    assert played.index(b"moov") < played.index(b"mdat")
    assert await read(world, view.id) == content
    again = await world.put(client, space, played, "audio/mp4")
    assert again.duration_ms == pytest.approx(2500, abs=150)
    # an effect may run twice
    await world.files.effects()[row["kind"]](row)
    assert await read(world, view.id, variant=FileVariant.PLAY) == played
    assert len(await world.stored(view.id)) == 2
    assert await world.actions(view.id) == ["file.begun", "file.completed", "file.derived"]


async def test_two_workers_derive_one_copy(world: World, space: str, client: Actor) -> None:
    view = await world.put(client, space, samples.sound("ogg"), "audio/ogg")
    row = await world.database.outbox.find_one({"subject": f"file:{view.id}"})
    assert row is not None
    await asyncio.gather(*(world.files.effects()["file.completed"](row) for _ in range(2)))
    assert await world.stored(view.id) == {await world.place(view.id), await world.place(view.id, "play")}


async def test_what_plays_everywhere_stays_as_it_is(world: World, space: str, client: Actor) -> None:
    view = await world.put(client, space, samples.sound("mp3"), "audio/mpeg")
    await world.work(view.id)
    assert len(await world.stored(view.id)) == 1
    assert await read(world, view.id, variant=FileVariant.PLAY) == samples.sound("mp3")


# --- the sweep


async def test_an_upload_that_never_completes_is_swept_away(world: World, space: str, client: Actor) -> None:
    content = samples.pdf()
    begun = await world.begin(client, space, content, PDF)
    await world.send(begun, content)
    await world.files.tick()
    assert len(await world.stored(begun.file_id)) == 1
    world.clock.forward(SWEPT_AFTER.total_seconds() + 1)
    await world.files.tick()
    assert await world.stored(begun.file_id) == set()
    assert await world.actions(begun.file_id) == ["file.begun", "file.rejected"]
    assert "expires_at" not in await world.document(begun.file_id)
    with refusal("file.gone"):
        await world.files.complete(client, begun.file_id)


async def test_what_a_dead_process_left_behind_is_swept_away(world: World, space: str, client: Actor) -> None:
    """kill -9 between storing a copy and naming it."""
    view = await world.put(client, space, samples.pdf(), PDF)
    orphan = f"files/{view.id}/{'0' * 32}"
    await world.blobs.put_bytes(orphan, b"left behind")
    document = await world.document(view.id)
    assert not await world.store.sweep(document, world.clock() - timedelta(days=1)), "too young to be garbage"
    assert orphan in await world.stored(view.id)
    world.clock.forward(2 * SWEPT_AFTER.total_seconds())
    await world.files.tick()
    assert await world.stored(view.id) == {await world.place(view.id)}
    assert "expires_at" not in await world.document(view.id)

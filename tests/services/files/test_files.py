"""Files of a case space against the real store and database (issue 2 "Files"; rulings 15, 16; I10, K2)."""

import asyncio
import hashlib
import io
import os

import pytest
from PIL import Image

from schemas.api.files import FileVariant
from schemas.enums import FileState
from services.actors import Actor
from services.files.media.types import MEGABYTE
from services.files.segments import SEALED_SEGMENT, SEGMENT
from services.keys import SealBrokenError
from tests.parts.databases import SettingsMaker
from tests.services import media_samples as samples
from tests.services.files.world import Memory, World, open_world, person, read, refusal

TEXT = "text/plain"
PDF = "application/pdf"


def text(size: int) -> bytes:
    return os.urandom(size // 2 + 1).hex().encode()[:size]


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
    """60 MB go in and out; what is held at once is a fraction of that."""
    size = 60 * MEGABYTE
    film = samples.film() + size.to_bytes(4) + b"free" + bytes(size - 8)
    begun = await world.begin(client, space, film, "video/mp4")
    assert (await world.send(begun, film))[0] in (200, 204)
    size = len(film)
    digest = hashlib.sha256(film).hexdigest()
    del film
    seen = hashlib.sha256()
    with Memory() as memory:
        view = await world.files.complete(client, begun.file_id)
        opened = await world.files.content(view.id, FileVariant.ORIGINAL, actor=client)
        async for block in opened.read(0, opened.size):
            seen.update(block)
    assert (view.size, view.sha256) == (size, digest)
    assert seen.hexdigest() == digest
    assert memory.peak < 25 * MEGABYTE


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
    assert await world.files.check_for_message(space, lawyer.user_id, []) == []
    elsewhere = await world.space(client)
    with refusal("file.not_found"):
        await world.files.check_for_message(elsewhere, client.user_id, [photo.id])
    pending = await world.begin(client, space, b"x", TEXT)
    with refusal("file.not_uploaded"):
        await world.files.check_for_message(space, client.user_id, [photo.id, pending.file_id])
    with refusal("file.not_found"):
        await world.files.check_for_message(space, lawyer.user_id, [photo.id, pending.file_id])


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

"""The copy of a recording that every phone plays (ruling 16)."""

import asyncio
import hashlib

import pytest

from schemas.api.files import FileVariant
from services.actors import Actor
from tests.services import media_samples as samples
from tests.services.files.world import World, read

TEXT = "text/plain"
PDF = "application/pdf"


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

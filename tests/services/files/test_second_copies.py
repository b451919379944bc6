"""Recordings are kept twice (H5): in the same store under another name, or in a store of its own."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from pydantic import SecretStr, ValidationError

from schemas.documents.ledgers import OutboxDocument
from server.settings import Settings
from server.wiring.core import second_place
from services.actors import Actor
from services.audit import Audit
from services.files.file_store import FileStore, SecondPlace
from services.files.second_copies import KEEP_TWICE, SecondCopies
from services.keys import SealBrokenError
from services.storage.blobs import BlobMissingError
from tests.parts.databases import SettingsMaker
from tests.services import media_samples as samples
from tests.services.files.world import World, make_blobs, read

SECOND = "second/"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def apart(make_settings: SettingsMaker, world: World) -> AsyncIterator[FileStore]:
    """The same files, and a second store of their own."""
    settings = make_settings()
    key, secret = (value.get_secret_value() for value in (settings.s3_access_key, settings.s3_secret_key))
    bucket = f"second-{secrets.token_hex(4)}"
    named = settings.model_copy(
        update={"s3_second_url": SecretStr(f"http://{key}:{secret}@{settings.s3_endpoint}/{bucket}")}
    )
    second = second_place(named, world.blobs)
    await second.blobs.ensure_bucket()
    yield FileStore(world.blobs, world.vault, second)
    await second.blobs.close()


def copies_of(world: World, store: FileStore | None = None) -> SecondCopies:
    return SecondCopies(world.database, store or world.store, Audit(world.database, world.clock))


async def owed(world: World, file_id: str) -> OutboxDocument | None:
    return await world.database.outbox.find_one({"kind": KEEP_TWICE, "payload.file_id": file_id})


async def recorded(world: World, space: str, client: Actor, store: FileStore | None = None) -> tuple[str, bytes]:
    """A voice message whose second copy was made, twice run; its file and content."""
    content = samples.sound("webm")
    view = await world.put(client, space, content, "audio/webm;codecs=opus", "语音")
    row = await owed(world, view.id)
    assert row is not None
    for _ in range(2):
        await copies_of(world, store).effects()[KEEP_TWICE](row)
    return view.id, content


async def test_a_recording_lies_twice_and_sealed(world: World, space: str, client: Actor) -> None:
    file_id, content = await recorded(world, space, client)
    place = await world.place(file_id)
    sealed = [await world.blobs.get(key, 0, 1 << 20) for key in (place, SECOND + place)]
    assert sealed[0] == sealed[1]
    assert content[:64] not in sealed[0]
    assert (await world.actions(file_id)).count("file.kept_twice") == 1


@pytest.mark.parametrize("harm", ["lost", "damaged", "cut off"])
async def test_when_the_first_is_harmed_the_second_is_read(
    world: World, space: str, client: Actor, caplog: pytest.LogCaptureFixture, harm: str
) -> None:
    """And operators hear of it."""
    file_id, content = await recorded(world, space, client)
    await harmed(world, await world.place(file_id), harm)
    assert await read(world, file_id) == content
    assert await read(world, file_id, 100, 200) == content[100:200]
    assert "file_copy" in [getattr(record, "alarm", None) for record in caplog.records]


async def harmed(world: World, place: str, harm: str) -> None:
    sealed = await world.blobs.get(place, 0, 1 << 20)
    await world.blobs.delete(place)
    if harm == "damaged":
        await world.blobs.put_bytes(place, bytes([sealed[0] ^ 1]) + sealed[1:])
    elif harm == "cut off":
        await world.blobs.put_bytes(place, sealed[:-1])


async def test_a_harmed_recording_is_not_copied(world: World, space: str, client: Actor) -> None:
    """The effect fails, and is tried again or parked, where operators see it."""
    view = await world.put(client, space, samples.sound("ogg"), "audio/ogg")
    await harmed(world, await world.place(view.id), "damaged")
    row = await owed(world, view.id)
    assert row is not None
    with pytest.raises(SealBrokenError):
        await copies_of(world).effects()[KEEP_TWICE](row)
    assert "twice" not in (await world.document(view.id)).get("copies", {})["original"]


async def test_the_second_may_be_a_store_of_its_own(world: World, space: str, client: Actor, apart: FileStore) -> None:
    file_id, content = await recorded(world, space, client, apart)
    place = await world.place(file_id)
    with pytest.raises(BlobMissingError):
        await world.blobs.get(SECOND + place, 0, 1)
    await world.blobs.delete(place)
    document = await world.document(file_id)
    opened = [block async for block in apart.read(document, document.get("copies", {})["original"])]
    assert b"".join(opened) == content


async def test_when_the_first_store_is_away_the_second_is_read(
    make_settings: SettingsMaker, world: World, space: str, client: Actor
) -> None:
    file_id, content = await recorded(world, space, client)
    away = make_blobs(make_settings(s3_endpoint="127.0.0.1:9"))
    store = FileStore(away, world.vault, SecondPlace(world.blobs))
    document = await world.document(file_id)
    opened = [block async for block in store.read(document, document.get("copies", {})["original"])]
    assert b"".join(opened) == content
    await away.close()


async def test_what_is_no_recording_is_kept_once(world: World, space: str, client: Actor) -> None:
    view = await world.put(client, space, samples.picture(), "image/jpeg")
    assert await owed(world, view.id) is None


async def test_with_a_purge_both_go(world: World, space: str, client: Actor) -> None:
    """Retention takes the copies out of the document; the sweep removes what no document names, in both places."""
    file_id, _ = await recorded(world, space, client)
    places = [await world.place(file_id), SECOND + await world.place(file_id)]
    document = await world.document(file_id)
    assert await world.store.sweep(document, world.clock() + timedelta(days=1))
    assert [len(await world.blobs.under(place)) for place in places] == [1, 1], "what is named stays"
    await world.database.files.update_one({"_id": file_id}, {"$unset": {"copies": ""}})
    await world.store.sweep(await world.document(file_id), world.clock() + timedelta(days=1))
    assert [len(await world.blobs.under(place)) for place in places] == [0, 0]


async def test_two_workers_and_a_purge_leave_nothing_behind(world: World, space: str, client: Actor) -> None:
    view = await world.put(client, space, samples.sound("ogg"), "audio/ogg")
    row, place = await owed(world, view.id), await world.place(view.id)
    assert row is not None
    effect = copies_of(world).effects()[KEEP_TWICE]
    await asyncio.gather(effect(row), effect(row))
    document = await world.document(view.id)
    await world.store.remove(document, document.get("copies", {}).values())
    assert await world.blobs.under(SECOND + place) == []


@pytest.mark.parametrize("url", ["https://store/bucket", "s3://k:s@store/bucket", "https://k:s@store", "k:s@store/b"])
def test_a_second_store_must_be_named_whole(make_settings: SettingsMaker, url: str) -> None:
    fields = make_settings().model_dump() | {"s3_second_url": url}
    with pytest.raises(ValidationError, match="must look like"):
        Settings(_env_file=None, **fields)

"""What may be announced, and what the signed policy lets through (ruling 15)."""

from typing import Any

import pytest

from services.actors import Actor
from services.files.media.types import MEGABYTE
from services.storage.blobs import LONGEST_POLICY
from tests.parts.databases import SettingsMaker
from tests.services import media_samples as samples
from tests.services.files.world import UPLOAD_MB, UPLOAD_URL, World, open_world, person, refusal

TEXT = "text/plain"
PDF = "application/pdf"


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

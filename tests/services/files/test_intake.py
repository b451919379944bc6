"""What is refused when it is looked at, and what uploads leave behind (issue 2; ruling 15)."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from schemas.enums import FileState
from services.actors import Actor
from services.files.file_uploads import SWEPT_AFTER
from tests.services import media_samples as samples
from tests.services.files.world import World, read, refusal

TEXT = "text/plain"
PDF = "application/pdf"


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

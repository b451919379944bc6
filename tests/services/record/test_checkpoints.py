"""Signed checkpoints (A6): a series that never forks, and that is never signed over an altered record."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pymongo.errors import DuplicateKeyError, WriteError

from server.wiring import House
from services.ids import new_id
from services.record import GENESIS, verifier
from services.record.checkpoints import Checkpoints, statement_fields
from services.record.heads import HeadSigner
from tests.house import Person, client, open_house, say, space_of
from tests.parts.databases import SettingsMaker
from tests.refusals import refused
from tests.services.record.samples import new_signer


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


@pytest.fixture
def signer() -> HeadSigner:
    return new_signer()


async def record(house: House, count: int = 1) -> tuple[Person, str]:
    wang = await client(house)
    space_id = await space_of(house, wang)
    for n in range(count):
        await say(house, wang, space_id, str(n))
    return wang, space_id


async def test_checkpoints_name_the_end_and_the_one_before(house: House, signer: HeadSigner) -> None:
    wang, space_id = await record(house, 3)
    checkpoints = Checkpoints(house.database, signer)
    first = await checkpoints.make(space_id)
    assert await checkpoints.make(space_id) == await checkpoints.last(space_id)  # nothing new: the same one
    await say(house, wang, space_id, "新")
    second = await checkpoints.make(space_id)
    head = await house.core.recorder.head(space_id)
    assert (first["_id"]["number"], first["seq"], first["prev"]) == (1, 3, GENESIS)
    assert (second["_id"]["number"], second["seq"], second["head"]) == (2, *head)
    assert second["prev"] == first["digest"]
    keys = verifier.read_keys(signer.public_pem.encode(), "key")
    for checkpoint in (first, second):
        fields = statement_fields(checkpoint)
        assert verifier.signed(keys, signer.key_id, checkpoint["signature"].hex(), fields)
        assert hashlib.sha256(verifier.canonical(fields)).digest() == checkpoint["digest"]


async def test_what_is_stored_is_what_was_signed(house: House, signer: HeadSigner) -> None:
    """Times lose their microseconds in the database; the statement must not notice."""
    _, space_id = await record(house)
    checkpoints = Checkpoints(house.database, signer)
    made = await checkpoints.make(space_id)
    stored = await checkpoints.last(space_id)
    assert stored is not None
    assert statement_fields(stored) == statement_fields(made)


async def test_many_processes_make_one_series(house: House, signer: HeadSigner) -> None:
    wang, space_id = await record(house)
    processes = [Checkpoints(house.database, signer) for _ in range(5)]
    for n in range(5):
        await asyncio.gather(*(one.make(space_id) for one in processes), say(house, wang, space_id, str(n)))
    await processes[0].make(space_id)
    series = [one async for one in processes[0].of(space_id, 2**53 - 1)]
    assert [one["_id"]["number"] for one in series] == list(range(1, len(series) + 1))
    assert [one["prev"] for one in series] == [GENESIS, *(one["digest"] for one in series[:-1])]
    assert len({one["seq"] for one in series}) == len(series)
    assert series[-1]["seq"] == 6


async def test_two_statements_about_one_length_cannot_be_stored(house: House, signer: HeadSigner) -> None:
    """The index is the last word, whatever the code believes."""
    _, space_id = await record(house)
    made = await Checkpoints(house.database, signer).make(space_id)
    twin = {**made, "_id": {"space": space_id, "number": 2}, "head": bytes(32)}
    with pytest.raises(DuplicateKeyError):
        await house.database.raw["checkpoints"].insert_one(twin)
    for name in ("signature", "prev", "seq"):
        lacking = {k: v for k, v in twin.items() if k != name} | {"_id": {"space": new_id(), "number": 1}}
        with pytest.raises(WriteError):
            await house.database.raw["checkpoints"].insert_one(lacking)


@pytest.mark.parametrize(
    "change",
    [
        {"$set": {"sender": "f" * 24}},
        {"$set": {"commit": bytes(32)}},
        {"$set": {"hash": bytes(32)}},
        {"$set": {"prev": bytes(32)}},
        None,
    ],
    ids=["sender", "commit", "hash", "prev", "gone"],
)
@pytest.mark.parametrize("seq", [2, 3, 4, 5])
async def test_an_altered_record_is_not_signed(
    house: House, signer: HeadSigner, change: dict[str, Any] | None, seq: int
) -> None:
    """At the last checkpoint (3), after it (4, 5); what is older (2) is found by the export that reads it."""
    wang, space_id = await record(house, 3)
    checkpoints = Checkpoints(house.database, signer)
    await checkpoints.make(space_id)
    for n in range(3):
        await say(house, wang, space_id, str(n))
    where = {"_id": {"space": space_id, "seq": seq}}
    if change is None:
        await house.database.entries.delete_one(where)
    else:
        await house.database.entries.update_one(where, change)
    if seq == 2:
        assert await refused(house.services.exports.export(wang.actor, space_id)) == "record.broken"
    else:
        assert await refused(checkpoints.make(space_id)) == "record.broken"
        assert await house.database.checkpoints.count_documents({"_id.space": space_id}) == 1


async def test_a_tail_that_was_cut_in_the_database_is_not_signed_again(house: House, signer: HeadSigner) -> None:
    _, space_id = await record(house, 3)
    checkpoints = Checkpoints(house.database, signer)
    await checkpoints.make(space_id)
    await house.database.entries.delete_one({"_id": {"space": space_id, "seq": 3}})
    assert await refused(checkpoints.make(space_id)) == "record.broken"


async def test_the_tick_looks_at_all_once_and_then_at_what_grew(house: House, signer: HeadSigner) -> None:
    await house.database.checkpoints.delete_many({})
    wang, old = await record(house)
    _, broken = await record(house)
    _, empty = await record(house, 0)
    await house.database.entries.update_one({"_id.space": broken}, {"$set": {"sender": "f" * 24}})
    checkpoints = Checkpoints(house.database, signer)
    await checkpoints.tick()  # the one that is broken does not keep the others from theirs
    last = await checkpoints.last(old)
    assert last is not None
    assert last["seq"] == 1
    assert await checkpoints.last(broken) is None
    assert await checkpoints.last(empty) is None
    sent = await say(house, wang, old, "新")
    _, silent = await record(house)
    entry = await house.database.entries.find_one({"_id": {"space": old, "seq": sent.seq}})
    assert entry is not None
    await checkpoints.follow([entry])
    await checkpoints.tick()
    last = await checkpoints.last(old)
    assert last is not None
    assert last["seq"] == 2
    assert await checkpoints.last(silent) is None  # nobody told of it; the next look at all finds it
    await Checkpoints(house.database, signer).tick()
    assert await checkpoints.last(silent) is not None


async def test_a_tick_that_fails_forgets_nothing(
    house: House, signer: HeadSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    wang, space_id = await record(house)
    checkpoints = Checkpoints(house.database, signer)
    await checkpoints.tick()
    await say(house, wang, space_id, "新")
    await checkpoints.follow([{"_id": {"space": space_id, "seq": 2}}])  # type: ignore[typeddict-item]

    async def fail(space: str) -> None:
        raise ConnectionError("the database is away")

    with monkeypatch.context() as context:
        context.setattr(checkpoints, "make", fail)
        with pytest.raises(ConnectionError):
            await checkpoints.tick()
    await checkpoints.tick()
    last = await checkpoints.last(space_id)
    assert last is not None
    assert last["seq"] == 2


async def test_the_key_may_change_between_checkpoints(house: House, signer: HeadSigner) -> None:
    """Each checkpoint keeps the key that it can be checked with."""
    wang, space_id = await record(house)
    await Checkpoints(house.database, signer).make(space_id)
    await say(house, wang, space_id, "新")
    later = new_signer()
    await Checkpoints(house.database, later).make(space_id)
    keys = [one["key"] async for one in Checkpoints(house.database, later).of(space_id, 2)]
    assert keys == [signer.public_raw, later.public_raw]


def test_nothing_is_signed_without_a_purpose(signer: HeadSigner) -> None:
    """A signature that says what it is for cannot be used for something else."""
    with pytest.raises(ValueError, match="purpose"):
        signer.sign_fields({"seq": 1})

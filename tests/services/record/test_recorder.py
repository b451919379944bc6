"""The one way to append (A6): dense, in order, once, chained, sealed; against a real mongod."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from schemas.documents.spaces import EntryDocument
from schemas.enums import MessageType
from server.wiring import House
from services.errors import Problem
from services.ids import new_id
from services.keys import KeyDestroyedError
from services.record import GENESIS, Draft, Recorder, canonical_body, commitment, entry_hash
from tests.house import open_house
from tests.parts.databases import SettingsMaker


class Heard:
    """A Live that notes the entries it is told of."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, int]] = []

    def entry(self, space_id: str, seq: int, view: bytes) -> None:
        self.entries.append((space_id, seq))


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


def recorder(house: House) -> tuple[Recorder, Heard]:
    """A recorder of its own, as another process would have it."""
    heard = Heard()
    return Recorder(house.database, house.vault, heard, house.core.tickets.file_url), heard  # type: ignore[arg-type]


def draft(space_id: str, text: str = "您好", client_msg_id: str | None = None, sender: str = "a" * 24) -> Draft:
    return Draft(
        space_id=space_id,
        sender=sender,
        role="client",
        client_msg_id=client_msg_id or new_id(),
        type=MessageType.TEXT,
        body={"text": text},
    )


async def stored(house: House, space_id: str) -> list[EntryDocument]:
    return await house.database.entries.find({"_id.space": space_id}).sort("_id", 1).to_list()


def assert_sound(entries: list[EntryDocument]) -> None:
    """Dense from 1, each hashed over the one before."""
    assert [entry["_id"]["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    before = GENESIS
    for entry in entries:
        assert entry["prev"] == before
        assert entry_hash(entry) == entry["hash"]
        before = entry["hash"]


async def test_many_at_once_in_one_space_are_dense_chained_and_delivered_in_order(house: House) -> None:
    ours, heard = recorder(house)
    space_id = new_id()
    answers = await asyncio.gather(*(ours.append(draft(space_id, f"第{n}条")) for n in range(50)))
    entries = await stored(house, space_id)
    assert_sound(entries)
    assert len(entries) == 50
    assert heard.entries == [(space_id, seq) for seq in range(1, 51)]
    assert sorted(answer.seq for answer in answers) == list(range(1, 51))


async def test_many_spaces_share_a_flush_and_none_disturbs_another(house: House) -> None:
    ours, _ = recorder(house)
    spaces = [new_id() for _ in range(40)]
    await asyncio.gather(*(ours.append(draft(space_id)) for _ in range(5) for space_id in spaces))
    for space_id in spaces:
        entries = await stored(house, space_id)
        assert len(entries) == 5
        assert_sound(entries)


async def test_several_processes_at_one_space_never_fork_the_chain(house: House) -> None:
    processes = [recorder(house)[0] for _ in range(4)]
    space_id = new_id()
    await asyncio.gather(*(p.append(draft(space_id, f"{n}")) for n in range(25) for p in processes))
    entries = await stored(house, space_id)
    assert len(entries) == 100
    assert_sound(entries)


async def test_the_same_id_is_stored_once_whoever_repeats_it(house: House) -> None:
    processes = [recorder(house)[0] for _ in range(3)]
    space_id = new_id()
    same = [p.append(draft(space_id, "一次", "same")) for p in processes for _ in range(10)]
    answers = await asyncio.gather(*same)
    assert {answer.seq for answer in answers} == {1}
    assert len(await stored(house, space_id)) == 1


async def test_the_same_id_for_another_body_is_refused(house: House) -> None:
    ours, _ = recorder(house)
    space_id = new_id()
    await ours.append(draft(space_id, "一", "m1"))
    with pytest.raises(Problem) as refused:
        await ours.append(draft(space_id, "二", "m1"))
    assert refused.value.code == "message.id_reused"
    assert len(await stored(house, space_id)) == 1


async def test_ids_belong_to_a_sender(house: House) -> None:
    ours, _ = recorder(house)
    space_id = new_id()
    await ours.append(draft(space_id, "一", "m1", sender="a" * 24))
    await ours.append(draft(space_id, "二", "m1", sender="b" * 24))
    assert len(await stored(house, space_id)) == 2


async def test_the_body_is_sealed_and_its_commitment_opens(house: House) -> None:
    """K2: nothing readable is stored; the commitment is SHA-256(salt ‖ canonical body)."""
    ours, _ = recorder(house)
    entry = (await ours.append(draft(new_id(), "押金不退怎么办"))).entry
    raw = await house.database.raw["entries"].find_one({"_id": entry["_id"]})
    assert raw is not None
    assert "押金" not in str(raw)
    assert "押金".encode() not in raw["sealed"]
    body, salt = await ours.open(entry)
    assert body == {"text": "押金不退怎么办"}
    assert commitment(salt, canonical_body(MessageType.TEXT, body)) == entry["commit"]


async def test_a_destroyed_key_purges_the_content_and_the_chain_still_verifies(house: House) -> None:
    """I10."""
    ours, _ = recorder(house)
    space_id = new_id()
    entry = (await ours.append(draft(space_id))).entry
    await ours.append(draft(space_id))
    await house.vault.destroy(f"space:{space_id}")
    with pytest.raises(KeyDestroyedError):
        await ours.open(entry)
    assert_sound(await stored(house, space_id))


async def test_a_flush_that_fails_answers_everybody_and_the_repeat_finds_what_was_stored(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer was lost after the write: nothing is acknowledged, nothing is doubled by trying again."""
    ours, heard = recorder(house)
    space_id = new_id()
    await ours.append(draft(space_id, "零", "m0"))
    real = house.database.entries.insert_many

    async def store_then_lose_the_answer(*args: Any, **kwargs: Any) -> None:
        await real(*args, **kwargs)
        raise AutoReconnect("the answer was lost")

    monkeypatch.setattr(ours._entries, "insert_many", store_then_lose_the_answer, raising=False)
    with pytest.raises(Problem) as lost:
        await ours.append(draft(space_id, "一", "m1"))
    assert lost.value.code == "server.unavailable"
    assert lost.value.type.retryable
    assert heard.entries == [(space_id, 1)]
    monkeypatch.undo()
    again = await ours.append(draft(space_id, "一", "m1"))
    assert again.seq == 2
    assert (await ours.append(draft(space_id, "二", "m2"))).seq == 3
    assert_sound(await stored(house, space_id))


async def test_one_refused_entry_does_not_fail_its_neighbours(house: House) -> None:
    """A document that the validator refuses fails alone."""
    ours, _ = recorder(house)
    good, bad = new_id(), new_id()
    unlawful = Draft(bad, "a" * 24, None, new_id(), MessageType.TEXT, {"text": "x"})  # type: ignore[arg-type]
    results = await asyncio.gather(
        ours.append(draft(good)), ours.append(unlawful), ours.append(draft(good)), return_exceptions=True
    )
    assert isinstance(results[1], Problem)
    assert_sound(await stored(house, good))
    assert len(await stored(house, good)) == 2
    assert await stored(house, bad) == []


async def test_what_waits_in_one_space_shares_a_flush(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a member of the replica set hangs a flush takes half a second: one entry each would never catch up."""
    ours, heard = recorder(house)
    space_id = new_id()
    await ours.append(draft(space_id, "零"))
    real, sizes = house.database.entries.insert_many, []

    async def counted(entries: list[EntryDocument], **kwargs: Any) -> None:
        sizes.append(len(entries))
        await real(entries, **kwargs)

    monkeypatch.setattr(ours._entries, "insert_many", counted, raising=False)
    await asyncio.gather(*(ours.append(draft(space_id, f"{n}")) for n in range(96)))
    assert sum(sizes) == 96
    assert len(sizes) < 10
    assert_sound(await stored(house, space_id))
    assert heard.entries == [(space_id, seq) for seq in range(1, 98)]


async def test_what_waits_behind_a_refused_entry_is_stored_in_order(house: House) -> None:
    """An ordered insert stops at what is refused: a repeated id, another's entry at that seq, a faulty document."""
    ours, _ = recorder(house)
    other, _ = recorder(house)
    space_id = new_id()
    await ours.append(draft(space_id, "零", "m0"))
    await other.append(draft(space_id, "别的进程"))  # moves the head that `ours` remembers
    unlawful = Draft(space_id, "a" * 24, None, new_id(), MessageType.TEXT, {"text": "x"})  # type: ignore[arg-type]
    waiting = [draft(space_id, f"{n}", f"m{n}") for n in range(1, 6)]
    waiting[2:2] = [draft(space_id, "零", "m0"), unlawful, draft(space_id, "一", "m1")]
    results = await asyncio.gather(*(ours.append(one) for one in waiting), return_exceptions=True)
    assert isinstance(results[3], Problem)
    assert isinstance(results[4], Problem)
    assert results[4].code == "message.id_reused"
    entries = await stored(house, space_id)
    assert_sound(entries)
    assert [entry["cid"] for entry in entries if entry["cid"].startswith("m")] == [f"m{n}" for n in range(6)]
    assert len(entries) == 7


async def test_a_delivery_that_fails_does_not_touch_what_is_stored(house: House) -> None:
    class Broken:
        def entry(self, *_: object) -> None:
            raise RuntimeError("no socket")

    ours = Recorder(house.database, house.vault, Broken(), house.core.tickets.file_url)  # type: ignore[arg-type]
    entry = (await ours.append(draft(new_id()))).entry
    assert entry["hash"] != b""


async def test_close_waits_for_what_was_accepted(house: House) -> None:
    ours, _ = recorder(house)
    space_id = new_id()
    waiting = [asyncio.create_task(ours.append(draft(space_id))) for _ in range(20)]
    await asyncio.sleep(0)
    await ours.close()
    assert len(await asyncio.gather(*waiting)) == 20

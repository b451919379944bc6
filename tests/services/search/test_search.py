"""Search (ruling 6) on real parts: who finds what, and what is stored for it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from schemas.api.notes import NoteBody
from schemas.api.search import SearchEverywhereQuery, SearchQuery
from schemas.documents.spaces import EntryDocument
from schemas.enums import Role
from server.wiring import House
from services.errors import Problem
from services.followers import EntryHead
from services.ids import new_id
from services.keys import BlindIndex
from services.search import search
from services.search.search_index import SearchIndex
from services.spaces.spaces import NewMember
from tests.house import Person, client, lawyer, open_house, say, space_of
from tests.parts.databases import SettingsMaker
from tests.patience import PATIENCE


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


def index_of(house: House) -> SearchIndex:
    return SearchIndex(house.database, house.core.recorder, house.core.index)


async def follow(house: House, space_id: str, after: int = 0) -> None:
    """What the worker does with what was stored in a space."""
    where = {"_id": {"$gt": {"space": space_id, "seq": after}, "$lt": {"space": space_id, "seq": 2**53}}}
    entries: list[EntryDocument] = await house.database.entries.find(where).to_list()
    heads: list[EntryHead] = [
        {"_id": e["_id"], "sender": e["sender"], "role": e["role"], "type": e["type"], "at": e["at"]} for e in entries
    ]
    await index_of(house).follow(heads)


async def found(house: House, person: Person, space_id: str, q: str) -> list[int]:
    page = await house.services.search.in_space(person.actor, space_id, SearchQuery(q=q))
    assert not page.has_more
    return [hit.message.seq for hit in page.items]


async def refusal(work: object) -> str:
    with pytest.raises(Problem) as refused:
        await work  # type: ignore[misc]
    return refused.value.code


async def test_any_piece_of_a_message_finds_it_and_nothing_else_does(house: House) -> None:
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    for text in ("违约金按合同第３条计算", "合同已经寄出", "Order CS20261121001 confirmed", "同意合并"):
        await say(house, wang, space_id, text)
    await follow(house, space_id)
    for q, seqs in {
        "合同": [2, 1],
        "同合": [],
        "违约金 合同": [1],
        "金": [1],
        "第3条": [1],
        "CONFIRM": [3],
        "1121": [3],
        "合": [4, 2, 1],
        "寄出了": [],
    }.items():
        assert await found(house, li, space_id, q) == seqs, q
    (hit,) = (await house.services.search.in_space(li.actor, space_id, SearchQuery(q="第3条"))).items
    assert [(mark.field, mark.start, mark.length) for mark in hit.highlights] == [("text", 6, 3)]
    assert hit.message.sender.display_name == "王晓"


async def test_nobody_finds_in_a_space_that_is_not_theirs(house: House) -> None:
    """A1: a stranger and a removed member learn nothing, neither by space nor over all."""
    wang, li, stranger = await client(house), await lawyer(house), await client(house)
    space_id = await space_of(house, wang, li)
    await say(house, wang, space_id, "秘密地址")
    await follow(house, space_id)
    everywhere = house.services.search.everywhere
    assert len((await everywhere(li.actor, SearchEverywhereQuery(q="秘密"))).items) == 1
    await house.services.spaces.remove_members(None, space_id, [li.id])
    for person in (stranger, li):
        assert await refusal(found(house, person, space_id, "秘密")) == "space.not_found"
        assert (await everywhere(person.actor, SearchEverywhereQuery(q="秘密"))).items == []


async def test_what_came_before_somebodys_first_seq_is_not_found(house: House) -> None:
    """Ruling 7."""
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang)
    for _ in range(3):
        await say(house, wang, space_id, "旧事重提")
    await house.services.spaces.add_members(None, space_id, [NewMember(li.id, Role.LAWYER, "李律师", first_seq=3)])
    await follow(house, space_id)
    assert await found(house, li, space_id, "旧事") == [3]
    page = await house.services.search.everywhere(li.actor, SearchEverywhereQuery(q="旧事"))
    assert [hit.message.seq for hit in page.items] == [3]


async def test_what_was_recalled_leaves_search(house: House) -> None:
    """A2, ruling 5: at once, even before the worker has heard of it, and from what is stored afterwards."""
    wang = await client(house)
    space_id = await space_of(house, wang)
    await say(house, wang, space_id, "说漏嘴了")
    await follow(house, space_id)
    assert await found(house, wang, space_id, "漏嘴") == [1]
    await house.services.messages.recall(wang.actor, space_id, 1)
    assert await found(house, wang, space_id, "漏嘴") == []
    assert await house.database.search.count_documents({"_id.space": space_id}) == 1
    await follow(house, space_id, after=1)
    assert await house.database.search.count_documents({"_id.space": space_id}) == 0
    await follow(house, space_id)  # all of it once more, as after a crash
    assert await house.database.search.count_documents({"_id.space": space_id}) == 0


async def test_cards_are_found_by_what_they_show_now(house: House) -> None:
    wang = await client(house)
    space_id = await space_of(house, wang)
    event = new_id()
    await house.core.cards.show(space_id, event, "payment", "律师费", "asked", {}, text="等待支付")
    await house.core.cards.update(space_id, new_id(), event, "paid", text="已经到账")
    await follow(house, space_id)
    assert await found(house, wang, space_id, "律师费") == [1]
    assert await found(house, wang, space_id, "到账") == [1]
    assert await found(house, wang, space_id, "等待支付") == []


async def test_further_text_of_an_entry_can_be_noted_later(house: House) -> None:
    """The seam for what a picture says: a part of its own, which replaces nothing."""
    wang = await client(house)
    space_id = await space_of(house, wang)
    await say(house, wang, space_id, "见图")
    await follow(house, space_id)
    await index_of(house).add(space_id, 1, "ocr", "身份证")
    parts = [one["_id"]["part"] async for one in house.database.search.find({"_id.space": space_id}).sort("_id", 1)]
    assert parts == ["body", "ocr"]
    assert await found(house, wang, space_id, "见图") == [1]


async def test_pages_go_on_where_the_last_one_ended(house: House) -> None:
    wang = await client(house)
    first, second = await space_of(house, wang), await space_of(house, wang)
    for n in range(5):
        await say(house, wang, first, f"编号{n}")
        await say(house, wang, second, f"编号{n}" if n % 2 else "别的")
    await follow(house, first)
    await follow(house, second)
    before, seqs = None, []
    for _ in range(3):
        page = await house.services.search.in_space(
            wang.actor, first, SearchQuery(q="编号", limit=2, before_seq=before)
        )
        seqs += [hit.message.seq for hit in page.items]
        before = page.next_before_seq
    assert (seqs, before) == ([5, 4, 3, 2, 1], None)
    cursor, places = None, []
    while True:
        query = SearchEverywhereQuery(q="编号", limit=3, cursor=cursor)
        over_all = await house.services.search.everywhere(wang.actor, query)
        places += [(hit.message.space_id, hit.message.seq) for hit in over_all.items]
        cursor = over_all.next_cursor
        if cursor is None:
            break
    assert places == [(second, 4), (second, 2), *((first, seq) for seq in (5, 4, 3, 2, 1))]


@pytest.mark.parametrize("q", ["？", "🎉", "-"])
async def test_a_query_that_would_look_at_everything_is_refused(house: House, q: str) -> None:
    wang = await client(house)
    space_id = await space_of(house, wang)
    assert await refusal(found(house, wang, space_id, q)) == "request.invalid"


async def test_what_is_stored_tells_nothing_across_spaces_or_deployments(house: House) -> None:
    """K: the same words of the same person leave different traces in two spaces, and no words anywhere."""
    wang = await client(house)
    spaces = [await space_of(house, wang) for _ in range(2)]
    for space_id in spaces:
        await say(house, wang, space_id, "同样的一句话")
        await follow(house, space_id)
    stored = [await house.database.search.find_one({"_id.space": space_id}) for space_id in spaces]
    assert stored[0] is not None
    assert stored[1] is not None
    ones = [int.from_bytes(one["bits"]) for one in stored if one is not None]
    assert (ones[0] & ones[1]).bit_count() < min(ones[0].bit_count(), ones[1].bit_count()) / 2
    elsewhere = SearchIndex(house.database, house.core.recorder, BlindIndex(b"x" * 32))
    assert (await elsewhere.candidates(spaces[0], 1, 99, {"同样", "样的", "一句"}, 10))[0] == []


async def test_a_purge_takes_the_traces_too(house: House) -> None:
    """Ruling 5: after the key, the index; and the worker writes nothing anew."""
    wang = await client(house)
    kept, gone = await space_of(house, wang), await space_of(house, wang)
    for space_id in (kept, gone):
        await say(house, wang, space_id, "要清除的话")
        await follow(house, space_id)
    await house.vault.destroy(f"space:{gone}")
    await index_of(house).purge(gone)
    await follow(house, gone)
    assert [await house.database.search.count_documents({"_id.space": one}) for one in (kept, gone)] == [1, 0]


async def test_one_answer_opens_only_so_much(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A single character is looked for in every entry; the caller is told where to go on."""
    monkeypatch.setattr(search, "CHUNK", 2)
    monkeypatch.setattr(search, "MOST_OPENED", 4)
    wang = await client(house)
    old, new = await space_of(house, wang), await space_of(house, wang)
    for space_id in (old, new):
        for n in range(7):
            await say(house, wang, space_id, "金" if n == 0 else "别的")
        await follow(house, space_id)
    looked: list[tuple[list[int], int | None]] = []
    before = None
    while True:
        page = await house.services.search.in_space(wang.actor, new, SearchQuery(q="金", before_seq=before))
        before = page.next_before_seq
        looked.append(([hit.message.seq for hit in page.items], before))
        if before is None:
            break
    assert looked == [([], 4), ([1], None)]
    cursor, places, answers = None, [], 0
    while answers == 0 or cursor is not None:
        over_all = await house.services.search.everywhere(wang.actor, SearchEverywhereQuery(q="金", cursor=cursor))
        places += [(hit.message.space_id, hit.message.seq) for hit in over_all.items]
        cursor = over_all.next_cursor
        answers += 1
    assert (places, answers) == ([(new, 1), (old, 1)], 4)


async def test_long_texts_have_larger_signatures(house: House) -> None:
    wang = await client(house)
    space_id = await space_of(house, wang)
    await say(house, wang, space_id, "短")
    await say(house, wang, space_id, "".join(chr(0x4E00 + 7 * n % 9000) for n in range(5000)))
    await follow(house, space_id)
    sizes = [one["size"] async for one in house.database.search.find({"_id.space": space_id}).sort("_id", 1)]
    assert sizes == [32, 8192]
    assert await found(house, wang, space_id, chr(0x4E00 + 7 * 4000 % 9000) + chr(0x4E00 + 7 * 4001 % 9000)) == [2]


async def test_a_message_is_found_a_moment_after_it_was_sent(make_settings: SettingsMaker) -> None:
    """The whole way: stored, followed by the worker, found; and a note beside it is not."""
    async with open_house(make_settings()) as house:
        li = await lawyer(house)
        space_id = await space_of(house, await client(house), li)
        stop = asyncio.Event()
        worker = asyncio.create_task(house.worker.run(stop))
        await house.services.notes.send(li.actor, space_id, NoteBody(client_msg_id="n1", text="开庭前的内部意见"))
        await say(house, li, space_id, "开庭时间已定")
        async with asyncio.timeout(PATIENCE):
            while await found(house, li, space_id, "开庭") != [1]:
                await asyncio.sleep(0.1)
        stop.set()
        await worker
        assert await house.database.search.count_documents({}) == 1
        parked = await house.database.cursors.find_one({"parked": {"$exists": True}})
        assert parked is None

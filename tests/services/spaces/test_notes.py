"""Staff notes (ruling 7, G8): who must not see them comes first."""

import io
import zipfile
from collections.abc import AsyncIterator

import pytest

from schemas.api.messages import MessageListQuery, SyncBody
from schemas.api.notes import NoteBody, NoteView
from schemas.api.search import SearchEverywhereQuery, SearchQuery
from schemas.enums import Role
from server.wiring import House
from services.errors import Problem
from services.ids import new_id
from services.search.search_index import SearchIndex
from services.spaces.notes import notes_of
from services.spaces.spaces import NewMember
from tests.house import Person, client, lawyer, open_doors, open_house, say, space_of
from tests.parts.databases import SettingsMaker
from tests.patience import until
from tests.realtime.test_sockets import phone

EVERYTHING = MessageListQuery(after_seq=0)


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


async def note(house: House, person: Person, space_id: str, text: str, client_msg_id: str | None = None) -> NoteView:
    body = NoteBody(client_msg_id=client_msg_id or new_id(), text=text)
    return await house.services.notes.send(person.actor, space_id, body)


async def refusal(work: object) -> str:
    with pytest.raises(Problem) as refused:
        await work  # type: ignore[misc]
    return refused.value.code


async def test_clients_strangers_and_former_members_neither_read_nor_write_notes(house: House) -> None:
    wang, li, other = await client(house), await lawyer(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    await note(house, li, space_id, "内部意见")
    page = house.services.notes.page
    for person, code in ((wang, "auth.forbidden"), (other, "space.not_found")):
        assert await refusal(page(person.actor, space_id, EVERYTHING)) == code
        assert await refusal(note(house, person, space_id, "?")) == code
    await house.services.spaces.remove_members(None, space_id, [li.id])
    assert await refusal(page(li.actor, space_id, EVERYTHING)) == "space.not_found"


async def test_a_lawyer_who_is_the_client_of_a_space_is_no_staff_there(house: House) -> None:
    """The role in the space counts, not what else somebody is."""
    li = await lawyer(house)
    space_id = await space_of(house, await client(house))
    await house.services.spaces.add_members(None, space_id, [NewMember(li.id, Role.CLIENT, "李先生")])
    assert await refusal(house.services.notes.page(li.actor, space_id, EVERYTHING)) == "auth.forbidden"


async def test_notes_leave_the_spaces_own_record_as_it_is(house: House) -> None:
    """Dense seq, list, sync, unread, search and export: for the client and for the lawyer."""
    wang, li = await client(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    await say(house, wang, space_id, "一")
    for n in range(3):
        assert (await note(house, li, space_id, f"客户可能隐瞒{n}")).seq == n + 1
    assert (await say(house, wang, space_id, "二")).seq == 2
    records = [notes_of(space_id), space_id]
    entries = await house.database.entries.find({"_id.space": {"$in": records}}).to_list()
    assert len(entries) == 5
    index = SearchIndex(house.database, house.core.recorder, house.core.index)
    await index.follow(entries)
    for person in (wang, li):
        page = await house.services.messages.page(person.actor, space_id, EVERYTHING)
        assert [m.body["text"] for m in page.items] == ["一", "二"]
        asked = SyncBody(spaces={space_id: 0, notes_of(space_id): 0})
        synced = await house.services.sync.sync(person.actor, asked)
        assert (len(synced.spaces[space_id].messages), synced.gone) == (2, [notes_of(space_id)])
        assert (await house.services.search.in_space(person.actor, space_id, SearchQuery(q="隐瞒"))).items == []
        assert (await house.services.search.everywhere(person.actor, SearchEverywhereQuery(q="隐瞒"))).items == []
        export = await house.services.exports.export(person.actor, space_id)
        bundle = zipfile.ZipFile(io.BytesIO(b"".join([block async for block in export.read()])))
        export.close()
        assert not any("隐瞒".encode() in bundle.read(name) for name in bundle.namelist())
        assert await refusal(house.services.exports.export(person.actor, notes_of(space_id))) == "space.not_found"
    assert (await house.services.space_views.get(wang.actor, space_id)).unread == 0
    assert (await house.services.space_views.get(li.actor, space_id)).unread == 2


async def test_notes_are_a_sealed_chain_of_their_own_and_idempotent(house: House) -> None:
    li, su = await lawyer(house), await lawyer(house, "苏客服", Role.SUPPORT)
    space_id = await space_of(house, await client(house), li, su)
    first = await note(house, li, space_id, " 甲\n", "n1")
    assert await note(house, li, space_id, " 甲\n", "n1") == first
    assert await refusal(note(house, li, space_id, "乙", "n1")) == "message.id_reused"
    second = await note(house, su, space_id, "丙", "n1")
    assert (first.text, first.prev_hash, second.prev_hash) == (" 甲\n", "00" * 32, first.hash)
    page = await house.services.notes.page(su.actor, space_id, EVERYTHING)
    assert page.items == [first, second]
    assert second.sender.display_name == "苏客服"
    stored = await house.database.entries.find_one({"_id": {"space": notes_of(space_id), "seq": 1}})
    assert stored is not None
    assert "甲".encode() not in stored["sealed"]
    await house.vault.destroy(f"space:{notes_of(space_id)}")  # not the space's key
    assert (await say(house, li, space_id, "还在")).seq == 1


async def test_pages_of_notes_go_both_ways(house: House) -> None:
    li = await lawyer(house)
    space_id = await space_of(house, li)
    for n in range(5):
        await note(house, li, space_id, str(n))

    async def seqs(**query: int) -> tuple[list[int], bool]:
        page = await house.services.notes.page(li.actor, space_id, MessageListQuery(**query))
        return [one.seq for one in page.items], page.has_more

    assert await seqs(limit=2) == ([4, 5], True)
    assert await seqs(after_seq=1, limit=2) == ([2, 3], True)
    assert await seqs(before_seq=2) == ([1], False)
    assert await refusal(seqs(before_seq=2, after_seq=1)) == "request.invalid"


async def test_who_was_let_in_from_now_on_reads_the_notes_from_now_on(house: House) -> None:
    """Ruling 7: an older note may quote what they were not to see."""
    li, whole, late = await lawyer(house), await lawyer(house), await lawyer(house, "周审核", Role.REVIEWER)
    space_id = await space_of(house, await client(house), li)
    await note(house, li, space_id, "旧的")
    members = [
        NewMember(whole.id, Role.LAWYER, "陈律师", first_seq=1),
        NewMember(late.id, Role.REVIEWER, "周审核", first_seq=2),
    ]
    await house.services.spaces.add_members(None, space_id, members)
    await note(house, li, space_id, "新的")
    page = house.services.notes.page
    assert [one.seq for one in (await page(whole.actor, space_id, EVERYTHING)).items] == [1, 2]
    assert [one.seq for one in (await page(late.actor, space_id, EVERYTHING)).items] == [2]


async def test_only_sockets_of_staff_in_the_space_hear_of_a_note(house: House) -> None:
    wang, li, su, other = (
        await client(house),
        await lawyer(house),
        await lawyer(house, "苏客服", Role.SUPPORT),
        await lawyer(house),
    )
    space_id = await space_of(house, wang, li, su)
    body = {"space_id": space_id, "client_msg_id": "n1", "text": "内部"}
    async with (
        open_doors(house) as url,
        phone(url, wang) as a,
        phone(url, li) as b,
        phone(url, su) as c,
        phone(url, other) as d,
    ):
        assert (await a.call("note:send", body))["error"]["code"] == "auth.forbidden"
        assert (await d.call("note:send", body))["error"]["code"] == "space.not_found"
        answer = await b.call("note:send", body)
        await until(lambda: b.of("note:new") and c.of("note:new"))
        assert b.of("note:new") == c.of("note:new") == [answer["data"]]
        await b.send(space_id, "给客户的话")
        await until(lambda: a.of("message:new") and c.of("message:new"))
        for heard, expected in ((a, {"presence:changed", "message:new"}), (d, set())):
            assert {event for event, _ in heard.heard} <= expected
        assert len(a.of("message:new")) == len(c.of("message:new")) == 1

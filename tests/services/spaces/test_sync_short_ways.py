"""A sync asks the database as little as it can; what it answers is what the long way would."""

from collections.abc import AsyncIterator

import pytest

from schemas.api.messages import SyncBody
from server.wiring import House
from services.ids import new_id
from services.spaces.spaces import NewMember, current_member
from tests.house import Person, client, lawyer, open_house, say, space_of
from tests.parts.databases import SettingsMaker


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


async def busy_space(house: House, wang: Person, li: Person) -> str:
    """Thirteen entries: both talk, one message is recalled, a card changes its state; a third joined at the sixth."""
    space_id, card = await space_of(house, wang, li), new_id()
    for number in range(3):
        await say(house, (wang, li)[number % 2], space_id, f"第{number}句")
    await house.core.cards.show(space_id, card, "payment", "待支付", "pending", {})
    await house.services.messages.recall(wang.actor, space_id, 1)
    for number in range(4):
        await say(house, (wang, li)[number % 2], space_id, f"再说{number}")
    await house.core.cards.update(space_id, new_id(), card, "paid")
    await house.services.messages.recall(li.actor, space_id, 7)
    for _ in range(2):
        await say(house, li, space_id, "还有")
    return space_id


async def test_every_cursor_and_limit_gives_what_the_record_says(house: House) -> None:
    wang, li, zhao = await client(house), await lawyer(house), await lawyer(house, "赵律师")
    space_id = await busy_space(house, wang, li)
    role = sorted(zhao.actor.roles)[0]
    await house.services.spaces.add_members(None, space_id, [NewMember(zhao.id, role, "赵律师", 6)])
    await house.services.messages.read(li.actor, space_id, 4)
    reader = house.core.reader
    space = await house.database.spaces.find_one({"_id": space_id})
    assert space is not None
    head = await house.core.recorder.head(space_id)
    assert head[0] == 13
    for person in (wang, li, zhao):
        member = current_member(space, person.id)
        assert member is not None
        for seq in range(16):
            for limit in (1, 3, 12, 13, 200):
                answer = await house.services.sync.sync(person.actor, SyncBody(spaces={space_id: seq}, limit=limit))
                part = answer.spaces[space_id]
                entries = await reader.after(space, member, seq, 100)
                shown = await reader.views(space, entries[:limit])
                assert part.messages == shown, (seq, limit)
                assert part.has_more == (len(entries) > limit)
                assert part.unread == await reader.unread(space_id, member, part.read_seq)
                assert part.last_seq == 13
                assert (part.head.seq, part.head.hash) == (13, head[1].hex())


async def test_an_empty_record_has_a_head_as_well(house: House) -> None:
    wang = await client(house)
    space_id = await space_of(house, wang)
    part = (await house.services.sync.sync(wang.actor, SyncBody(spaces={space_id: 0}))).spaces[space_id]
    assert (part.messages, part.last_seq, part.head.seq, part.has_more, part.unread) == ([], 0, 0, False, 0)
    await say(house, wang, space_id, "一")
    part = (await house.services.sync.sync(wang.actor, SyncBody(spaces={space_id: 0}))).spaces[space_id]
    assert ([message.seq for message in part.messages], part.head.seq) == ([1], 1)

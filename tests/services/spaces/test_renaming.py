"""A changed name follows into the spaces (A1), by way of the outbox."""

from collections.abc import AsyncIterator

import pytest

from schemas.api.messages import MessageListQuery
from server.wiring import House
from services.errors import Problem
from services.identity.accounts import RENAMED
from services.spaces.renaming import Renaming
from tests.house import Person, client, lawyer, open_doors, open_house, say, space_of
from tests.parts.databases import SettingsMaker
from tests.patience import until
from tests.realtime.test_sockets import phone


@pytest.fixture
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    with make_settings.for_one_test() as settings:
        async with open_house(settings) as opened:
            yield opened


async def follow(house: House, person: Person) -> None:
    """Run what is owed for a person, twice, as after a crash."""
    effect = Renaming(house.database, house.services.spaces).effects()[RENAMED]
    rows = await house.database.outbox.find({"kind": RENAMED, "subject": f"user:{person.id}"}).to_list()
    assert rows
    for row in [*rows, *rows]:
        await effect(row)


async def test_a_new_name_is_shown_in_all_spaces_and_changes_no_record(house: House) -> None:
    wang, li, other = await client(house), await lawyer(house), await client(house, "王晓")
    first, second = await space_of(house, wang, li, other), await space_of(house, wang, li)
    await house.services.spaces.remove_members(None, second, [wang.id])
    before = await say(house, wang, first, "一")
    async with open_doors(house) as url, phone(url, li) as device:
        await house.services.accounts.rename(wang.actor, "王大明")
        await house.services.accounts.rename(wang.actor, "王小明")
        await follow(house, wang)
        await until(lambda: device.of("space:updated"))
    after = (await house.services.messages.page(li.actor, first, MessageListQuery())).items[0]
    assert (before.sender.display_name, after.sender.display_name) == ("王晓", "王小明")
    assert after.hash == before.hash
    for space_id in (first, second):
        view = await house.services.space_views.get(li.actor, space_id)
        names = {member.user_id: member.display_name for member in view.members}
        assert (names[wang.id], names[li.id]) == ("王小明", "李律师")
        assert names.get(other.id, "王晓") == "王晓"  # nobody else who bore the old name
    assert (await say(house, wang, first, "二")).sender.display_name == "王小明"


async def test_a_refused_name_owes_nothing(house: House) -> None:
    wang = await client(house)
    with pytest.raises(Problem, match=r"request\.invalid"):
        await house.services.accounts.rename(wang.actor, "客服小王")
    assert await house.database.outbox.count_documents({"kind": RENAMED}) == 0

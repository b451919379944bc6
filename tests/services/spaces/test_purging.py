"""A case whose content goes for good, while its record still verifies (I10, K2; ruling 26)."""

import argparse
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from schemas.api.messages import MessageListQuery, MessageSendBody, SyncBody
from schemas.api.notes import NoteBody
from schemas.api.search import SearchQuery
from schemas.enums import FileState, OrderStatus, Role
from server import purge_command
from server.wiring import House
from services.clock import utc_now
from services.errors import Problem
from services.ids import new_id
from services.orders.order_seals import OrderSeals, seal_need
from services.record.history import Histories
from services.record.rows import Withheld
from services.spaces.purging import TITLE, NotPurgeableError
from tests.house import Person, client, lawyer, open_house, say, space_of
from tests.parts.databases import SettingsMaker


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


async def case_of(house: House, status: OrderStatus, *people: Person) -> tuple[str, Any]:
    """A case space with its order, as far as purging looks at one."""
    space_id = await space_of(house, *people, title="张三借款纠纷")
    order: Any = {"_id": new_id(), "space_id": space_id, "status": status.value, "number": new_id(), "steps": []}
    order |= {"client_id": people[0].id, "amount_fen": 100, "payable_fen": 100, "created_at": utc_now()}
    order["need"] = seal_need(await house.vault.key(f"space:{space_id}"), order["_id"], {"facts": "借款五万元"})
    await house.database.orders.insert_one(order)
    return space_id, order


async def hearing_of(house: House, space_id: str, *people: Person) -> str:
    """The space of a hearing of the case."""
    own = await space_of(house, *people, title="庭审")
    hearing: Any = {"_id": new_id(), "space_id": own, "case_space_id": space_id, "code": new_id()}
    hearing |= {"version": 1, "kind": "court", "starts_at": utc_now(), "stage": "closed", "seats": []}
    await house.database.hearings.insert_one(hearing)
    return own


async def test_only_what_is_over_can_be_purged(house: House) -> None:
    wang = await client(house)
    space_id, _ = await case_of(house, OrderStatus.IN_SERVICE, wang)
    with pytest.raises(NotPurgeableError, match="not over: in_service"):
        await house.purging.purge(space_id, "本人申请")
    with pytest.raises(NotPurgeableError, match="not the space of a case"):
        await house.purging.purge(new_id(), "本人申请")
    with pytest.raises(NotPurgeableError, match="names another space"):
        await purge_command.purge(
            house, argparse.Namespace(space=space_id, yes_destroy=space_id + "0", reason="本人申请")
        )
    page = await house.services.messages.page(wang.actor, space_id, MessageListQuery())
    assert page.items == []


async def test_what_was_said_is_gone_and_the_record_verifies(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    wang, li, desk = await client(house), await lawyer(house), await lawyer(house, "客服", Role.SUPPORT)
    space_id, order = await case_of(house, OrderStatus.CONFIRMED, wang, li, desk)
    court = await hearing_of(house, space_id, wang, li)
    said = [await say(house, wang, space_id, text) for text in ("被告欠我五万元", "有转账记录")]
    await house.services.messages.recall(wang.actor, space_id, said[0].seq)
    await say(house, li, court, "请出示证据")
    note = NoteBody(client_msg_id=new_id(), text="当事人情绪激动")
    await house.services.notes.send(desk.actor, space_id, note)
    file: Any = {"_id": new_id(), "space_id": space_id, "state": FileState.COMPLETE, "copies": {}, "sha256": "0" * 64}
    await house.database.files.insert_one(file)

    asked = argparse.Namespace(space=space_id, yes_destroy=space_id, reason="本人申请")
    await purge_command.purge(house, asked)

    certificate = orjson.loads(capsys.readouterr().out)
    assert [one["space_id"] for one in certificate["spaces"]] == [space_id, court]
    assert certificate["spaces"][0]["last_seq"] == 3
    assert certificate["spaces"][0]["files"] == 1
    for place, words in ((space_id, "五万"), (court, "证据")):
        house.services.spaces.forget(place)
        page = await house.services.messages.page(wang.actor, place, MessageListQuery())
        assert all((one.purged, one.body, one.salt) == (True, {}, None) for one in page.items)
        found = await house.services.search.in_space(wang.actor, place, SearchQuery(q=words))
        assert found.items == []
        shown = [
            one async for some in Histories(house.database, house.core.recorder).pages(place, 1, 1) for one in some
        ]
        assert [one.withheld for one in shown] == [Withheld.PURGED]
    notes = await house.services.notes.page(desk.actor, space_id, MessageListQuery())
    assert [one.text for one in notes.items] == ["内容已依法清除"]
    assert await OrderSeals(house.vault).need(order) == {}
    synced = await house.services.sync.sync(wang.actor, SyncBody(spaces={space_id: 0}))
    assert [one.purged for one in synced.spaces[space_id].messages] == [True] * 3
    space = await house.services.spaces.load(space_id)
    assert space is not None
    assert space["title"] == TITLE
    kept = await house.database.files.find_one({"space_id": space_id})
    assert kept is not None
    assert "copies" not in kept
    with pytest.raises(Problem, match=r"space\.closed"):
        await house.services.messages.send(
            wang.actor, space_id, MessageSendBody(client_msg_id=new_id(), type="text", body={"text": "还在吗"})
        )

    await house.purging.purge(space_id, "本人申请")  # an interrupted one may be run again
    trail = await house.database.audit.find({"subject": f"space:{space_id}", "action": "space.purged"}).to_list()
    assert [one["detail"]["reason"] for one in trail] == ["本人申请"]

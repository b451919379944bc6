"""The doors beside a space's messages, over HTTP, in the order in which an attacker would try them."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from schemas.enums import Role
from server.wiring import House
from services.search.search_index import SearchIndex
from tests.house import Person, client, lawyer, open_doors, open_house, say, space_of
from tests.parts.databases import SettingsMaker


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


@pytest.fixture(scope="module")
async def url(house: House) -> AsyncIterator[str]:
    async with open_doors(house) as base:
        yield base


async def ask(
    url: str, person: Person | None, method: str, path: str, body: Any = None, **query: str
) -> tuple[int, Any]:
    """Status and JSON of an answer."""
    headers = {"Authorization": f"Bearer {person.token}"} if person else {}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.request(method, f"{url}/api/v1{path}", json=body, params=query) as answer,
    ):
        return answer.status, await answer.json() if answer.status != 204 else None


async def test_search_over_http(house: House, url: str) -> None:
    wang, stranger = await client(house), await client(house)
    space_id = await space_of(house, wang)
    await say(house, wang, space_id, "🎉律师函已寄出")
    entries = await house.database.entries.find({"_id.space": space_id}).to_list()
    await SearchIndex(house.database, house.core.recorder, house.core.index).follow(entries)
    path = f"/spaces/{space_id}/search"
    assert (await ask(url, None, "GET", path, q="律师函"))[0] == 401
    assert (await ask(url, stranger, "GET", path, q="律师函"))[0] == 404
    assert (await ask(url, wang, "GET", path))[0] == 422
    assert (await ask(url, wang, "GET", path, q="x" * 65))[0] == 422
    assert (await ask(url, wang, "GET", "/search", q="律师", cursor="x"))[0] == 422
    status, page = await ask(url, wang, "GET", path, q="律师函")
    assert (status, page["items"][0]["highlights"]) == (200, [{"field": "text", "start": 2, "length": 3}])
    assert (await ask(url, wang, "GET", "/search", q="律师函"))[1]["items"] == page["items"]
    assert (await ask(url, stranger, "GET", "/search", q="律师函"))[1]["items"] == []


async def test_members_over_http(house: House, url: str) -> None:
    """A1: the doors are the desk's alone."""
    wang, li, desk = await client(house), await lawyer(house), await lawyer(house, "吴运营", Role.OPS)
    space_id = await space_of(house, wang)
    path, body = f"/spaces/{space_id}/members", {"user_id": li.id, "role": "lawyer", "from": "now"}
    for person, status in ((None, 401), (wang, 403), (li, 403)):
        assert (await ask(url, person, "POST", path, body))[0] == status
        assert (await ask(url, person, "DELETE", f"{path}/{wang.id}"))[0] == status
    assert (await ask(url, desk, "POST", path, body | {"from": "later"}))[0] == 422
    assert (await ask(url, desk, "POST", path, body | {"role": "client"}))[0] == 422
    answer = {"user_id": li.id, "role": "lawyer", "display_name": "李律师", "first_seq": 1}
    assert await ask(url, desk, "POST", path, body) == (201, answer)
    assert await ask(url, desk, "DELETE", f"{path}/{li.id}") == (204, None)
    assert (await ask(url, desk, "DELETE", f"{path}/{li.id}"))[1]["code"] == "space.member_not_found"
    assert (await ask(url, desk, "DELETE", f"{path}/{wang.id}"))[1]["code"] == "space.member_fixed"


async def test_notes_over_http(house: House, url: str) -> None:
    """G8."""
    wang, li, other = await client(house), await lawyer(house), await lawyer(house)
    space_id = await space_of(house, wang, li)
    path, body = f"/spaces/{space_id}/notes", {"client_msg_id": "n1", "text": "内部"}
    for person, status in ((None, 401), (wang, 403), (other, 404)):
        assert (await ask(url, person, "POST", path, body))[0] == status
        assert (await ask(url, person, "GET", path))[0] == status
    assert (await ask(url, li, "POST", path, body | {"text": " "}))[0] == 422
    status, written = await ask(url, li, "POST", path, body)
    assert (status, written["seq"]) == (201, 1)
    assert (await ask(url, li, "GET", path))[1] == {"items": [written], "has_more": False}


async def test_the_desk_over_http(house: House, url: str) -> None:
    """H1, ruling 11."""
    wang, li, desk = await client(house), await lawyer(house), await lawyer(house, "苏客服", Role.SUPPORT)
    space_id = await space_of(house, wang, li)
    await say(house, wang, space_id, "求助")
    for path in ("/desk/spaces", f"/desk/spaces/{space_id}/messages"):
        for person, status in ((None, 401), (wang, 403), (li, 403), (desk, 200)):
            assert (await ask(url, person, "GET", path))[0] == status
    assert (await ask(url, desk, "GET", f"/desk/spaces/{space_id}/messages"))[1]["items"][0]["seq"] == 1
    assert (await ask(url, desk, "GET", "/desk/spaces", q=""))[0] == 422
    assert (await ask(url, desk, "GET", "/desk/spaces", cursor="zz"))[0] == 422
    assert (await ask(url, desk, "GET", f"/spaces/{space_id}/messages"))[0] == 404

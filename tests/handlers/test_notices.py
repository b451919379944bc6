"""``/notices``, ``/notice-templates`` and ``/me/subscriptions`` over HTTP (J1)."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from services.ids import new_id
from tests.handlers.notices_app import Doors, open_doors, problem
from tests.parts.databases import SettingsMaker
from tests.services.notices_world import TEMPLATES, World, open_world


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(make_settings: SettingsMaker) -> AsyncIterator[World]:
    async with open_world(make_settings()) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def doors(world: World) -> AsyncIterator[Doors]:
    async with open_doors(world) as opened:
        yield opened


async def test_list_and_read(world: World, doors: Doors) -> None:
    user = world.person()
    for fact in ("a", "b", "c"):
        await world.tell(user, fact)
    answer = await doors.call("GET", "/api/v1/notices?limit=2", user=user)
    assert answer.code == 200
    page = json.loads(answer.body)
    assert (page["unread"], page["has_more"], len(page["items"])) == (3, True, 2)
    assert set(page["items"][0]) == {"id", "kind", "title", "text", "link", "created_at", "read_at"}
    rest = await doors.call("GET", f"/api/v1/notices?limit=2&cursor={page['next_cursor']}", user=user)
    assert [len(json.loads(rest.body)["items"]), json.loads(rest.body)["next_cursor"]] == [1, None]
    read = await doors.call("POST", f"/api/v1/notices/{page['items'][0]['id']}/read", user=user)
    assert read.code == 200
    assert json.loads(read.body)["unread"] == 2
    assert json.loads(read.body)["notice"]["read_at"].endswith("+08:00")


async def test_somebody_elses_notice_is_not_there(world: World, doors: Doors) -> None:
    user = world.person()
    await world.tell(user)
    notice = await world.notice(user)
    answer = await doors.call("POST", f"/api/v1/notices/{notice['_id']}/read", user=new_id())
    assert problem(answer) == (404, "notice.not_found")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/notices"),
        ("POST", f"/api/v1/notices/{'0' * 24}/read"),
        ("POST", "/api/v1/me/subscriptions"),
    ],
)
async def test_signing_in_comes_first(doors: Doors, method: str, path: str) -> None:
    assert problem(await doors.call(method, path)) == (401, "auth.required")


@pytest.mark.parametrize("query", ["limit=0", "limit=many", "cursor=x", "unknown=1"])
async def test_bad_queries_are_named(doors: Doors, query: str) -> None:
    answer = await doors.call("GET", f"/api/v1/notices?{query}", user=new_id())
    assert problem(answer) == (422, "request.invalid")
    assert json.loads(answer.body)["errors"][0]["field"] == query.partition("=")[0]


async def test_the_templates_are_public(doors: Doors) -> None:
    answer = await doors.call("GET", "/api/v1/notice-templates")
    items = json.loads(answer.body)["items"]
    assert {item["key"]: item["template_id"] for item in items} == TEMPLATES
    assert set(items[0]) == {"key", "template_id", "title"}


async def test_a_report_is_taken(world: World, doors: Doors) -> None:
    user = world.person()
    body = {"results": {TEMPLATES["payment"]: "accept", TEMPLATES["new_message"]: "reject"}}
    answer = await doors.call("POST", "/api/v1/me/subscriptions", user=user, body=body)
    assert (answer.code, answer.body) == (204, b"")
    assert (await world.subscriptions.standing(user, TEMPLATES["payment"])).accepts == 1
    assert (await world.subscriptions.standing(user, TEMPLATES["new_message"])).accepts == 0


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b"{", (400, "request.bad_json")),
        ({}, (422, "request.invalid")),
        ({"results": {}}, (422, "request.invalid")),
        ({"results": {"T": "maybe"}}, (422, "request.invalid")),
        ({"results": {"T" * 200: "accept"}}, (422, "request.invalid")),
        ({"results": {f"T{number}": "accept" for number in range(21)}}, (422, "request.invalid")),
        ({"results": {"T": "accept"}, "more": 1}, (422, "request.invalid")),
    ],
)
async def test_bad_reports_are_refused(doors: Doors, body: bytes | dict[str, Any], refusal: tuple[int, str]) -> None:
    answer = await doors.call("POST", "/api/v1/me/subscriptions", user=new_id(), body=body)
    assert problem(answer) == refusal

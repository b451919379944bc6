"""``/wechat/push`` in WeChat's own format, against the sandbox's signatures and its repetitions."""

import json
import logging
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from tornado.httpclient import AsyncHTTPClient

from handlers.wechat import MAX_BODY
from miniprogram_api.sandbox.crypto import push_signature
from tests.conftest import StartSandbox
from tests.handlers.notices_app import Doors, open_doors, problem
from tests.parts.databases import SettingsMaker
from tests.services.notices_world import (
    PUSH,
    TEMPLATES,
    World,
    decision,
    open_sandbox_world,
    open_world,
    signed_push,
)

PATH = "/api/v1/wechat/push"


class Control:
    """The tester's side of a sandbox."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def post(self, path: str, **body: object) -> dict[str, Any]:
        answer = await AsyncHTTPClient().fetch(f"{self._url}/control/{path}", method="POST", body=json.dumps(body))
        value: dict[str, Any] = json.loads(answer.body)
        return value


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(make_settings: SettingsMaker) -> AsyncIterator[World]:
    async with open_world(make_settings()) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def doors(world: World) -> AsyncIterator[Doors]:
    async with open_doors(world) as opened:
        yield opened


async def test_the_address_check(doors: Doors) -> None:
    """WeChat's GET wants its echo back, and nothing else."""
    query = {"timestamp": "1", "nonce": "n", "echostr": "5837", "signature": push_signature(PUSH.token, "1", "n")}
    answer = await doors.call("GET", f"{PATH}?{urlencode({**query, 'something_new': '1'})}")
    assert (answer.code, answer.body) == (200, b"5837")
    assert answer.headers["Content-Type"].startswith("text/plain")
    forged = await doors.call("GET", f"{PATH}?{urlencode({**query, 'signature': '0' * 40})}")
    assert problem(forged) == (401, "push.rejected")
    assert problem(await doors.call("GET", PATH)) == (401, "push.rejected")


async def test_a_push_is_answered_success(world: World, doors: Doors) -> None:
    user = world.person("o-http")
    query, body = signed_push(decision("o-http", TEMPLATES["payment"], "accept", 1))
    for _ in range(2):
        answer = await doors.call("POST", f"{PATH}?{urlencode(query)}", body=body)
        assert (answer.code, answer.body) == (200, b"success")
    found = await world.database.credits.find_one({"user_id": user})
    assert found is not None
    assert found["credits"] == 1


async def test_what_is_not_wechats_is_rejected(world: World, doors: Doors, caplog: pytest.LogCaptureFixture) -> None:
    """A forged push changes nothing, and neither it nor its address gets into the log."""
    user = world.person("o-forger")
    query, body = signed_push(decision("o-forger", TEMPLATES["payment"], "accept", 1))
    with caplog.at_level(logging.DEBUG):
        for bad_query, bad_body in (({**query, "nonce": "x"}, body), ({}, body), (query, b"<xml>"), (query, b"[]")):
            answer = await doors.call("POST", f"{PATH}?{urlencode(bad_query)}", body=bad_body)
            assert problem(answer) == (401, "push.rejected")
    assert await world.database.credits.count_documents({"user_id": user}) == 0
    assert query["msg_signature"] not in caplog.text
    assert json.loads(body)["Encrypt"] not in caplog.text


async def test_a_huge_push_is_refused_before_it_is_read(doors: Doors) -> None:
    answer = await doors.call("POST", PATH, body=b"x" * (MAX_BODY + 1))
    assert problem(answer) == (413, "request.too_large")


async def test_the_sandbox_pushes_accepts(
    world: World, doors: Doors, make_settings: SettingsMaker, start_sandbox: StartSandbox
) -> None:
    """The vendor's side end to end: its signature, its cipher, its event."""
    sandbox = start_sandbox(doors.url)
    settings = make_settings(**sandbox.fields)
    async with open_sandbox_world(settings) as theirs, open_doors(theirs) as their_doors:
        control = Control(sandbox.url)
        await control.post("config", product_url=their_doors.url)
        openid = (await control.post("users", phone="13800000001"))["openid"]
        user = theirs.person(openid)
        template_id = settings.wechat_templates["new_message"]
        await control.post("subscribe-credits", openid=openid, template_id=template_id, count=3)
        found = await theirs.database.credits.find_one({"_id": f"{user}:{template_id}"})
        assert found is not None
        assert (found["credits"], found["accepts"]) == (3, 3)

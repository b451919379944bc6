"""WeChat's access token in the database: one for all processes, sealed, renewed by one of them."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest_asyncio
from tornado.httpclient import AsyncHTTPClient

from miniprogram_api.access_token import AccessTokens, StoredToken
from miniprogram_api.http import HttpClient, HttpConfig, Outcome
from miniprogram_api.settings import WeChatConfig
from server.setting_values import decode_key
from server.settings import Settings
from services.keys import Vault
from services.storage.access_tokens import MongoTokenStore
from services.storage.database import Database
from tests.parts.databases import SettingsMaker
from tests.parts.real import RealParts
from tests.patience import eventually


@pytest_asyncio.fixture(loop_scope="session")
async def settings(make_settings: SettingsMaker) -> Settings:
    return make_settings()


@asynccontextmanager
async def process(settings: Settings) -> AsyncIterator[MongoTokenStore]:
    """A store as a process of its own has it: its own connections, its own memory of keys."""
    database = Database(settings.mongo_uri.get_secret_value(), settings.mongo_database)
    vault = Vault(database, {name: decode_key(key) for name, key in settings.master_keys.items()})
    try:
        yield MongoTokenStore(database, vault, settings.wechat_appid)
    finally:
        await database.close()


async def test_keeps_what_was_saved_under_the_lease(settings: Settings) -> None:
    token = StoredToken("t" * 600, time.time() + 7200, 12.5)
    async with process(settings) as one, process(settings) as other:
        assert await other.load() is None
        assert await one.try_lease(20)
        await one.save(token)
        await one.release()
        assert await other.load() == token


async def test_one_holds_the_lease_at_a_time(settings: Settings) -> None:
    async with process(settings) as one, process(settings) as other:
        assert await one.try_lease(20)
        assert not await other.try_lease(20)
        assert not await one.try_lease(20)
        await other.release()  # not theirs: changes nothing
        assert not await other.try_lease(20)
        await one.release()
        assert await other.try_lease(20)


async def test_a_lease_ends_by_itself(settings: Settings) -> None:
    async with process(settings) as dead, process(settings) as other:
        assert await dead.try_lease(1.5)
        assert not await other.try_lease(20)
        await eventually(lambda: other.try_lease(20))


async def test_a_late_holder_does_not_overwrite_the_newer_token(settings: Settings) -> None:
    older, newer = StoredToken("older", time.time() + 100), StoredToken("newer", time.time() + 7200)
    async with process(settings) as late, process(settings) as other:
        assert await late.try_lease(0.1)
        await asyncio.sleep(0.2)
        assert await other.try_lease(20)
        await other.save(newer)
        await late.save(older)
        await late.release()
        assert await other.load() == newer
        assert not await late.try_lease(20)


async def test_many_at_once_one_gets_it(settings: Settings) -> None:
    async with process(settings) as one, process(settings) as two:
        tries = await asyncio.gather(*(store.try_lease(20) for store in (one, two) * 10))
        assert tries.count(True) == 1


async def test_the_token_is_sealed_at_rest(settings: Settings) -> None:
    """K2"""
    database = Database(settings.mongo_uri.get_secret_value(), settings.mongo_database)
    async with process(settings) as store:
        await store.try_lease(20)
        await store.save(StoredToken("very-secret-token", time.time() + 7200))
    assert "very-secret-token" not in repr([row async for row in database.leases.find()])
    await database.close()


async def test_ten_real_processes_cost_one_request_to_wechat(make_settings: SettingsMaker, parts: RealParts) -> None:
    """All at once, each with memory and connections of its own: first without a token, then with a refused one."""
    control = f"{parts.sandbox_url}/control"

    async def asked(after: int = 0) -> list[dict[str, Any]]:
        answer = await AsyncHTTPClient().fetch(f"{control}/log?endpoint=stable_token&after={after}")
        return list(json.loads(answer.body)["items"])

    environment = {**os.environ, **make_settings.environment()}
    command = [sys.executable, "-m", "tests.services.access_token_process"]
    pipe = subprocess.PIPE
    running = [subprocess.Popen(command, env=environment, text=True, stdin=pipe, stdout=pipe) for _ in range(10)]

    async def all_at_once(line: str) -> set[str]:
        for one in running:
            assert one.stdin is not None
            one.stdin.write(line)
            one.stdin.flush()
        return {await asyncio.to_thread(_line, one) for one in running}

    try:
        assert {await asyncio.to_thread(_line, one) for one in running} == {"READY"}
        last = max((one["id"] for one in await asked()), default=0)
        first = await all_at_once("get\n")
        assert len(first) == 1
        assert len(await asked(last)) == 1
        await AsyncHTTPClient().fetch(f"{control}/access-token", method="POST", body='{"action": "revoke"}')
        second = await all_at_once("renew\n")
        assert len(second) == 1
        assert second != first
        assert len(await asked(last)) == 2
        for one in running:
            one.communicate("\n", timeout=60)
        assert [one.returncode for one in running] == [0] * 10
    finally:
        for one in running:
            one.kill()
            one.wait()


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


async def test_ten_processes_cost_one_request_to_wechat(settings: Settings) -> None:
    requests: list[Outcome] = []
    config = WeChatConfig(
        settings.wechat_appid, settings.wechat_secret.get_secret_value(), settings.wechat_api_url, "developer"
    )

    async def token() -> str:
        http = HttpClient(HttpConfig(), observe=requests.append)
        try:
            async with process(settings) as store:
                return await AccessTokens(config, http, store).get()
        finally:
            http.close()

    tokens = await asyncio.gather(*(token() for _ in range(10)))
    assert len(set(tokens)) == 1
    assert [outcome.api for outcome in requests] == ["stable_token"]

"""One token for all: who asks, how often, and what happens when WeChat refuses what it issued."""

import asyncio
import logging
import time
from dataclasses import replace

import pytest

from miniprogram_api.access_token import AccessTokens, StoredToken
from miniprogram_api.errors import TransportError, WeChatError
from miniprogram_api.http import HttpClient, HttpConfig
from miniprogram_api.settings import WeChatConfig
from miniprogram_api.wechat import WeChatClient
from tests.memory_tokens import MemoryTokenStore
from tests.sandbox.playground import Playground

PHONE = "/control/phone-codes"


class SlowStore(MemoryTokenStore):
    """A store whose every step takes a turn of the loop, as one over a network does."""

    async def load(self) -> StoredToken | None:
        await asyncio.sleep(0.002)
        return await super().load()

    async def save(self, token: StoredToken) -> None:
        await asyncio.sleep(0.002)
        await super().save(token)


async def phone_code(play: Playground) -> str:
    openid = await play.user()
    return str((await play.control("POST", "phone-codes", {"openid": openid}))["code"])


async def test_ten_processes_at_once_cost_one_request(play: Playground) -> None:
    store = SlowStore()
    processes = [AccessTokens(play.wechat_config, play.http, store) for _ in range(10)]
    got = await asyncio.gather(*(tokens.get() for tokens in processes for _ in range(5)))
    assert len(set(got)) == 1
    assert len(got[0]) >= 512
    assert len(await play.log("stable_token")) == 1


async def test_a_token_is_renewed_before_its_end(play: Playground) -> None:
    now = time.time()
    clock = [now]
    tokens = AccessTokens(play.wechat_config, play.http, play.store, clock=lambda: clock[0])
    await tokens.get()
    clock[0] = now + 7200 - 310
    await tokens.get()
    assert len(await play.log("stable_token")) == 1
    clock[0] = now + 7200 - 290
    await tokens.get()
    assert len(await play.log("stable_token")) == 2


async def test_an_old_token_serves_while_wechat_is_in_trouble(play: Playground) -> None:
    now = time.time()
    clock = [now]
    tokens = AccessTokens(play.wechat_config, play.http, play.store, clock=lambda: clock[0])
    first = await tokens.get()
    await play.control("POST", "faults", {"endpoint": "stable_token", "errcode": -1})
    clock[0] = now + 7200 - 200
    assert [await tokens.get() for _ in range(3)] == [first] * 3
    # One renewal was tried (twice, as any idempotent call is), not one for each call.
    assert len(await play.log("stable_token")) == 1 + 2
    clock[0] = now + 7201
    with pytest.raises(WeChatError):
        await tokens.get()


async def test_another_processes_token_is_taken_from_the_store(play: Playground) -> None:
    first = await play.tokens.get()
    other = AccessTokens(play.wechat_config, play.http, play.store)
    assert await other.get() == first
    assert len(await play.log("stable_token")) == 1


async def test_a_revoked_token_is_replaced_within_the_call(play: Playground) -> None:
    await play.tokens.get()
    await play.control("POST", "access-token", {"action": "revoke"})
    assert (await play.wechat.phone_number(await phone_code(play))).number
    outcomes = [entry["outcome"] for entry in await play.log("getuserphonenumber")]
    assert outcomes == ["40001", "ok"]


async def test_an_expired_token_is_replaced_within_the_call(play: Playground) -> None:
    await play.tokens.get()
    await play.control("POST", "access-token", {"action": "expire"})
    assert (await play.wechat.phone_number(await phone_code(play))).number
    assert [entry["outcome"] for entry in await play.log("getuserphonenumber")] == ["42001", "ok"]


async def test_ten_processes_replace_a_revoked_token_with_one_request(play: Playground) -> None:
    """Somebody else has forced a new token since: asking normally brings it, and harms nobody."""
    store = SlowStore()
    clients = []
    later = [0.0]
    for _ in range(10):
        tokens = AccessTokens(play.wechat_config, play.http, store, clock=lambda: time.time() + later[0])
        await tokens.get()
        clients.append(WeChatClient(play.wechat_config, tokens, play.http))
    codes = [await phone_code(play) for _ in clients]
    later[0] = 60.0
    await play.control("POST", "access-token", {"action": "revoke"})
    await play.control("DELETE", "log")
    phones = await asyncio.gather(*(client.phone_number(code) for client, code in zip(clients, codes, strict=True)))
    assert {phone.number for phone in phones} == {"13800000001"}
    assert [entry["checks"]["mode"] for entry in await play.log("stable_token")] == ["normal"]


async def test_a_persistent_40001_costs_two_requests_a_call_and_raises_an_alarm(
    play: Playground, caplog: pytest.LogCaptureFixture
) -> None:
    await play.control("POST", "faults", {"endpoint": "getuserphonenumber", "errcode": 40001})
    for number in range(1, 5):
        await play.control("DELETE", "log")
        caplog.clear()
        with pytest.raises(WeChatError) as caught:
            await play.wechat.phone_number("any")
        assert caught.value.errcode == 40001
        calls = len(await play.log("getuserphonenumber"))
        tokens = len(await play.log("stable_token"))
        assert calls <= 2
        # The first call fetches a token and forces another: asking normally would bring the same one again.
        # Once it is known that WeChat refuses its own token, a call costs one request, and none for tokens.
        assert (calls, tokens) == [(2, 2), (1, 0), (1, 0), (1, 0)][number - 1]
        alarms = [r for r in caplog.records if r.__dict__.get("alarm") == "wechat_token"]
        assert bool(alarms) == (number <= 2)


@pytest.mark.parametrize("errcode", [40001, 40125, 40164])
async def test_a_token_endpoint_that_refuses_costs_one_request_a_call(
    play: Playground, errcode: int, caplog: pytest.LogCaptureFixture
) -> None:
    """40001 a wrong secret, 40164 an address that is not on WeChat's list: a person must look, no call helps."""
    await play.control("POST", "faults", {"endpoint": "stable_token", "errcode": errcode})
    for number in range(1, 4):
        caplog.clear()
        with pytest.raises(WeChatError) as caught:
            await play.wechat.phone_number("any")
        assert caught.value.errcode == errcode
        assert len(await play.log("stable_token")) == number
        assert [r.__dict__["alarm"] for r in caplog.records if "alarm" in r.__dict__] == ["wechat_token"]
    assert await play.log("getuserphonenumber") == []


async def test_a_refused_secret_costs_one_request_and_raises_an_alarm(
    play: Playground, caplog: pytest.LogCaptureFixture
) -> None:
    config = replace(play.wechat_config, secret="0" * 32)
    tokens = AccessTokens(config, play.http, MemoryTokenStore())
    with caplog.at_level(logging.INFO), pytest.raises(WeChatError) as caught:
        await WeChatClient(config, tokens, play.http).phone_number("any")
    assert caught.value.errcode == 40125
    assert len(await play.log("stable_token")) == 1
    assert await play.log("getuserphonenumber") == []
    assert any(r.__dict__.get("alarm") == "wechat_token" for r in caplog.records)
    assert "0" * 32 not in caplog.text


async def test_trouble_at_the_vendor_ends_the_lease(play: Playground) -> None:
    await play.control("POST", "faults", {"endpoint": "stable_token", "drop": True, "times": 2})
    with pytest.raises(TransportError):
        await play.tokens.get()
    started = time.monotonic()
    assert await play.tokens.get()
    assert time.monotonic() - started < 10


async def test_a_dead_holder_is_waited_for_and_then_replaced(play: Playground) -> None:
    """A process that died with the lease holds up the others no longer than the lease lasts."""
    assert await play.store.try_lease(0.3)
    started = time.monotonic()
    assert await play.tokens.get()
    assert 0.25 < time.monotonic() - started < 10


async def test_an_odd_answer_is_no_token(play: Playground) -> None:
    config = WeChatConfig("wx1", "s", "http://127.0.0.1:9")
    http = HttpClient(HttpConfig(attempts=1))
    with pytest.raises(TransportError):
        await AccessTokens(config, http, MemoryTokenStore()).get()
    http.close()


def test_a_token_does_not_show_itself() -> None:
    assert "very-secret" not in repr(StoredToken("very-secret", 1.0))

"""WeChat's message push: proved, and counted once; what users accepted (J1)."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from miniprogram_api.sandbox.crypto import push_signature
from schemas.api.notices import SubscriptionReport
from schemas.documents.ledgers import CreditDocument
from services.errors import Problem
from tests.parts.databases import SettingsMaker
from tests.services.notices_world import PUSH, TEMPLATES, World, actor, decision, open_world, signed_push

MESSAGE, STATUS = TEMPLATES["new_message"], TEMPLATES["order_status"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(make_settings: SettingsMaker) -> AsyncIterator[World]:
    async with open_world(make_settings()) as opened:
        yield opened


async def credit(world: World, user: str, template_id: str = MESSAGE) -> CreditDocument:
    found = await world.database.credits.find_one({"_id": f"{user}:{template_id}"})
    assert found is not None
    return found


async def test_an_accept_adds_one_however_often_it_is_pushed(world: World) -> None:
    """WeChat repeats a push that was not answered in time."""
    user = world.person("o-repeat")
    query, body = signed_push(decision("o-repeat", MESSAGE, "accept", 1))
    for _ in range(3):
        await world.pushes.receive(query, body)
    assert (await credit(world, user))["credits"] == 1
    assert await world.actions(f"user:{user}") == ["subscription.pushed"]


async def test_the_same_push_at_once_adds_one(world: World) -> None:
    user = world.person("o-at-once")
    query, body = signed_push(decision("o-at-once", MESSAGE, "accept", 1))
    await asyncio.gather(*(world.pushes.receive(query, body) for _ in range(20)))
    assert (await credit(world, user))["credits"] == 1


async def test_different_accepts_at_once_all_count(world: World) -> None:
    user = world.person("o-many")
    pushes = [signed_push(decision("o-many", MESSAGE, "accept", at)) for at in range(1, 11)]
    await asyncio.gather(*(world.pushes.receive(query, body) for query, body in pushes))
    assert (await credit(world, user))["credits"] == 10


async def test_a_popup_refused_leaves_what_was_accepted_before(world: World) -> None:
    """Not this time is no withdrawal."""
    user = world.person("o-popup")
    for at, status in enumerate(("accept", "reject", "ban", "filter")):
        await world.pushes.receive(*signed_push(decision("o-popup", MESSAGE, status, at)))
    found = await credit(world, user)
    assert (found["credits"], found["exhausted"]) == (1, False)


async def test_switching_off_in_the_settings_takes_the_accepts_away(world: World) -> None:
    user = world.person("o-change")
    await world.pushes.receive(*signed_push(decision("o-change", MESSAGE, "accept", 1)))
    await world.pushes.receive(*signed_push(decision("o-change", MESSAGE, "reject", 2, "change")))
    found = await credit(world, user)
    assert (found["credits"], found["exhausted"]) == (0, True)
    assert not (await world.subscriptions.standing(user, MESSAGE)).may_send
    await world.pushes.receive(*signed_push(decision("o-change", MESSAGE, "accept", 3, "change")))
    assert (await world.subscriptions.standing(user, MESSAGE)).may_send


async def test_templates_that_are_not_ours_are_ignored(world: World) -> None:
    user = world.person("o-other")
    await world.pushes.receive(*signed_push(decision("o-other", "T-of-somebody-else", "accept", 1)))
    assert await world.database.credits.count_documents({"user_id": user}) == 0


@pytest.mark.parametrize(
    "event",
    [
        decision("o-nobody-we-know", MESSAGE, "accept", 1),
        {"FromUserName": "o-nobody-we-know", "CreateTime": 2, "MsgType": "event", "Event": "wxa_media_check"},
        {"FromUserName": "o-nobody-we-know", "CreateTime": 3, "MsgType": "text", "Content": "你好", "MsgId": 77},
        {},
    ],
)
async def test_what_means_nothing_to_us_is_taken_in(
    world: World, event: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    """WeChat would only repeat it; and nobody's openid or words get into the log."""
    before = await world.database.credits.count_documents({})
    with caplog.at_level("INFO"):
        await world.pushes.receive(*signed_push(event))
    assert await world.database.credits.count_documents({}) == before
    told = json.dumps([record.__dict__ for record in caplog.records], default=str, ensure_ascii=False)
    assert "push taken in" in told
    assert "o-nobody-we-know" not in told
    assert "你好" not in told


async def test_forged_pushes_are_rejected(world: World) -> None:
    user = world.person("o-forged")
    query, body = signed_push(decision("o-forged", MESSAGE, "accept", 1))
    changed = json.loads(body)
    changed["Encrypt"] = signed_push(decision("o-forged", MESSAGE, "accept", 2))[1].decode()
    for bad_query, bad_body in (
        ({**query, "msg_signature": "0" * 40}, body),
        ({**query, "nonce": "another"}, body),
        ({name: value for name, value in query.items() if name != "timestamp"}, body),
        (query, json.dumps(changed).encode()),
        (query, b"not json"),
        (query, b"{}"),
    ):
        with pytest.raises(Problem) as refused:
            await world.pushes.receive(bad_query, bad_body)
        assert refused.value.code == "push.rejected"
    assert await world.database.credits.count_documents({"user_id": user}) == 0


def test_the_address_check_echoes_for_wechat_only(world: World) -> None:

    query = {"timestamp": "1", "nonce": "n", "echostr": "8231", "signature": push_signature(PUSH.token, "1", "n")}
    assert world.pushes.verify(query) == "8231"
    with pytest.raises(Problem) as refused:
        world.pushes.verify({**query, "signature": "0" * 40})
    assert refused.value.code == "push.rejected"


# --- the client's own report


async def report(world: World, user: str, **results: str) -> None:
    named = {TEMPLATES[name]: answer for name, answer in results.items()}
    await world.subscriptions.report(actor(user), SubscriptionReport.model_validate({"results": named}))


@pytest.mark.parametrize("push_first", [True, False])
async def test_report_and_push_of_one_accept_count_once(world: World, push_first: bool) -> None:
    openid = f"o-both-{push_first}"
    user = world.person(openid)
    push = signed_push(decision(openid, MESSAGE, "accept", 1))
    if push_first:
        await world.pushes.receive(*push)
    await report(world, user, new_message="accept", order_status="reject")
    await report(world, user, new_message="accept")  # sent again by a phone that lost the answer
    if not push_first:
        await world.pushes.receive(*push)
    assert (await credit(world, user))["credits"] == 1
    assert await world.database.credits.count_documents({"user_id": user}) == 1


async def test_a_report_alone_makes_sending_worth_a_try(world: World) -> None:
    """Without push configured at WeChat the product still sends."""
    user = world.person("o-report")
    await world.pushes.receive(*signed_push(decision("o-report", MESSAGE, "reject", 1, "change")))
    assert not (await world.subscriptions.standing(user, MESSAGE)).may_send
    await report(world, user, new_message="accept")
    assert (await world.subscriptions.standing(user, MESSAGE)).may_send
    assert (await credit(world, user))["credits"] == 0
    assert await world.actions(f"user:{user}") == ["subscription.pushed", "subscription.reported"]


async def test_reports_at_once_do_not_disturb_each_other(world: World) -> None:
    user = world.person("o-reports")
    await asyncio.gather(*(report(world, user, new_message="accept", payment="accept") for _ in range(10)))
    assert await world.database.credits.count_documents({"user_id": user, "exhausted": False}) == 2


async def test_a_report_about_foreign_templates_changes_nothing(world: World) -> None:
    user = world.person()
    body = SubscriptionReport.model_validate({"results": {"T-foreign": "accept", MESSAGE: "filter"}})
    await world.subscriptions.report(actor(user), body)
    assert await world.database.credits.count_documents({"user_id": user}) == 0
    assert await world.actions(f"user:{user}") == []


def test_the_templates_to_ask_about(world: World) -> None:
    items = world.subscriptions.templates().items
    assert {item.key: item.template_id for item in items} == TEMPLATES
    assert all(item.title for item in items)

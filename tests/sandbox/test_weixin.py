"""The sandbox as api.weixin.qq.com, through the shipping client."""

import asyncio
import json
from typing import Any

import pytest

from miniprogram_api.access_token import AccessTokens
from miniprogram_api.errors import WeChatError
from miniprogram_api.settings import WeChatConfig
from miniprogram_api.template_fields import fit_all
from miniprogram_api.wechat import WeChatClient
from tests.memory_tokens import MemoryTokenStore
from tests.patience import until
from tests.sandbox.playground import Playground

MESSAGE = {"thing1": "借款纠纷", "name2": "李律师", "thing3": "请补充借条原件", "time4": "2026年11月21日 19:16"}


def client(play: Playground, appid: str | None = None, secret: str | None = None) -> WeChatClient:
    """A client of another configuration, with tokens of its own."""
    credentials = play.credentials
    config = WeChatConfig(appid or credentials.appid, secret or credentials.secret, play.url)
    return WeChatClient(config, AccessTokens(config, play.http, MemoryTokenStore()), play.http)


async def code(play: Playground, openid: str, path: str = "codes") -> str:
    return str((await play.control("POST", path, {"openid": openid}))["code"])


async def errcode(call: Any) -> int:
    with pytest.raises(WeChatError) as caught:
        await call
    return caught.value.errcode


async def test_a_login_code_gives_the_session_once(play: Playground) -> None:
    openid = await play.user()
    login = await code(play, openid)
    session = await play.wechat.code_to_session(login)
    assert session.openid == openid
    assert await errcode(play.wechat.code_to_session(login)) == 40163


async def test_a_new_login_replaces_the_session_key(play: Playground) -> None:
    openid = await play.user()
    first = await play.wechat.code_to_session(await code(play, openid))
    second = await play.wechat.code_to_session(await code(play, openid))
    assert first.session_key != second.session_key


async def test_bad_codes_are_refused(play: Playground) -> None:
    openid = await play.user()
    assert await errcode(play.wechat.code_to_session("nonsense")) == 40029
    phone_code = await code(play, openid, "phone-codes")
    assert await errcode(play.wechat.code_to_session(phone_code)) == 40029
    late = await code(play, openid)
    play.world.state.run("update codes set expires_at = 0 where code = ?", late)
    assert await errcode(play.wechat.code_to_session(late)) == 40029


async def test_wrong_credentials_of_the_program(play: Playground) -> None:
    login = await code(play, await play.user())
    assert await errcode(client(play, appid="wx0000000000000000").code_to_session(login)) == 40013
    assert await errcode(client(play, secret="0" * 32).code_to_session(login)) == 40125
    # Neither refusal may have used up the code.
    assert (await play.wechat.code_to_session(login)).openid


async def test_a_phone_number_is_vouched_for_once(play: Playground) -> None:
    openid = await play.user("13912345678")
    button = await code(play, openid, "phone-codes")
    phone = await play.wechat.phone_number(button)
    assert (phone.number, phone.country_code) == ("13912345678", "86")
    assert await errcode(play.wechat.phone_number(button)) == 40029


async def accept(play: Playground, openid: str, name: str = "new_message", count: int = 1) -> str:
    template_id = play.credentials.template_ids[name]
    body = {"openid": openid, "template_id": template_id, "count": count}
    await play.control("POST", "subscribe-credits", body)
    return template_id


async def test_one_accept_buys_one_message(play: Playground) -> None:
    openid = await play.user()
    template_id = await accept(play, openid)
    msgid = await play.wechat.send_subscribe_message(openid, template_id, "pages/space?id=1", MESSAGE)
    assert msgid
    second = play.wechat.send_subscribe_message(openid, template_id, "pages/space?id=1", MESSAGE)
    assert await errcode(second) == 43101
    sent = (await play.control("GET", f"subscribe-messages?openid={openid}"))["items"]
    assert [(row["template_id"], row["data"], row["page"]) for row in sent] == [
        (template_id, MESSAGE, "pages/space?id=1")
    ]
    assert (await play.control("GET", "subscribe-messages?openid=nobody"))["items"] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("thing1", "字" * 21),
        ("thing1", ""),
        ("thing1", "两\n行"),
        ("name2", "张三李四王五赵六孙七周八"),
        ("time4", "明天下午"),
    ],
)
async def test_a_bad_field_is_named_and_costs_no_credit(play: Playground, field: str, value: str) -> None:
    openid = await play.user()
    template_id = await accept(play, openid)
    with pytest.raises(WeChatError) as caught:
        await play.wechat.send_subscribe_message(openid, template_id, "", {**MESSAGE, field: value})
    assert (caught.value.errcode, caught.value.field) == (47003, field)
    query = f"subscribe-credits?openid={openid}&template_id={template_id}"
    assert (await play.control("GET", query))["count"] == 1


async def test_fitted_values_pass_where_raw_ones_fail(play: Playground) -> None:
    openid = await play.user()
    template_id = await accept(play, openid)
    data = fit_all({**MESSAGE, "thing3": "请在周五之前\n补充借条原件与全部转账记录的截图，谢谢"})
    await play.wechat.send_subscribe_message(openid, template_id, "", data)
    sent = (await play.control("GET", f"subscribe-messages?openid={openid}"))["items"]
    assert sent[0]["data"]["thing3"].endswith("…")


async def test_refusals_of_a_message(play: Playground) -> None:
    openid = await play.user()
    template_id = await accept(play, openid)
    send = play.wechat.send_subscribe_message
    assert await errcode(send("o-stranger", template_id, "", MESSAGE)) == 40003
    assert await errcode(send(openid, "no-such-template", "", MESSAGE)) == 40037
    assert await errcode(send(openid, template_id, "/pages/space", MESSAGE)) == 41030
    missing = {name: value for name, value in MESSAGE.items() if name != "thing3"}
    assert await errcode(send(openid, template_id, "", missing)) == 47003
    assert await errcode(send(openid, template_id, "", {**MESSAGE, "thing9": "多余"})) == 47003
    assert await errcode(send(openid, play.credentials.template_ids["hearing"], "", {})) == 47003


async def test_accepting_and_sending_are_pushed_to_the_product(play: Playground) -> None:
    openid = await play.user()
    template_id = await accept(play, openid, count=2)
    await play.wechat.send_subscribe_message(openid, template_id, "", MESSAGE)
    received = await play.product.wait_for(3)
    assert {item.path for item in received} == {"/api/v1/wechat/push"}
    events = [play.codec.decrypt(item.query, item.body) for item in received]
    assert [event.event for event in events] == ["subscribe_msg_popup_event"] * 2 + ["subscribe_msg_sent_event"]
    assert {event.openid for event in events} == {openid}
    assert len({event.dedupe_key for event in events}) == 3
    (decision,) = events[0].decisions()
    assert (decision.template_id, decision.status) == (template_id, "accept")
    (result,) = events[2].send_results()
    assert (result.template_id, result.error_code) == (template_id, 0)


async def test_a_refusal_by_the_user_gives_no_credit(play: Playground) -> None:
    openid = await play.user()
    body = {"openid": openid, "template_id": play.credentials.template_ids["payment"], "status": "reject"}
    assert (await play.control("POST", "subscribe-credits", body))["count"] == 0
    (received,) = await play.product.wait_for(1)
    assert play.codec.decrypt(received.query, received.body).decisions()[0].status == "reject"


async def test_a_push_is_repeated_until_success_and_four_times_at_most(play: Playground) -> None:
    openid = await play.user()
    play.product.answers = [(500, b""), (200, b"busy"), (200, b"success")]
    await accept(play, openid)
    received = await play.product.wait_for(3)
    assert len({play.codec.decrypt(item.query, item.body).dedupe_key for item in received}) == 1
    play.product.received.clear()
    play.product.answers = [(500, b"")] * 9
    await accept(play, openid)
    await play.product.wait_for(4)
    await until(lambda: all(row["done"] for row in play.world.notifier.notices()))
    assert len(play.product.received) == 4


async def test_the_log_shows_checks_but_no_secrets(play: Playground) -> None:
    login = await code(play, await play.user())
    await play.wechat.code_to_session(login)
    (entry,) = await play.log("jscode2session")
    assert (entry["outcome"], entry["checks"]) == ("ok", {"app": "ok", "code": "ok"})
    assert play.credentials.secret not in str(entry)
    assert login not in str(entry)


async def test_stable_token_is_stable_and_forcing_is_limited(play: Playground) -> None:
    body = {
        "grant_type": "client_credential",
        "appid": play.credentials.appid,
        "secret": play.credentials.secret,
    }

    async def token(**more: Any) -> dict[str, Any]:
        response = await play.fetch("POST", "/cgi-bin/stable_token", {**body, **more})
        return dict(json.loads(response.body))

    first, again = await asyncio.gather(token(), token())
    assert first["access_token"] == again["access_token"]
    assert len(first["access_token"]) >= 512
    forced = [await token(force_refresh=True) for _ in range(20)]
    assert len({item["access_token"] for item in forced}) == 20
    assert (await token(force_refresh=True))["errcode"] == 45009
    assert (await token())["access_token"] == forced[-1]["access_token"]
    assert (await token(secret="wrong"))["errcode"] == 40125
    assert (await token(grant_type="password"))["errcode"] == 40002

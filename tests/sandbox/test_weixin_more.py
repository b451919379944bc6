"""Content safety, customer messages and clients' keys, through the shipping clients."""

import json
from typing import Any

import pytest

from miniprogram_api.content import USER_AWAY, ContentSafety, Scene
from miniprogram_api.customer import CustomerMessages, window_fault
from miniprogram_api.errors import WeChatError
from tests.sandbox.playground import Playground


async def refusal(call: Any) -> WeChatError:
    with pytest.raises(WeChatError) as caught:
        await call
    return caught.value


async def present(play: Playground) -> tuple[str, str]:
    """A user who has just signed in: (openid, session_key)."""
    openid = await play.user()
    code = (await play.control("POST", "codes", {"openid": openid}))["code"]
    return openid, (await play.wechat.code_to_session(code)).session_key


async def test_texts_are_judged_by_the_testers_rules(play: Playground) -> None:
    openid, _ = await present(play)
    safety = ContentSafety(play.wechat.door)
    fine = await safety.check_text(openid, "请补充借条原件", Scene.COMMENT)
    assert (fine.fine, fine.label) == (True, 100)
    assert fine.trace_id
    await play.control("POST", "content-rules", {"contains": "赌场", "suggest": "review"})
    await play.control("POST", "content-rules", {"contains": "毒品", "suggest": "risky", "label": 20006})
    assert (await safety.check_text(openid, "欠款用于赌场")).suggestion == "review"
    bad = await safety.check_text(openid, "毒品交易的证据")
    assert (bad.suggestion, bad.label) == ("risky", 20006)
    assert (await safety.check_text(openid, "这是沙箱违规文字")).suggestion == "risky"
    await play.control("DELETE", "content-rules")
    assert (await safety.check_text(openid, "毒品交易的证据")).fine
    checks = (await play.control("GET", "content-rules"))["checks"]
    assert [check["suggest"] for check in checks] == ["pass", "review", "risky", "risky", "pass"]


async def test_who_was_away_gets_no_opinion(play: Playground) -> None:
    openid, _ = await present(play)
    safety = ContentSafety(play.wechat.door)
    await play.control("POST", "activity", {"openid": openid, "minutes_ago": 121})
    assert (await refusal(safety.check_text(openid, "你好"))).errcode == USER_AWAY
    assert (await refusal(safety.check_media(openid, f"{play.url}/healthz", "image"))).errcode == USER_AWAY
    await play.control("POST", "activity", {"openid": openid, "minutes_ago": 119})
    assert (await safety.check_text(openid, "你好")).fine
    assert (await refusal(safety.check_text("o-stranger", "你好"))).errcode == 40003
    for text in ("", "长" * 2501):
        with pytest.raises(ValueError, match="text"):
            await safety.check_text(openid, text)


async def test_media_are_fetched_and_judged_later(play: Playground) -> None:
    openid, _ = await present(play)
    safety = ContentSafety(play.wechat.door)
    await play.control("POST", "content-rules", {"contains": "bad", "suggest": "risky"})
    traces = [
        await safety.check_media(openid, f"{play.url}/healthz?file=good.jpg", "image"),
        await safety.check_media(openid, f"{play.url}/healthz?file=bad.mp3", "audio"),
        await safety.check_media(openid, f"{play.url}/nothing-here", "image"),
    ]
    received = await play.product.wait_for(3)
    events = [play.codec.decrypt(item.query, item.body) for item in received]
    verdicts = {found.trace_id: found for found in (event.media_verdict() for event in events) if found}
    assert set(verdicts) == set(traces)
    assert {event.openid for event in events} == {openid}
    good, bad, lost = (verdicts[trace] for trace in traces)
    assert good.verdict is not None
    assert bad.verdict is not None
    assert (good.verdict.suggestion, bad.verdict.suggestion) == ("pass", "risky")
    assert (lost.verdict, lost.errcode) == (None, -1008)
    assert len({event.dedupe_key for event in events}) == 3


async def test_a_window_opens_is_used_up_and_closes(play: Playground) -> None:
    openid, _ = await present(play)
    desk = CustomerMessages(play.wechat.door)
    assert window_fault(await refusal(desk.send_text(openid, "您好"))) == "closed"
    await play.control("POST", "customer-messages", {"openid": openid, "text": "在吗"})
    (received,) = await play.product.wait_for(1)
    event = play.codec.decrypt(received.query, received.body)
    assert (event.event, event.opens_window(), event.data["Content"]) == ("text", (5, 172800), "在吗")
    assert event.msg_id
    for index in range(5):
        await desk.send_text(openid, f"第{index}条")
    error = await refusal(desk.send_text(openid, "第六条"))
    assert (window_fault(error), error.retryable) == ("used_up", False)
    await play.control("POST", "customer-messages", {"openid": openid, "kind": "enter"})
    await desk.send_text(openid, "欢迎")
    await play.control("DELETE", f"customer-messages?openid={openid}")
    assert (await refusal(desk.send_text(openid, "欢迎"))).errcode == 45015
    sent = (await play.control("GET", f"customer-messages?openid={openid}"))["items"]
    assert [row["text"] for row in sent] == [*(f"第{index}条" for index in range(5)), "欢迎"]
    with pytest.raises(ValueError, match="text"):
        await desk.send_text(openid, "长" * 683)


async def test_a_lost_answer_sends_no_second_message(play: Playground) -> None:
    openid, _ = await present(play)
    await play.control("POST", "customer-messages", {"openid": openid})
    await play.control("POST", "faults", {"endpoint": "custom_send", "errcode": -1, "phase": "after", "times": 1})
    assert (await refusal(CustomerMessages(play.wechat.door).send_text(openid, "您好"))).errcode == -1
    assert len((await play.control("GET", "customer-messages"))["items"]) == 1


async def test_odd_requests(play: Playground) -> None:
    openid, _ = await present(play)
    token = await play.tokens.get()

    async def code(path: str, body: Any, *, token: str = token) -> int:
        response = await play.fetch("POST", f"{path}?access_token={token}", body)
        return int(json.loads(response.body)["errcode"])

    text = {"version": 2, "openid": openid, "scene": 2, "content": "你好"}
    media = {"version": 2, "openid": openid, "scene": 2, "media_type": 2, "media_url": f"{play.url}/healthz"}
    message = {"touser": openid, "msgtype": "text", "text": {"content": "您好"}}
    check, later, send = "/wxa/msg_sec_check", "/wxa/media_check_async", "/cgi-bin/message/custom/send"
    for path in (check, later, send):
        assert await code(path, b"x") == 47001
        assert await code(path, {}, token="x") == 40001
    assert await code(check, {**text, "version": 1}) == 40097
    assert await code(check, {**text, "scene": 5}) == 40129
    assert await code(check, {**text, "content": ""}) == 44004
    assert await code(check, {**text, "content": "长" * 2501}) == 45002
    assert await code(later, {**media, "media_type": 3}) == 40097
    assert await code(later, {**media, "scene": 0}) == 40129
    assert await code(later, {**media, "media_url": "file:///etc/hosts"}) == 40066
    assert await code(send, {**message, "msgtype": "poem"}) == 40008
    assert await code(send, {**message, "text": {}}) == 44004
    assert await code(send, {**message, "text": {"content": "长" * 683}}) == 45002
    assert await code(send, {**message, "touser": "o-stranger"}) == 40003
    assert await code("/wxa/sec/order/is_trade_managed", {"appid": "wx1"}) == 40013

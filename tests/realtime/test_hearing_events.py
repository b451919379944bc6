"""A hearing over the socket and HTTP: the doors pass on what the rules say, and tell everybody at once (I6)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from schemas.hearing_enums import ActKind, HearingStage
from server.wiring import House
from services.hearings.docket import ACTED
from services.hearings.scheduling import CALLED
from tests.house import Person, client, open_doors, open_house
from tests.parts.databases import SettingsMaker
from tests.patience import until
from tests.realtime.test_sockets import Phone, phone
from tests.services.hearings.hearing_world import World, body, called, owed


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


@pytest.fixture(scope="module")
async def url(house: House) -> AsyncIterator[str]:
    async with open_doors(house) as base:
        yield base


class Desk:
    """HTTP as one person."""

    def __init__(self, url: str, person: Person) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {person.token}"}

    async def call(self, verb: str, path: str, sent: Any = None) -> tuple[int, Any]:
        async with aiohttp.ClientSession() as session:
            given = {} if sent is None else {"json": sent}
            async with session.request(verb, f"{self._url}/api/v1{path}", headers=self._headers, **given) as answer:
                plain = answer.content_type == "text/calendar"
                return answer.status, await (answer.text() if plain else answer.json())


async def join(url: str, world: World, person: Person, device: Phone) -> Any:
    status, given = await Desk(url, person).call("POST", f"/hearings/{world.id}/ticket", {})
    assert (status, given["ice_servers"]) == (201, [])
    answer = await device.call("hearing:join", {"hearing_id": world.id, "ticket": given["ticket"]})
    assert answer["ok"], answer
    return answer["data"]


async def test_the_doors_over_http(house: House, url: str) -> None:
    world = await called(house, public=True)
    desk = Desk(url, world.li)
    people = [{"user_id": world.judge.id, "role": "presider"}, {"user_id": world.wang.id, "role": "party"}]
    wanted = body(house, people).model_dump(mode="json")
    status, made = await desk.call("POST", f"/spaces/{world.case}/hearings", wanted)
    assert (status, made["stage"], made["version"], len(made["code"])) == (201, "waiting", 1, 8)
    status, wrong = await desk.call("POST", f"/spaces/{world.case}/hearings", {**wanted, "kind": "party"})
    assert (status, wrong["code"]) == (422, "request.invalid")
    status, wrong = await Desk(url, world.wang).call("POST", f"/spaces/{world.case}/hearings", wanted)
    assert (status, wrong["code"]) == (403, "auth.forbidden")
    assert (await Desk(url, world.wang).call("GET", f"/hearings/{made['id']}"))[0] == 200
    assert (await Desk(url, world.zhao).call("GET", f"/hearings/{made['id']}"))[0] == 404
    assert [one["id"] for one in (await Desk(url, world.zhao).call("GET", "/hearings"))[1]["items"]] == [world.id]
    status, found = await Desk(url, world.judge).call("POST", "/hearings/find", {"code": made["code"]})
    assert (status, found["id"]) == (200, made["id"])
    link = (await world.seen(world.judge)).link
    assert link is not None
    guest = Desk(url, await client(house, "旁听者"))
    sent = {"invitation": link.partition("invitation=")[2]}
    assert (await guest.call("POST", f"/hearings/{world.id}/observers", sent))[0] == 200
    status, text = await guest.call("GET", f"/hearings/{world.id}/calendar")
    assert (status, text.startswith("BEGIN:VCALENDAR\r\n")) == (200, True)


async def test_everybody_there_is_shown_the_new_state(house: House, url: str) -> None:
    world = await called(house)
    given = {"hearing_id": world.id}
    async with phone(url, world.judge) as judge, phone(url, world.wang) as wang, phone(url, world.zhao) as zhao:
        forged = await wang.call("hearing:join", {**given, "ticket": "x" * 43})
        assert forged["error"]["code"] == "hearing.ticket_invalid"
        for person, device in ((world.judge, judge), (world.wang, wang), (world.zhao, zhao)):
            await join(url, world, person, device)
        early = await judge.call("hearing:admit", {**given, "user_id": world.wang.id})
        assert early["error"]["code"] == "hearing.rules_not_accepted"
        assert (await wang.call("hearing:accept", given))["ok"]
        assert (await zhao.call("hearing:accept", given))["ok"]
        admitted = await judge.call("hearing:admit", {**given, "user_id": world.wang.id})
        version = admitted["data"]["version"]
        await until(lambda: all(version in [s["version"] for s in d.of("hearing:state")] for d in (judge, wang, zhao)))
        sneaked = await wang.call("hearing:floor", {**given, "user_id": world.wang.id, "give": True})
        assert sneaked["error"]["code"] == "hearing.not_allowed"
        refused = await zhao.call("hearing:hand", {**given, "raised": True})
        assert refused["error"]["code"] == "hearing.not_inside"
        removed = await judge.call("hearing:remove", {**given, "user_id": world.zhao.id})
        assert removed["ok"]
        await until(lambda: zhao.of("hearing:removed") == [{"hearing_id": world.id, "user_id": world.zhao.id}])
        status, told = await Desk(url, world.zhao).call("POST", f"/hearings/{world.id}/ticket", {})
        assert (status, told["code"]) == (403, "hearing.refused")


async def test_every_event_reaches_its_act(house: House, url: str) -> None:
    world = await called(house, kind="mediation")
    given: dict[str, Any] = {"hearing_id": world.id}
    await world.come(*world.everybody)
    async with phone(url, world.judge) as judge, phone(url, world.wang) as wang, phone(url, world.clerk) as clerk:
        who = {**given, "user_id": world.wang.id}
        for person in (world.wang, world.li, world.zhao):
            assert (await clerk.call("hearing:admit", {**given, "user_id": person.id}))["ok"]
            state = {**given, "user_id": person.id, "state": "confirmed"}
            assert (await clerk.call("hearing:identity", state))["ok"]
        for stage in ("opening", "statements"):
            assert (await judge.call("hearing:stage", {**given, "stage": stage}))["data"]["stage"] == stage
        witness = {**given, "user_id": world.witness.id}
        assert (await judge.call("hearing:witness", {**witness, "called": True}))["ok"]
        assert (await judge.call("hearing:witness", {**witness, "called": False}))["ok"]
        assert (await wang.call("hearing:hand", {**given, "raised": True}))["ok"]

        def mine(answer: Any) -> Any:
            assert answer["ok"], answer
            return next(one for one in answer["data"]["participants"] if one["user_id"] == world.wang.id)

        assert mine(await judge.call("hearing:floor", {**who, "give": True}))["mic"] is True
        assert mine(await wang.call("hearing:mute", {**given, "muted": True}))["mic"] is False
        assert mine(await judge.call("hearing:mute", {**who, "muted": True, "locked": True}))["locked"] is True
        refused = await wang.call("hearing:mute", {**given, "muted": False})
        assert refused["error"]["code"] == "hearing.mic_locked"
        freed = {**given, "everybody": True, "muted": False}
        assert mine(await clerk.call("hearing:mute", freed))["locked"] is False
        together = {**given, "user_ids": [world.judge.id, world.wang.id]}
        assert mine(await judge.call("hearing:caucus", {**together, "open": True}))["room"] == 1
        assert mine(await judge.call("hearing:caucus", {**together, "open": False}))["place"] == "court"
        assert (await clerk.call("hearing:line", {**given, "client_msg_id": "1", "text": "好"}))["data"]["seq"] == 1
        await until(lambda: judge.of("hearing:line"))
        assert wang.of("hearing:line") == []
        assert (await clerk.call("hearing:show", {**given, "file_id": None}))["ok"]
        assert mine(await wang.call("hearing:leave", given))["absence"] == "left"
        assert mine(await clerk.call("hearing:absence", {**who, "cause": "excused"}))["absence"] == "excused"
        offer = await judge.call("hearing:offer", {**given, "sdp": "v=0\r\nm=audio 9 X 0\r\n"})
        assert offer["error"]["code"] == "hearing.media_unavailable"


async def test_a_page_of_something_else_is_no_presence(house: House, url: str) -> None:
    """I6: who turned from the hearing to a chat is not there, whatever else of theirs is connected."""
    world = await called(house)
    given: dict[str, Any] = {"hearing_id": world.id}
    absent = {**given, "user_id": world.zhao.id, "cause": "left"}
    attending = house.core.publisher.courtrooms.attending

    async def there() -> bool:
        seats = {one.user_id: one for one in (await world.seen(world.judge)).participants}
        assert seats[world.zhao.id].place == "waiting", "the seat is kept"
        return seats[world.zhao.id].connected

    async with phone(url, world.judge) as judge, phone(url, world.zhao) as page, phone(url, world.zhao) as other:
        await join(url, world, world.judge, judge)
        await join(url, world, world.zhao, page)
        assert (await judge.call("hearing:absence", absent))["error"]["code"] == "hearing.is_present"
        assert (await other.call("hearing:away", given))["ok"], "of a page that is not in it"
        assert await there()
        await join(url, world, world.zhao, other)
        assert (await page.call("hearing:away", given)) == {"ok": True, "data": None}
        assert await there(), "another page is in it"
        assert (await other.call("hearing:away", given))["ok"]
        assert not await there(), "at once, though both are connected"
        assert (await other.call("hearing:away", given))["ok"], "again"
        assert (await judge.call("hearing:absence", absent))["ok"]
        await join(url, world, world.zhao, page)
        assert await there()
        bench_and_zhao = {world.judge.id, world.zhao.id}
        assert await attending(world.id, [*bench_and_zhao, world.li.id]) == bench_and_zhao
        assert await attending("another", [world.zhao.id]) == set()
        ticketless = await other.call("hearing:join", {**given, "ticket": "x" * 43})
        assert ticketless["error"]["code"] == "hearing.ticket_invalid"
        await page.client.disconnect()
        await until(lambda: len(house.core.sockets.by_user[world.zhao.id]) == 1)
        assert await attending(world.id, [world.zhao.id]) == set(), "neither a refused page nor an ended one"
        stranger = await other.call("hearing:away", {"hearing_id": (await called(house)).id})
        assert stranger["error"]["code"] == "hearing.not_found"
    await owed(house, CALLED, ACTED)
    assert "被告赵敏离开庭审页面" in [one.body["text"] for one in await world.lines(world.judge)]
    assert house.core.publisher.courtrooms.marks() == []


async def test_nobody_is_heard_when_who_presides_turns_to_another_page(house: House, url: str) -> None:
    world = await called(house, kind="mediation")
    await world.begin(HearingStage.OPENING)
    await world.act(world.judge, ActKind.FLOOR, world.wang, on=True)

    async def heard() -> bool:
        return next(one.mic for one in (await world.seen(world.wang)).participants if one.user_id == world.wang.id)

    async with phone(url, world.judge) as judge, phone(url, world.judge):
        await join(url, world, world.judge, judge)
        assert await heard()
        assert (await judge.call("hearing:away", {"hearing_id": world.id}))["ok"]
        assert not await heard()
        await join(url, world, world.judge, judge)
        assert await heard()


async def test_who_is_sent_out_neither_writes_nor_hears_in_the_hearings_space(house: House, url: str) -> None:
    """A1, I6: with the same sockets as before, and by every door, until they are let in again."""
    world = await called(house)
    await world.begin(HearingStage.OPENING)
    given = {"hearing_id": world.id, "user_id": world.zhao.id}
    desk, at = Desk(url, world.zhao), f"/spaces/{world.space}"
    async with phone(url, world.judge) as judge, phone(url, world.zhao) as zhao, phone(url, world.zhao) as other:
        assert (await zhao.send(world.space, "我是被告"))["ok"]
        await until(lambda: other.of("message:new"))
        assert (await judge.call("hearing:remove", given))["ok"]
        for device in (zhao, other):
            refused = (await device.send(world.space, "我不服"))["error"]
            assert (refused["code"], refused["message"]) == ("hearing.refused", "您已被责令退出法庭")
        heard = len(other.of("message:new"))
        assert (await judge.send(world.space, "记明"))["ok"]
        await until(lambda: [one["body"].get("text") for one in judge.of("message:new")][-1] == "记明")
        file = {"name": "a.txt", "content_type": "text/plain", "size": 3}
        text = {"client_msg_id": "x", "type": "text", "body": {"text": "我不服"}}
        for verb, path, sent in (
            ("GET", at, None),
            ("GET", f"{at}/messages?after_seq=0", None),
            ("POST", f"{at}/messages", text),
            ("POST", f"{at}/files", file),
            ("GET", f"{at}/export", None),
        ):
            status, told = await desk.call(verb, path, sent)
            assert (status, told["code"]) == (403, "hearing.refused"), path
        assert len(other.of("message:new")) == heard, "nothing of what comes after"
        assert world.space not in [one["id"] for one in (await desk.call("GET", "/spaces"))[1]["items"]]
        stranger = Desk(url, world.witness)
        assert (await stranger.call("GET", at))[1]["code"] == "space.not_found", "who never was in it learns nothing"
        said = [one.body.get("text") for one in await world.entries(world.judge)]
        assert {"我是被告", "我不服"} & set(said) == {"我是被告"}, "the record keeps what was said"
        assert (await judge.call("hearing:remove", {**given, "readmit": True}))["ok"]
        assert (await zhao.send(world.space, "谢谢"))["ok"]
        await until(lambda: [one["body"].get("text") for one in other.of("message:new")][-1] == "谢谢")
        assert "记明" in [one.body.get("text") for one in await world.entries(world.zhao)], "all of it is theirs again"


async def test_the_doors_of_an_asynchronous_hearing(house: House, url: str) -> None:
    """Every door does its step, refuses who may not, and everybody with a seat is shown the new state at once."""
    world = await called(house, mode="asynchronous")
    at = f"/hearings/{world.id}"
    judge, wang, zhao = Desk(url, world.judge), Desk(url, world.wang), Desk(url, world.zhao)
    async with phone(url, world.zhao) as device:
        assert (await wang.call("POST", f"{at}/asynchronous", {"action": "apply"}))[0] == 422
        for desk in (wang, zhao):
            assert (await desk.call("POST", f"{at}/asynchronous", {"action": "agree"}))[0] == 200
        assert (await wang.call("POST", f"{at}/stages", {"stage": "opening"}))[0] == 403
        status, opened = await judge.call("POST", f"{at}/stages", {"stage": "opening", "hours": 4})
        assert (status, opened["stage"], opened["exchange"]["turns_left"]) == (200, "opening", None)
        await until(lambda: opened["version"] in [state["version"] for state in device.of("hearing:state")])
        said = {"client_turn_id": "1", "text": "确认到庭，不申请回避"}
        status, turn = await wang.call("POST", f"{at}/turns", said)
        assert (status, turn["number"], turn["title"]) == (201, 1, "原告")
        assert (await wang.call("POST", f"{at}/turns", said))[1] == turn
        question = {"client_turn_id": "1", "user_id": world.zhao.id, "text": "是否收到传票？", "hours": 2}
        status, asked = await judge.call("POST", f"{at}/questions", question)
        assert (status, asked["kind"]) == (201, "question")
        answer = {"client_turn_id": "1", "text": "收到", "question_id": asked["question_id"]}
        assert (await wang.call("POST", f"{at}/turns", {**answer, "client_turn_id": "2"}))[0] == 403
        assert (await zhao.call("POST", f"{at}/turns", answer))[0] == 201
        status, listed = await zhao.call("GET", f"{at}/turns?after=1")
        assert [one["text"] for one in listed["items"]] == ["是否收到传票？", "收到"]
        until_then = (house.core.clock() + timedelta(hours=9)).isoformat()
        status, more = await judge.call("POST", f"{at}/deadlines", {"until": until_then, "reason": "当事人申请"})
        assert (status, more["exchange"]["lapsed"]) == (200, False)
        back = {"starts_at": until_then, "reason": "事实争议较大"}
        status, live = await judge.call("POST", f"{at}/live", back)
        assert (status, live["mode"], live["state"]) == (200, "live", "recess")
        status, moved = await judge.call("POST", f"{at}/reschedule", {**back, "minutes": 90})
        assert (status, moved["minutes"], moved["sequence"]) == (200, 90, 2)
        status, wrong = await judge.call("POST", f"{at}/cancel", {"reason": "撤诉"})
        assert (status, wrong["code"]) == (409, "hearing.wrong_stage")
        status, brief = await wang.call("GET", f"/spaces/{world.case}/hearings")
        assert [(one["id"], one["state"], one["participant"]) for one in brief["items"]] == [(world.id, "recess", True)]

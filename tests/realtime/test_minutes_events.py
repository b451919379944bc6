"""The minutes over HTTP and the socket: everybody who may read them sees each change at once, nobody else does (I6)."""

import hashlib
from collections.abc import AsyncIterator

import orjson
import pytest

from schemas.hearing_enums import ActKind, HearingStage
from server.wiring import House
from services.hearings.docket import ACTED
from services.hearings.scheduling import CALLED
from services.ids import new_id
from tests.house import open_doors, open_house
from tests.parts.databases import SettingsMaker
from tests.patience import until
from tests.realtime.test_hearing_events import Desk
from tests.realtime.test_sockets import phone
from tests.services.hearings.hearing_world import owed
from tests.services.hearings.minutes_world import SIGNATURE, sitting


@pytest.fixture(scope="module")
async def house(make_settings: SettingsMaker) -> AsyncIterator[House]:
    async with open_house(make_settings()) as opened:
        yield opened


@pytest.fixture(scope="module")
async def url(house: House) -> AsyncIterator[str]:
    async with open_doors(house) as base:
        yield base


async def test_the_way_of_the_minutes_over_the_doors(house: House, url: str) -> None:
    scribe = await sitting(house)
    world, minutes = scribe.world, f"/hearings/{scribe.id}/minutes"
    clerk, wang, judge = (Desk(url, person) for person in (world.clerk, world.wang, world.judge))
    line = {"client_id": "1", "kind": "speech", "text": "请求还款。", "speaker_id": world.wang.id, "ago_ms": 4000}
    async with phone(url, world.zhao) as zhao, phone(url, world.witness) as witness:
        status, entry = await clerk.call("POST", f"{minutes}/entries", line)
        assert (status, entry["text"], entry["revision"]) == (201, "请求还款。", 1)
        await until(lambda: [one["entry"]["id"] for one in zhao.of("hearing:minutes")] == [entry["id"]])
        status, changed = await clerk.call(
            "PATCH", f"{minutes}/entries/{entry['id']}", {"revision": 1, "text": "请求归还借款。"}
        )
        assert (status, changed["revision"], len(changed["versions"])) == (200, 2, 2)
        await until(lambda: zhao.of("hearing:minutes")[-1]["entry"]["text"] == "请求归还借款。")
        first, second = zhao.of("hearing:minutes")
        assert second["version"] == first["version"] + 1
        assert witness.of("hearing:minutes") == []
        status, refused = await wang.call("POST", f"{minutes}/entries", line)
        assert (status, refused["code"]) == (403, "hearing.not_allowed")
        status, head = await clerk.call("PATCH", f"{minutes}/head", {"cause": "民间借贷纠纷"})
        assert (status, head["head"]["cause"]) == (200, "民间借贷纠纷")
        await until(lambda: zhao.of("hearing:minutes")[-1]["entry"] is None)
    for stage in (HearingStage.DEBATE, HearingStage.FINAL, HearingStage.CLOSED):
        await world.act(world.judge, ActKind.STAGE, stage=stage)
    early = {"to": "reading", "version": (await judge.call("GET", minutes))[1]["version"]}
    status, waiting = await judge.call("POST", f"{minutes}/state", early)
    assert (status, waiting["code"]) == (503, "server.unavailable"), "the journal's last acts are not drafted yet"
    await owed(house, CALLED, ACTED)
    seen = (await judge.call("GET", minutes))[1]
    status, seen = await judge.call("POST", f"{minutes}/state", {"to": "reading", "version": seen["version"]})
    assert (status, seen["state"]) == (200, "reading")
    wanted = {"client_id": new_id(), "wanted": "请求归还借款五万元。"}
    status, asked = await wang.call("POST", f"{minutes}/entries/{entry['id']}/objections", wanted)
    assert (status, asked["objections"][0]["state"]) == (201, "open")
    answer = f"{minutes}/objections/{asked['objections'][0]['id']}/answer"
    assert (await clerk.call("POST", answer, {"correct": False}))[0] == 422
    assert (await clerk.call("POST", answer, {"correct": True}))[1]["text"] == "请求归还借款五万元。"
    assert (await wang.call("GET", f"{minutes}/text"))[1]["code"] == "minutes.wrong_state"
    seen = (await judge.call("GET", minutes))[1]
    status, seen = await judge.call("POST", f"{minutes}/state", {"to": "final", "version": seen["version"]})
    assert (status, seen["state"]) == (200, "final")
    text = (await wang.call("GET", f"{minutes}/text"))[1]
    assert hashlib.sha256(orjson.dumps(text, option=orjson.OPT_SORT_KEYS)).hexdigest() == seen["sha256"]
    status, done = await wang.call("POST", f"{minutes}/signatures", {"sha256": seen["sha256"], "png": SIGNATURE})
    assert (status, done["signers"][0]["state"]) == (200, "signed")
    status, done = await Desk(url, world.zhao).call("POST", f"{minutes}/refusals", {"reason": "与事实不符"})
    assert (status, done["signers"][1]["reason"]) == (200, "与事实不符")

"""What dies under a hearing: the process that owns its media, and the media server itself (I6)."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from schemas.hearing_enums import ActKind, HearingStage
from server.embedded.janus import Janus
from server.embedded.ports import KeptPorts
from server.embedded.product import Server
from server.settings import Settings
from server.voice.janus import JanusProvider
from server.wiring import House
from services.hearings.conductor import AWAY_SECONDS, LEASE_SECONDS
from services.hearings.docket import ACTED
from services.hearings.media import MAIN, Line
from tests.house import Person, open_doors, open_house
from tests.parts.databases import SettingsMaker
from tests.patience import PATIENCE, until
from tests.realtime.test_sockets import Phone, phone
from tests.services.hearings.hearing_world import World, called
from tests.voice.inside.court_room import JUDGE, TALK, WANG, ZHAO, connect, in_court, recorded, spans
from tests.voice.inside.speakers import Speaker, comes_about, speakers, stays

BACK_SECONDS = 10.0  # what is promised; a quiet machine is back in half of it


@asynccontextmanager
async def two_processes(
    make_settings: SettingsMaker, janus: Janus, folder: Path, redis_url: str
) -> AsyncIterator[tuple[House, list[Server]]]:
    """Two whole servers on one database, and a house without sound to look into it."""
    ports = KeptPorts(folder / "ports.json")
    common = make_settings.environment(redis_url=redis_url)
    settings: dict[str, Any] = {name.removeprefix("CASESPACE_").lower(): value for name, value in common.items()}
    async with open_house(Settings(_env_file=None, **settings)) as house:
        servers = []
        for name in ("first", "second"):
            own = {**common, **janus.variables(), "CASESPACE_HTTP_PORT": str(ports.get(name))}
            servers.append(Server("127.0.0.1", ports.get(name), own, folder / f"{name}.log", None))
        try:
            for server in servers:
                server.start()
            for server in servers:
                await asyncio.to_thread(server.await_ready)
            yield house, servers
        finally:
            for server in servers:
                server.kill()


async def test_the_owner_is_killed_and_another_goes_on(
    make_settings: SettingsMaker, janus: Janus, tmp_path: Path, parts: Any
) -> None:
    """Audio goes on, control is back within ten seconds, and nothing of the journal is lost."""
    async with two_processes(make_settings, janus, tmp_path, parts.redis_url) as (house, servers):
        world = await called(house)
        await world.begin(*TALK)
        first, second = (f"http://127.0.0.1:{server.port}" for server in servers)
        async with (
            speakers(JUDGE, WANG, ZHAO) as (judge, wang, zhao),
            phone(first, world.judge) as a,
            phone(second, world.wang) as b,
            phone(first, world.zhao) as c,
        ):
            await offer(world, a, judge, world.judge)
            await offer(world, b, wang, world.wang)
            await offer(world, c, zhao, world.zhao)
            await comes_about(zhao, [judge, wang], [])
            owner = await owner_of(house, world)
            victim, survivor = (first, second) if servers[0].pid == owner else (second, first)
            done = await kill_amid_acts(world, victim, owner)
            listening = asyncio.create_task(stays(zhao, [judge, wang], [], 3))
            async with phone(survivor, world.judge) as device:
                given = {"hearing_id": world.id, "user_id": world.wang.id, "muted": True, "locked": True}
                await listening
                assert (await device.call("hearing:mute", given))["ok"]
                await comes_about(zhao, [judge], [wang], PATIENCE)
                assert await owner_of(house, world) != owner
                seen = await world.seen(world.judge)
                assert seen.voice_epoch == 0, "nobody had to connect anew"
            await journal_whole(house, world, done)


def test_control_is_never_away_for_longer_than_is_promised() -> None:
    """Whoever stands by asks this often for a lease that lapses after so long; the rest is work, and is measured."""
    assert LEASE_SECONDS + AWAY_SECONDS <= BACK_SECONDS / 2


async def kill_amid_acts(world: World, url: str, process: int) -> list[int]:
    """Kill the process while somebody acts through it without a pause; the versions that it had answered with."""
    done: list[int] = []

    async def press(device: Phone) -> None:
        while True:
            given = {"hearing_id": world.id, "raised": len(done) % 2 == 0}
            done.append((await device.call("hearing:hand", given))["data"]["version"])

    async with phone(url, world.zhao) as device:
        pressing = asyncio.create_task(press(device))
        await until(lambda: len(done) >= 10)
        os.kill(process, signal.SIGKILL)
        pressing.cancel()
        await asyncio.gather(pressing, return_exceptions=True)
    return done


async def offer(world: World, device: Phone, speaker: Speaker, person: Person) -> None:
    """In the hearing with this very connection: any other is soon taken for somebody who is not there."""
    ticket = (await world.house.services.hearings.ticket(person.actor, world.id)).ticket
    joined = await device.call("hearing:join", {"hearing_id": world.id, "ticket": ticket})
    assert joined["ok"], joined
    answer = await device.call("hearing:offer", {"hearing_id": world.id, "sdp": await speaker.offer()})
    assert answer["ok"], answer
    await speaker.accept(answer["data"]["sdp"])


async def owner_of(house: House, world: World) -> int:
    """The process that owns the hearing's media, by the name in its lease."""
    lease = await house.database.leases.find_one({"_id": f"hearing:{world.id}"})
    assert lease is not None
    return int(lease["owner"].split("/")[1])


async def journal_whole(house: House, world: World, done: list[int]) -> None:
    """Every act that was done stands in the record, once; those that were answered are among them."""
    acts = await house.database.outbox.find({"kind": ACTED, "payload.hearing_id": world.id}).to_list()
    assert set(done) <= {row["payload"]["version"] for row in acts}
    assert len(set(done)) >= 10
    for _ in range(150):
        entries = await house.database.entries.find({"_id.space": world.space}).to_list()
        written = [entry["cid"] for entry in entries]
        if {row["_id"] for row in acts} <= set(written):
            break
        await asyncio.sleep(0.1)
    assert {row["_id"] for row in acts} <= set(written)
    assert len(written) == len(set(written))


async def test_janus_is_killed_and_everybody_is_back(house: House, janus: Janus) -> None:
    """Clients offer again when the epoch grows; what was recorded up to the crash is kept beside what follows."""
    async with in_court(house, *TALK) as (world, judge, wang, zhao):
        await comes_about(zhao, [judge, wang], [])
        await asyncio.sleep(2)
        epoch = (await world.seen(world.judge)).voice_epoch
        janus.kill()
        began = asyncio.get_running_loop().time()
        janus.start()
        async with speakers(JUDGE, WANG, ZHAO) as (judge2, wang2, zhao2):
            while (await world.seen(world.judge)).voice_epoch == epoch:
                assert asyncio.get_running_loop().time() - began < PATIENCE
                await asyncio.sleep(0.1)
            again: list[tuple[Person, Speaker]] = [(world.judge, judge2), (world.wang, wang2), (world.zhao, zhao2)]
            await asyncio.gather(*(connect(world, person, speaker) for person, speaker in again))
            await comes_about(zhao2, [judge2, wang2], [zhao2], PATIENCE)
            await asyncio.sleep(2)
            await world.act(world.judge, ActKind.STAGE, stage=HearingStage.CLOSED)
            kept = await recorded(world)
    mixes = [path for track, path in kept.items() if track.startswith("mix")]
    assert len(mixes) == 2
    for path in mixes:
        assert {JUDGE, WANG, ZHAO} in [sounding for sounding, _ in spans(path)]


async def test_a_recording_that_stops_growing_alarms_the_bench_and_begins_anew(house: House, janus: Janus) -> None:
    """The light proves nothing: the file is watched. Here it is taken away from under Janus, which notices nothing."""
    async with (
        in_court(house, *TALK) as (world, judge, wang, zhao),
        open_doors(house) as url,
        phone(url, world.clerk) as clerk,
        phone(url, world.wang) as party,
    ):
        await comes_about(zhao, [judge, wang], [])
        (lost,) = janus.recordings.glob(f"{world.id}/1/*mix.wav*")
        lost.unlink()
        await until(lambda: [one["alarm"] for one in clerk.of("hearing:alarm")] == ["recording_stalled"])
        assert (await world.seen(world.zhao)).recording.alarm == "recording_stalled"
        await until(lambda: [one["alarm"] for one in clerk.of("hearing:alarm")][-1] is None)
        assert party.of("hearing:alarm") == []
        await stays(zhao, [judge, wang], [], 1.5)
        await world.act(world.judge, ActKind.STAGE, stage=HearingStage.CLOSED)
        kept = await recorded(world)
    (mix,) = [path for track, path in kept.items() if track.startswith("mix")]
    assert {JUDGE, WANG, ZHAO} in [sounding for sounding, _ in spans(mix)]


async def test_a_voice_that_the_book_does_not_know_of_is_found_and_closed(house: House) -> None:
    """An owner may die between opening a microphone and writing it down; whoever follows looks at Janus itself."""
    async with in_court(house, HearingStage.OPENING, HearingStage.INVESTIGATION) as (world, judge, wang, zhao):
        await comes_about(zhao, [judge], [wang])
        remembered = await house.database.hearing_media.find_one({"_id": world.id})
        assert remembered is not None
        settings = house.settings
        assert settings.hearing_janus_url is not None
        dying = JanusProvider(settings.hearing_janus_url, "api secret", "admin key", None)
        session = await dying.open(world.id, remembered["memory"], lambda _event: None)
        assert session.resumed
        await session.set(world.wang.id, Line(MAIN, open=True))
        assert session.people()[world.wang.id].open
        await session.close(end=False)
        await asyncio.sleep(1.5)
        await comes_about(zhao, [judge], [wang])
        await stays(zhao, [], [wang], 1)
        await world.act(world.judge, ActKind.FLOOR, world.wang, on=True)
        await comes_about(zhao, [judge, wang], [])

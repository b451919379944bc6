"""Two processes and one hearing: what one does, the one that owns the media obeys at once, told by the bus (I6).

Both look by themselves once a minute only, so whatever happens sooner was told.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from schemas.hearing_enums import ActKind
from server.embedded.ports import choose
from server.embedded.processes import start_together
from server.embedded.valkey import Valkey
from server.wiring import House
from services.clock import utc_now
from services.errors import Problem
from services.hearings.media import MAIN, Line
from tests.house import open_house
from tests.parts.databases import SettingsMaker
from tests.patience import until
from tests.services.hearings.fake_media import SDP, FakeMedia, switchboard, talking


def patient() -> datetime:
    """An owner that looks so seldom does not renew its lease in time; by this clock nobody minds."""
    return utc_now() - timedelta(hours=1)


@pytest.fixture(scope="module")
async def two(
    make_settings: SettingsMaker, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[House, House]]:
    folder = tmp_path_factory.mktemp("valkey")
    valkey = Valkey(folder, choose(set()), folder / "valkey.log")
    start_together([valkey])
    one = make_settings(redis_url=valkey.url)
    other = make_settings(redis_url=valkey.url, mongo_database=one.mongo_database)
    async with open_house(one) as a, open_house(other) as b:
        await a.core.publisher.start()
        await b.core.publisher.start()
        yield a, b
    valkey.kill()


async def test_an_act_in_another_process_reaches_the_owner_at_once(two: tuple[House, House]) -> None:
    a, b = two
    media, unused = FakeMedia(), FakeMedia()
    world = await talking(a)
    async with switchboard(a, media) as owner, switchboard(b, unused, patient) as other:
        assert await owner.offer(world.id, world.wang.id, SDP) == f"answer to {world.wang.id}"
        assert owner.leads(world.id)
        assert media.lines[world.wang.id] == Line(MAIN, open=True)
        target = world.wang.id
        await b.services.hearings.act(world.judge.actor, world.id, ActKind.MUTE, target, on=True, lock=True)
        other.engage(world.id)
        await until(lambda: media.lines[target] == Line(MAIN, open=False))
        assert unused.opened == 0


async def test_an_offer_in_another_process_is_answered_at_once(two: tuple[House, House]) -> None:
    """Both ways are rung: the owner that there is an offer, the other that there is an answer."""
    a, b = two
    media, unused = FakeMedia(), FakeMedia()
    world = await talking(a)
    async with switchboard(a, media) as owner, switchboard(b, unused, patient) as other:
        owner.engage(world.id)
        await until(lambda: owner.leads(world.id))
        assert await other.offer(world.id, world.zhao.id, SDP) == f"answer to {world.zhao.id}"
        assert list(media.lines) == [world.zhao.id]
        with pytest.raises(Problem) as refused:
            await other.offer(world.id, world.witness.id + "0", SDP)
        assert refused.value.code == "hearing.not_inside"


async def test_who_stops_hands_over(two: tuple[House, House]) -> None:
    a, b = two
    first, second = FakeMedia(), FakeMedia()
    world = await talking(a)
    async with switchboard(b, second, patient) as other:
        async with switchboard(a, first) as owner:
            owner.engage(world.id)
            await until(lambda: owner.leads(world.id))
            other.engage(world.id)
            await asyncio.sleep(0)
            assert not other.leads(world.id)
        await until(lambda: other.leads(world.id))

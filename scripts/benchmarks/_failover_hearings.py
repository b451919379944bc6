"""What dies under a hearing, and how long people feel it: for ``failover.py``."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass

import numpy as np
from _failover_servers import Served, comes_about, serve, shared
from _socket_servers import Bench, settings_of
from hearings import answered, called
from numpy.typing import NDArray

from server.embedded.janus import Janus
from server.wiring import House
from tests.house import Person, open_house
from tests.realtime.test_sockets import Phone, phone
from tests.voice.inside.speakers import HEARD_DB, SILENT_DB, Speaker, level

LOUD_DB = -45.0  # of a frame that is no silence
GLANCE_FRAMES = 5  # of 20 ms: who is heard now
SETTLE_SECONDS = 2.0


class Ear(Speaker):
    """Somebody who speaks in a tone, and notes for how long they heard nothing."""

    def __init__(self, number: int, size: int) -> None:
        # all together stay below full scale: what is cut off would sound like everybody
        super().__init__(400.0 + 150.0 * number, amplitude=min(0.25, 0.75 / size))
        self._longest = 0.0
        self._sounded = time.monotonic()

    def begin(self) -> None:
        self._longest, self._sounded = 0.0, time.monotonic()

    def take(self, samples: NDArray[np.float64]) -> None:
        super().take(samples)
        if 20 * np.log10(max(float(np.sqrt(np.mean(samples**2))), 1e-6)) > LOUD_DB:
            self._longest, self._sounded = self.silence(), time.monotonic()

    def silence(self) -> float:
        """The longest so far, in seconds."""
        return max(self._longest, time.monotonic() - self._sounded)

    def hears(self, other: Speaker) -> bool:
        return self._glance(other) > HEARD_DB

    def misses(self, other: Speaker) -> bool:
        return -120.0 < self._glance(other) < SILENT_DB

    def _glance(self, other: Speaker) -> float:
        frames = list(self._heard)[-GLANCE_FRAMES:]
        return level(np.concatenate(frames), other.hertz) if len(frames) == GLANCE_FRAMES else -120.0


@dataclass
class Court:
    """A hearing in which everybody speaks. The first of the people presides."""

    house: House
    id: str
    people: list[Person]
    ears: list[Ear]
    phones: list[Phone]

    async def offer(self, number: int, ear: Ear) -> None:
        """Raises SystemExit when it is refused."""
        given = {"hearing_id": self.id, "sdp": await ear.offer()}
        await ear.accept(str((await answered(self.phones[number].call("hearing:offer", given)))["sdp"]))

    def all_hear(self) -> bool:
        return all(ear.hears(self.ears[(n + 1) % len(self.ears)]) for n, ear in enumerate(self.ears))

    def epoch(self, number: int) -> int:
        """What somebody's phone was told last."""
        told = self.phones[number].of("hearing:state")
        return int(told[-1]["voice_epoch"]) if told else 0


@asynccontextmanager
async def in_court(house: House, size: int, urls: list[str]) -> AsyncIterator[Court]:
    hearing_id, people = await called(house, size)
    court = Court(house, hearing_id, people, [Ear(n, size) for n in range(size)], [])
    async with AsyncExitStack() as stack:
        for number, person in enumerate(people):
            court.phones.append(await stack.enter_async_context(phone(urls[number % len(urls)], person)))
            ticket = (await house.services.hearings.ticket(person.actor, hearing_id)).ticket
            await answered(court.phones[-1].call("hearing:join", {"hearing_id": hearing_id, "ticket": ticket}))
            await court.offer(number, court.ears[number])
        try:
            await comes_about(court.all_hear)
            await asyncio.sleep(SETTLE_SECONDS)
            yield court
        finally:
            await asyncio.gather(*(ear.close() for ear in court.ears))


async def owner_killed(bench: Bench, janus: Janus, size: int, *, elsewhere: bool) -> dict[str, float]:
    """Seconds until a mute by who presides is obeyed in every ear, and the longest silence meanwhile."""
    environment = shared(bench)
    with ExitStack() as stack:
        async with open_house(settings_of(environment)) as house:
            servers = serve(stack, bench, ["web", "web"], environment | janus.variables(), elsewhere=elsewhere)
            async with in_court(house, size, [server.url for server in servers]) as court:
                lease = await house.database.leases.find_one({"_id": f"hearing:{court.id}"})
                assert lease is not None
                (victim,) = [server for server in servers if server.owns(lease["owner"])]
                (survivor,) = [server for server in servers if server is not victim]
                async with phone(survivor.url, court.people[0]) as chair:
                    return await _mute_without_owner(court, victim, chair)


async def _mute_without_owner(court: Court, victim: Served, chair: Phone) -> dict[str, float]:
    quiet, others = court.ears[1], [court.ears[0], *court.ears[2:]]
    for ear in court.ears:
        ear.begin()
    victim.kill()
    began = time.monotonic()
    given = {"hearing_id": court.id, "user_id": court.people[1].id, "muted": True, "locked": True}
    await answered(chair.call("hearing:mute", given))
    noted = time.monotonic() - began
    await comes_about(lambda: all(ear.misses(quiet) for ear in others))
    obeyed = time.monotonic() - began
    await asyncio.sleep(SETTLE_SECONDS)
    return {"mute noted": noted, "obeyed": obeyed, "longest silence": max(ear.silence() for ear in court.ears)}


async def janus_killed(bench: Bench, janus: Janus, size: int) -> dict[str, float]:
    """Seconds until every phone is told to offer again, and until everybody hears somebody again."""
    environment = shared(bench)
    with ExitStack() as stack:
        async with open_house(settings_of(environment)) as house:
            servers = serve(stack, bench, ["web"], environment | janus.variables(), elsewhere=False)
            async with in_court(house, size, [servers[0].url]) as court:
                return await _come_back(court, janus)


async def _come_back(court: Court, janus: Janus) -> dict[str, float]:
    before, told = [court.epoch(n) for n in range(len(court.ears))], []
    old, court.ears = court.ears, [Ear(n, len(court.ears)) for n in range(len(court.ears))]
    janus.kill()
    began = time.monotonic()
    janus.start()

    async def again(number: int) -> None:
        await comes_about(lambda: court.epoch(number) > before[number])
        told.append(time.monotonic() - began)
        await court.offer(number, court.ears[number])

    await asyncio.gather(*(again(n) for n in range(len(court.ears))))
    await comes_about(court.all_hear)
    heard = time.monotonic() - began
    await asyncio.gather(*(ear.close() for ear in old))
    return {"told to offer again": max(told), "all hear again": heard}

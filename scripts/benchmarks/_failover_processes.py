"""A leading worker that dies, and a web process that dies under its sockets: for ``failover.py``."""

import asyncio
import time
from contextlib import ExitStack
from typing import Any

from _failover_servers import GIVEN_UP, Served, comes_about, serve, shared
from _socket_servers import Bench, settings_of
from hearings import answered

from server.wiring import House
from server.worker import LEASE
from tests.house import Person, client, open_house, space_of
from tests.realtime.test_sockets import Phone, phone

CROWD = 20  # sockets of the process that dies
PAUSE_SECONDS = 0.05  # between two messages
BEFORE, AFTER = 20, 60  # messages


async def worker_killed(bench: Bench, *, elsewhere: bool) -> dict[str, float]:
    """Seconds until another worker leads."""
    environment = shared(bench)
    with ExitStack() as stack:
        async with open_house(settings_of(environment)) as house:
            workers = serve(stack, bench, ["worker", "worker"], environment, elsewhere=elsewhere)
            first = await leader(house, None)
            (victim,) = [worker for worker in workers if worker.owns(first)]
            victim.kill()
            began = time.monotonic()
            await leader(house, first)
            return {"another leads": time.monotonic() - began}


async def leader(house: House, other_than: str | None) -> str:
    """The name in the workers' lease, once it is another."""
    deadline = time.monotonic() + GIVEN_UP
    while time.monotonic() < deadline:
        lease = await house.database.leases.find_one({"_id": LEASE})
        if lease is not None and lease["owner"] != other_than:
            return lease["owner"]
        await asyncio.sleep(0.02)
    raise SystemExit("no worker leads")


async def web_killed(bench: Bench) -> dict[str, float]:
    """Seconds until every socket of a killed process is at another one and knows what was said meanwhile."""
    environment = shared(bench)
    with ExitStack() as stack:
        async with open_house(settings_of(environment)) as house:
            victim, survivor = serve(stack, bench, ["web", "web"], environment, elsewhere=False)
            people = [await client(house, f"成员{number}") for number in range(CROWD + 1)]
            space_id = await space_of(house, *people)
            async with phone(survivor.url, people[0]) as speaker:
                return await _killed_amid_talk(victim, survivor, speaker, people[1:], space_id)


async def _killed_amid_talk(
    victim: Served, survivor: Served, speaker: Phone, people: list[Person], space_id: str
) -> dict[str, float]:
    listeners = [Listener(person, space_id) for person in people]
    listening = [asyncio.create_task(one.listen(victim, survivor)) for one in listeners]
    await comes_about(lambda: all(one.there for one in listeners))
    await _talk(speaker, space_id, BEFORE)
    victim.kill()
    began = time.monotonic()
    await _talk(speaker, space_id, AFTER)
    await asyncio.gather(*listening)
    await comes_about(lambda: all(one.known() == BEFORE + AFTER for one in listeners))
    back = sorted(one.back - began for one in listeners)
    return {"back, median": back[len(back) // 2], "back, last": back[-1]}


async def _talk(speaker: Phone, space_id: str, count: int) -> None:
    for _ in range(count):
        await answered(speaker.send(space_id, "还在吗？"))
        await asyncio.sleep(PAUSE_SECONDS)


class Listener:
    """Hears the one process until it is gone, then goes to the other and asks for what was said meanwhile."""

    def __init__(self, person: Person, space_id: str) -> None:
        self._person = person
        self._space_id = space_id
        self._seen: set[int] = set()
        self.there = False
        self.back = 0.0

    def known(self) -> int:
        """The last seq before which nothing is missing."""
        seq = 0
        while seq + 1 in self._seen:
            seq += 1
        return seq

    async def listen(self, victim: Served, survivor: Served) -> None:
        async with phone(victim.url, self._person) as device:
            await self._sync(device)
            self.there = True
            while device.client.connected:
                await asyncio.sleep(0.005)
            self._note(device.of("message:new"))
        async with phone(survivor.url, self._person) as device:
            await self._sync(device)
            self.back = time.monotonic()
            while self.known() < BEFORE + AFTER and time.monotonic() < self.back + GIVEN_UP:
                await asyncio.sleep(0.05)
                self._note(device.of("message:new"))

    async def _sync(self, device: Phone) -> None:
        wanted = {"spaces": {self._space_id: self.known()}, "limit": 200}
        synced = await answered(device.call("sync", wanted))
        self._note(synced["spaces"][self._space_id]["messages"])

    def _note(self, messages: list[Any]) -> None:
        self._seen |= {one["seq"] for one in messages}

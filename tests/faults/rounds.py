"""One round: people talk and buy, something breaks at a random moment, it is mended, and everything is checked."""

import asyncio
import json
import random
import time
from dataclasses import dataclass, field

from server.embedded.processes import PartError
from server.settings import Settings
from server.wiring import House, build
from services.ids import new_id
from tests.faults import checker
from tests.faults.checker import Away
from tests.faults.cluster import Cluster
from tests.faults.hurts import FAULTS, Hurt, SkippedError
from tests.faults.phones import Phone
from tests.faults.shoppers import Shopper
from tests.house import Person, client, signed_in, space_of

SPACES, PEOPLE = 6, 12  # everybody is in two spaces, so four to a space, and one more who is away
RATE = 4.0  # messages a second that each of them writes, unless a round says otherwise
SETTLE_SECONDS = 180.0


@dataclass(slots=True)
class Outcome:
    fault: str
    what: str = ""
    skipped: str = ""
    sent: int = 0
    stored: int = 0
    delivered: int = 0
    orders: int = 0
    connections: int = 0
    holes: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    slowest: float = 0.0  # seconds that a message waited for its acknowledgement
    settled: float = 0.0  # seconds from the mending until everything had come about
    violations: list[str] = field(default_factory=list)


class Round:
    def __init__(self, cluster: Cluster, house: House, fault: str, seconds: float, rate: float = RATE) -> None:
        self._cluster = cluster
        self._house = house
        self._fault = fault
        self._seconds = seconds
        self._rate = rate
        self._phones: list[Phone] = []
        self._away: list[Away] = []
        self._shoppers: list[Shopper] = []
        self._space_ids: list[str] = []

    async def run(self) -> Outcome:
        await self._prepare()
        outcome = Outcome(self._fault)
        writing = [asyncio.create_task(self._write(phone)) for phone in self._phones]
        for phone in self._phones:
            phone.start()
        for shopper in self._shoppers:
            shopper.start()
        try:
            hurt = await self._hurt(outcome)
            for task in writing:
                task.cancel()
            mended = time.monotonic()
            outcome.violations += await self._settle()
            outcome.settled = time.monotonic() - mended
            outcome.violations += await self._check(hurt)
        finally:
            for phone in self._phones:
                await phone.stop()
        self._count(outcome)
        return outcome

    async def _prepare(self) -> None:
        people = [await client(self._house, f"成员{n}") for n in range(PEOPLE)]
        spaces_of: dict[str, list[str]] = {person.id: [] for person in people}
        for number in range(SPACES):
            members = [p for n, p in enumerate(people) if number in (n % SPACES, (n + 1) % SPACES)]
            absent = await client(self._house, "不在线")
            space_id = await space_of(self._house, *members, absent, title=f"案件{number}")
            self._space_ids.append(space_id)
            self._away.append(Away(absent.id, space_id))
            for person in members:
                spaces_of[person.id].append(space_id)
        self._phones = [self._phone(n, person, spaces_of[person.id]) for n, person in enumerate(people)]
        demo = json.loads((self._cluster.folder / "demo.json").read_text("utf-8"))
        buyers = [await signed_in(self._house, person["user_id"]) for person in demo["clients"][:2]]
        self._shoppers = [
            Shopper(self._cluster.urls, self._cluster.sandbox.url, buyer.token, demo["products"][0]["id"])
            for buyer in buyers
        ]

    def _phone(self, number: int, person: Person, spaces: list[str]) -> Phone:
        return Phone(self._cluster.urls, person.id, person.token, spaces, window=1 + 3 * (number % 2))

    async def _write(self, phone: Phone) -> None:
        while True:
            phone.write(random.choice(phone.spaces), new_id())
            await asyncio.sleep(random.expovariate(self._rate))

    async def _hurt(self, outcome: Outcome) -> Hurt:
        began = time.monotonic()
        await asyncio.sleep(1 + random.random() * self._seconds / 2)
        try:
            hurt = await FAULTS[self._fault](self._cluster)
            outcome.what = hurt.what
        except SkippedError as reason:
            hurt = Hurt("")
            outcome.skipped = str(reason)
        except (TimeoutError, PartError) as fault:
            hurt = Hurt("")
            outcome.violations.append(f"not mended: {fault}")
        await asyncio.sleep(max(2.0, began + self._seconds - time.monotonic()))
        return hurt

    async def _settle(self) -> list[str]:
        """Until every message is acknowledged and read by all, and every effect has come about."""
        deadline = time.monotonic() + SETTLE_SECONDS
        left = ["nothing was looked at"]
        while time.monotonic() < deadline:
            try:
                left = await self._unsettled()
            except Exception as fault:  # noqa: BLE001 - the database may be electing; what stays is reported
                left = [f"{type(fault).__name__}: {fault}"]
            if not left:
                return []
            await asyncio.sleep(0.5)
        return [f"not settled after {SETTLE_SECONDS:.0f} s: {reason}" for reason in left]

    async def _unsettled(self) -> list[str]:
        for shopper in self._shoppers:
            await shopper.finish(SETTLE_SECONDS / 2)
        if waiting := sum(phone.unacked for phone in self._phones):
            return [f"{waiting} messages are not acknowledged"]
        entries = await checker.load(self._house, self._space_ids)
        behind = [p for p in self._phones if any(len(p.notes.timeline[s]) < len(entries[s]) for s in p.spaces)]
        for phone in behind:
            try:
                await phone.catch_up()
            except (OSError, TimeoutError):
                phone.drop()
        if behind:
            return [f"{len(behind)} readers have not read everything"]
        return [
            *await checker.notices(self._house, self._away),
            *await checker.cards(self._house, [order for shopper in self._shoppers for order in shopper.paid]),
        ]

    async def _check(self, hurt: Hurt) -> list[str]:
        entries = await checker.load(self._house, self._space_ids)
        found = checker.records(entries) + await checker.bodies(self._house, entries)
        for phone in self._phones:
            found += checker.phone(entries, phone)
        for shopper in self._shoppers:
            found += shopper.faults
        found += checker.outages(self._phones, hurt.outages)
        parked = await self._house.database.cursors.count_documents({"parked.0": {"$exists": True}})
        parked += await self._house.database.outbox.count_documents({"state": "parked"})
        return found + ([f"{parked} effects are parked"] if parked else [])

    def _count(self, outcome: Outcome) -> None:
        notes = [phone.notes for phone in self._phones]
        outcome.sent = sum(len(one.sent) for one in notes)
        outcome.stored = len({told.client_msg_id for one in notes for told in one.acked.values()})
        outcome.delivered = sum(len(one.live) for one in notes)
        outcome.orders = sum(len(shopper.paid) for shopper in self._shoppers)
        outcome.connections = sum(one.connections for one in notes)
        outcome.slowest = max(one.slowest for one in notes)
        outcome.holes = sum(one.holes for one in notes)
        for one in notes:
            for code, times in one.refusals.items():
                outcome.refusals[code] = outcome.refusals.get(code, 0) + times


def house_of(cluster: Cluster) -> House:
    """The lab's own way into the database; it serves nobody."""
    fields = {name.removeprefix("CASESPACE_").lower(): value for name, value in cluster.variables.items()}
    fields["mongo_uri"] = cluster.mongo_uri
    return build(Settings(_env_file=None, **fields))  # type: ignore[arg-type]

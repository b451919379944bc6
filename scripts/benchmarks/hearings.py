"""What a hearing costs and how quick its sound is, with 3, 10 and 20 people who all speak, on one machine.

  floor    the same requests to a real Janus straight from this process: one room, recorded, no server, no database
  product  `server web` and `server worker` on mongod and Valkey: each person comes by a ticket, a socket and
           `hearing:offer`; the court sits (调解, the stage in which all sides may speak) and is recorded

in turn, in one run, in a network of their own (needs root, Janus, and the rights to make a network namespace).

  door     ticket, socket, `hearing:join`; nobody's in the floor
  sound    from the offer until sound flows; then, until the first is heard
  delay    from one mouth to all other ears: Opus, Janus (prebuffer 120 ms) and aiortc's buffer; no network, no sound
           card. A browser hides jitter better than aiortc does
  CPU      per cent of one core for each person, while all speak: of Janus, and of our processes. The speakers are apart
  kept     from 闭庭 until every track is a file with its hash

The speakers cost several times what is measured: where they take most of the machine, delays are theirs.
"""

import argparse
import asyncio
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import aiohttp
from _hearing_figures import Figures, ratios, report
from _hearing_people import Attendee, attend, put_through
from _socket_servers import ROOT, Bench, settings_of

from schemas.api.hearings import HearingBody
from schemas.enums import Role
from schemas.hearing_enums import ActKind, HearingKind, HearingStage, IdentityState
from server.embedded.janus import HOW_TO_INSTALL, Janus, find_janus
from server.embedded.ports import KeptPorts, choose
from server.voice.janus import JanusProvider
from server.voice.takes import Takes
from server.wiring import House
from services.hearings.media import MAIN, Line, MediaSession
from services.ids import new_id
from tests.house import Person, client, lawyer, open_house, space_of
from tests.parts.real import RunningParts
from tests.realtime.test_sockets import phone
from tests.voice.namespace import JANUS_ADDRESS, lay_cables

INSIDE = "--inside"
KEPT_SECONDS = 120


# --- the floor


async def floor(janus: Janus, size: int, seconds: float) -> Figures:
    figures, own = Figures(), janus.variables()
    provider = JanusProvider(
        janus.url,
        own["CASESPACE_HEARING_JANUS_SECRET"],
        own["CASESPACE_HEARING_JANUS_ADMIN_KEY"],
        Takes(janus.recordings, None),
    )
    session = await provider.open(new_id(), None, lambda _event: None)
    alive = asyncio.create_task(keep_alive(session))
    try:
        await session.record(1)

        async def connect(number: int, one: Attendee) -> None:
            line = Line(MAIN, open=True)
            await put_through(one, figures, lambda offer: session.answer(f"person{number}", offer, line))

        await attend(size, seconds, figures, connect, {"janus": janus.pid, "speakers": os.getpid()})
        await session.record(None)
    finally:
        alive.cancel()
        with suppress(asyncio.CancelledError):
            await alive
        await session.close(end=True)
    return figures


async def keep_alive(session: MediaSession) -> None:
    """Janus ends sessions that say nothing for a minute."""
    while True:
        await asyncio.sleep(20)
        await session.ping()


# --- the product


@dataclass(frozen=True)
class Product:
    url: str
    house: House  # looks into the same database, without sound
    pids: dict[str, int]


@asynccontextmanager
async def product(bench: Bench, janus: Janus) -> AsyncIterator[Product]:
    environment = {**bench.environment(), "CASESPACE_REDIS_URL": bench.parts.redis_url}
    pids = {"mongod": bench.mongod, "valkey": bench.valkey, "janus": janus.pid, "speakers": os.getpid()}
    async with open_house(settings_of(environment)) as house:
        with ExitStack() as stack:
            for role in ("web", "worker"):
                port = choose(set())
                pids[role] = stack.enter_context(bench.server(role, port, {**environment, **janus.variables()}))
                if role == "web":
                    url = f"http://127.0.0.1:{port}"
            yield Product(url, house, pids)


async def called(house: House, size: int) -> tuple[str, list[Person]]:
    """A hearing whose court has come to the stage in which all may speak. The first of its people presides."""
    judge, counsel = await lawyer(house, "陈明", Role.PRESIDER), await lawyer(house)
    sides = [await client(house, f"当事人{number}") for number in range(size - 1)]
    people = [judge, *sides]
    case = await space_of(house, sides[0], counsel)
    seats: list[dict[str, Any]] = [{"user_id": judge.id, "role": "presider"}]
    seats += [{"user_id": one.id, "role": "party", "side": "原告" if n % 2 else "被告"} for n, one in enumerate(sides)]
    body = HearingBody.model_validate(
        {
            "title": "语音测量",
            "kind": HearingKind.COURT,
            "starts_at": house.core.clock() + timedelta(hours=1),
            "participants": seats,
        }
    )
    hearings = house.services.hearings
    hearing_id = (await hearings.schedule(counsel.actor, case, body)).id
    for one in people:
        await hearings.join(one.actor, hearing_id, (await hearings.ticket(one.actor, hearing_id)).ticket)
        await hearings.act(one.actor, hearing_id, ActKind.ACCEPT)
    for one in sides:
        await hearings.act(judge.actor, hearing_id, ActKind.ADMIT, one.id)
        await hearings.act(judge.actor, hearing_id, ActKind.IDENTIFY, one.id, identity=IdentityState.CONFIRMED)
    for stage in (HearingStage.OPENING, HearingStage.INVESTIGATION, HearingStage.MEDIATION):
        await hearings.move(judge.actor, hearing_id, stage)
    return hearing_id, people


async def hearing(served: Product, size: int, seconds: float) -> Figures:
    figures = Figures()
    hearing_id, people = await called(served.house, size)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())

        async def connect(number: int, one: Attendee) -> None:
            began = time.monotonic()
            ticket = await ticket_of(http, served.url, hearing_id, people[number])
            device = await stack.enter_async_context(phone(served.url, people[number]))
            await answered(device.call("hearing:join", {"hearing_id": hearing_id, "ticket": ticket}))
            figures.door.append(time.monotonic() - began)

            async def exchange(offer: str) -> str:
                given = {"hearing_id": hearing_id, "sdp": offer}
                return str((await answered(device.call("hearing:offer", given)))["sdp"])

            await put_through(one, figures, exchange)

        await attend(size, seconds, figures, connect, served.pids)
        figures.kept = await close_court(served.house, hearing_id, people)
    return figures


async def ticket_of(http: aiohttp.ClientSession, url: str, hearing_id: str, person: Person) -> str:
    headers = {"Authorization": f"Bearer {person.token}"}
    async with http.post(f"{url}/api/v1/hearings/{hearing_id}/ticket", headers=headers, json={}) as answer:
        return str((await answer.json())["ticket"])


async def answered(call: Awaitable[Any]) -> Any:
    answer = await call
    if not answer["ok"]:
        raise SystemExit(f"refused: {answer}")
    return answer["data"]


async def close_court(house: House, hearing_id: str, people: list[Person]) -> float:
    """Seconds until the room's sound and every voice is a file."""
    began = time.monotonic()
    await house.services.hearings.move(people[0].actor, hearing_id, HearingStage.CLOSED)
    tracks = {"mix", *(one.id for one in people)}
    while time.monotonic() - began < KEPT_SECONDS:
        stored = await house.database.hearings.find_one({"_id": hearing_id})
        if stored is not None and tracks <= {one["track"] for one in stored.get("recordings", [])}:
            return time.monotonic() - began
        await asyncio.sleep(0.05)
    raise SystemExit("the recordings did not come")


@contextmanager
def running_janus(folder: Path) -> Iterator[Janus]:
    port = KeptPorts(folder / "ports.json").get("janus")
    part = Janus(folder, port, ("bench secret", "bench admin key"), JANUS_ADDRESS, folder / "janus.log")
    part.start()
    try:
        part.await_ready()
        yield part
    finally:
        part.kill()


async def many(served: Product, size: int, seconds: float, count: int) -> Figures:
    """So many hearings of this size at once, as if they were one."""
    found = await asyncio.gather(*(hearing(served, size, seconds) for _ in range(count)))
    together = Figures(kept=max(one.kept or 0 for one in found))
    for one in found:
        for name in ("door", "sound", "heard", "delays"):
            getattr(together, name).extend(getattr(one, name))
    # each looked at all processes, while all the others were going on
    together.cpu = {name: statistics.mean(one.cpu[name] for one in found) for name in found[0].cpu}
    return together


async def at_once(bench: Bench, janus: Janus, sizes: list[int], seconds: float, count: int) -> None:
    async with product(bench, janus) as served:
        for size in sizes:
            print(f"{count} hearings of {size} at once: ", end="", flush=True)
            print(report("product", size * count, await many(served, size, seconds, count)), flush=True)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


async def compare(bench: Bench, janus: Janus, sizes: list[int], seconds: float, rounds: int) -> None:
    async with product(bench, janus) as served:
        for size in sizes:
            mine, floors = [], []
            for _ in range(rounds):
                floors.append(await floor(janus, size, seconds))
                print(report("floor", size, floors[-1]), flush=True)
                mine.append(await hearing(served, size, seconds))
                print(report("product", size, mine[-1]), flush=True)
            print(ratios(size, mine, floors), flush=True)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def measure(given: argparse.Namespace) -> None:
    lay_cables()
    logging.getLogger("aioice").setLevel(logging.ERROR)
    running = RunningParts(ROOT / "var" / "bench-logs")
    bench = Bench(running.parts, given.seconds)
    try:
        with tempfile.TemporaryDirectory(prefix="casespace-bench-") as folder, running_janus(Path(folder)) as janus:
            if given.at_once > 1:
                asyncio.run(at_once(bench, janus, given.sizes, given.seconds, given.at_once))
            else:
                asyncio.run(compare(bench, janus, given.sizes, given.seconds, given.rounds))
    finally:
        bench.close()
        running.stop()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sizes", type=int, nargs="*", default=[3, 10, 20])
    arguments.add_argument("--seconds", type=float, default=20)
    arguments.add_argument("--rounds", type=int, default=2)
    arguments.add_argument("--at-once", type=int, default=1, help="so many hearings at the same time, without a floor")
    arguments.add_argument(INSIDE, action="store_true", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.inside:
        measure(given)
    else:
        run_inside(__file__)


def run_inside(program: str) -> NoReturn:
    """The same program once more, in a network namespace, where it is told so."""
    if find_janus() is None:
        raise SystemExit(HOW_TO_INSTALL)
    unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "--map-root-user"]
    raise SystemExit(subprocess.run([*unshare, sys.executable, program, INSIDE, *sys.argv[1:]], check=False).returncode)


if __name__ == "__main__":
    main()

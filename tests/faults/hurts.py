"""The faults: each hurts the cluster at a random moment, and mends it after a while, with the load going on."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from server.embedded.processes import Part
from tests.faults.cluster import Cluster, Member

Outage = tuple[float, float]  # from, until (monotonic seconds): the database could not take a majority write

DETECTED = 1.0  # seconds that an answer may be on its way when the database dies


@dataclass(slots=True)
class Hurt:
    """What a fault did."""

    what: str
    outages: list[Outage] = field(default_factory=list)


class SkippedError(Exception):
    """This machine cannot show this fault; the text says why."""


Fault = Callable[[Cluster], Awaitable[Hurt]]


async def kill_web(cluster: Cluster) -> Hurt:
    web = cluster.webs[0]
    web.kill()
    await asyncio.sleep(1)
    await cluster.restart([web])
    return Hurt("kill -9 of a web process, back after 1 s")


async def kill_worker(cluster: Cluster) -> Hurt:
    worker = await asyncio.to_thread(cluster.leading_worker)
    worker.kill()
    await asyncio.sleep(1)
    await cluster.restart([worker])
    return Hurt("kill -9 of the leading worker, back after 1 s")


async def kill_primary(cluster: Cluster) -> Hurt:
    primary = await asyncio.to_thread(cluster.primary)
    primary.kill()
    await asyncio.sleep(3)
    await cluster.restart([primary])
    return Hurt("kill -9 of the primary, back after 3 s")


async def step_down(cluster: Cluster) -> Hurt:
    for _ in range(2):
        primary = await asyncio.to_thread(cluster.primary)
        await asyncio.to_thread(primary.command_it, "replSetStepDown", 10, secondaryCatchUpPeriodSecs=5)
        await asyncio.sleep(2)
    return Hurt("the primary steps down, twice")


async def stop_primary(cluster: Cluster) -> Hurt:
    await _pause_for(cluster, [await asyncio.to_thread(cluster.primary)], 15)
    return Hurt("SIGSTOP of the primary for 15 s")


async def stop_web(cluster: Cluster) -> Hurt:
    await _pause_for(cluster, [cluster.webs[1]], 6)
    return Hurt("SIGSTOP of a web process for 6 s")


async def stop_worker(cluster: Cluster) -> Hurt:
    await _pause_for(cluster, [await asyncio.to_thread(cluster.leading_worker)], 9)
    return Hurt("SIGSTOP of the leading worker for 9 s: another leads when it wakes")


async def stop_valkey(cluster: Cluster) -> Hurt:
    await _pause_for(cluster, [cluster.valkey], 5)
    return Hurt("SIGSTOP of Valkey for 5 s")


async def kill_valkey(cluster: Cluster) -> Hurt:
    cluster.valkey.kill()
    await asyncio.sleep(3)
    await cluster.restart([cluster.valkey])
    return Hurt("kill -9 of Valkey, back after 3 s")


async def database_down(cluster: Cluster) -> Hurt:
    for member in cluster.members:
        member.kill()
    began = time.monotonic()
    await asyncio.sleep(5)
    outage = (began + DETECTED, time.monotonic())
    await cluster.restart(cluster.members)
    return Hurt("kill -9 of all mongods, back after 5 s", [outage])


async def no_majority(cluster: Cluster) -> Hurt:
    primary = await asyncio.to_thread(cluster.primary)
    others = [member for member in cluster.members if member is not primary]
    began = time.monotonic()
    await _pause_for(cluster, others, 6)
    return Hurt("SIGSTOP of both secondaries for 6 s", [(began + DETECTED, began + 6)])


async def power_cut(cluster: Cluster) -> Hurt:
    parts: list[Part] = [*cluster.processes, *cluster.members, cluster.valkey]
    for part in parts:
        part.kill()
    began = time.monotonic()
    await asyncio.sleep(1)
    outage = (began + DETECTED, time.monotonic())
    await cluster.restart([*cluster.members, cluster.valkey])
    await cluster.restart(cluster.processes)
    return Hurt("kill -9 of everything of ours at once, then started again", [outage])


async def full_disk(cluster: Cluster) -> Hurt:
    if cluster.small_disk is None:
        raise SkippedError("a small disk that may be filled must be mounted, which takes root")
    member = cluster.members[0]
    await asyncio.to_thread(cluster.make_primary, member)
    ballast = cluster.small_disk / "ballast"
    await asyncio.to_thread(_fill, cluster, member)
    died = member.exit_code is not None
    ballast.unlink()
    if not died:
        raise SkippedError("mongod got by with the space that it had set aside")
    await cluster.restart([member])
    return Hurt("the primary's disk is full: mongod ends; room is made and it starts again")


def _fill(cluster: Cluster, member: Member) -> None:
    """Until mongod cannot write any more and ends. A checkpoint makes it want room now, not in a minute."""
    assert cluster.small_disk is not None
    chunk = bytes(1 << 20)
    deadline = time.monotonic() + 20
    with (cluster.small_disk / "ballast").open("wb", buffering=0) as file:
        while member.exit_code is None and time.monotonic() < deadline:
            try:
                while True:
                    if not file.write(chunk):
                        break
            except OSError:
                member.command_it("fsync")
                time.sleep(0.2)


async def _pause_for(cluster: Cluster, parts: Sequence[Part], seconds: float) -> None:
    cluster.pause(parts)
    try:
        await asyncio.sleep(seconds)
    finally:
        cluster.resume(parts)


FAULTS: dict[str, Fault] = {
    "kill-web": kill_web,
    "kill-worker": kill_worker,
    "kill-primary": kill_primary,
    "step-down": step_down,
    "stop-primary": stop_primary,
    "stop-web": stop_web,
    "stop-worker": stop_worker,
    "stop-valkey": stop_valkey,
    "kill-valkey": kill_valkey,
    "database-down": database_down,
    "no-majority": no_majority,
    "power-cut": power_cut,
    "disk-full": full_disk,
}

"""The worker: runs what is owed. One process at a time leads; another takes over when it dies.

Three kinds of work: the outbox (effects of state changes), the followers (effects of stored entries), and
ticks (what time itself brings: unread notices, payments to ask about, uploads to sweep).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from schemas.documents.ledgers import OutboxDocument
from server.metrics import Metrics
from services.followers import Followers
from services.outbox import BATCH, Effect, Outbox
from services.storage.leases import Leases

log = logging.getLogger("casespace.worker")

LEASE = "worker"
LEASE_SECONDS = 6.0
POLL_SECONDS = 1.0  # how long a nudge that was lost can cost
LONGEST_PAUSE = 5.0


@dataclass(frozen=True, slots=True)
class Tick:
    name: str
    seconds: float
    run: Callable[[], Awaitable[object]]


class Worker:
    def __init__(
        self,
        outbox: Outbox,
        effects: Mapping[str, Effect],
        followers: Followers,
        ticks: list[Tick],
        leases: Leases,
        metrics: Metrics,
        nudged: asyncio.Event,
    ) -> None:
        self._outbox = outbox
        self._effects = effects
        self._followers = followers
        self._ticks = ticks
        self._leases = leases
        self._metrics = metrics
        self._nudged = nudged

    async def run(self, stop: asyncio.Event) -> None:
        """Lead when nobody else does, until told to stop; ends when the work in hand is done."""
        while not stop.is_set():
            try:
                if await self._leases.hold(LEASE, LEASE_SECONDS):
                    await self._lead(stop)
                else:
                    await _sleep(stop, LEASE_SECONDS / 3)
            except Exception:
                log.exception("the worker was interrupted and starts again")
                await _sleep(stop, 1.0)

    async def _lead(self, stop: asyncio.Event) -> None:
        log.info("this process runs the worker")
        halt = asyncio.Event()
        jobs = [self._keep_lease(halt), self._run_outbox(halt), self._follow(halt)]
        jobs += [run_tick(tick, halt) for tick in self._ticks]
        tasks = [asyncio.create_task(job) for job in jobs]
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
            halt.set()
            self._nudged.set()
            await asyncio.gather(*tasks)
        finally:
            for task in [*tasks, stopping]:
                task.cancel()
        await self._leases.release(LEASE)

    async def _keep_lease(self, halt: asyncio.Event) -> None:
        """Renew in good time; when that fails this process stops at once, since another may lead already."""
        while not halt.is_set():
            await _sleep(halt, LEASE_SECONDS / 3)
            try:
                held = await asyncio.wait_for(self._leases.hold(LEASE, LEASE_SECONDS), LEASE_SECONDS / 2)
            except Exception:
                log.exception("the lease could not be renewed")
                return
            if not held:
                log.warning("another process runs the worker now")
                return

    async def _run_outbox(self, halt: asyncio.Event) -> None:
        pause = 0.1
        while not halt.is_set():
            self._nudged.clear()
            try:
                tried = await self._outbox.run_due(self._effects, self._report)
                pause = 0.1
            except Exception:
                log.exception("the outbox could not be read")
                await _sleep(halt, pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            if tried < BATCH:
                await _wait(self._nudged, POLL_SECONDS)

    async def _follow(self, halt: asyncio.Event) -> None:
        pause = 0.2
        while not halt.is_set():
            try:
                await self._followers.run(halt)
                pause = 0.2
            except Exception:
                log.exception("following the record was interrupted and starts again")
                await _sleep(halt, pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _report(self, row: OutboxDocument, fault: Exception, parked: bool) -> None:
        self._metrics.effects_failed.labels(row["kind"], str(parked).lower()).inc()
        log.log(
            logging.ERROR if parked else logging.WARNING,
            "effect %s failed%s: %s",
            row["kind"],
            " and is parked" if parked else "",
            type(fault).__name__,
            extra={"event_id": row["_id"], "attempts": row["attempts"] + 1},
            exc_info=fault,
        )


async def run_tick(tick: Tick, halt: asyncio.Event) -> None:
    """Run it again and again, ``tick.seconds`` apart, until ``halt``; a failure ends one turn only."""
    while not halt.is_set():
        try:
            await tick.run()
        except Exception:
            log.exception("tick %s failed", tick.name)
        await _sleep(halt, tick.seconds)


async def _sleep(halt: asyncio.Event, seconds: float) -> None:
    await _wait(halt, seconds)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, at most so long."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return

"""What reading papers costs the chat: latency of messages while nothing is read, and while the queue is full.

One `server web` and one `server worker` with one engine, mongod and Valkey; 100 senders in 200 rooms at a fixed rate.
In turn, in one run: nothing queued, then as many photos of a contract waiting as the product lets wait
(``CASESPACE_OCR_QUEUE_MOST``). What is compared is the 99th percentile from when a message was due to its
acknowledgement and to its delivery; the ratio is the median of those of the rounds. Aim: at most 1.5.

The engine runs at nice 10 on as many processors as it is given: its threads meet the servers' on a small machine.
"""

import argparse
import asyncio
import os
import statistics
import sys
from pathlib import Path
from typing import Any

from _socket_servers import ROOT, Bench, measure, row, settings_of

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ocr_evaluation.damage import damaged
from ocr_evaluation.papers import paper

from schemas.api.files import FileBegin
from schemas.reading_enums import ReadingState
from server.settings import Settings
from server.wiring import House, build
from services.clock import utc_now
from services.ids import new_id
from tests.house import client, space_of
from tests.parts.real import RunningParts
from tests.services.files.world import post_form

AIM = 1.5
QUIET, READING = "quiet", "reading"
Figures = dict[str, list[dict[str, Any]]]


class Queue:
    """What waits to be read in one product, filled and emptied from outside."""

    def __init__(self, house: House, most: int) -> None:
        self._house = house
        self._most = most
        self._row: dict[str, Any] = {}

    async def prepare(self) -> None:
        """One photo, uploaded as a client would; every row of the queue has it read anew."""
        owner = await client(self._house, "成员")
        space_id = await space_of(self._house, owner)
        content = damaged(paper("contract", "tuning", 0).image, "photo", "bench").data
        begin = FileBegin(name="合同.jpg", content_type="image/jpeg", size=len(content))
        begun = await self._house.services.files.begin(owner.actor, space_id, begin)
        status, said = await post_form(self._house.blobs.inside_url, begun.upload.fields, content)
        if status not in (200, 204):
            raise RuntimeError(said)
        await self._house.services.files.complete(owner.actor, begun.file_id)
        self._row = {
            "schema_version": 1,
            "space_id": space_id,
            "file_id": begun.file_id,
            "uploader_id": owner.id,
            "asked_by": owner.id,
            "state": ReadingState.QUEUED.value,
            "tries": 0,
            "confirmations": [],
        }

    async def fill(self) -> None:
        now = utc_now()
        rows = [{**self._row, "_id": new_id(), "job_key": new_id(), "due_at": now, "created_at": now}]
        rows += [{**rows[0], "_id": new_id(), "job_key": new_id()} for _ in range(self._most - 1)]
        await self._house.database.readings.insert_many(rows)  # type: ignore[arg-type]
        while not await self._house.database.readings.count_documents({"state": ReadingState.DONE}):
            await asyncio.sleep(0.1)  # until the engine is warm

    async def empty(self) -> int:
        """Take away what waits, wait for what is being read; how many were read."""
        readings = self._house.database.readings
        await readings.delete_many({"state": ReadingState.QUEUED})
        while await readings.count_documents({"state": ReadingState.RUNNING}):
            await asyncio.sleep(0.1)
        read = await readings.count_documents({"state": ReadingState.DONE})
        await readings.delete_many({"state": ReadingState.DONE})
        return read


async def opened(settings: Settings) -> Queue:
    queue = Queue(build(settings), settings.ocr_queue_most)
    await queue.prepare()
    return queue


def compare(bench: Bench, rounds: int, rate: int, threads: int) -> Figures:
    environment = bench.environment(ocr_threads=str(threads))
    figures: Figures = {QUIET: [], READING: []}
    with bench.ours("web", "worker", environment=environment) as served, asyncio.Runner() as runner:
        queue = runner.run(opened(settings_of(environment)))
        measure(bench.plan(served, rate=rate), served.pids)  # whoever comes first pays for what is cold
        for number in range(rounds):
            for name in (QUIET, READING) if number % 2 else (READING, QUIET):
                if name == READING:
                    runner.run(queue.fill())
                result = measure(bench.plan(served, rate=rate), served.pids)
                figures[name].append(result)
                read = f"  {runner.run(queue.empty())} papers read" if name == READING else ""
                print(f"round {number + 1}  {row(name, result)}{read}", flush=True)
    return figures


def ratio(figures: Figures, what: str, share: str) -> float:
    pairs = zip(figures[READING], figures[QUIET], strict=True)
    return float(statistics.median(reading[what][share] / quiet[what][share] for reading, quiet in pairs))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=4)
    arguments.add_argument("--seconds", type=float, default=15)
    arguments.add_argument("--rate", type=int, default=100, help="messages a second")
    arguments.add_argument("--threads", type=int, default=2, help="of the engine")
    chosen = arguments.parse_args()
    running = RunningParts(ROOT / "var" / "bench-logs")
    bench = Bench(running.parts, chosen.seconds)
    try:
        figures = compare(bench, chosen.rounds, chosen.rate, chosen.threads)
    finally:
        bench.close()
        running.stop()
    for what in ("ack_ms", "delivery_ms"):
        p50, p99 = ratio(figures, what, "p50"), ratio(figures, what, "p99")
        print(f"{what[:-3]:<8} while reading / quiet: p50 {p50:.2f} ×, p99 {p99:.2f} ×  (aim ≤ {AIM})")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()

"""How much of a voice is lost on a bad network, each way, by the settings of the rooms.

  up    from a phone over a network with loss and jitter to Janus, which mixes; heard by somebody whose network is well.
        Rooms differ in their prebuffer: how many packets of 20 ms Janus collects before it plays
  down  what Janus sends to a phone of whose packets some are lost. Rooms differ in the loss that Janus' encoder
        expects. The packets are those of the run without loss; which are lost is drawn afterwards, for all alike

A phone is an Opus encoder and decoder as browsers use them (``_lossy_voice.py``), over aiortc. What is counted is the
share of the 20 ms of speech that sound wrong (a spectrum 6 dB off), beside the same run without loss. ``made late``
says how late this machine itself was (the 99th of a hundred): where that nears a packet's 20 ms, let it calm down.

Needs root, Janus, and the rights to make a network namespace. All rooms of one kind of network are measured at once.
"""

import argparse
import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from _lossy_voice import RATE, BadLine, Network, Samples, Voice, damaged, decode, speech, tap, without
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from hearings import INSIDE, keep_alive, run_inside, running_janus

from server.embedded.janus import Janus
from server.voice import rooms
from server.voice.janus import JanusProvider
from services.hearings.media import MAIN, Line, MediaSession
from services.ids import new_id
from tests.voice.namespace import lay_cables

NETWORKS = (
    Network(),  # what the others are compared with; the next one is the same, and says how exact that is
    Network(),
    Network(0.02),
    Network(0.05),
    Network(0.10),
    Network(0.0, 0.05),
    Network(0.0, 0.05, believed=0.05),
    Network(0.05, 0.05),
    Network(0.10, 0.05),
    Network(0.05, 0.05, ordered=False),
)
PREBUFFERS, EXPECTED = (3, 6, 10), (0, 10, 20)  # a room has one of each
LOSSES = (0.02, 0.05, 0.10, 0.20)
SETTLE_SECONDS = 2  # Janus finds a new delay by losing a few words, once
FMTP = "useinbandfec=1"


@dataclass
class Room:
    prebuffer: int
    expected: int
    line: BadLine
    voice: Voice
    packets: list[tuple[int, bytes]] = field(default_factory=list)  # that the listener was sent, with their numbers
    parts: list[tuple[int, int]] = field(default_factory=list)  # which of them came while each network was measured

    def part(self, number: int) -> list[bytes]:
        first, last = self.parts[number]
        return [payload for _, payload in self.packets[first:last]]


@contextlib.asynccontextmanager
async def connected(session: MediaSession, name: str, peer: RTCPeerConnection) -> AsyncIterator[None]:
    """Somebody in the court room, with FEC in band as browsers offer it."""
    await peer.setLocalDescription(await peer.createOffer())
    offer = peer.localDescription.sdp
    payload = next(one for one in offer.splitlines() if "opus/48000" in one).split(":")[1].split()[0]
    offer = "\r\n".join(one for one in offer.splitlines() if not one.startswith(f"a=fmtp:{payload} "))
    answer = await session.answer(name, f"{offer}\r\na=fmtp:{payload} minptime=10;{FMTP}\r\n", Line(MAIN, open=True))
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    try:
        async with asyncio.timeout(30):
            while peer.connectionState != "connected":
                await asyncio.sleep(0.02)
        yield
    finally:
        await peer.close()


@contextlib.asynccontextmanager
async def room(janus: Janus, said: Samples, prebuffer: int, expected: int) -> AsyncIterator[Room]:
    """One who speaks over a bad line, and one who listens."""
    rooms.PREBUFFER, rooms.EXPECTED_LOSS = prebuffer, expected
    own = janus.variables()
    secrets = own["CASESPACE_HEARING_JANUS_SECRET"], own["CASESPACE_HEARING_JANUS_ADMIN_KEY"]
    session = await JanusProvider(janus.url, *secrets, None).open(new_id(), None, lambda _event: None)
    alive = asyncio.create_task(keep_alive(session))
    speaker, listener = RTCPeerConnection(RTCConfiguration([])), RTCPeerConnection(RTCConfiguration([]))
    voice = Voice(said)
    sender = speaker.addTrack(voice)
    ear = listener.addTransceiver("audio", "sendrecv").receiver
    line = BadLine(sender.transport._send_rtp, seed=prebuffer)
    sender.transport._send_rtp = line  # type: ignore[method-assign]
    here = Room(prebuffer, expected, line, voice)
    tap(ear, here.packets)
    try:
        async with connected(session, "speaker", speaker), connected(session, "listener", listener):
            yield here
    finally:
        alive.cancel()
        await session.close(end=True)


async def measure(janus: Janus, seconds: int) -> list[Room]:
    said = speech(seconds, seed=7)
    async with contextlib.AsyncExitStack() as stack:
        found = [
            await stack.enter_async_context(room(janus, said, *settings))
            for settings in zip(PREBUFFERS, EXPECTED, strict=True)
        ]
        await asyncio.sleep(2)
        for one in found:
            one.voice.late.clear()
        for network in NETWORKS:
            for one in found:
                one.line.network = network
                one.voice.encoder.expect(network.loss if network.believed is None else network.believed)
            await asyncio.sleep(SETTLE_SECONDS)
            began = [len(one.packets) for one in found]
            for one in found:
                one.voice.begin_anew()
            await asyncio.sleep(seconds)
            for one, first in zip(found, began, strict=True):
                one.parts.append((first, len(one.packets)))
        return found


def report(found: list[Room]) -> None:
    for one in found:
        late = np.quantile(one.voice.late, 0.99)
        rate = 0.4 * float(np.mean([len(payload) for _, payload in one.packets]))
        holes = sum((b - a) % 65_536 != 1 for (a, _), (b, _) in pairwise(one.packets))
        print(
            f"prebuffer {one.prebuffer}, expected loss {one.expected} %: Janus sends {rate:.0f} kbit/s, "
            f"made late {1000 * late:.0f} ms, {holes} holes in what was heard"
        )
    print("\nup: share that sounds wrong, by prebuffer", *(f"{one.prebuffer:>7}" for one in found))
    clean = [decode(one.part(0)) for one in found]
    for number, network in enumerate(NETWORKS):
        if number > 0:
            parts = [damaged(before, decode(one.part(number))) for one, before in zip(found, clean, strict=True)]
            print(f"  {network!s:<38}", *(f"{100 * part:>6.1f}%" for part in parts), flush=True)
    print("\ndown: share that sounds wrong, by expected loss", *(f"{one.expected:>5}" for one in found))
    for loss in LOSSES:
        parts = [
            damaged(before, decode(without(one.part(0), loss, seed=3)), reach=0)
            for one, before in zip(found, clean, strict=True)
        ]
        print(f"  {Network(loss)!s:<38}", *(f"{100 * part:>6.1f}%" for part in parts), flush=True)
    print(
        f"{len(clean[0]) / RATE:.0f} s of speech each; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )


def inside(given: argparse.Namespace) -> None:
    lay_cables()
    with tempfile.TemporaryDirectory(prefix="casespace-bench-") as folder:
        with before_others(), running_janus(Path(folder)) as janus:
            found = asyncio.run(measure(janus, given.seconds))
        report(found)


@contextlib.contextmanager
def before_others() -> Iterator[None]:
    """On time, whatever else runs here: the network shall be measured, not this machine. Janus inherits it."""
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=int, default=20, help="of each network")
    arguments.add_argument(INSIDE, action="store_true", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.inside:
        inside(given)
    else:
        run_inside(__file__)


if __name__ == "__main__":
    main()

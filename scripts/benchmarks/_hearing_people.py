"""People for ``hearings.py``: each speaks all the time, and one of them ticks, so that the way to an ear can be timed.

Everybody is in this one process, so mouth and ear go by the same clock. There is no network, no sound card and no
browser's jitter buffer in between: what is measured is Opus, Janus' mixing and aiortc's own buffer.
"""

import asyncio
import contextlib
import fractions
import time
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
from _hearing_figures import Figures
from _socket_servers import cpu_seconds
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from av import AudioFrame
from numpy.typing import NDArray

RATE = 48_000
FRAME = RATE // 50
TICK_HERTZ, TICK_FRAMES, TICK_EVERY = 2_000, 4, 100  # frames of 20 ms: a tick of 80 ms every two seconds
TICK_DB, SOUND_DB = -24.0, -60.0  # a tick arrives at -14 dB
CONNECT_SECONDS = 30
SETTLE_SECONDS = 3.0
Samples = NDArray[np.float64]


class Voice(MediaStreamTrack):
    """Murmur in syllables, quiet enough for twenty to be added up; ``ticks`` (a list) is told when each went out."""

    kind = "audio"

    def __init__(self, seed: int, ticks: list[float] | None) -> None:
        super().__init__()
        self._murmur = murmur(seed)
        self._ticks = ticks
        self._sent = 0
        self._began: float | None = None

    async def recv(self) -> AudioFrame:
        if self._began is None:
            self._began = time.monotonic()
        await asyncio.sleep(max(0.0, self._began + self._sent * FRAME / RATE - time.monotonic()))
        samples = self._murmur[self._sent % len(self._murmur)]
        place = self._sent % TICK_EVERY
        if self._ticks is not None and place < TICK_FRAMES:
            samples = samples + tone(self._sent) * 0.3
            if place == 0:
                self._ticks.append(time.monotonic())
        frame = AudioFrame.from_ndarray((samples * 32767).astype(np.int16).reshape(1, -1), "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._sent * FRAME, fractions.Fraction(1, RATE)
        self._sent += 1
        return frame


def murmur(seed: int) -> list[Samples]:
    """Two seconds of noise without its highs, louder and softer four times a second, as frames."""
    count = 2 * RATE
    noise = np.convolve(np.random.default_rng(seed).normal(size=count), np.hanning(64), "same")
    swell = 0.55 + 0.45 * np.sin(2 * np.pi * 4 * np.arange(count) / RATE + seed)
    return list((noise / np.abs(noise).max() * swell * 0.04).reshape(-1, FRAME))


def tone(number: int) -> Samples:
    found: Samples = np.sin(2 * np.pi * TICK_HERTZ * (number * FRAME + np.arange(FRAME)) / RATE)
    return found


class Attendee:
    """One device: a voice, and an ear that notes the first sound and every tick."""

    def __init__(self, seed: int, ticks: list[float], *, ticking: bool) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.connection.addTrack(Voice(seed, ticks if ticking else None))
        self.connection.on("track", self._listen)
        self._ticks = ticks
        self._ear: asyncio.Task[None] | None = None
        self._counted = 0  # ticks
        self.first_sound: float | None = None
        self.delays: list[float] = []

    async def offer(self) -> str:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return str(self.connection.localDescription.sdp)

    async def accept(self, answer: str) -> None:
        """Take the answer and wait until sound can flow."""
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        async with asyncio.timeout(CONNECT_SECONDS):
            while self.connection.connectionState != "connected":
                await asyncio.sleep(0.005)

    async def hears(self) -> float:
        """When the first sound came."""
        async with asyncio.timeout(CONNECT_SECONDS):
            while self.first_sound is None:
                await asyncio.sleep(0.005)
        return self.first_sound

    def _listen(self, track: Any) -> None:
        self._ear = asyncio.get_running_loop().create_task(self._hear(track))

    async def _hear(self, track: Any) -> None:
        with contextlib.suppress(Exception):  # the connection ended
            while True:
                frame = await track.recv()
                self._note(frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0] / 32768)

    def _note(self, samples: Samples) -> None:
        now = time.monotonic()
        if self.first_sound is None and decibels(float(np.sqrt(np.mean(samples**2)))) > SOUND_DB:
            self.first_sound = now
        if len(self._ticks) > self._counted and level(samples) > TICK_DB:
            self._counted = len(self._ticks)
            self.delays.append(now - self._ticks[-1])

    async def close(self) -> None:
        await self.connection.close()
        if self._ear is not None:
            self._ear.cancel()


def level(samples: Samples) -> float:
    """How loud the tick is in one frame, in dB of full scale."""
    turns = np.exp(-2j * np.pi * TICK_HERTZ * np.arange(len(samples)) / RATE) * np.hanning(len(samples))
    return decibels(4 * abs(complex(np.dot(samples, turns))) / len(samples))


def decibels(strength: float) -> float:
    return float(20 * np.log10(max(strength, 1e-6)))


Connect = Callable[[int, Attendee], Awaitable[None]]


async def attend(size: int, seconds: float, figures: Figures, connect: Connect, pids: dict[str, int]) -> None:
    """Everybody comes in, one after the other; then all speak for so long."""
    ticks: list[float] = []
    people = [Attendee(number, ticks, ticking=number == 0) for number in range(size)]
    try:
        for number, one in enumerate(people):
            await enter(number, one, figures, connect)
        await asyncio.sleep(SETTLE_SECONDS)
        for one in people:
            one.delays.clear()
        before = {name: cpu_seconds(pid) for name, pid in pids.items()}
        await asyncio.sleep(seconds)
        figures.cpu = {name: (cpu_seconds(pid) - before[name]) / seconds for name, pid in pids.items()}
        figures.delays = [delay for one in people[1:] for delay in one.delays]
    finally:
        await asyncio.gather(*(one.close() for one in people))


async def enter(number: int, one: Attendee, figures: Figures, connect: Connect) -> None:
    """The first hears nobody yet."""
    await connect(number, one)
    if number > 0:
        connected = time.monotonic()
        figures.heard.append(await one.hears() - connected)


async def put_through(one: Attendee, figures: Figures, exchange: Callable[[str], Awaitable[str]]) -> None:
    offer = await one.offer()
    began = time.monotonic()
    await one.accept(await exchange(offer))
    figures.sound.append(time.monotonic() - began)

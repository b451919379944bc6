"""People who speak in tones: each has one of their own, so that who is heard can be told from the sound."""

import asyncio
import contextlib
import fractions
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Any

import numpy as np
from aioice import TransportPolicy
from aiortc import MediaStreamTrack, RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from av import AudioFrame
from numpy.typing import NDArray

from tests.patience import PATIENCE

RATE = 48_000
FRAME = RATE // 50
LISTEN_SECONDS = 0.6
# A voice that is let through arrives at -15 dB. Gaps of a busy machine smear other tones to -50 dB at most.
HEARD_DB, SILENT_DB = -30.0, -40.0


class Tone(MediaStreamTrack):
    """A sine in real time, at -12 dBFS unless it is told an amplitude (of 1)."""

    kind = "audio"

    def __init__(self, hertz: float, amplitude: float = 0.25) -> None:
        super().__init__()
        self._hertz = hertz
        self._amplitude = amplitude
        self._sent = 0
        self._began: float | None = None

    async def recv(self) -> AudioFrame:
        loop = asyncio.get_running_loop()
        if self._began is None:
            self._began = loop.time()
        await asyncio.sleep(max(0.0, self._began + self._sent / RATE - loop.time()))
        phase = (self._sent + np.arange(FRAME)) * (2 * np.pi * self._hertz / RATE)
        samples = (np.sin(phase) * self._amplitude * 32767).astype(np.int16)
        frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._sent, fractions.Fraction(1, RATE)
        self._sent += FRAME
        return frame


class Speaker:
    """One device with a microphone and an ear."""

    def __init__(
        self, hertz: float, relays: Sequence[RTCIceServer] = (), *, listens: bool = False, amplitude: float = 0.25
    ) -> None:
        """With ``relays`` it knows no way but through them, like a phone behind a strict firewall; one that only
        ``listens`` has no microphone.
        """
        self.hertz = hertz
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=list(relays)))
        if listens:
            self.connection.addTransceiver("audio", direction="recvonly")
        else:
            self.connection.addTrack(Tone(hertz, amplitude))
        self.connection.on("track", self._listen)
        if relays:
            (sender,) = self.connection.getSenders()
            # aiortc has no iceTransportPolicy (W3C webrtc); the library below it has
            sender.transport.transport.iceGatherer._connection._transport_policy = TransportPolicy.RELAY
        self._ear: asyncio.Task[None] | None = None
        self._heard: deque[NDArray[np.float64]] = deque(maxlen=int(LISTEN_SECONDS * 50))
        self.frames = 0

    async def offer(self) -> str:
        """An SDP offer, with all candidates."""
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return str(self.connection.localDescription.sdp)

    async def accept(self, answer: str) -> None:
        """Take the answer and wait until sound can flow."""
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        async with asyncio.timeout(PATIENCE):
            while self.connection.connectionState != "connected":
                await asyncio.sleep(0.02)

    def _listen(self, track: Any) -> None:
        self._ear = asyncio.get_running_loop().create_task(self._hear(track))

    async def _hear(self, track: Any) -> None:
        with contextlib.suppress(Exception):  # the connection ended
            while True:
                frame = await track.recv()
                samples = frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0]
                self.take(samples.astype(np.float64) / 32768)

    def take(self, samples: NDArray[np.float64]) -> None:
        """20 ms of what arrives."""
        self._heard.append(samples)
        self.frames += 1

    def level(self, hertz: float) -> float:
        """How loud a tone was in the last moments, in dB of full scale; -120 for nothing at all."""
        if len(self._heard) < self._heard.maxlen:  # type: ignore[operator]
            return -120.0
        return level(np.concatenate(list(self._heard)), hertz)

    async def close(self) -> None:
        await self.connection.close()
        if self._ear is not None:
            self._ear.cancel()


def level(samples: NDArray[np.float64], hertz: float) -> float:
    """The level of one tone, by correlating with it (Goertzel's sum)."""
    turns = np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / RATE) * np.hanning(len(samples))
    strength = 4 * abs(np.dot(samples, turns)) / len(samples)
    return float(20 * np.log10(max(strength, 1e-6)))


@contextlib.asynccontextmanager
async def speakers(*hertz: float, relays: Sequence[RTCIceServer] = ()) -> AsyncIterator[list[Speaker]]:
    people = [Speaker(one, relays) for one in hertz]
    try:
        yield people
    finally:
        await asyncio.gather(*(one.close() for one in people))


async def comes_about(listener: Speaker, hears: list[Speaker], not_: list[Speaker], seconds: float = PATIENCE) -> float:
    """Wait until somebody hears exactly these; after how many seconds. Fails with the levels when it does not come."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while True:
        levels = {one.hertz: round(listener.level(one.hertz), 1) for one in (*hears, *not_)}
        if all(levels[one.hertz] > HEARD_DB for one in hears) and all(levels[one.hertz] < SILENT_DB for one in not_):
            return loop.time() - began
        assert loop.time() - began < seconds, f"{listener.hertz} Hz hears {levels}"
        await asyncio.sleep(0.05)


async def stays(listener: Speaker, hears: list[Speaker], not_: list[Speaker], seconds: float) -> None:
    """For so long somebody hears at no look one of those, and in the end still these. ``scripts/bench failover``
    measures the gaps of what is heard: those of a busy machine say nothing here."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while loop.time() < deadline:
        levels = {one.hertz: round(listener.level(one.hertz), 1) for one in not_}
        assert all(level < SILENT_DB for level in levels.values()), levels
        await asyncio.sleep(0.1)
    await comes_about(listener, hears, not_)

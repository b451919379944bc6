"""A voice, a bad network and an ear for ``loss.py``: the parts that know nothing of Janus.

The voice is made up: vowels with formants at a pitch that wanders, consonants of noise, pauses; Opus codes it as
speech, and each syllable differs from the one before, so that a gap which is merely papered over is noticed. It is
encoded as a browser does (32 kbit/s, FEC in band for the loss that the network has), and decoded as a browser does:
what the next packet repairs is repaired, the rest is concealed.
"""

import asyncio
import contextlib
import ctypes
import ctypes.util
import fractions
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from aiortc import MediaStreamTrack
from av.packet import Packet
from numpy.typing import NDArray

RATE = 48_000
FRAME = RATE // 50
Samples = NDArray[np.float64]
_VOWELS = (
    (730, 1090, 2440),
    (270, 2290, 3010),
    (300, 870, 2240),
    (530, 1840, 2480),
    (570, 840, 2410),
    (440, 1020, 2240),
)
_VOIP, _BITRATE, _COMPLEXITY, _FEC, _LOSS = 2048, 4002, 4010, 4012, 4014  # of opus_defines.h


def speech(seconds: int, seed: int) -> Samples:
    """Somebody who talks without end, at about -20 dBFS."""
    dice, parts, length = np.random.default_rng(seed), [], 0
    while length < seconds * RATE:
        parts.append(_syllable(dice))
        if dice.random() < 0.12:
            parts.append(np.zeros(int(RATE * dice.uniform(0.15, 0.35))))
        length = sum(map(len, parts))
    return 0.25 * np.concatenate(parts)[: seconds * RATE]


def _syllable(dice: np.random.Generator) -> Samples:
    size = int(RATE * dice.uniform(0.14, 0.28))
    time_ = np.arange(size) / RATE
    pitch = np.linspace(dice.uniform(95, 160), dice.uniform(95, 160), size)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    a, b = (_VOWELS[one] for one in dice.choice(len(_VOWELS), 2, replace=False))
    bend = time_ / time_[-1]
    voice = np.zeros(size)
    for harmonic in range(1, 28):
        hertz = harmonic * pitch
        formants = [(1 - bend) * one + bend * other for one, other in zip(a, b, strict=True)]
        strength = sum(
            gain * np.exp(-(((hertz - f) / 130) ** 2)) for gain, f in zip((1, 0.5, 0.25), formants, strict=True)
        )
        voice += (strength + 0.01) * np.sin(harmonic * phase)
    voice *= np.sin(np.pi * bend) ** 0.4
    consonant = 0.25 * np.diff(dice.standard_normal(int(RATE * dice.uniform(0.03, 0.07)) + 1))
    return np.concatenate([consonant, voice / max(1e-9, float(np.abs(voice).max()))])


# --- Opus, as a browser uses it


def _library() -> ctypes.CDLL:
    found = ctypes.util.find_library("opus")
    if found is None:
        raise SystemExit("libopus is needed; it comes with Janus")
    library = ctypes.CDLL(found)
    library.opus_encoder_create.restype = library.opus_decoder_create.restype = ctypes.c_void_p
    return library


class Encoder:
    def __init__(self) -> None:
        self._opus, fault = _library(), ctypes.c_int()
        self._state = ctypes.c_void_p(self._opus.opus_encoder_create(RATE, 1, _VOIP, ctypes.byref(fault)))
        for request, value in ((_BITRATE, 32_000), (_COMPLEXITY, 9), (_FEC, 1)):
            self._set(request, value)

    def expect(self, loss: float) -> None:
        """What a browser learns from its receiver's reports; for none it spends nothing on FEC."""
        self._set(_LOSS, round(100 * loss))

    def encode(self, samples: Samples) -> bytes:
        pcm = (samples * 32767).astype(np.int16)
        packet = ctypes.create_string_buffer(1_500)
        size = self._opus.opus_encode(self._state, pcm.ctypes.data_as(ctypes.c_void_p), FRAME, packet, 1_500)
        return packet.raw[:size]

    def _set(self, request: int, value: int) -> None:
        self._opus.opus_encoder_ctl(self._state, request, ctypes.c_int(value))


def decode(packets: Sequence[bytes | None]) -> Samples:
    """What is heard of a stream, None where a packet is missing."""
    opus, fault = _library(), ctypes.c_int()
    state = ctypes.c_void_p(opus.opus_decoder_create(RATE, 1, ctypes.byref(fault)))
    heard = []
    for packet, following in pairwise([*packets, None]):
        pcm = np.zeros(FRAME, np.int16)
        repaired = packet is None and following is not None
        given = following if repaired else packet
        opus.opus_decode(
            state, given, len(given or b""), pcm.ctypes.data_as(ctypes.c_void_p), FRAME, ctypes.c_int(repaired)
        )
        heard.append(pcm / 32768)
    return np.concatenate(heard)


# --- the network


@dataclass(frozen=True)
class Network:
    """``loss``: share of packets. ``jitter``: seconds; each packet takes up to twice as long, ``ordered`` or not.

    ``believed``: the loss that the sender's encoder guards against with FEC; None: the real one, as browsers are told.
    """

    loss: float = 0.0
    jitter: float = 0.0
    ordered: bool = True
    believed: float | None = None

    def __str__(self) -> str:
        order = "" if self.ordered else ", out of order"
        fec = "" if self.believed is None else ", FEC all the same"
        return f"{100 * self.loss:.0f} % loss, {1000 * self.jitter:.0f} ms jitter{order}{fec}"


class BadLine:
    """Stands between somebody's sender and the network. There is no netem in every kernel."""

    def __init__(self, send: Callable[[bytes], Awaitable[None]], seed: int) -> None:
        self._send = send
        self._dice = np.random.default_rng(seed)
        self._free_at = 0.0
        self._under_way: set[asyncio.Task[None]] = set()
        self.network = Network()

    async def __call__(self, data: bytes) -> None:
        if self._dice.random() < self.network.loss:
            return
        if self.network.jitter == 0:
            await self._send(data)
            return
        now = time.monotonic()
        due = now + self._dice.uniform(0, 2 * self.network.jitter)
        if self.network.ordered:
            due = self._free_at = max(due, self._free_at)
        task = asyncio.create_task(self._later(due - now, data))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _later(self, seconds: float, data: bytes) -> None:
        await asyncio.sleep(seconds)
        with contextlib.suppress(ConnectionError):  # the call has ended
            await self._send(data)


class Voice(MediaStreamTrack):
    """Says the same over and over, in real time."""

    kind = "audio"

    def __init__(self, samples: Samples) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.late: list[float] = []  # how much later than due each packet was made: what this machine adds
        self._frames = samples.reshape(-1, FRAME)
        self._sent = self._offset = 0
        self._began: float | None = None

    def begin_anew(self) -> None:
        """From the first word."""
        self._offset = -self._sent

    async def recv(self) -> "Packet[Any]":
        self._began = self._began or time.monotonic()
        due = self._began + self._sent / 50
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        self.late.append(time.monotonic() - due)
        packet = Packet(self.encoder.encode(self._frames[(self._sent + self._offset) % len(self._frames)]))
        packet.pts, packet.time_base = self._sent * FRAME, fractions.Fraction(1, RATE)
        self._sent += 1
        return packet


# --- the ear


def damaged(reference: Samples, heard: Samples, reach: float = 0.4) -> float:
    """The share of the 20 ms of speech of which something else is heard: a spectrum that is 6 dB off.

    ``heard`` may lag, by more or less as it goes on; ``reach``: at most by so many seconds more than just before.
    """
    lag, frames, bad = 0, 0, 0
    for start in range(0, len(reference) - 15 * FRAME, 15 * FRAME):
        block = reference[start : start + 15 * FRAME]
        lag = _lag(block, heard, start + lag, int(reach * RATE)) - start
        for offset in range(0, len(block), FRAME):
            wanted = block[offset : offset + FRAME]
            if np.sqrt(np.mean(wanted**2)) < 0.01:
                continue
            frames += 1
            at, mine = start + lag + offset, _bands(wanted)
            bad += min(_distance(mine, heard[max(0, at + shift) :][:FRAME]) for shift in _SHIFTS) > 6
    return bad / max(1, frames)


def _lag(block: Samples, heard: Samples, around: int, reach: int) -> int:
    """Where in ``heard`` the block is found best."""
    first = max(0, around - reach)
    part = heard[first : around + len(block) + reach]
    if len(part) <= len(block):
        return around
    size = 1 << (len(part) + len(block)).bit_length()
    found = np.fft.irfft(np.fft.rfft(part, size) * np.conj(np.fft.rfft(block, size)), size)[: len(part) - len(block)]
    return first + int(np.argmax(found))


def _distance(mine: Samples, heard: Samples) -> float:
    """In dB, over bands of the ear (Bark); what is far below the loudest counts as silence."""
    if len(heard) < FRAME:
        return 99.0
    theirs = _bands(heard)
    floor = mine.max() - 25
    return float(np.sqrt(np.mean((np.maximum(mine, floor) - np.maximum(theirs, floor)) ** 2)))


_EDGES = (100, 200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320, 2700, 3150, 3700)  # hertz
_PLACES = [edge * FRAME // RATE for edge in _EDGES]
_WINDOW = np.hanning(FRAME)
_SHIFTS = (0, -240, 240, -480, 480)  # samples: a syllable may come a little earlier or later


def _bands(samples: Samples) -> Samples:
    power = np.abs(np.fft.rfft(samples * _WINDOW)) ** 2
    return np.asarray(10 * np.log10(np.add.reduceat(power, _PLACES)[:-1] + 1e-9))


def without(packets: Sequence[bytes], loss: float, seed: int) -> list[bytes | None]:
    dice = np.random.default_rng(seed)
    return [None if dice.random() < loss else packet for packet in packets]


def tap(receiver: Any, into: list[tuple[int, bytes]]) -> None:
    """Keep what arrives, with its number. ``receiver``: aiortc's, which then decodes nothing."""

    async def keep(packet: Any, *_: Any, **__: Any) -> None:
        into.append((packet.sequence_number, packet.payload))

    receiver._handle_rtp_packet = keep

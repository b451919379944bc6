"""The ways outside, as the escalation sees them: each takes a notice, passes it on, or asks to be looked at again."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Protocol

from miniprogram_api.errors import TransportError, VendorError
from schemas.documents.ledgers import NoticeDocument
from schemas.enums import ChannelState, NoticeChannel
from services.notices.tracks import Tracks, track_of


class Progress(Enum):
    """``TAKEN``: it went out, or may have. ``PASSED``: not by this way."""

    TAKEN = "taken"
    PASSED = "passed"


class Way(Protocol):
    async def deliver(self, notice: NoticeDocument) -> Progress | datetime:
        """Try once. A time means: the outcome is unknown until then.

        Raises ``VendorError`` for what may succeed later; the notice is then owed on this channel.
        """
        ...


class UnreachableError(Exception):
    """This person cannot be reached by this way; ``cause`` is stable and holds nothing personal."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class Carrier(Protocol):
    """One provider behind a way whose messages cannot be followed any further."""

    async def carry(self, notice: NoticeDocument) -> str | None:
        """Send; the provider's number if it gives one. Raises ``UnreachableError`` and ``VendorError``."""
        ...


def perhaps_sent(fault: VendorError) -> bool:
    """Whether the message may have arrived. Without an access token nothing was asked for yet."""
    return isinstance(fault, TransportError) and fault.sent and fault.api != "stable_token"


class OneShot:
    """A way that sends once: a lost answer is not asked about and nothing is repeated that may have arrived."""

    def __init__(self, channel: NoticeChannel, carrier: Carrier, tracks: Tracks) -> None:
        self._channel = channel
        self._carrier = carrier
        self._tracks = tracks

    async def deliver(self, notice: NoticeDocument) -> Progress | datetime:
        track = track_of(notice, self._channel)
        if track is not None and track["state"] == ChannelState.SENDING:
            # a worker died in between: it may have arrived
            await self._tracks.end(notice, self._channel, track, ChannelState.UNKNOWN, fault="interrupted")
            return Progress.TAKEN
        claimed = await self._tracks.claim(notice, self._channel)
        if claimed is None:
            return Progress.TAKEN
        try:
            number = await self._carrier.carry(notice)
        except UnreachableError as fault:
            await self._tracks.end(notice, self._channel, claimed, ChannelState.UNREACHABLE, fault=fault.cause)
            return Progress.PASSED
        except VendorError as fault:
            if perhaps_sent(fault):
                await self._tracks.end(notice, self._channel, claimed, ChannelState.UNKNOWN, fault=fault.code)
                return Progress.TAKEN
            if fault.retryable:
                await self._tracks.owe_again(notice, self._channel, claimed, fault.code)
                raise
            await self._tracks.end(notice, self._channel, claimed, ChannelState.FAILED, fault=fault.code)
            return Progress.PASSED
        detail = {"message_id": number} if number else {}
        await self._tracks.end(notice, self._channel, claimed, ChannelState.SENT, **detail)
        return Progress.TAKEN


Ways = Mapping[NoticeChannel, Way]

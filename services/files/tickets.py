"""Tickets: short-lived signed links to a file's content.

``<image>`` and ``<audio>`` cannot send a bearer token, so their links carry a right of their own: to read one
variant of one file until a moment soon. Issuing one is pure computation. All links issued in one window of
time are equal, whichever process issues them, so that a client's cache recognises them.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from schemas.api.files import FileVariant
from services.clock import Clock, utc_now
from services.errors import Problem

WINDOW_SECONDS = 600
_HELD = "\0held"
_WHOLE = "\0whole"
_FORM = re.compile(r"^([0-9a-f]{1,12})\.([A-Za-z0-9_-]{22})$")


@dataclass(frozen=True, slots=True)
class Right:
    """What a genuine ticket opens beyond what every member may have."""

    held: bool = False  # a file that is held for review
    whole: bool = False  # the original of a paper that identifies somebody


class Tickets:
    """Issues and checks links. A link lives for one to two windows: 10 to 20 minutes."""

    def __init__(self, keys: Mapping[str, bytes], clock: Clock = utc_now, origin: str = "") -> None:
        """``keys`` (id → 32 bytes) may be those of the access tokens: the signing keys are derived from them.

        The first one signs, all of them verify. ``origin`` goes before the path of every link.
        """
        self._keys = [_derived(key) for key in keys.values()]
        self._clock = clock
        self._origin = origin.rstrip("/")

    def file_url(self, file_id: str, variant: str = FileVariant.ORIGINAL) -> str:
        """The link to a variant of a file, valid for everybody who holds it."""
        window = int(self._clock().timestamp()) // WINDOW_SECONDS
        ticket = self._sign(self._keys[0], file_id, variant, (window + 2) * WINDOW_SECONDS)
        which = "" if variant == FileVariant.ORIGINAL else f"variant={variant}&"
        return f"{self._origin}/api/v1/files/{file_id}/content?{which}ticket={ticket}"

    def held_url(self, file_id: str, variant: str = FileVariant.ORIGINAL) -> str:
        """The same for who may see a file that is held for review; without it, its ordinary links are refused."""
        ticket = self._special("h", file_id, f"{variant}{_HELD}")
        return self.file_url(file_id, variant).partition("ticket=")[0] + f"ticket={ticket}"

    def whole_url(self, file_id: str, variant: str = FileVariant.ORIGINAL) -> str:
        """The same for who may have the original of a paper that identifies somebody, held or not; ordinary links give
        its masked copy."""
        ticket = self._special("o", file_id, f"{variant}{_WHOLE}")
        return self.file_url(file_id, variant).partition("ticket=")[0] + f"ticket={ticket}"

    def _special(self, sign: str, file_id: str, what: str) -> str:
        window = int(self._clock().timestamp()) // WINDOW_SECONDS
        return sign + self._sign(self._keys[0], file_id, what, (window + 2) * WINDOW_SECONDS)

    def check(self, ticket: str, file_id: str, variant: str) -> Right:
        """What it opens. Raises ``auth.ticket_invalid`` when it is forged, expired, or for something else."""
        if ticket.startswith("h"):
            self._check(ticket[1:], file_id, f"{variant}{_HELD}")
            return Right(held=True)
        if ticket.startswith("o"):
            self._check(ticket[1:], file_id, f"{variant}{_WHOLE}")
            return Right(held=True, whole=True)
        self._check(ticket, file_id, variant)
        return Right()

    def _check(self, ticket: str, file_id: str, variant: str) -> None:
        parts = _FORM.match(ticket)
        if parts is None:
            raise Problem("auth.ticket_invalid")
        expires = int(parts[1], 16)
        genuine = [
            hmac.compare_digest(self._sign(key, file_id, variant, expires).encode(), ticket.encode())
            for key in self._keys
        ]
        if not any(genuine) or expires <= self._clock().timestamp():
            raise Problem("auth.ticket_invalid")

    @staticmethod
    def _sign(key: bytes, file_id: str, variant: str, expires: int) -> str:
        digest = hmac.new(key, f"{file_id}\0{variant}\0{expires}".encode(), hashlib.sha256).digest()
        return f"{expires:x}.{base64.urlsafe_b64encode(digest[:16]).decode().rstrip('=')}"


def _derived(key: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"file tickets").derive(key)

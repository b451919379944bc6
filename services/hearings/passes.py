"""What lets somebody in: the code that is read out, the signed link for observers, the ticket of one coming-in."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.clock import Clock, utc_now
from services.errors import Problem
from services.ids import new_secret
from services.storage.database import Database

TICKET_SECONDS = 60
CODE_DIGITS = 8


def new_code() -> str:
    """A hearing code (庭审码): found by trying only with a hundred million tries, and no right by itself."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


class Invitations:
    """The signed part of the link by which observers come to a public hearing. Issuing one needs no I/O."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """``keys`` (id → 32 bytes) may be those of the access tokens; the first one signs, all of them verify."""
        self._keys = [_derived(key) for key in keys.values()]

    def issue(self, hearing_id: str) -> str:
        return _sign(self._keys[0], hearing_id)

    def check(self, hearing_id: str, invitation: str) -> None:
        """Raises ``hearing.link_invalid``."""
        genuine = [hmac.compare_digest(_sign(key, hearing_id).encode(), invitation.encode()) for key in self._keys]
        if not any(genuine):
            raise Problem("hearing.link_invalid")


class HearingTickets:
    """Tickets are drawn, not signed: what is used or expired is gone, whichever process is asked."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._db = database
        self._clock = clock

    async def issue(self, hearing_id: str, user_id: str) -> tuple[str, datetime]:
        """A ticket for this person and this hearing, and until when it can be used, once."""
        ticket = new_secret()
        expires_at = self._clock() + timedelta(seconds=TICKET_SECONDS)
        await self._db.hearing_tickets.insert_one(
            {"_id": _digest(ticket), "hearing_id": hearing_id, "user_id": user_id, "expires_at": expires_at}
        )
        return ticket, expires_at

    async def use(self, ticket: str, hearing_id: str, user_id: str) -> None:
        """Raises ``hearing.ticket_invalid``: forged, somebody else's, of another hearing, expired or used."""
        now = self._clock()
        used = await self._db.hearing_tickets.update_one(
            {
                "_id": _digest(ticket),
                "hearing_id": hearing_id,
                "user_id": user_id,
                "expires_at": {"$gt": now},
                "used_at": {"$exists": False},
            },
            {"$set": {"used_at": now}},
        )
        if used.modified_count != 1:
            raise Problem("hearing.ticket_invalid")


def _digest(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()


def _sign(key: bytes, hearing_id: str) -> str:
    digest = hmac.new(key, hearing_id.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def _derived(key: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"hearing invitations").derive(key)

"""Passwords of staff: Argon2id (RFC 9106), computed outside the event loop."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from services.ids import new_secret

# Each computation takes 64 MiB; two at a time keep a flood of sign-ins from taking the machine's memory.
_AT_ONCE = 2
SHORTEST = 10
COST = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)  # 3 passes over 64 MiB in 4 lanes


class Passwords:
    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """``hasher``: the cost; by default `COST`."""
        self._hasher = hasher or COST
        self._nobody = self._hasher.hash(new_secret())
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, password: str) -> str:
        """The encoded hash to store. Raises ValueError for a password under ten characters."""
        if len(password) < SHORTEST:
            raise ValueError(f"a password needs at least {SHORTEST} characters")
        async with self._gate:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether the password fits. Without a stored hash the same time is spent and the answer is no, so that
        nobody learns from the clock which logins exist."""
        async with self._gate:
            fits = await asyncio.to_thread(self._fits, password, stored or self._nobody)
        return fits and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made at another cost than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _fits(self, password: str, stored: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

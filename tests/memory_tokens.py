"""WeChat's access token kept in memory, for tests without a database."""

import time

from miniprogram_api.access_token import StoredToken


class MemoryTokenStore:
    """A ``TokenStore`` for one process, as the product's own is for all."""

    def __init__(self) -> None:
        self._token: StoredToken | None = None
        self._leased_until = 0.0

    async def load(self) -> StoredToken | None:
        return self._token

    async def try_lease(self, seconds: float) -> bool:
        now = time.monotonic()
        if now < self._leased_until:
            return False
        self._leased_until = now + seconds
        return True

    async def save(self, token: StoredToken) -> None:
        self._token = token

    async def release(self) -> None:
        self._leased_until = 0.0

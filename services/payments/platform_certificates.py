"""WeChat Pay's platform certificates, kept current in every process, so that a switch of keys is no event.

WeChat lists a new certificate days before it signs with it ("平台证书更新指引" wants them fetched at least every 12
hours). One process fetches, all trust what is stored; the keys that were configured stay in force beside them.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from miniprogram_api.errors import PayError, VendorError
from miniprogram_api.pay import PlatformCertificate, PlatformCertificates, PlatformKeys
from services.clock import Clock, utc_now
from services.storage.platform_certificates import CertificateStore

log = logging.getLogger("casespace.payments")

FETCH_SECONDS = 6 * 3600.0
RETRY_SECONDS = 300.0
# A certificate lives for years; this is time enough for a person to find out why no new one came.
WARN_BEFORE = timedelta(days=14)
WARN_EVERY = timedelta(days=1)

# Tells when a key ends, for operators: (serial, Unix seconds).
TellEnd = Callable[[str, float], None]


class CertificateWatch:
    def __init__(
        self,
        client: PlatformCertificates,
        keys: PlatformKeys,
        store: CertificateStore,
        tell_end: TellEnd,
        clock: Clock = utc_now,
    ) -> None:
        """``keys`` are those that answers and notifications are proven with in this process."""
        self._client = client
        self._keys = keys
        self._store = store
        self._tell_end = tell_end
        self._clock = clock
        self._warned_at: datetime | None = None

    async def tick(self) -> None:
        """Trust what is stored, fetch when it is due, warn. Call about once a minute in every process."""
        stored = self._living(await self._store.load())
        self._trust(stored)
        if await self._store.take_turn(RETRY_SECONDS):
            await self._fetch(stored)
        self._watch()

    async def _fetch(self, stored: list[PlatformCertificate]) -> None:
        try:
            fetched = self._living(await self._client.fetch())
        except VendorError as fault:
            if not (isinstance(fault, PayError) and fault.verified and fault.reason == "not_found"):
                log.warning("platform certificates could not be fetched: %s", fault.code)
                return
            fetched = []  # a merchant wholly in public-key mode has none
        self._trust(fetched)
        serials = {one.serial for one in fetched}
        await self._store.save([*fetched, *(one for one in stored if one.serial not in serials)], FETCH_SECONDS)

    def _living(self, certificates: Iterable[PlatformCertificate]) -> list[PlatformCertificate]:
        return [one for one in certificates if one.ends > self._clock()]

    def _trust(self, certificates: list[PlatformCertificate]) -> None:
        for one in certificates:
            if one.serial not in self._keys.serials:
                self._keys.add(one.serial, one.pem)
                log.info("a new platform certificate is trusted", extra={"serial": one.serial})

    def _watch(self) -> None:
        now, ends = self._clock(), self._keys.ends
        for serial, end in ends.items():
            self._tell_end(serial, end.timestamp())
        if self._keys.public_key_id is not None or not ends:
            return
        left = max(ends.values()) - now
        due = self._warned_at is None or now - self._warned_at >= WARN_EVERY
        if left < WARN_BEFORE and due:
            self._warned_at = now
            log.error(
                "WeChat Pay's last platform certificate ends in %d days: name a newer one or the public key",
                left.days,
                extra={"alarm": "pay_platform_key"},
            )

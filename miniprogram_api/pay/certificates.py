"""Platform certificates: fetched for a key switch, and trusted because only WeChat Pay knows the API v3 key.

The answer is signed with a certificate that may be in the answer itself. Each certificate comes encrypted and
authenticated (AEAD) under the merchant's API v3 key, so an answer that decrypts is WeChat's; its signature is then
checked with the keys held and those just read. This runs on a schedule and at start, never because a call-back
named an unknown serial.
Vendor document: pay.weixin.qq.com/doc/v3, "下载平台证书".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.x509 import load_pem_x509_certificate

from miniprogram_api.errors import NotificationRejected
from miniprogram_api.http import Answer, read_json
from miniprogram_api.pay.door import PayDoor
from miniprogram_api.pay.models import mapping, moment, objects, text
from miniprogram_api.pay.signing import PlatformKeys


@dataclass(frozen=True)
class PlatformCertificate:
    """One platform certificate: what ``Wechatpay-Serial`` names, PEM text, and from when to when it counts."""

    serial: str
    pem: str = field(repr=False)
    starts: datetime
    ends: datetime


class PlatformCertificates:
    """Fetches the certificates WeChat Pay signs with. Raises ``PayError`` and ``TransportError``."""

    def __init__(self, door: PayDoor) -> None:
        self._door = door

    async def fetch(self) -> tuple[PlatformCertificate, ...]:
        """The certificates of today, unused; WeChat lists a new one days before it signs with it."""
        return await self._door.call(
            "certificates", "GET", "/v3/certificates", None, self._read, prove_with=self._keys_and_new
        )

    async def refresh(self) -> tuple[str, ...]:
        """Fetch, and trust what is new from now on in every client of the door; the new serials.

        Store their PEM text, too: the next start must know them before the first call-back comes.
        """
        fetched = await self.fetch()
        new = tuple(found for found in fetched if found.serial not in self._door.keys.serials)
        for found in new:
            self._door.keys.add(found.serial, found.pem)
        return tuple(found.serial for found in new)

    def _keys_and_new(self, answer: Answer) -> PlatformKeys:
        try:
            return self._door.keys.extended({found.serial: found.pem for found in self._read(answer)})
        except ValueError:
            # Not readable as certificates: the held keys decide whether it is even WeChat's.
            return self._door.keys

    def _read(self, answer: Answer) -> tuple[PlatformCertificate, ...]:
        return tuple(self._certificate(row) for row in objects(read_json("certificates", answer), "data"))

    def _certificate(self, row: Mapping[str, Any]) -> PlatformCertificate:
        try:
            pem = self._door.cipher.decrypt(mapping(row.get("encrypt_certificate"))).decode()
        except NotificationRejected as error:
            raise ValueError("encrypt_certificate") from error
        serial, starts, ends = text(row, "serial_no"), moment(row, "effective_time"), moment(row, "expire_time")
        if starts is None or ends is None:
            raise ValueError("time")
        if load_pem_x509_certificate(pem.encode()).serial_number != int(serial, 16):
            raise ValueError("serial_no")
        return PlatformCertificate(serial, pem, starts, ends)

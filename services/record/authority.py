"""A time-stamp authority over HTTP (RFC 3161, section 3.4).

Answers are checked with the code of the offline verifier: what is stored is what a court's expert will be able to
check with it. (The packages for this that were tried refuse answers of OpenSSL's own authority, whose set of
certificates is not in DER's order; the verifier reads what is out there.)
"""

import hashlib
import secrets
from urllib.parse import urlsplit

from cryptography import x509

from miniprogram_api.errors import TransportError, VendorError
from miniprogram_api.http import Answer, Call, HttpClient
from services.record.anchors import Stamp, StampError
from services.record.verifier import ContradictionError, UnsupportedError, check_authority, read_time_stamp

API = "tsa.stamp"
_ASK, _ANSWER = "application/timestamp-query", "application/timestamp-reply"
_SHA256 = bytes.fromhex("300d06096086480165030402010500")  # AlgorithmIdentifier


def query(datum: bytes, nonce: int) -> bytes:
    """A TimeStampReq (RFC 3161, 2.4.1) for the SHA-256 of ``datum``, with the certificates asked for.

    ``nonce``: 1 to 2^63 - 1.
    """
    imprint = _tlv(0x30, _SHA256 + _tlv(0x04, hashlib.sha256(datum).digest()))
    number = _tlv(0x02, nonce.to_bytes(nonce.bit_length() // 8 + 1))
    return _tlv(0x30, _tlv(0x02, b"\x01") + imprint + number + _tlv(0x01, b"\xff"))


class HttpAuthority:
    """Asks for stamps with a nonce, and takes only those that lead to a certificate of the operator's choice."""

    def __init__(self, url: str, certificates_pem: bytes, http: HttpClient) -> None:
        """``certificates_pem``: the authority's root, and intermediates if any. Raises ValueError without one."""
        self._url = url
        self._http = http
        self._certificates = x509.load_pem_x509_certificates(certificates_pem)
        self.name = urlsplit(url).hostname or url

    async def stamp(self, datum: bytes) -> Stamp:
        nonce = secrets.randbelow(2**63 - 1) + 1
        call = Call(API, "POST", [self._url], lambda: {"Content-Type": _ASK}, query(datum, nonce), idempotent=True)
        try:
            raw = await self._http.call(call, _read)
        except VendorError as fault:
            raise StampError(f"{self.name} did not answer: {fault.code}") from fault
        try:
            stamp = read_time_stamp(raw, datum)
            check_authority(stamp, self._certificates)
        except (ContradictionError, UnsupportedError) as fault:
            raise StampError(f"{self.name} gave a stamp that does not hold: {fault}") from fault
        if stamp.nonce != nonce:
            raise StampError(f"{self.name} gave a stamp that does not hold: it answers another request")
        return Stamp(raw, stamp.at)


def _read(answer: Answer) -> bytes:
    content_type = answer.headers.get("content-type", "").partition(";")[0].strip()
    if answer.status != 200 or content_type != _ANSWER:
        raise TransportError(API, "bad_answer", sent=True)
    return answer.body


def _tlv(tag: int, value: bytes) -> bytes:
    """One element of DER; nothing here is longer than 127 bytes."""
    return bytes([tag, len(value)]) + value

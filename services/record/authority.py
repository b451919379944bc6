"""A time-stamp authority over HTTP (RFC 3161, section 3.4)."""

import hashlib
from urllib.parse import urlsplit

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from miniprogram_api.errors import TransportError, VendorError
from miniprogram_api.http import Answer, Call, HttpClient
from services.record.anchors import Stamp, StampError

API = "tsa.stamp"
_ASK, _ANSWER = "application/timestamp-query", "application/timestamp-reply"


class HttpAuthority:
    """Asks for stamps with a nonce, and takes only those that lead to a certificate of the operator's choice."""

    def __init__(self, url: str, certificates_pem: bytes, http: HttpClient) -> None:
        """``certificates_pem``: the authority's root, and intermediates if any. Raises ValueError without one."""
        self._url = url
        self._http = http
        self._certificates = x509.load_pem_x509_certificates(certificates_pem)
        self.name = urlsplit(url).hostname or url

    async def stamp(self, datum: bytes) -> Stamp:
        request = TimestampRequestBuilder(datum, HashAlgorithm.SHA256, nonce=True, cert_req=True).build()
        body = request.as_bytes()
        call = Call(API, "POST", [self._url], lambda: {"Content-Type": _ASK}, body, idempotent=True)
        try:
            raw = await self._http.call(call, _read)
        except VendorError as fault:
            raise StampError(f"{self.name} did not answer: {fault.code}") from fault
        return self._checked(raw, request, datum)

    def _checked(self, raw: bytes, request: TimeStampRequest, datum: bytes) -> Stamp:
        builder = VerifierBuilder(nonce=request.nonce, roots=list(self._certificates))
        try:
            response = decode_timestamp_response(raw)
            builder.build().verify(response, hashlib.sha256(datum).digest())
        except (VerificationError, ValueError) as fault:
            raise StampError(f"{self.name} gave a stamp that does not hold: {fault}") from fault
        return Stamp(raw, response.tst_info.gen_time)


def _read(answer: Answer) -> bytes:
    content_type = answer.headers.get("content-type", "").partition(";")[0].strip()
    if answer.status != 200 or content_type != _ANSWER:
        raise TransportError(API, "bad_answer", sent=True)
    return answer.body

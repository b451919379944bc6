"""The seal of the house on its papers: a PDF signature (PAdES, ETSI EN 319 142-1) that any change breaks."""

import asyncio
import hashlib
import io
from datetime import UTC, datetime

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

_FIELD = "CaseSpaceSeal"
_NAME = "Case Space 案件空间"
_FROM, _UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)


class PaperSeal:
    """Signs PDF files. Readers call the seal trusted when the certificate is of an authority that they know."""

    def __init__(self, certificates_pem: bytes, private_key_pem: bytes) -> None:
        """The signer's certificate first, then its issuers; key without a passphrase.

        Raises ValueError for what cannot be read.
        """
        chain = [_asn1(one) for one in x509.load_pem_x509_certificates(certificates_pem)]
        key = serialization.load_pem_private_key(private_key_pem, password=None).private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(chain)
        self.certificate_pem = certificates_pem
        self._signer = signers.SimpleSigner(
            signing_cert=chain[0], signing_key=asn1_keys.PrivateKeyInfo.load(key), cert_registry=store
        )

    @classmethod
    def of_record_key(cls, private_key_pem: bytes) -> "PaperSeal":
        """Without a certificate of an authority: the record's own key, which vouches for itself.

        The certificate is the same at every start, so that who has seen it once knows it again.
        """
        key = serialization.load_pem_private_key(private_key_pem, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("the record key must be an Ed25519 private key")
        return cls(_self_signed(key), private_key_pem)

    async def seal(self, pdf: bytes, reason: str) -> bytes:
        """The file with a signature over all of it."""
        return await asyncio.to_thread(self._seal, pdf, reason)

    def _seal(self, pdf: bytes, reason: str) -> bytes:
        details = signers.PdfSignatureMetadata(
            field_name=_FIELD, reason=reason, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha512", name=_NAME
        )
        signer = signers.PdfSigner(details, signer=self._signer)
        signed = signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)))
        return bytes(signed.getbuffer())


def _self_signed(key: Ed25519PrivateKey) -> bytes:
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, _NAME)])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(hashlib.sha256(raw).digest()[:16], "big") >> 1)
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(usage, critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, None)
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))

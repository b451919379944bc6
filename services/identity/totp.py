"""One-time passwords by time (RFC 6238): the second factor of staff. Pure rules; the last used step is stored."""

import hmac
from datetime import datetime

import pyotp

STEP = 30  # seconds
_ISSUER = "案件空间"


def new_otp_secret() -> str:
    """160 random bits in base32, as authenticator apps take them."""
    return pyotp.random_base32()


def otpauth_uri(secret: str, login: str) -> str:
    """What the QR code holds with which an authenticator app is set up."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=_ISSUER)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is: the present one, or the one beside it (clocks differ). None: no match.

    A caller must refuse a step that is not later than the last one used (RFC 6238, 5.2: one code, one use).
    """
    generator = pyotp.TOTP(secret)
    present = int(now.timestamp()) // STEP
    found = None
    for step in (present - 1, present, present + 1):
        if hmac.compare_digest(generator.generate_otp(step).encode(), code.encode()):
            found = step
    return found

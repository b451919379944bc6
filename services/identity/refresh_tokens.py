"""Refresh tokens: ``<session id>.<nonce and tag>``, single use, all of one sign-in related to each other.

The server keeps only the SHA-256 of the one that is valid now. The tag is an HMAC of the nonce under a secret of
the family: it tells a used token (somebody has a copy: end the session) from an invented one (somebody guesses:
change nothing, or anybody could sign out anybody).
"""

import base64
import hashlib
import hmac
import re
import secrets
from datetime import timedelta

_SHAPE = re.compile(r"^[0-9a-f]{24}\.[A-Za-z0-9_-]{64}$")
_NONCE = 32
_TAG = 16
# An answer that got lost on its way is given again for this long (ruling: phones lose answers).
GRACE = timedelta(seconds=30)


def new_family() -> bytes:
    return secrets.token_bytes(32)


def issue(session_id: str, family: bytes) -> str:
    nonce = secrets.token_bytes(_NONCE)
    return f"{session_id}.{base64.urlsafe_b64encode(nonce + _tag(session_id, family, nonce)).decode()}"


def session_of(token: str) -> str | None:
    """The session that the token claims to belong to; None when it is no refresh token at all."""
    return token[:24] if _SHAPE.match(token) else None


def is_genuine(token: str, family: bytes) -> bool:
    """Whether this server issued the token, now or earlier, for a session with this family secret."""
    session_id, _, value = token.partition(".")
    try:
        raw = base64.b64decode(value, altchars=b"-_", validate=True)
    except ValueError:  # no base64, or not even ASCII
        return False
    return hmac.compare_digest(raw[_NONCE:], _tag(session_id, family, raw[:_NONCE]))


def digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _tag(session_id: str, family: bytes, nonce: bytes) -> bytes:
    return hmac.new(family, session_id.encode() + nonce, hashlib.sha256).digest()[:_TAG]

"""Access tokens: short-lived JWTs (RFC 7519, HS256), signed under one of several keys that have ids.

The first key signs; every key verifies, so a key is rotated by putting a new one first and taking the old one
away when its last token has expired. ``typ`` is ``at+jwt`` (RFC 9068), so that no other token signed under these
keys passes for an access token.
"""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt
from jwt.types import Options

from schemas.enums import Role
from services.clock import Clock, utc_now
from services.errors import Problem

_ALGORITHM = "HS256"
_TYPE = "at+jwt"
_REMEMBERED = 20_000
_LONGEST = 2_048  # characters; nothing longer was ever issued here
_SHAPE: Options = {
    "require": ["sub", "sid", "roles", "iat", "exp"],
    # Times are judged by the product's own clock, below.
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says."""

    user_id: str
    session_id: str
    roles: frozenset[Role]
    expires_at: datetime


class TokenSigner:
    """Issues and verifies access tokens. A verified one is remembered by its hash: verifying costs 60 µs, looking
    it up costs 2."""

    def __init__(self, keys: Mapping[str, bytes], lifetime: timedelta, clock: Clock = utc_now) -> None:
        """``keys`` maps key id → 32-byte key. Raises ValueError for a short key or for none."""
        if not keys or any(len(key) < 32 for key in keys.values()):
            raise ValueError("access tokens need at least one key, each of 32 bytes or more")
        self._keys = dict(keys)
        self._current = next(iter(keys))
        self._clock = clock
        self._verified: OrderedDict[bytes, Claims] = OrderedDict()
        self.lifetime = lifetime

    def issue(self, user_id: str, session_id: str, roles: Iterable[str]) -> str:
        now = self._clock()
        claims = {
            "sub": user_id,
            "sid": session_id,
            "roles": sorted(roles),
            "iat": int(now.timestamp()),
            "exp": int((now + self.lifetime).timestamp()),
            "jti": secrets.token_urlsafe(8),
        }
        headers = {"kid": self._current, "typ": _TYPE}
        return jwt.encode(claims, self._keys[self._current], algorithm=_ALGORITHM, headers=headers)

    def verify(self, token: str) -> Claims:
        """The claims of a genuine, living token. Raises ``auth.token_invalid``, ``auth.token_expired``."""
        digest = hashlib.sha256(token.encode(errors="replace")).digest()
        claims = self._verified.get(digest)
        if claims is None:
            claims = self._read(token)
        if claims.expires_at <= self._clock():
            self._verified.pop(digest, None)
            raise Problem("auth.token_expired")
        self._verified[digest] = claims
        self._verified.move_to_end(digest)
        if len(self._verified) > _REMEMBERED:
            self._verified.popitem(last=False)
        return claims

    def _read(self, token: str) -> Claims:
        if len(token) > _LONGEST:
            raise Problem("auth.token_invalid")
        try:
            header = jwt.get_unverified_header(token)
            key = self._keys.get(header.get("kid", ""))
            if key is None or header.get("typ") != _TYPE:
                raise Problem("auth.token_invalid")
            payload = jwt.decode(token, key, algorithms=[_ALGORITHM], options=_SHAPE)
            return Claims(
                user_id=str(payload["sub"]),
                session_id=str(payload["sid"]),
                roles=frozenset(Role(role) for role in payload["roles"]),
                expires_at=datetime.fromtimestamp(payload["exp"], UTC),
            )
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, OSError):
            raise Problem("auth.token_invalid") from None

"""Where a client's sound may travel: STUN and TURN servers with credentials for minutes.

The credentials are those of coturn's ``use-auth-secret`` (the "TURN REST API" draft, draft-uberti-behave-turn-rest):
the name carries its own expiry, the password is its HMAC-SHA1 under a secret that coturn shares. What a relay may
reach is coturn's configuration (``deploy/coturn``): the media server and nothing else.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.api.hearings import IceServerView
from services.clock import Clock, utc_now

LIFETIME_SECONDS = 600


@dataclass(frozen=True, slots=True)
class IceServers:
    """``urls`` begin with ``stun:``, ``turn:`` or ``turns:``; only the latter two need the secret."""

    urls: Sequence[str]
    secret: str | None
    clock: Clock = utc_now

    def for_user(self, user_id: str) -> list[IceServerView]:
        """As RTCPeerConnection takes them. Connections that stand outlive the credentials."""
        stun = [url for url in self.urls if url.startswith("stun:")]
        turn = [url for url in self.urls if not url.startswith("stun:")]
        servers = [IceServerView(urls=stun)] if stun else []
        if turn and self.secret is not None:
            name = f"{int(self.clock().timestamp()) + LIFETIME_SECONDS}:{user_id}"
            servers.append(IceServerView(urls=turn, username=name, credential=turn_password(self.secret, name)))
        return servers


def turn_password(secret: str, name: str) -> str:
    """What coturn computes for this name, too. SHA-1 is the scheme's; it is used as an HMAC."""
    return base64.b64encode(hmac.new(secret.encode(), name.encode(), hashlib.sha1).digest()).decode()

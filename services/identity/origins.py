"""Where a request without a signed-in person comes from."""

from dataclasses import dataclass

from services.actors import Actor

NOBODY = "anonymous"


@dataclass(frozen=True, slots=True)
class Origin:
    """``client`` is the device's fingerprint (address and agent), ``address`` its network address."""

    client: str
    address: str
    request_id: str = ""

    def nobody(self) -> Actor:
        """For the audit trail of what happened before anybody had signed in."""
        return Actor(NOBODY, frozenset(), "", self.request_id, self.address)

"""Refuses every connection and name look-up that would leave this machine.

An audit hook is used rather than a patched ``socket.connect``: the interpreter raises the event itself, so code
that took hold of the C socket earlier is caught as well.
"""

import ipaddress
import sys
from typing import Any

WATCHED = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
LOCAL_NAMES = frozenset({"", "localhost"})
_installed: list[bool] = []


class LeavesMachineError(RuntimeError):
    """A test tried to reach something that is not on loopback."""


def install() -> None:
    """Refuse from now on, for the life of the process (an audit hook cannot be removed)."""
    if not _installed:
        _installed.append(True)
        sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in WATCHED:
        address = arguments[1]
        if isinstance(address, tuple) and not is_loopback(address[0]):
            raise LeavesMachineError(f"a test tried to reach {address[0]}:{address[1]}; only loopback is allowed")
    elif event == "socket.getaddrinfo":
        host = arguments[0]
        if not is_loopback(host) and not _is_address(host):
            raise LeavesMachineError(f"a test tried to look up {host!r}; only loopback is allowed")


def is_loopback(host: str | bytes | None) -> bool:
    """Whether a host as given to connect or getaddrinfo stays on this machine."""
    if host is None:
        return True
    name = host.decode() if isinstance(host, bytes) else host
    if name.lower() in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _is_address(host: str | bytes) -> bool:
    """An address needs no look-up; connecting to it is judged on its own."""
    try:
        ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host)
    except ValueError:
        return False
    return True

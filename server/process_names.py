"""Names for processes, from which a neighbour can tell whether one is dead.

A lease outlives the process that held it by seconds. Where the next process runs beside the dead one (same
kernel, same PID namespace) it need not wait: the name says whom to look for. Elsewhere nothing is assumed.
"""

import os
import secrets
from pathlib import Path


def place() -> str:
    """This kernel's boot and PID namespace; empty where the system does not tell (not Linux)."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot[:13]}-{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return ""


def new_name() -> str:
    """``place/pid/random``: different at every start."""
    return f"{place()}/{os.getpid()}/{secrets.token_hex(4)}"


def is_dead(name: str) -> bool:
    """Whether the process of this name certainly lives no more; False when that cannot be known from here."""
    where, _, rest = name.partition("/")
    pid = rest.partition("/")[0]
    if not where or where != place() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False

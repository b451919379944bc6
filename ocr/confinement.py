"""What every process of this room does to itself before it lets a stranger's file in."""

import contextlib
import ctypes
import os
import platform
import resource
import signal
import struct
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, prctl(2)
_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}  # numbers of the call; glibc before 2.41 has no name for it
_LONG_SLICE_NS = 100_000_000  # the longest that Linux grants


def settle(memory_mb: int, nice: int, cpu_seconds: int | None = None) -> None:
    """Priority, bounds of memory and CPU time, end with the parent. Threads started later inherit the first."""
    os.nice(nice)
    if sys.platform == "linux":
        _stand_behind_other_sessions(nice)
        _ask_for_long_slices()
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        resource.setrlimit(resource.RLIMIT_DATA, (memory_mb << 20, memory_mb << 20))
    if cpu_seconds is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold the paper
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when it ends
    sys.excepthook = tell_without_content


def _stand_behind_other_sessions(nice: int) -> None:
    """Let the priority count against processes of other sessions too.

    Where Linux groups processes by session (sched(7), "The autogroup feature"), each session has an equal share of the
    processors, and a nice value ranks threads within theirs only. A reader is started in a session of its own, so that
    all of it can be killed; that session is what has to step back.
    """
    if os.getsid(0) != os.getpid():
        return  # the session is the server's
    with contextlib.suppress(OSError):  # no such file: sessions are not grouped here, and the nice value counts
        Path("/proc/self/autogroup").write_text(str(nice), "ascii")


def _ask_for_long_slices() -> None:
    """Let whoever wakes up take the processor at once.

    A low priority alone does not: since Linux 6.6 the running thread keeps the processor until its slice is over, up
    to a tick of 4 ms, and a message of the chat wakes half a dozen threads one after the other. Threads that ask for
    shorter slices than the running one are let in before (sched_setattr(2), ``sched_runtime`` of SCHED_OTHER, since
    Linux 6.12; older ones do not look at it).
    """
    call = _SCHED_SETATTR.get(platform.machine())
    if call is None:
        return
    size, policy, flags, priority = 48, os.SCHED_OTHER, 0, 0
    attributes = struct.pack("IIQiIQQQ", size, policy, flags, os.nice(0), priority, _LONG_SLICE_NS, 0, 0)
    ctypes.CDLL(None).syscall(call, 0, attributes, 0)  # refused, all is as it was without


def own_output() -> BinaryIO:
    """The real stdout, for answers alone; whatever a library prints goes to stderr."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return output


def tell_without_content(
    kind: type[BaseException], fault: BaseException, trace: TracebackType | None
) -> None:  # the shape of sys.excepthook
    """Where it died and of what, without the fault's text, which may quote the paper."""
    sys.stderr.write("".join(traceback.format_tb(trace)) + kind.__name__ + "\n")

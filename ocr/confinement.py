"""What every process of this room does to itself before it lets a stranger's file in."""

import ctypes
import os
import resource
import signal
import sys
import traceback
from types import TracebackType
from typing import BinaryIO

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, prctl(2)


def settle(memory_mb: int, nice: int, cpu_seconds: int | None = None) -> None:
    """Priority, bounds of memory and CPU time, end with the parent. Threads started later inherit the first."""
    os.nice(nice)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        resource.setrlimit(resource.RLIMIT_DATA, (memory_mb << 20, memory_mb << 20))
    if cpu_seconds is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold the paper
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when it ends
    sys.excepthook = tell_without_content


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

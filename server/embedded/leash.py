"""Ties a program to its starter: ``python leash.py STARTER_PID PROGRAM ARGS…`` becomes PROGRAM.

On Linux the kernel then kills it as soon as its starter is gone, however the starter went (``kill -9`` included), so
no part is ever left behind. It is a program of its own because the request must be made in the child, between
fork and exec, where a process with threads may not run Python code safely; prctl(2) says that the request
survives execve(2).
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    starter, program = int(arguments[0]), arguments[1:]
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != starter:
        sys.exit("the starter is gone already")
    os.execv(program[0], program)  # noqa: S606 - our own command line, no shell wanted


if __name__ == "__main__":
    main(sys.argv[1:])

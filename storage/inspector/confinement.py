"""Takes from this process what a decoder does not need: memory, time, files, network and new privileges."""

from __future__ import annotations

import ctypes
import os
import resource
import signal

MEMORY_BYTES = (
    1536 * 2**20
)  # 50 megapixels with transparency take 700 MB at their peak; the libraries 300 MB of addresses
CPU_S = 8  # a 12 megapixel photo takes under one
OPEN_FILES = 64  # Python's own modules while they are imported, and the libraries of a decoder
PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
CLONE_NEWNET = 0x40000000
CLONE_NEWUSER = 0x10000000


def confine() -> None:
    """Lower every limit for good; what the kernel lacks or forbids is left out, limits of resources never.

    At the end of its seconds the process gets SIGXCPU, a second later SIGKILL; files it cannot write at all.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    if hasattr(libc, "prctl"):
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if hasattr(libc, "unshare") and libc.unshare(CLONE_NEWNET) != 0:
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)


def take_over_output() -> int:
    """A descriptor for our frames; what a library prints goes to the log from now on."""
    frames = os.dup(1)
    os.dup2(2, 1)
    return frames

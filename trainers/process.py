"""What makes a process an engine process: a guarded wire, no life without its parent, the right allocator."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Mapping, MutableMapping
from typing import BinaryIO

PR_SET_PDEATHSIG = 1  # linux/prctl.h

#: Read before `main`, hence a re-execution. glibc gives large blocks back to the kernel at once and gets them again,
#: zeroed, in the next step: keeping them about halves a convolution's training step on a CPU. OpenMP's threads spin a
#: moment before they sleep: to be woken for every small layer takes as long as the layers, and to spin on, as they do
#: when nothing is said, takes the core from whomever they wait for where others compute, too.
COMPUTING = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "GOMP_SPINCOUNT": "1000",
}

#: The engine never fetches anything; `tintype-trainer models get` is another process.
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DIFFUSERS_DISABLE_REMOTE_CODE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
    "DIFFUSERS_VERBOSITY": "error",
}


def go_offline(environ: MutableMapping[str, str]) -> None:
    """Forbid the libraries every download; to be called before they are imported."""
    environ.update(OFFLINE)


def release_heap() -> None:
    """Give back what the C library's allocator keeps of freed memory; by `COMPUTING` it does so at no time by itself.

    Elsewhere than with glibc it does nothing.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def needs_restart(environ: Mapping[str, str]) -> bool:
    """Whether this process was started without what computing needs (and it means something here)."""
    return sys.platform == "linux" and any(name not in environ for name in COMPUTING)


def restart(environ: Mapping[str, str], module: str) -> None:
    """Run `python -m module` in this very process, with its arguments and what computing needs; never returns."""
    sys.stdout.flush()
    os.execve(  # noqa: S606 - ourselves, with our own arguments
        sys.executable, [sys.executable, "-m", module, *sys.argv[1:]], {**COMPUTING, **environ}
    )


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent ends, however that ends; elsewhere EOF on the wire must do."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)  # it died before we asked


def guarded_wire() -> tuple[BinaryIO, BinaryIO]:
    """Take standard input and output for the wire, and point descriptor 1 at standard error.

    A print of any library, or of C code, lands in the log and cannot corrupt a frame.
    """
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    sys.stdout.flush()
    os.dup2(2, 1)
    return requests, replies

"""Libraries' errors made ours at the engine's border: out of memory, disk full, and a device that is lost."""

from __future__ import annotations

import errno

import torch
from safetensors import SafetensorError

from storage.errors import NotEnoughMemory, TintypeError
from trainers.memory import memory_of
from trainers.process import release_heap

#: torch raises a bare RuntimeError when malloc fails, or when CUDA's libraries find no room for their own
NO_MEMORY = ("DefaultCPUAllocator", "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED")
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})  # the disk, the quota or the limit of one file
DISK_FULL = ("No space left on device", "os error 28")  # safetensors writes in Rust and tells only text
#: After one of these every further CUDA call of this process fails: the process must go.
STICKY = (
    "device-side assert", "illegal memory access", "illegal instruction", "misaligned address",
    "unspecified launch failure", "uncorrectable ECC error", "CUDA error: unknown error",
)  # fmt: skip


def is_sticky(error: BaseException) -> bool:
    """Whether the device is lost to this process."""
    return isinstance(error, RuntimeError) and any(text in str(error) for text in STICKY)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the device, or the computer, had no memory left for it."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(text in str(error) for text in NO_MEMORY)


def translated(error: BaseException) -> TintypeError | None:
    """Our error for a known one of a library, None for one we do not know."""
    if is_out_of_memory(error):
        return no_memory()
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return TintypeError("E_DISK_FULL")
    if isinstance(error, SafetensorError | OSError) and any(text in str(error) for text in DISK_FULL):
        return TintypeError("E_DISK_FULL")
    return None


def no_memory() -> NotEnoughMemory:
    """Ours, with what is free."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return NotEnoughMemory("E_NO_MEMORY", device=device.type, free_mib=memory_of(device).free_mib)


def release_memory() -> None:
    """Give back what allocators keep of freed memory, a card's and the computer's."""
    release_heap()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()

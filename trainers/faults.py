"""Libraries' errors made ours at the engine's border: out of memory, disk full, and a device that is lost."""

from __future__ import annotations

import errno

import torch
from safetensors import SafetensorError

from storage.errors import NotEnoughMemory, TintypeError

CPU_ALLOCATOR = "DefaultCPUAllocator"  # torch raises a bare RuntimeError when malloc fails
DISK_FULL = ("No space left on device", "os error 28")  # safetensors writes in Rust and tells only text
#: After one of these every further CUDA call of this process fails: the process must go.
STICKY = ("device-side assert", "illegal memory access", "an unspecified launch failure", "CUDA error: unknown error")


def is_sticky(error: BaseException) -> bool:
    """Whether the device is lost to this process."""
    return isinstance(error, RuntimeError) and any(text in str(error) for text in STICKY)


def translated(error: BaseException) -> TintypeError | None:
    """Our error for a known one of a library, None for one we do not know."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return _out_of_memory()
    if isinstance(error, RuntimeError) and CPU_ALLOCATOR in str(error):
        return _out_of_memory()
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return TintypeError("E_DISK_FULL")
    if isinstance(error, SafetensorError | OSError) and any(text in str(error) for text in DISK_FULL):
        return TintypeError("E_DISK_FULL")
    return None


def _out_of_memory() -> NotEnoughMemory:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return NotEnoughMemory("E_NO_MEMORY", device=device, free_mib=free_mib(device))


def free_mib(device: str) -> int:
    """Memory of the device that is free now, in MiB."""
    return memory_mib(device)[0]


def memory_mib(device: str) -> tuple[int, int]:
    """(free, whole) memory of the device in MiB."""
    if device == "cuda":
        free, whole = torch.cuda.mem_get_info()
        return free >> 20, whole >> 20
    return host_memory_mib()


def host_memory_mib() -> tuple[int, int]:
    """(available, whole) memory of this machine in MiB; zeros where the system does not tell."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:  # noqa: PTH123 - a pseudo file, read line by line
            kib = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in file)}
    except OSError:
        return 0, 0
    return kib.get("MemAvailable", 0) >> 10, kib.get("MemTotal", 0) >> 10


def release_memory() -> None:
    """Give cached device memory back, after an attempt ran out of it."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()

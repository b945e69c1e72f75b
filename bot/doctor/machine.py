"""The machine: Python, memory, room on the disk, and what opens members' photos."""

from __future__ import annotations

import base64
import importlib.util
import platform
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from bot.doctor.findings import Finding, fail, ok, warn
from storage.disk import check_room, free_bytes
from storage.errors import PhotoRejected
from storage.inspection_client import inspect_photo

PYTHON = (3, 11)  # as in pyproject.toml
MEMORY_MIB = 3072  # the bundled base model in training, and one inspector beside it
MEMINFO = Path("/proc/meminfo")

#: A PNG of 32×32 grey pixels.
PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAAAAABWESUoAAAAFklEQVR42mNoIAAYRhWMKhhVMFIVAABCAAAfN5c2AAAAAABJRU5ErkJggg=="
)


def python() -> Iterator[Finding]:
    """The interpreter and its SQLite."""
    facts = {"version": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    yield (
        ok("python", "doctor-python-ok", **facts)
        if sys.version_info >= PYTHON
        else fail("python", "doctor-python-old", **facts)
    )


def memory(meminfo: Path = MEMINFO) -> Iterator[Finding]:
    """What is free now; the engine may hold a part of it already."""
    if not meminfo.exists():
        return
    lines = (line.split(":") for line in meminfo.read_text("ascii").splitlines())
    free_mib = next(int(amount.split()[0]) for name, amount in lines if name == "MemAvailable") // 1024
    if free_mib < MEMORY_MIB:
        yield warn("memory", "doctor-memory-low", free_mib=free_mib, need_mib=MEMORY_MIB)
    else:
        yield ok("memory", "doctor-memory-ok", free_mib=free_mib)


def disk(data_dir: Path) -> Iterator[Finding]:
    """Room for one more job.

    Raises: TintypeError E_DISK_LOW.
    """
    check_room(_standing(data_dir))
    yield ok("disk", "doctor-disk-ok", free_gb=round(free_bytes(_standing(data_dir)) / 1e9, 1))


def _standing(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    return next(place for place in (folder, *folder.resolve().parents) if place.is_dir())


def heic() -> Iterator[Finding]:
    """Whether iPhones' photos can be opened."""
    if importlib.util.find_spec("pillow_heif"):
        yield ok("heic", "doctor-heic-ok")
    else:
        yield warn("heic", "doctor-heic-missing")


def inspector(photo: bytes = PHOTO) -> Iterator[Finding]:
    """The process that opens photos: start it with one."""
    try:
        inspect_photo(photo, "doctor.png", 32)
    except PhotoRejected as error:
        yield fail("inspector", "doctor-inspector-broken", code=error.code)
    else:
        yield ok("inspector", "doctor-inspector-ok")

"""Room on the disk: below a floor no new job is taken, while looking, cancelling and deleting still work."""

from __future__ import annotations

import shutil
from pathlib import Path

from storage.errors import TintypeError

FLOOR_BYTES = 2_000_000_000  # a training writes checkpoints, samples and weights; the rest is the database's reserve


def free_bytes(folder: Path) -> int:
    """How much an ordinary process can still write where the folder is."""
    return shutil.disk_usage(folder).free


def check_room(folder: Path, floor_bytes: int = FLOOR_BYTES) -> None:
    """Return when there is room for one more job.

    Raises: TintypeError E_DISK_LOW.
    """
    free = free_bytes(folder)
    if free < floor_bytes:
        facts = {"free_mb": free // 10**6, "floor_mb": floor_bytes // 10**6}
        raise TintypeError("E_DISK_LOW", folder=str(folder), **facts)

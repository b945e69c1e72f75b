"""One Tintype per data folder: whoever holds `data/lock` alone may open the database."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.atomic import make_folder
from storage.errors import TintypeError

LOCK = "lock"


@contextmanager
def held(data_dir: Path) -> Iterator[None]:
    """Hold the data folder's lock until the block ends; the kernel lets go of it when the process dies.

    The folder is made when it is not there yet.
    Raises: TintypeError E_LOCKED naming the process that holds it.
    """
    make_folder(data_dir)
    descriptor = os.open(data_dir / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(descriptor, data_dir)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def holder(data_dir: Path) -> str | None:
    """The process that holds the lock, as it wrote itself down; None when nobody does."""
    try:
        descriptor = os.open(data_dir / LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        _take(descriptor, data_dir)
    except TintypeError as error:
        return str(error.facts["pid"])
    finally:
        os.close(descriptor)
    return None


def _take(descriptor: int, data_dir: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        pid = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
        raise TintypeError("E_LOCKED", folder=str(data_dir), pid=pid or "?") from error

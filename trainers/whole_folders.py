"""Folders of gigabytes, which appear whole or not at all, and what is left of those that were killed on the way."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from storage.atomic import fsync_folder, fsync_tree
from storage.errors import TintypeError


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A folder beside the target that becomes it at the end, all of it on the disk by then, or is gone.

    Raises: TintypeError E_DISK_FULL.
    """
    folder = target.with_name(f".{target.name}.{secrets.token_hex(4)}.partial")
    try:
        folder.mkdir()
        with _held(folder):
            yield folder
            fsync_tree(folder)
            folder.rename(target)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise TintypeError("E_DISK_FULL", folder=str(target.parent)) from error
        raise
    fsync_folder(target.parent)


def sweep(target: Path) -> None:
    """Remove what was left beside the target by those that were killed; one that still runs holds its own."""
    left = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{8}}\.partial")
    for folder in [path for path in target.parent.iterdir() if left.fullmatch(path.name)]:
        with _held(folder) as is_held:
            if is_held:
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Hold a folder for a while, and tell whether it could be; the system lets go of it when the process is killed.

    Where folders cannot be held, as on some network disks, nobody holds one, and none is swept.
    """
    with ExitStack() as stack:
        is_held = False
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            stack.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_held = True
        yield is_held

"""Durable files and folders: written beside, flushed to the disk, renamed into place."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from storage.errors import TintypeError

DISK_FULL = 28  # errno.ENOSPC


def fsync_folder(folder: Path) -> None:
    """Make a rename in this folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_tree(folder: Path) -> None:
    """Make all that lies in this folder survive a power cut: the files, the folders and their names."""
    for path in (*folder.rglob("*"), folder):
        fsync_folder(path)  # a file is opened and flushed alike


def make_folder(folder: Path) -> None:
    """Make the folder and those above it that are missing, all for us alone; there already is fine.

    Raises: TintypeError E_DISK_FULL.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)  # with `parents=True` those above would be open to everybody
        fsync_folder(folder.parent)
    except OSError as error:
        if error.errno == DISK_FULL:
            raise TintypeError("E_DISK_FULL", folder=str(folder.parent)) from error
        raise


def write_atomic(path: Path, content: bytes | Callable[[BinaryIO], object], mode: int = 0o600) -> None:
    """Put content at path whole or not at all; it is on the disk when this returns.

    `content` is bytes, or a function that writes to the open file.
    Raises: TintypeError E_DISK_FULL when the disk has no room (nothing is left behind).
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            if callable(content):
                content(file)
            else:
                file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        if error.errno == DISK_FULL:
            raise TintypeError("E_DISK_FULL", folder=str(path.parent)) from error
        raise
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)

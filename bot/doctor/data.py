"""The data folder: who may look into it, who holds it, its keys, its database."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

from bot import control, lock, texts
from bot.doctor.findings import Finding, fail, ok, warn
from storage.backup import BLOBS, DATABASE, KEYS
from storage.errors import TintypeError
from storage.vault import Vault

OTHERS = stat.S_IRWXG | stat.S_IRWXO
FAR = ("nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p")  # where locks and SQLite's log cannot be trusted
MOUNTS = Path("/proc/self/mounts")


def folder(data_dir: Path, mounts: Path = MOUNTS) -> Iterator[Finding]:
    """Ours alone, writable, on a disk of this machine."""
    if not data_dir.is_dir():
        yield ok("data", "doctor-data-new", folder=str(data_dir))
        return
    kind = _filesystem(data_dir.resolve(), mounts)
    if not os.access(data_dir, os.W_OK | os.X_OK):
        yield fail("data", "doctor-data-read-only", folder=str(data_dir))
    elif kind in FAR:
        yield fail("data", "doctor-data-far", folder=str(data_dir), kind=kind)
    elif data_dir.stat().st_mode & OTHERS:
        yield warn("data", "doctor-data-open", folder=str(data_dir))
    else:
        yield ok("data", "doctor-data-ok", folder=str(data_dir))


def _filesystem(path: Path, mounts: Path) -> str:
    """The kind of file system that a path is on."""
    if not mounts.exists():
        return "unknown"
    listed = [line.split() for line in mounts.read_text("utf-8", "replace").splitlines()]
    above = [(point, kind) for _, point, kind, *_ in listed if path.is_relative_to(point.replace("\\040", " "))]
    return max(above, key=lambda found: len(found[0]), default=("", "unknown"))[1]


def running(data_dir: Path) -> Iterator[Finding]:
    """Whether Tintype runs here.

    Raises: TintypeError E_LOCKED when something holds the folder and answers nothing.
    """
    pid = lock.holder(data_dir)
    if pid is None:
        yield ok("running", "doctor-running-no")
        return
    told = control.ask(data_dir, {"do": "status"})
    if told is None:
        raise TintypeError("E_LOCKED", folder=str(data_dir), pid=pid)
    jobs = told["jobs"]
    yield ok(
        "running", "doctor-running-yes", pid=pid, running=jobs.get("running", 0), queued=jobs.get("queued", 0)
    )  # fmt: skip
    if told["unreadable"]:
        yield warn("running", "doctor-unreadable", count=len(told["unreadable"]), channels=told["unreadable"])


def keys(data_dir: Path, master_key_file: Path) -> Iterator[Finding]:
    """The master key: there, ours alone, and the one that members' keys were locked with.

    Raises: TintypeError E_MASTER_KEY.
    """
    has_keys = any((data_dir / KEYS).glob("*.key"))
    if not master_key_file.exists():
        yield (fail if has_keys else ok)(
            "keys", "doctor-keys-lost" if has_keys else "doctor-keys-new", file=str(master_key_file)
        )
        return
    if has_keys:
        Vault(data_dir / BLOBS, data_dir / KEYS, master_key_file).check_keys()
    if master_key_file.stat().st_mode & OTHERS:
        yield fail("keys", "doctor-keys-open", file=str(master_key_file))
    else:
        yield ok("keys", "doctor-keys-ok", file=str(master_key_file))


def database(data_dir: Path) -> Iterator[Finding]:
    """SQLite's own quick check, made by whoever has the database open.

    Raises: TintypeError E_DATABASE_BROKEN.
    """
    path = data_dir / DATABASE
    if not path.exists():
        yield ok("database", "doctor-database-new")
        return
    told = control.ask(data_dir, {"do": "check"})
    damage = _checked(data_dir) if told is None else told["database"]
    if damage != "ok":
        raise TintypeError("E_DATABASE_BROKEN", path=str(path))
    yield ok("database", "doctor-database-ok", size=texts.size(_bytes(path)))


def _bytes(path: Path) -> int:
    """With the log beside it, which holds what was written last."""
    return sum(part.stat().st_size for part in path.parent.glob(f"{path.name}*"))


def _checked(data_dir: Path) -> str:
    with lock.held(data_dir):
        connection = sqlite3.connect(data_dir / DATABASE)
        try:
            return str(connection.execute("pragma quick_check(1)").fetchone()[0])
        except sqlite3.DatabaseError as error:
            return str(error)
        finally:
            connection.close()

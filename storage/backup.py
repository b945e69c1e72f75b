"""Backups: a snapshot of data while Tintype runs, and one key file that every backup and every /forget rewrites.

    <folder>/keys.json                 the wrapped keys of all members who were not forgotten, and of all snapshots;
                                       who was forgotten when
    <folder>/<date>/tintype.db.sealed  a snapshot of the database, encrypted: it holds what members wrote
    <folder>/<date>/blobs/…            members' files, encrypted
    <folder>/<date>/manifest.json      sha256 and size of each of these; written last, so a cut backup has none

The master key is in none of them: whoever holds a backup alone can read no file and no word of any member.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import json
import logging
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from storage.atomic import fsync_folder, write_atomic
from storage.clock import Clock
from storage.database import open_database, rows
from storage.errors import TintypeError
from storage.privacy import Privacy
from storage.records import MemberId
from storage.sealing import seal, unseal
from storage.vault import KEY_BYTES, Vault

log = logging.getLogger(__name__)

DATABASE, BLOBS, KEYS, MASTER = "tintype.db", "blobs", "keys", "master.key"
KEY_FILE, MANIFEST, SEALED = "keys.json", "manifest.json", "tintype.db.sealed"
NOTE = "backup_folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A backup whose database is copied, to memory, and whose files are not."""

    place: Path
    data: Path
    made_at: float  #: unix seconds
    database: bytes
    key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One finished backup."""

    folder: Path
    files: int
    bytes: int


class Backup:
    """Backs up a data folder (`tintype.db`, `blobs/`, `keys/`) that is open."""

    def __init__(self, db: Database, data: Path, vault: Vault, clock: Clock) -> None:
        self._db, self._data, self._vault, self._clock = db, data, vault, clock

    def make(self, folder: Path) -> Snapshot:
        """Put a snapshot into a new folder below `folder`: `begin`, then `fill`.

        Raises: TintypeError E_DISK_FULL, E_BACKUP_FOLDER.
        """
        return fill(self.begin(folder))

    def begin(self, folder: Path) -> Begun:
        """Copy the database, rewrite the key file there, and remember the place; on the database's thread, and quick.

        The database comes first: files are never changed, only added and deleted, so a file that is missing
        afterwards was deleted on purpose, and one that is not needed is harmless.
        Raises: TintypeError E_DISK_FULL, E_BACKUP_FOLDER when it cannot be written to.
        """
        made_at = self._clock.now()
        place = folder / datetime.fromtimestamp(made_at, UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
        try:
            place.mkdir(parents=True, mode=0o700)
        except OSError as error:
            raise TintypeError("E_BACKUP_FOLDER", folder=str(folder), reason=os.strerror(error.errno or 0)) from error
        database, key = self._db.conn.serialize(), secrets.token_bytes(KEY_BYTES)
        noted = "insert or replace into notes (name, value) values (:name, :folder)"
        rows(self._db, noted, name=NOTE, folder=str(folder.resolve()))
        self._write_keys(folder, **{place.name: _text(self._vault.wrap(key, place.name))})
        return Begun(place=place, data=self._data, made_at=made_at, database=database, key=key)

    def rewrite_keys(self) -> bool:
        """Write the key file again, where the last backup was made; False when that place is away or takes no files.

        That is logged and not raised, so that whoever forgets a member comes to the end; the next backup writes it.
        """
        noted = rows(self._db, "select value from notes where name = :name", name=NOTE)
        if not noted:
            return False
        folder = Path(str(noted[0]["value"]))
        try:
            self._write_keys(folder)
        except (OSError, TintypeError) as error:
            log.warning("the key file in %s could not be rewritten: %s; the next backup does it", folder, error)
            return False
        return True

    def _write_keys(self, folder: Path, **new: str) -> None:
        """Those of all members there still are, of all earlier snapshots, wherever they lie now, and of a new one."""
        keys = {path.stem: _text(path.read_bytes()) for path in (self._data / KEYS).glob("*.key")}
        gone = rows(self._db, "select id, forgotten_at from members where forgotten_at is not null")
        forgotten = {str(row["id"]): row["forgotten_at"] for row in gone}
        known = _json(folder / KEY_FILE).get("snapshots", {}) if (folder / KEY_FILE).exists() else {}
        told = {"keys": keys, "forgotten": forgotten, "snapshots": {**known, **new}}
        write_atomic(folder / KEY_FILE, json.dumps(told).encode())


def fill(begun: Begun, is_stopped: Callable[[], bool] = lambda: False) -> Snapshot:
    """Write the database, copy the files, end with the manifest; touches nothing that is open, so any thread may.

    Raises: TintypeError E_DISK_FULL, E_BACKUP_STOPPED; of the snapshot nothing is left then.
    """
    place = begun.place
    try:
        write_atomic(place / SEALED, seal(begun.key, begun.database))
        _copy_files(begun.data / BLOBS, place / BLOBS, is_stopped)
        return _sealed(begun, is_stopped)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def _sealed(begun: Begun, is_stopped: Callable[[], bool]) -> Snapshot:
    place, listed = begun.place, {}
    for path in sorted(place.rglob("*")):
        _go_on(is_stopped)
        if path.is_file():
            listed[str(path.relative_to(place))] = _entry(path)
    told = {"name": place.name, "made_at": begun.made_at, "files": listed}
    write_atomic(place / MANIFEST, json.dumps(told, indent=1).encode())
    return Snapshot(folder=place, files=len(listed), bytes=sum(entry["bytes"] for entry in listed.values()))


def restore(
    snapshot: Path, data: Path, master_key_file: Path, clock: Clock, keys: Path | None = None
) -> list[MemberId]:
    """Bring a snapshot back into an empty data folder with the newest key file, and forget again who asked since.

    Answers whom it forgot. A member forgotten before the snapshot was made, who came back, keeps what it holds.
    Raises: TintypeError E_BACKUP_BROKEN naming the file, E_RESTORE_OVER when the folder holds a database already,
    E_MASTER_KEY_GONE when there is no master key, E_MASTER_KEY when it is not the one.
    """
    if any(_holds_something(data / name) for name in (DATABASE, BLOBS, KEYS)):
        raise TintypeError("E_RESTORE_OVER", folder=str(data))
    manifest = _checked(snapshot)
    if not master_key_file.exists():  # a new one would be made, and open nothing
        raise TintypeError("E_MASTER_KEY_GONE", file=str(master_key_file))
    held = _json(keys or snapshot.parent / KEY_FILE)
    beside = data / ".restoring"  # so that a restore that is cut off leaves nothing that could be started
    shutil.rmtree(beside, ignore_errors=True)
    for name in manifest["files"]:
        _place(beside / name, (snapshot / name).read_bytes())
    _unseal(beside, manifest, held, master_key_file)
    for owner, wrapped in held["keys"].items():
        _place(beside / KEYS / f"{int(owner)}.key", base64.b64decode(wrapped))
    again = [MemberId(int(owner)) for owner, at in held["forgotten"].items() if at >= manifest["made_at"]]
    _forget(again, beside, master_key_file, clock)
    for name in (BLOBS, KEYS, DATABASE):  # the database last: without it there is nothing to start
        if (data / name).is_dir():
            (data / name).rmdir()  # empty, see above
        (beside / name).rename(data / name)
    fsync_folder(data)
    shutil.rmtree(beside)
    return again


def _unseal(beside: Path, manifest: Mapping[str, Any], held: Mapping[str, Any], master_key_file: Path) -> None:
    """The database readable again; snapshots of an earlier Tintype hold it so."""
    if SEALED not in manifest["files"]:
        return
    wrapped = held.get("snapshots", {}).get(manifest["name"])
    if wrapped is None:
        raise TintypeError("E_BACKUP_BROKEN", file=KEY_FILE)
    vault = Vault(beside / BLOBS, beside / KEYS, master_key_file)
    key = vault.unwrap(base64.b64decode(wrapped), manifest["name"])
    _place(beside / DATABASE, unseal(key, (beside / SEALED).read_bytes()))
    (beside / SEALED).unlink()


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _forget(members: list[MemberId], data: Path, master_key_file: Path, clock: Clock) -> None:
    vault = Vault(data / BLOBS, data / KEYS, master_key_file)
    vault.check_keys()
    db = open_database(data / DATABASE)
    try:
        privacy = Privacy(db, vault, clock)
        for member in members:
            privacy.forget(member)
    finally:
        db.conn.close()


def _holds_something(path: Path) -> bool:
    return path.is_file() or (path.is_dir() and any(path.iterdir()))


def _checked(snapshot: Path) -> Mapping[str, Any]:
    manifest = _json(snapshot / MANIFEST)
    for name, entry in manifest["files"].items():
        path = snapshot / name
        if not path.resolve().is_relative_to(snapshot.resolve()) or not path.is_file() or _entry(path) != entry:
            raise TintypeError("E_BACKUP_BROKEN", file=str(path))
    return manifest


def _json(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise TintypeError("E_BACKUP_BROKEN", file=str(path)) from error
    return found


def _entry(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"sha256": digest, "bytes": path.stat().st_size}


def _copy_files(source: Path, target: Path, is_stopped: Callable[[], bool]) -> None:
    for path in source.rglob("*"):
        _go_on(is_stopped)
        if path.is_dir() or path.name.endswith(".tmp"):
            continue
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            shutil.copyfile(path, copy)
        except FileNotFoundError:  # deleted meanwhile
            continue
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise TintypeError("E_DISK_FULL", folder=str(copy.parent)) from error
            raise
        _flush(copy)


def _go_on(is_stopped: Callable[[], bool]) -> None:
    if is_stopped():
        raise TintypeError("E_BACKUP_STOPPED")


def _place(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_atomic(path, content)


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
    fsync_folder(path.parent)

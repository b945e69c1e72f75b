"""Members' files, encrypted under one key per member: without the key they are noise, and the key can be destroyed."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Collection
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.atomic import fsync_folder, make_folder, write_atomic
from storage.errors import TintypeError
from storage.records import BlobId, MemberId

KEY_BYTES = 32
NONCE_BYTES = 12
BLOB = re.compile(r"(\d{1,20})-([0-9a-f]{2})[0-9a-f]{30}")
QUARANTINE_S = 24 * 3600.0  # a file without a row may belong to a commit under way


class Vault:
    """Puts bytes away and gives them back.

    A blob id names its owner and a random number; both are authenticated with the content (AES-256-GCM, NIST SP
    800-38D).
    """

    def __init__(self, blobs: Path, keys: Path, master_key_file: Path) -> None:
        self._blobs, self._keys = blobs, keys
        for folder in (blobs, keys):
            make_folder(folder)
        self._master = AESGCM(master_key(master_key_file))

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return self._blobs

    def put(self, owner: MemberId, content: bytes) -> BlobId:
        """Encrypt and keep; on the disk when this returns.

        Raises: TintypeError E_DISK_FULL.
        """
        blob = BlobId(f"{owner}-{secrets.token_hex(16)}")
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self._key(owner, make=True)).encrypt(nonce, content, blob.encode())
        path = self._path(blob)
        make_folder(path.parent)
        write_atomic(path, nonce + sealed)
        return blob

    def open(self, blob: BlobId) -> bytes:
        """The content.

        Raises: TintypeError E_BLOB_GONE when it was deleted, E_BLOB_BROKEN when the file was cut or changed.
        """
        try:
            sealed = self._path(blob).read_bytes()
        except FileNotFoundError as error:
            raise TintypeError("E_BLOB_GONE") from error
        try:
            key = AESGCM(self._key(owner_of(blob), make=False))
            return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], blob.encode())
        except (InvalidTag, ValueError) as error:
            raise TintypeError("E_BLOB_BROKEN") from error

    def size_bytes(self, blob: BlobId) -> int:
        """How much room it takes; 0 when it is gone."""
        path = self._path(blob)
        return path.stat().st_size if path.exists() else 0

    def delete(self, blob: BlobId) -> None:
        """Remove it; gone already is fine."""
        self._path(blob).unlink(missing_ok=True)

    def destroy(self, owner: MemberId) -> bool:
        """Destroy a member's key, then their files, which are noise without it; True when there was a key."""
        path = self._key_path(owner)
        had_key = path.exists()
        if had_key:
            _overwrite(path)
            path.unlink()
            fsync_folder(self._keys)
        folder = self._blobs / str(owner)
        if folder.exists():
            shutil.rmtree(folder)
            fsync_folder(self._blobs)
        return had_key

    def wrap(self, key: bytes, name: str) -> bytes:
        """A key as it may lie on a disk: under the master key, and of use under this name alone."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._master.encrypt(nonce, key, name.encode())

    def unwrap(self, wrapped: bytes, name: str) -> bytes:
        """The key again.

        Raises: TintypeError E_MASTER_KEY when the master key is not the one that it was wrapped with.
        """
        try:
            return self._master.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], name.encode())
        except InvalidTag as error:
            raise TintypeError("E_MASTER_KEY") from error

    def check_keys(self) -> None:
        """Try the master key on every member's key.

        Raises: TintypeError E_MASTER_KEY when it opens one of them not.
        """
        for path in self._keys.glob("*.key"):
            self._key(MemberId(int(path.stem)), make=False)

    def held(self, owner: MemberId) -> list[BlobId]:
        """Every file under a member's key."""
        return [BlobId(path.name) for path in self._blobs.glob(f"{owner}/*/*") if BLOB.fullmatch(path.name)]

    def sweep(self, known: Collection[BlobId], now: float) -> int:
        """Delete files that no row knows and that are older than a day; how many."""
        names = set(known)
        orphans = [
            path
            for path in self._blobs.glob("*/*/*")
            if path.name not in names and now - path.stat().st_mtime > QUARANTINE_S
        ]
        for path in orphans:
            path.unlink(missing_ok=True)
        return len(orphans)

    def _path(self, blob: BlobId) -> Path:
        return self._blobs / str(owner_of(blob)) / blob.partition("-")[2][:2] / blob

    def _key_path(self, owner: MemberId) -> Path:
        return self._keys / f"{owner}.key"

    def _key(self, owner: MemberId, *, make: bool) -> bytes:
        path = self._key_path(owner)
        if not path.exists():
            if not make:
                raise TintypeError("E_BLOB_GONE")
            write_atomic(path, self.wrap(secrets.token_bytes(KEY_BYTES), str(owner)))
        return self.unwrap(path.read_bytes(), str(owner))


def owner_of(blob: BlobId) -> MemberId:
    """Whose blob it is.

    Raises: TintypeError E_BLOB_BROKEN when it is no blob id.
    """
    found = BLOB.fullmatch(blob)
    if not found:
        raise TintypeError("E_BLOB_BROKEN")
    return MemberId(int(found[1]))


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(secrets.token_bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())


def master_key(path: Path) -> bytes:
    """The key that wraps all others; made, readable by nobody else, at the first start.

    Raises: TintypeError E_MASTER_KEY when the file holds something else.
    """
    if not path.exists():
        make_folder(path.parent)
        write_atomic(path, secrets.token_bytes(KEY_BYTES))
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise TintypeError("E_MASTER_KEY")
    return key

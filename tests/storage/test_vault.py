from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import TintypeError
from storage.records import BlobId, MemberId
from storage.vault import QUARANTINE_S, Vault, owner_of
from tests.storage.rooms import ANA, BEN

SECRET = b"the face of Ana, as she is" * 20


def file_of(data: Path, blob: BlobId) -> Path:
    (path,) = (data / "blobs").rglob(blob)
    return path


@given(content=st.binary(max_size=3000))
@settings(max_examples=25, deadline=None)
def test_what_is_put_comes_back(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    root = tmp_path_factory.mktemp("vault")
    blob = Vault(root / "b", root / "k", root / "m").put(ANA, content)

    assert Vault(root / "b", root / "k", root / "m").open(blob) == content


def test_nothing_on_the_disk_tells_what_it_is(vault: Vault, data: Path) -> None:
    vault.put(ANA, SECRET)

    assert all(SECRET[:12] not in path.read_bytes() for path in data.rglob("*") if path.is_file())


def test_files_and_keys_are_the_operators_alone(vault: Vault, data: Path) -> None:
    vault.put(ANA, SECRET)

    assert {path.stat().st_mode & 0o077 for path in data.rglob("*")} == {0}


def test_every_flipped_byte_is_noticed(vault: Vault, data: Path) -> None:
    blob = vault.put(ANA, b"short")
    path = file_of(data, blob)
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(TintypeError, match="E_BLOB_BROKEN"):
            vault.open(blob)


def test_every_cut_is_noticed(vault: Vault, data: Path) -> None:
    blob = vault.put(ANA, b"short")
    path = file_of(data, blob)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(TintypeError, match="E_BLOB_BROKEN"):
            vault.open(blob)


def test_a_file_cannot_stand_in_for_another(vault: Vault, data: Path) -> None:
    first, second = vault.put(ANA, b"one"), vault.put(ANA, b"two")
    file_of(data, second).write_bytes(file_of(data, first).read_bytes())

    with pytest.raises(TintypeError, match="E_BLOB_BROKEN"):
        vault.open(second)


def test_one_members_key_opens_nothing_of_anothers(vault: Vault, data: Path) -> None:
    blob = vault.put(ANA, SECRET)
    vault.put(BEN, b"x")
    (data / "keys" / f"{ANA}.key").write_bytes((data / "keys" / f"{BEN}.key").read_bytes())

    with pytest.raises(TintypeError, match="E_MASTER_KEY"):
        vault.open(blob)


@pytest.mark.parametrize(
    "blob", ["", "../../etc/passwd", "1-" + "g" * 32, "1-../../x", "-" + "0" * 32, "1-" + "0" * 31]
)
def test_only_blob_ids_become_paths(vault: Vault, blob: str) -> None:
    with pytest.raises(TintypeError, match="E_BLOB_BROKEN"):
        vault.open(BlobId(blob))
    with pytest.raises(TintypeError, match="E_BLOB_BROKEN"):
        vault.delete(BlobId(blob))


def test_deleted_is_gone_and_deleting_twice_is_fine(vault: Vault) -> None:
    blob = vault.put(ANA, SECRET)
    for _ in range(2):
        vault.delete(blob)

    assert vault.size_bytes(blob) == 0
    with pytest.raises(TintypeError, match="E_BLOB_GONE"):
        vault.open(blob)


def test_destroying_takes_one_members_files_and_key(vault: Vault, data: Path) -> None:
    mine, theirs = vault.put(ANA, SECRET), vault.put(BEN, b"stays")
    kept = file_of(data, mine).read_bytes()

    assert vault.destroy(ANA)
    assert not vault.destroy(ANA)

    assert not (data / "keys" / f"{ANA}.key").exists()
    assert not (data / "blobs" / str(ANA)).exists()
    assert vault.open(theirs) == b"stays"
    back = data / "blobs" / str(ANA) / mine.partition("-")[2][:2] / mine
    back.parent.mkdir(parents=True)
    back.write_bytes(kept)
    vault.put(ANA, b"came back")
    with pytest.raises(TintypeError, match="E_BLOB_BROKEN"):
        vault.open(mine)


def test_orphans_wait_a_day(vault: Vault, data: Path) -> None:
    known, orphan, fresh = (vault.put(ANA, content) for content in (b"known", b"orphan", b"fresh"))
    left_over = file_of(data, orphan).with_name(".x.tmp")
    left_over.write_bytes(b"half")
    now = file_of(data, fresh).stat().st_mtime + 1
    for path in (file_of(data, known), file_of(data, orphan), left_over):
        os.utime(path, (now - QUARANTINE_S - 1, now - QUARANTINE_S - 1))

    assert vault.sweep({known}, now) == 2

    assert vault.open(known) == b"known"
    assert vault.open(fresh) == b"fresh"
    assert vault.size_bytes(orphan) == 0


def test_a_full_disk_leaves_nothing_behind(vault: Vault, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault.put(ANA, b"first")
    before = sorted(data.rglob("*"))

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("storage.atomic.os.fsync", full)
    with pytest.raises(TintypeError, match="E_DISK_FULL"):
        vault.put(ANA, SECRET)

    assert [path for path in sorted(data.rglob("*")) if path.is_file()] == [path for path in before if path.is_file()]


def test_a_wrong_master_key_is_named(vault: Vault, data: Path) -> None:
    blob = vault.put(ANA, SECRET)
    (data / "master.key").write_bytes(bytes(32))
    other = Vault(data / "blobs", data / "keys", data / "master.key")

    for use in (lambda: other.open(blob), lambda: other.put(ANA, b"x"), other.check_keys):
        with pytest.raises(TintypeError, match="E_MASTER_KEY"):
            use()


def test_a_master_key_of_another_length_is_refused(data: Path) -> None:
    (data / "master.key").write_bytes(b"short")

    with pytest.raises(TintypeError, match="E_MASTER_KEY"):
        Vault(data / "blobs", data / "keys", data / "master.key")


def test_a_blob_names_its_owner(vault: Vault) -> None:
    assert owner_of(vault.put(MemberId(1234567890123456789), b"")) == 1234567890123456789

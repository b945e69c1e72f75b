from __future__ import annotations

import errno
import hashlib
import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.backup import Backup, fill, restore
from storage.database import insert, open_database, rows
from storage.errors import TintypeError
from storage.photos import Photos
from storage.privacy import Privacy
from storage.queue import Queue
from storage.vault import Vault
from tests.storage.clocks import HandClock
from tests.storage.rooms import ANA, BEN, add_photo, open_draft, wish

CANARY = "canary-7f3a91"


@pytest.fixture
def backup(db: Database, data: Path, vault: Vault, clock: HandClock) -> Backup:
    return Backup(db, data, vault, clock)


@pytest.fixture
def privacy(db: Database, vault: Vault, clock: HandClock, backup: Backup) -> Privacy:
    return Privacy(db, vault, clock, rewrite_keys=backup.rewrite_keys)


@pytest.fixture
def filled(photos: Photos, queue: Queue) -> None:
    for owner, mark in ((ANA, CANARY), (BEN, "bens")):
        add_photo(photos, open_draft(photos, owner, word=mark), mark.encode(), f"{mark}.png")
        queue.put(wish(mark, owner=owner, request={"prompt": mark}))


def traces(folder: Path, text: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


@pytest.mark.usefixtures("filled")
def test_a_restored_backup_holds_everything(
    backup: Backup, data: Path, tmp_path: Path, clock: HandClock, db: Database
) -> None:
    snapshot = backup.make(tmp_path / "backups")
    insert(db, "notes", name="after", value="the backup")

    assert restore(snapshot.folder, tmp_path / "new", data / "master.key", clock) == []

    fresh = open_database(tmp_path / "new" / "tintype.db")
    vault = Vault(tmp_path / "new" / "blobs", tmp_path / "new" / "keys", data / "master.key")
    photos = Photos(fresh, vault, clock)
    (draft,) = photos.drafts(ANA)
    assert [vault.open(photo.blob) for photo in photos.of(draft.id)] == [CANARY.encode()]
    assert len(Queue(fresh, clock).ready()) == 2
    assert rows(fresh, "select * from notes where name = 'after'") == []
    assert fresh.conn.execute("pragma integrity_check").fetchone()[0] == "ok"
    fresh.conn.close()
    assert not (tmp_path / "new" / ".restoring").exists()


@pytest.mark.usefixtures("filled")
def test_a_backup_alone_opens_no_file(backup: Backup, data: Path, tmp_path: Path, clock: HandClock) -> None:
    snapshot = backup.make(tmp_path / "backups")
    master = (data / "master.key").read_bytes()

    assert not [path for path in (tmp_path / "backups").rglob("*") if path.is_file() and master in path.read_bytes()]
    assert traces(data, CANARY)
    assert traces(tmp_path / "backups", CANARY) == []
    with pytest.raises(TintypeError, match="E_MASTER_KEY"):
        restore(snapshot.folder, tmp_path / "new", tmp_path / "another.key", clock)
    assert not (tmp_path / "new" / "tintype.db").exists()


@pytest.mark.usefixtures("filled")
def test_an_old_backup_does_not_bring_a_forgotten_member_back(
    backup: Backup, privacy: Privacy, data: Path, tmp_path: Path, clock: HandClock
) -> None:
    snapshot = backup.make(tmp_path / "backups")
    clock.pass_s(60)
    privacy.forget(ANA)

    assert str(ANA) not in json.loads((tmp_path / "backups" / "keys.json").read_text())["keys"]
    assert restore(snapshot.folder, tmp_path / "new", data / "master.key", clock) == [ANA]

    assert traces(tmp_path / "new", CANARY) == []
    assert traces(tmp_path / "new", "bens")
    assert not (tmp_path / "new" / "blobs" / str(ANA)).exists()


@pytest.mark.usefixtures("filled")
def test_each_snapshot_has_a_key_of_its_own_wherever_it_lies(
    backup: Backup, data: Path, tmp_path: Path, clock: HandClock
) -> None:
    first = backup.make(tmp_path / "backups")
    clock.pass_s(60)
    moved = first.folder.rename(tmp_path / "the-first")
    second = backup.make(tmp_path / "backups")
    backup.rewrite_keys()

    held = tmp_path / "backups" / "keys.json"
    keys = json.loads(held.read_text())["snapshots"]
    assert list(keys) == [first.folder.name, second.folder.name]
    assert len(set(keys.values())) == 2
    assert restore(moved, tmp_path / "new", data / "master.key", clock, held) == []


@pytest.mark.usefixtures("filled")
def test_a_snapshot_of_an_earlier_tintype_is_restored_too(
    backup: Backup, data: Path, tmp_path: Path, clock: HandClock, db: Database
) -> None:
    folder = backup.make(tmp_path / "backups").folder
    (folder / "tintype.db.sealed").unlink()
    with sqlite3.connect(folder / "tintype.db") as plain:
        db.conn.backup(plain)
    plain.close()
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["files"]["tintype.db.sealed"]
    digest = hashlib.sha256((folder / "tintype.db").read_bytes()).hexdigest()
    manifest["files"]["tintype.db"] = {"sha256": digest, "bytes": (folder / "tintype.db").stat().st_size}
    (folder / "manifest.json").write_text(json.dumps(manifest))

    assert restore(folder, tmp_path / "new", data / "master.key", clock) == []
    assert traces(tmp_path / "new", CANARY)


@pytest.mark.usefixtures("filled")
def test_who_is_forgotten_while_a_backup_is_made_is_not_in_it(
    backup: Backup, privacy: Privacy, data: Path, tmp_path: Path, clock: HandClock
) -> None:
    begun = backup.begin(tmp_path / "backups")
    privacy.forget(ANA)
    snapshot = fill(begun)

    assert restore(snapshot.folder, tmp_path / "new", data / "master.key", clock) == [ANA]
    assert traces(tmp_path / "new", CANARY) == []


@pytest.mark.usefixtures("filled")
def test_a_backup_is_given_up_while_its_files_are_summed_too_and_leaves_nothing(
    backup: Backup, data: Path, tmp_path: Path
) -> None:
    begun, files = backup.begin(tmp_path / "backups"), len(blobs(data))

    with pytest.raises(TintypeError, match="E_BACKUP_STOPPED"):
        fill(begun, lambda: len(blobs(begun.place)) == files)

    assert not begun.place.exists()


def blobs(folder: Path) -> list[Path]:
    return [path for path in (folder / "blobs").rglob("*") if path.is_file()]


@pytest.mark.usefixtures("filled")
def test_a_member_who_came_back_keeps_what_is_new(
    backup: Backup, privacy: Privacy, photos: Photos, data: Path, tmp_path: Path, clock: HandClock
) -> None:
    privacy.forget(ANA)
    clock.pass_s(60)
    add_photo(photos, open_draft(photos), b"new")
    snapshot = backup.make(tmp_path / "backups")

    assert restore(snapshot.folder, tmp_path / "new", data / "master.key", clock) == []

    vault = Vault(tmp_path / "new" / "blobs", tmp_path / "new" / "keys", data / "master.key")
    assert len(vault.held(ANA)) == 2


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("harm", ["flip", "cut", "lose", "no manifest"])
def test_a_harmed_backup_is_refused_before_anything_is_written(
    backup: Backup, data: Path, tmp_path: Path, clock: HandClock, harm: str
) -> None:
    snapshot = backup.make(tmp_path / "backups")
    victim = next(path for path in (snapshot.folder / "blobs").rglob("*") if path.is_file())
    content = victim.read_bytes()
    if harm == "flip":
        victim.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    elif harm == "cut":
        victim.write_bytes(content[:-1])
    elif harm == "lose":
        victim.unlink()
    else:
        (snapshot.folder / "manifest.json").unlink()

    with pytest.raises(TintypeError, match="E_BACKUP_BROKEN"):
        restore(snapshot.folder, tmp_path / "new", data / "master.key", clock)
    assert not (tmp_path / "new").exists()


def test_a_restore_never_writes_over_data(backup: Backup, data: Path, tmp_path: Path, clock: HandClock) -> None:
    snapshot = backup.make(tmp_path / "backups")

    with pytest.raises(TintypeError, match="E_RESTORE_OVER"):
        restore(snapshot.folder, data, data / "master.key", clock)


def test_a_manifest_cannot_reach_outside(backup: Backup, data: Path, tmp_path: Path, clock: HandClock) -> None:
    snapshot = backup.make(tmp_path / "backups")
    manifest = json.loads((snapshot.folder / "manifest.json").read_text())
    manifest["files"]["../keys.json"] = {"sha256": "0", "bytes": 0}
    (snapshot.folder / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(TintypeError, match="E_BACKUP_BROKEN"):
        restore(snapshot.folder, tmp_path / "new", data / "master.key", clock)


@pytest.mark.usefixtures("filled")
def test_a_restore_that_was_cut_off_can_be_done_again(
    backup: Backup, data: Path, tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = backup.make(tmp_path / "backups")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("storage.backup._forget", die)
        with pytest.raises(KeyboardInterrupt):
            restore(snapshot.folder, tmp_path / "new", data / "master.key", clock)
    assert not (tmp_path / "new" / "tintype.db").exists()

    restore(snapshot.folder, tmp_path / "new", data / "master.key", clock)
    assert (tmp_path / "new" / "tintype.db").exists()


def test_a_backup_place_that_is_away_does_not_stop_forgetting(
    backup: Backup, privacy: Privacy, tmp_path: Path, photos: Photos
) -> None:
    add_photo(photos, open_draft(photos))
    assert not backup.rewrite_keys()
    backup.make(tmp_path / "backups")
    (tmp_path / "backups").rename(tmp_path / "unplugged")

    assert privacy.forget(ANA).key_destroyed
    assert not backup.rewrite_keys()

    (tmp_path / "unplugged").rename(tmp_path / "backups")
    assert backup.rewrite_keys()
    assert json.loads((tmp_path / "backups" / "keys.json").read_text())["keys"] == {}


@pytest.mark.parametrize(
    "trouble",
    [
        OSError(errno.EROFS, "read-only"),
        PermissionError(errno.EACCES, "not ours"),
        TintypeError("E_DISK_FULL", folder="backups"),
    ],
    ids=["read-only", "closed", "full"],
)
def test_a_backup_place_that_takes_no_files_does_not_stop_forgetting(
    backup: Backup,
    privacy: Privacy,
    tmp_path: Path,
    photos: Photos,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    trouble: Exception,
) -> None:
    def refuse(*_: object) -> None:
        raise trouble

    add_photo(photos, open_draft(photos))
    backup.make(tmp_path / "backups")

    with monkeypatch.context() as patch:
        patch.setattr("storage.backup.write_atomic", refuse)
        receipt = privacy.forget(ANA)
    assert receipt.key_destroyed
    assert receipt.is_scrubbed
    assert str(tmp_path / "backups") in caplog.text
    assert photos.drafts(ANA) == []

    assert backup.rewrite_keys()
    assert json.loads((tmp_path / "backups" / "keys.json").read_text())["keys"] == {}


def test_a_photo_deleted_while_files_are_copied_does_not_stop_the_backup(
    backup: Backup, photos: Photos, data: Path, tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = open_draft(photos)
    for number in range(3):
        add_photo(photos, draft, bytes([number]))
    copy = shutil.copyfile

    def delete_then_copy(source: Path, target: Path) -> object:
        photos.discard(draft.id)
        return copy(source, target)

    monkeypatch.setattr(shutil, "copyfile", delete_then_copy)
    snapshot = backup.make(tmp_path / "backups")

    assert restore(snapshot.folder, tmp_path / "new", data / "master.key", clock) == []

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.database import insert, open_database, rows, scrub, transaction
from storage.errors import TintypeError
from storage.migrations import MIGRATIONS

TABLES = {
    "members", "guilds", "photos", "drafts", "concepts", "versions", "images", "image_words", "grants", "consents",
    "messages", "jobs", "outbox", "audit", "notes", "shares", "reserved_words", "likes", "favourites", "presets",
    "questions", "reports", "strikes", "blocks", "channels", "imports", "points", "letters",
    "absences", "names", "pending", "answers",
}  # fmt: skip


def test_a_blank_file_becomes_todays_schema(db: Database) -> None:
    assert set(db.table_names()) == TABLES
    assert db.conn.execute("pragma user_version").fetchone()[0] == len(MIGRATIONS)


def test_opening_again_changes_nothing(data: Path, db: Database) -> None:
    insert(db, "notes", name="a", value="x")
    before = db.schema
    db.conn.close()

    again = open_database(data / "tintype.db")

    assert again.schema == before
    assert rows(again, "select value from notes") == [{"value": "x"}]
    again.conn.close()


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)]
)
def test_the_database_is_set_for_durability(tmp_path: Path, pragma: str, value: object) -> None:
    db = open_database(tmp_path / "t.db")

    assert db.conn.execute(f"pragma {pragma}").fetchone()[0] == value
    db.conn.close()


def test_the_file_is_its_owners_alone(data: Path, db: Database) -> None:
    insert(db, "notes", name="a", value="x")

    assert {path.stat().st_mode & 0o077 for path in data.glob("tintype.db*")} == {0}


def test_the_audit_log_is_only_added_to(db: Database) -> None:
    insert(db, "audit", at=1.0, action="block", actor=7)

    with pytest.raises(sqlite3.IntegrityError, match="only added to"):
        db.conn.execute("update audit set action = 'unblock'")
    with pytest.raises(sqlite3.IntegrityError, match="only added to"):
        db.conn.execute("delete from audit")

    assert rows(db, "update audit set actor = null returning action") == [{"action": "block"}]


def test_a_migration_that_fails_leaves_the_old_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.db"
    open_database(path).conn.close()
    broken = "create table half (id integer); create table notes (id integer)"
    monkeypatch.setattr("storage.database.MIGRATIONS", (*MIGRATIONS, broken))
    with pytest.raises(sqlite3.OperationalError):
        open_database(path)

    monkeypatch.undo()
    db = open_database(path)
    assert set(db.table_names()) == TABLES
    db.conn.close()


def test_a_database_of_a_newer_tintype_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    db = open_database(path)
    db.conn.execute("pragma user_version = 99")
    db.conn.close()

    with pytest.raises(TintypeError, match="E_DATABASE_NEWER"):
        open_database(path)


@pytest.mark.parametrize("damage", [b"this is no database at all" * 400, None])
def test_a_damaged_file_is_refused_and_kept(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / "t.db"
    db = open_database(path)
    for number in range(300):
        insert(db, "notes", name=str(number), value="x" * 200)
    scrub(db)
    db.conn.close()
    whole = path.read_bytes()
    broken = damage or whole[: len(whole) // 2] + bytes(8192) + whole[len(whole) // 2 + 8192 :]
    path.write_bytes(broken)

    with pytest.raises(TintypeError, match="E_DATABASE_BROKEN"):
        open_database(path)

    assert path.read_bytes() == broken


def test_a_full_disk_is_said_in_our_words_and_changes_nothing(db: Database) -> None:
    pages = db.conn.execute("pragma page_count").fetchone()[0]
    db.conn.execute(f"pragma max_page_count = {pages + 4}")

    with pytest.raises(TintypeError, match="E_DISK_FULL"), transaction(db):
        for number in range(1000):
            insert(db, "notes", name=str(number), value="x" * 1000)

    assert rows(db, "select * from notes") == []
    insert(db, "notes", name="small", value="fits")
    assert not db.conn.in_transaction


def test_nothing_is_left_open_after_a_returning_statement(data: Path, db: Database) -> None:
    insert(db, "notes", name="a", value="x")
    reader = sqlite3.connect(data / "tintype.db")

    assert reader.execute("select value from notes").fetchall() == [("x",)]
    assert not db.conn.in_transaction
    reader.close()


def test_a_scrubbed_file_keeps_no_trace_in_split_pages(data: Path, db: Database) -> None:
    chance = random.Random(2)
    for _ in range(2500):
        who = chance.choice(["canary-7f3a91", "benign-000000"])
        what = chance.random()
        row = f"(select max(rowid) - {chance.randint(0, 50)} from notes)"
        if what < 0.6:
            longest = chance.choice([3, 40, 400])
            insert(db, "notes", name=f"{who}-{chance.random()}", value=who * chance.randint(1, longest))
        elif what < 0.8:
            rows(db, f"update notes set value = name || :v where rowid = {row}", v="z" * chance.randint(1, 3000))
        else:
            rows(db, f"delete from notes where rowid = {row}")
    rows(db, "delete from notes where name like 'canary%'")

    assert scrub(db)

    left = {path.name: path.read_bytes().count(b"canary-7f3a91") for path in data.glob("tintype.db*")}
    assert sum(left.values()) == 0
    assert rows(db, "select count(*) n from notes")[0]["n"]

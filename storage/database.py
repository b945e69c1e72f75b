"""Opening the one database file: durable, checked, up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from storage.errors import TintypeError
from storage.migrations import MIGRATIONS

BUSY_S = 5.0  # only outside readers ever wait: there is one writer
PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON")


def open_database(path: Path) -> Database:
    """Open or make the database, set for durability, and bring its schema up to date.

    The connection commits each statement by itself; several belong together inside `transaction`.
    Raises: TintypeError E_DATABASE_BROKEN when SQLite finds the file damaged, E_DATABASE_NEWER when a newer Tintype made it.
    """
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        for pragma in PRAGMAS:
            connection.execute(f"pragma {pragma}").fetchall()
        damage = connection.execute("pragma quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        connection.close()
        raise TintypeError("E_DATABASE_BROKEN", path=str(path)) from error
    if damage != "ok":
        connection.close()
        raise TintypeError("E_DATABASE_BROKEN", path=str(path))
    db = Database(connection)
    migrate(db, path)
    return db


def migrate(db: Database, path: Path) -> None:
    """Run the steps that this file has not seen, each whole or not at all."""
    seen = db.conn.execute("pragma user_version").fetchone()[0]
    if seen > len(MIGRATIONS):
        raise TintypeError("E_DATABASE_NEWER", path=str(path))
    for number, step in enumerate(MIGRATIONS[seen:], seen + 1):
        with transaction(db):
            for statement in step.split(";"):
                db.conn.execute(statement)
            db.conn.execute(f"pragma user_version = {number}")


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """Everything inside happens, or nothing.

    sqlite-utils' `atomic` begins deferred, which fails at once when a write follows a read; this takes the write lock first.
    """
    db.conn.execute("begin immediate")
    try:
        yield
    except BaseException:
        db.conn.execute("rollback")
        raise
    db.conn.execute("commit")


def rows(db: Database, sql: str, **values: object) -> list[dict[str, object]]:
    """All rows of a statement as dicts; fetched whole, so that a `returning` is finished when this returns."""
    cursor = db.conn.execute(sql, values)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def truncate_wal(db: Database) -> bool:
    """Write everything into the main file and empty the log, so that nothing deleted is left in it."""
    busy, _, _ = db.conn.execute("pragma wal_checkpoint(truncate)").fetchone()
    return not busy

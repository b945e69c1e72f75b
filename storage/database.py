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
FULL, DAMAGED = (sqlite3.SQLITE_FULL,), (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def open_database(path: Path) -> Database:
    """Open or make the database, set for durability, and bring its schema up to date.

    The connection commits each statement by itself; several belong together inside `transaction`. There is to be one
    connection in the world: SQLite before 3.51.3 can damage a WAL database that two connections write to.
    Raises: TintypeError E_DATABASE_BROKEN when the file is damaged, E_DATABASE_NEWER when a newer Tintype made it.
    """
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection, path)
        db = Database(connection)
        migrate(db, path)
    except BaseException:
        connection.close()
        raise
    return db


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    try:
        for pragma in PRAGMAS:
            connection.execute(f"pragma {pragma}").fetchall()
        damage = connection.execute("pragma quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise TintypeError("E_DATABASE_BROKEN", path=str(path)) from error
    if damage != "ok":
        raise TintypeError("E_DATABASE_BROKEN", path=str(path))


def migrate(db: Database, path: Path) -> None:
    """Run the steps that this file has not seen, each whole or not at all."""
    seen = db.conn.execute("pragma user_version").fetchone()[0]
    if seen > len(MIGRATIONS):
        raise TintypeError("E_DATABASE_NEWER", path=str(path))
    for number, step in enumerate(MIGRATIONS[seen:], seen + 1):
        with transaction(db):
            for statement in _statements(step):
                db.conn.execute(statement)
            db.conn.execute(f"pragma user_version = {number}")


def _statements(step: str) -> Iterator[str]:
    """Cut a step into statements; a trigger has semicolons inside. (`executescript` would commit.)"""
    statement = ""
    for part in step.split(";"):
        statement += part + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """Everything inside happens, or nothing; inside another one it is a part that can fail alone.

    sqlite-utils' `atomic` begins deferred, and fails at once when a write follows a read; this takes the lock first.
    Raises: TintypeError E_DISK_FULL, E_DATABASE_BROKEN; nothing has changed then.
    """
    begin, commit, rollback = "begin immediate", "commit", "rollback"
    if db.conn.in_transaction:
        begin, commit, rollback = "savepoint part", "release part", "rollback to part; release part"
    with _our_errors():
        db.conn.execute(begin)
        try:
            yield
            db.conn.execute(commit)
        except BaseException:
            for statement in rollback.split(";"):
                if db.conn.in_transaction:  # a full disk has rolled back already
                    db.conn.execute(statement)
            raise


def rows(db: Database, sql: str, **values: object) -> list[dict[str, object]]:
    """All rows of a statement as dicts; fetched whole, so that a `returning` is finished when this returns.

    Raises: TintypeError E_DISK_FULL, E_DATABASE_BROKEN.
    """
    with _our_errors():
        cursor = db.conn.execute(sql, values)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def insert(db: Database, table: str, **values: object) -> dict[str, object]:
    """Add one row; the row as it stands, defaults filled in.

    Raises: TintypeError E_DISK_FULL, E_DATABASE_BROKEN.
    """
    names, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    return rows(db, f"insert into {table} ({names}) values ({places}) returning *", **values)[0]  # noqa: S608  ours


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code in FULL:
            raise TintypeError("E_DISK_FULL", folder="") from error
        if code in DAMAGED:
            raise TintypeError("E_DATABASE_BROKEN", path="") from error
        raise


def emptied(db: Database) -> bool:
    """Empty the log; False when a reader does not let it."""
    with _our_errors():
        busy, _, _ = db.conn.execute("pragma wal_checkpoint(truncate)").fetchone()
    return not busy


def scrub(db: Database) -> bool:
    """Rewrite the file without what was deleted, and empty the log; False when the disk or a reader did not let it.

    `secure_delete` alone is not enough: pages that were split keep copies of deleted rows in their unused part.
    """
    try:
        with _our_errors():
            db.conn.execute("vacuum")
        return emptied(db)
    except TintypeError as error:
        if error.code != "E_DISK_FULL":
            raise
        return False

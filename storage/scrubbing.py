"""No trace of deleted rows: the log is emptied at once, a large database's file rewritten within the hour."""

from __future__ import annotations

from sqlite_utils import Database

from storage.clock import Clock
from storage.database import emptied, rows, scrub

DUE = "scrub_due"  # the note that unused parts of the file may hold fragments of deleted rows
DONE = "scrubbed_at"  # when the file was rewritten last, unix seconds
EVERY_S = 3000.0  # at least between two rewritings: with upkeep's rounds in between, within the hour
MANY = 0.5  # of the pages: so many free ones are worth a rewriting at once
FEW_PAGES = 1000  # of 4 KiB; a smaller file is rewritten at once, in some ten milliseconds


class Scrubbing:
    """Rewriting a large file takes a second in which nobody is answered, so deletions share it."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    def owe(self) -> None:
        """Rows were deleted; meant to run inside their transaction."""
        self._note(DUE, "yes")

    def is_due(self) -> bool:
        """Whether the file may still hold fragments."""
        return bool(rows(self._db, "select 1 from notes where name = :due", due=DUE))

    def now(self) -> bool:
        """Rewrite a small file; of a large one empty the log alone, as SQLite overwrites deleted rows by itself.

        False when the disk or a reader did not let it.
        """
        return self._rewritten() if self._count("page_count") < FEW_PAGES else emptied(self._db)

    def run(self) -> bool:
        """Rewrite the file if that is due and its time; True when no trace is left."""
        return not self.is_due() or (self._is_time() and self._rewritten())

    def _rewritten(self) -> bool:
        if not scrub(self._db):
            return False
        rows(self._db, "delete from notes where name = :due", due=DUE)
        self._note(DONE, str(self._clock.now()))
        return True

    def _is_time(self) -> bool:
        found = rows(self._db, "select value from notes where name = :done", done=DONE)
        passed_s = self._clock.now() - float(str(found[0]["value"])) if found else EVERY_S
        return not 0.0 <= passed_s < EVERY_S or self._count("freelist_count") > MANY * self._count("page_count")

    def _count(self, what: str) -> int:
        return int(self._db.conn.execute(f"pragma {what}").fetchone()[0])

    def _note(self, name: str, value: str) -> None:
        rows(self._db, "insert or replace into notes (name, value) values (:name, :value)", name=name, value=value)

"""Private answers that are kept up to date: where Discord takes their edits, for the minutes that it does."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from storage.clock import Clock
from storage.database import rows
from storage.errors import TintypeError
from storage.records import BlobId, JobId, MemberId
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """An answer that can still be edited."""

    job: JobId
    application: int
    token: str  #: of its interaction; whoever has it answers in the bot's name, so it lies in the vault
    until: float  #: unix seconds


class Answers:
    """Rows of answers; their tokens are encrypted under the key of the member who waits."""

    def __init__(self, db: Database, vault: Vault, clock: Clock) -> None:
        self._db, self._vault, self._clock = db, vault, clock

    def keep(self, owner: MemberId, answer: OpenAnswer) -> None:
        """Remember an answer in the place of the one before; a job that is gone has none."""
        self.drop(answer.job)
        if not rows(self._db, "select 1 from jobs where id = :job", job=answer.job):
            return
        blob = self._vault.put(owner, answer.token.encode())
        rows(
            self._db,
            "insert into answers (job, application, blob, until) values (:job, :application, :blob, :until)",
            job=answer.job, application=answer.application, blob=blob, until=answer.until,
        )  # fmt: skip

    def open(self) -> list[OpenAnswer]:
        """Those that can still be edited; the others are let go."""
        found = rows(self._db, "select * from answers order by until")
        return [answer for row in found if (answer := self._read(row)) is not None]

    def drop(self, job: JobId) -> None:
        """Let an answer go."""
        for row in rows(self._db, "delete from answers where job = :job returning blob", job=job):
            self._vault.delete(BlobId(str(row["blob"])))

    def _read(self, row: dict[str, object]) -> OpenAnswer | None:
        job, until = JobId(str(row["job"])), float(str(row["until"]))
        if until > self._clock.now():
            try:
                token = self._vault.open(BlobId(str(row["blob"]))).decode()
                return OpenAnswer(job, int(str(row["application"])), token, until)
            except TintypeError:  # its file is lost; there is nothing to be edited with
                pass
        self.drop(job)
        return None

"""Sample points whose weights may still be chosen: those of a running training, and for a week the best of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from sqlite_utils import Database

from storage.clock import Clock
from storage.database import insert, rows
from storage.records import BlobId, JobId, Point
from storage.rows import record
from storage.vault import Vault

POINT_S = 7 * 24 * 3600.0  # so long one may choose
MOST = 4  # rows of a contact sheet: the version itself and three others


class Points:
    """Rows of sample points; their weights are the vault's."""

    def __init__(self, db: Database, vault: Vault, clock: Clock) -> None:
        self._db, self._vault, self._clock = db, vault, clock

    def keep(self, point: Point) -> None:
        """Keep a sample point, in the place of the same one of an attempt before."""
        sql = "delete from points where job = :job and number = :number returning blob"
        before = rows(self._db, sql, job=point.job, number=point.number)
        insert(self._db, "points", **dataclasses.asdict(point))
        self._delete(before)

    def of(self, job: JobId) -> list[Point]:
        """A training's sample points that are kept, in their order."""
        found = rows(self._db, "select * from points where job = :job order by number", job=job)
        return [record(Point, row) for row in found]

    def get(self, job: JobId, number: int) -> Point | None:
        """One of them, or None."""
        return next((point for point in self.of(job) if point.number == number), None)

    def taken(self, point: Point) -> None:
        """Its weights are a version's now; meant to run inside the transaction that makes it."""
        rows(self._db, "delete from points where job = :job and number = :number", job=point.job, number=point.number)

    def rest(self, job: JobId, best_step: int | None) -> None:
        """The training has succeeded: the best beside the version's own stay for a week, the others go."""
        others = [point for point in self.of(job) if point.done != best_step]
        kept = {point.number for point in sorted(others, key=_rank, reverse=True)[: MOST - 1]}
        self._drop([point for point in self.of(job) if point.number not in kept])
        sql = "update points set expires_at = ifnull(expires_at, :until) where job = :job"
        rows(self._db, sql, job=job, until=self._clock.now() + POINT_S)

    def drop(self, job: JobId) -> None:
        """Delete all of a training's for real."""
        self._drop(self.of(job))

    def expire(self) -> int:
        """Delete those that were not chosen in time; how many."""
        gone = rows(self._db, "delete from points where expires_at < :now returning blob", now=self._clock.now())
        self._delete(gone)
        return len(gone)

    def _drop(self, points: Sequence[Point]) -> None:
        for point in points:
            self.taken(point)
            self._vault.delete(point.blob)

    def _delete(self, found: Sequence[dict[str, object]]) -> None:
        for row in found:
            self._vault.delete(BlobId(str(row["blob"])))


def _rank(point: Point) -> tuple[float, int]:
    return -1.0 if point.score is None else point.score, point.done

"""Weights made elsewhere that wait until their owner has said what they show, and that they agree."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from storage.clock import Clock
from storage.database import insert, rows
from storage.ids import new_id
from storage.records import BlobId, ChannelId, GuildId, Import, ImportId, Kind, MemberId
from storage.rows import record
from storage.vault import Vault

WAIT_S = 24 * 3600.0  # as long as photos wait after a training that came to nothing


class Imports:
    """Rows of what waits; its files are the vault's, and go over to the job that takes them over."""

    def __init__(self, db: Database, vault: Vault, clock: Clock) -> None:
        self._db, self._vault, self._clock = db, vault, clock

    def put(
        self,
        owner: MemberId,
        guild: GuildId | None,
        channel: ChannelId,
        *,
        word: str,
        kind: Kind | None,
        class_word: str | None,
        trigger: str,
        files: Sequence[Mapping[str, str]],
        told: Mapping[str, Any],
    ) -> Import:
        """Let files wait: each its role and its blob."""
        made = insert(
            self._db, "imports", id=new_id(), owner=owner, guild=guild, channel=channel, word=word, kind=kind,
            class_word=class_word, trigger=trigger, files=json.dumps([*files]), told=json.dumps(dict(told)),
            created_at=self._clock.now(),
        )  # fmt: skip
        return _import_of(made)

    def get(self, id: ImportId) -> Import | None:  # noqa: A002  the field's name
        """What waits under this id, or None."""
        found = rows(self._db, "select * from imports where id = :id", id=id)
        return _import_of(found[0]) if found else None

    def of(self, owner: MemberId) -> list[Import]:
        """What a member has waiting, the newest first."""
        found = rows(self._db, "select * from imports where owner = :owner order by rowid desc", owner=owner)
        return [_import_of(row) for row in found]

    def say(self, waiting: Import, kind: Kind) -> Import:
        """Note what it shows."""
        sql = "update imports set kind = :kind where id = :id returning *"
        return _import_of(rows(self._db, sql, kind=kind, id=waiting.id)[0])

    def taken(self, waiting: Import) -> None:
        """It waits no more, and its files are a job's; meant to run inside the transaction that queues the job."""
        rows(self._db, "delete from imports where id = :id", id=waiting.id)

    def discard(self, waiting: Import) -> None:
        """Delete it with its files."""
        self.taken(waiting)
        for file in waiting.files:
            self._vault.delete(BlobId(file["blob"]))

    def expire(self) -> int:
        """Delete what has waited too long; how many."""
        since = self._clock.now() - WAIT_S
        late = [_import_of(row) for row in rows(self._db, "select * from imports where created_at < :at", at=since)]
        for waiting in late:
            self.discard(waiting)
        return len(late)

    def blobs(self) -> set[BlobId]:
        """The files of all that waits, and of jobs that are not over."""
        waiting = "select json_extract(value, '$.blob') as blob from imports, json_each(files)"
        under_way = """select json_extract(value, '$.blob') as blob from jobs, json_each(jobs.request, '$.files')
            where kind = 'import' and state in ('queued', 'running')"""
        return {BlobId(str(row["blob"])) for sql in (waiting, under_way) for row in rows(self._db, sql)}


def _import_of(row: Mapping[str, Any]) -> Import:
    kind = Kind(row["kind"]) if row["kind"] else None
    return record(Import, row, kind=kind, files=json.loads(row["files"]), told=json.loads(row["told"]))

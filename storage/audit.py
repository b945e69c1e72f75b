"""The log of who decided what: lines are added to it and never deleted; only a forgotten member's id leaves them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from storage.clock import Clock
from storage.database import insert, rows
from storage.records import GuildId, MemberId
from storage.rows import record


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log: who did what to whom, and what was decided.

    Who and whom are ids, empty once that member was forgotten; whom a report struck is found by its object instead.
    """

    id: int
    at: float
    actor: MemberId | None
    action: str
    object: str | None
    facts: Mapping[str, Any]  #: the values before and after
    whom: MemberId | None = None


class Audit:
    """The one place that writes the log; each change notes its line in its own transaction."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    def note(
        self,
        action: str,
        *,
        guild: GuildId | None = None,
        actor: MemberId | None = None,
        about: str | None = None,
        whom: MemberId | None = None,
        **facts: Any,
    ) -> None:
        """Write down who did what, where, to whom; no member may be named in the facts, for those outlive them."""
        insert(
            self._db, "audit", at=self._clock.now(), actor=actor, action=action, object=about,
            facts=json.dumps(facts), guild=guild, whom=whom,
        )  # fmt: skip

    def page(self, guild: GuildId | None, page: int, size: int) -> list[Entry]:
        """A page of a server's log, the newest line first; 1 is the first page."""
        sql = "select * from audit where guild is :guild order by id desc limit :size offset :skip"
        found = rows(self._db, sql, guild=guild, size=size, skip=(page - 1) * size)
        return [record(Entry, row) for row in found]

    def lines(self, guild: GuildId | None) -> int:
        """How long a server's log is."""
        return int(str(rows(self._db, "select count(*) as n from audit where guild is :guild", guild=guild)[0]["n"]))

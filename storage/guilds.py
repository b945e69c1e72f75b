"""Which servers may use the operator's machine."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlite_utils import Database

from storage.clock import Clock
from storage.database import rows, transaction
from storage.records import GuildId


class Guilds:
    """The servers that the operator approved, and those that the bot has left."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    def allow(self, guild: GuildId) -> None:
        """Approve a server."""
        self._set(guild, allowed=True)

    def forbid(self, guild: GuildId) -> None:
        """Take the approval back; what its members made stays theirs."""
        self._set(guild, allowed=False)

    def allowed(self) -> list[GuildId]:
        """Approved servers."""
        found = rows(self._db, "select id from guilds where is_allowed = 1 order by id")
        return [GuildId(int(str(row["id"]))) for row in found]

    def waiting(self) -> list[GuildId]:
        """Servers that have the bot and are not approved."""
        found = rows(self._db, "select id from guilds where is_allowed = 0 and left_at is null order by id")
        return [GuildId(int(str(row["id"]))) for row in found]

    def joined(self, guild: GuildId) -> None:
        """The bot is in this server."""
        rows(
            self._db,
            "insert into guilds (id) values (:guild) on conflict (id) do update set left_at = null",
            guild=guild,
        )

    def present(self, guilds: Sequence[GuildId]) -> None:
        """The bot is in these servers and in no others: some may have removed it while it was away."""
        here = json.dumps(guilds)
        came = """insert into guilds (id) select value from json_each(:here) where true
            on conflict (id) do update set left_at = null"""
        gone = """update guilds set left_at = :now where left_at is null
            and id not in (select value from json_each(:here))"""
        with transaction(self._db):
            rows(self._db, came, here=here)
            rows(self._db, gone, here=here, now=self._clock.now())

    def left(self, guild: GuildId) -> None:
        """The bot was removed from this server; not for outages."""
        rows(self._db, "update guilds set left_at = :now where id = :guild", guild=guild, now=self._clock.now())

    def call(self, guild: GuildId, name: str) -> None:
        """Note what a server is called, for those who are told of it elsewhere; the same name is not written again."""
        rows(
            self._db,
            """insert into guilds (id, settings) values (:guild, json_object('name', :name))
            on conflict (id) do update set settings = json_set(settings, '$.name', :name)
            where json_extract(settings, '$.name') is not :name""",
            guild=guild, name=name,
        )  # fmt: skip

    def name(self, guild: GuildId) -> str:
        """What a server was called when it was last noted, else its id."""
        found = rows(self._db, "select json_extract(settings, '$.name') as name from guilds where id = :id", id=guild)
        return str((found and found[0]["name"]) or guild)

    def _set(self, guild: GuildId, *, allowed: bool) -> None:
        rows(
            self._db,
            """insert into guilds (id, is_allowed) values (:guild, :allowed)
            on conflict (id) do update set is_allowed = :allowed""",
            guild=guild, allowed=int(allowed),
        )  # fmt: skip

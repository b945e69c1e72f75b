"""What members are called in the servers where they use Tintype, so that a word's owner is named without a mention."""

from __future__ import annotations

from sqlite_utils import Database

from storage.database import rows, transaction
from storage.records import GuildId, MemberId

NAME_CHARACTERS = 32  # Discord's most
ANYWHERE = 0  # in place of a server: what Discord itself calls them


class Names:
    """Rows of names, as the last interaction in each server told them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def note(self, names: dict[tuple[int, int], str]) -> None:
        """Keep what members are called, by server and member."""
        sql = """insert into names (guild, member, name) values (:guild, :member, :name)
            on conflict (guild, member) do update set name = :name"""
        with transaction(self._db):
            for (guild, member), name in names.items():
                rows(self._db, sql, guild=guild, member=member, name=name[:NAME_CHARACTERS])

    def of(self, guild: GuildId | None, member: MemberId) -> str:
        """What a member is called here; where they never were, what Discord calls them; empty when nobody knows."""
        sql = """select name from names where member = :member and guild in (:guild, :anywhere)
            order by guild = :anywhere limit 1"""
        found = rows(self._db, sql, member=member, guild=guild, anywhere=ANYWHERE)
        return str(found[0]["name"]) if found else ""

    def all_of(self, member: MemberId) -> list[str]:
        """Every name that is kept of a member."""
        found = rows(self._db, "select distinct name from names where member = :member order by name", member=member)
        return [str(row["name"]) for row in found]

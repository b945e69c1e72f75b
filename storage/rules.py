"""What a server's managers decided: for now which texts its filter refuses."""

from __future__ import annotations

import json
from typing import Any

from sqlite_utils import Database

from storage.clock import Clock
from storage.database import insert, rows, transaction
from storage.errors import NotAllowed, NotFound, TintypeError
from storage.filtering import Filter, FilterKind, checked, first_of
from storage.records import GuildId, MemberId

MOST_FILTERS = 200


class Rules:
    """The settings of servers; that a manager asks is checked before. Each change leaves a line in the log."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    def filters(self, guild: GuildId) -> list[Filter]:
        """What the server's filter refuses, in the order of its making."""
        told = self._settings(guild).get("filters", [])
        return [Filter(kind=FilterKind(one["kind"]), text=one["text"]) for one in told]

    def add_filter(self, guild: GuildId, kind: FilterKind, text: str, *, actor: MemberId) -> Filter:
        """Refuse one more word or pattern; the same one again changes nothing.

        Raises: TintypeError E_FILTER_FORM, E_FILTER_REGEX, E_FILTER_WIDE, E_FILTER_MANY; nothing has changed then.
        """
        made, known = checked(kind, text), self.filters(guild)
        if made in known:
            return made
        if len(known) >= MOST_FILTERS:
            raise TintypeError("E_FILTER_MANY", most=MOST_FILTERS)
        self._keep(guild, [*known, made], "filter-add", made, actor)
        return made

    def drop_filter(self, guild: GuildId, text: str, *, actor: MemberId) -> Filter:
        """Refuse a word or pattern no longer.

        Raises: NotFound(E_FILTER_NONE).
        """
        known = self.filters(guild)
        gone = next((one for one in known if one.text == text.strip()), None)
        if gone is None:
            raise NotFound("E_FILTER_NONE", text=text)
        self._keep(guild, [one for one in known if one != gone], "filter-drop", gone, actor)
        return gone

    def test_filter(self, guild: GuildId, text: str) -> Filter | None:
        """Which filter would refuse a text; for managers."""
        return first_of(self.filters(guild), text)

    def refuse(self, guild: GuildId | None, *texts: str) -> None:
        """Let texts of members pass, or say that the server's filter refuses one, but not why.

        Raises: NotAllowed(E_FILTERED).
        """
        if guild is not None and any(self.test_filter(guild, text) for text in texts):
            raise NotAllowed("E_FILTERED")

    # --- parts -------------------------------------------------------------------------------------------------------

    def _settings(self, guild: GuildId) -> dict[str, Any]:
        found = rows(self._db, "select settings from guilds where id = :guild", guild=guild)
        return dict(json.loads(str(found[0]["settings"]))) if found else {}

    def _keep(self, guild: GuildId, filters: list[Filter], action: str, one: Filter, actor: MemberId) -> None:
        told = json.dumps([{"kind": each.kind, "text": each.text} for each in filters])
        with transaction(self._db):
            rows(
                self._db,
                """insert into guilds (id, settings) values (:guild, json_object('filters', json(:told)))
                on conflict (id) do update set settings = json_set(settings, '$.filters', json(:told))""",
                guild=guild, told=told,
            )  # fmt: skip
            insert(
                self._db, "audit", at=self._clock.now(), actor=actor, action=action, guild=guild,
                facts=json.dumps({"kind": one.kind, "text": one.text}),
            )  # fmt: skip

"""What a server's managers have set up: who may teach and draw, in which channels, and how long what is made stays."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from storage.audit import Audit
from storage.clock import Clock
from storage.database import rows, transaction
from storage.errors import TintypeError
from storage.permissions import Ground
from storage.records import Actor, ChannelId, GuildId, MemberId

KEEP_DAYS = (0, 7, 30, 90, 365)  # how long pictures may stay; 0 until somebody deletes them
LEFT_DAYS = (7, 30, 90, 365, 0)  # how long the things of those who left stay; 0 until they delete them
THRESHOLDS = (1, 2, 3, 5, 10)
COUNTS = (1, 2, 3, 4)
QUALITIES = ("fast", "normal", "fine")  # in the order of the work that they are
SHAPES = ("any", "square", "portrait", "landscape")  # any: as each member prefers
MOST_NAMED = 15  # roles or channels in one rule
REVISIONS = 999  # what fits into a button
FIRST_WEIGHT = 2.0  # how much more of the machine the roles that go first have than others


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The rules of a server."""

    trainers: tuple[int, ...] = ()  #: roles that may teach words; none: everybody
    drawers: tuple[int, ...] = ()  #: roles that may ask for pictures; none: everybody
    first: tuple[int, ...] = ()  #: roles with a larger share of the machine
    channels: tuple[int, ...] = ()  #: where words are taught and pictures made; none: everywhere
    has_people: bool = True  #: whether people may be taught
    keep_days: int = 0
    left_days: int = 30
    threshold: int = 3  #: members whose reports hide a thing before a moderator has looked at it
    revision: int = 1  #: counts the changes, so that a card that is not new any more is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The rules of one channel and of the threads in it."""

    pictures: bool = True
    training: bool = True
    enlarge: bool = True
    spoiler: bool = False  #: whether all pictures are posted covered
    count: int = max(COUNTS)  #: the most pictures at a time
    quality: str = QUALITIES[-1]  #: the finest
    shape: str = SHAPES[0]  #: where a member names none
    revision: int = 1

    @property
    def own_shape(self) -> str | None:
        """The shape of this channel; None where it has none of its own."""
        return None if self.shape == SHAPES[0] else self.shape

    def capped(self, quality: str) -> str:
        """The quality, or the finest that is allowed here."""
        return min(quality, self.quality, key=QUALITIES.index)


#: what each setting may be; the others are ids of roles or channels
CHOICES: Mapping[str, tuple[Any, ...]] = {
    "has_people": (True, False),
    "keep_days": KEEP_DAYS,
    "left_days": LEFT_DAYS,
    "threshold": THRESHOLDS,
    "pictures": (True, False),
    "training": (True, False),
    "enlarge": (True, False),
    "spoiler": (True, False),
    "count": COUNTS,
    "quality": QUALITIES,
    "shape": SHAPES,
}


class Setups:
    """The rules of servers and their channels; that a manager changes them is checked before.

    Each change leaves a line in the log.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._audit = db, Audit(db, clock)

    def of(self, guild: GuildId | None) -> Setup:
        """The rules of a server; a direct message has those that nobody has changed."""
        sql = "select json_extract(settings, '$.setup') as told from guilds where id = :guild"
        told = _told(rows(self._db, sql, guild=guild))
        named = {name: tuple(value) for name, value in told.items() if isinstance(value, list)}
        return Setup(**(told | named))

    def place(self, guild: GuildId | None, channel: ChannelId) -> Place:
        """The rules of a channel."""
        sql = "select settings as told from channels where id = :channel and guild = :guild"
        return Place(**_told(rows(self._db, sql, channel=channel, guild=guild)))

    def change(self, guild: GuildId, name: str, value: Any, *, seen: int, actor: MemberId) -> bool:
        """Set one rule of a server; False when that was changed since what the manager saw.

        What holds already is left as it is, without a line in the log. Raises: TintypeError(E_OPTION).
        """
        before, value = self.of(guild), _checked(name, value)
        if before.revision != seen:
            return False
        if (old := getattr(before, name)) == value:
            return True
        with transaction(self._db):
            self._write(guild, before, **{name: value})
            self._audit.note(f"setup-{name}", guild=guild, actor=actor, before=old, value=value)
        return True

    def change_place(
        self, guild: GuildId, channel: ChannelId, name: str, value: Any, *, seen: int, actor: MemberId
    ) -> bool:
        """Set one rule of a channel; False when that was changed since what the manager saw.

        Raises: TintypeError(E_OPTION).
        """
        before, value = self.place(guild, channel), _checked(name, value)
        if before.revision != seen:
            return False
        if (old := getattr(before, name)) == value:
            return True
        told = {"channel": channel, "name": name, "before": old, "value": value}
        after = dataclasses.replace(before, revision=seen % REVISIONS + 1, **{name: value})
        with transaction(self._db):
            rows(
                self._db,
                """insert into channels (id, guild, settings) values (:channel, :guild, :told)
                on conflict (id) do update set settings = :told where guild = :guild""",
                channel=channel, guild=guild, told=json.dumps(dataclasses.asdict(after)),
            )  # fmt: skip
            self._audit.note("setup-channel", guild=guild, actor=actor, **told)
        return True

    def places(self, guild: GuildId) -> dict[int, Place]:
        """The channels of a server that have rules of their own."""
        found = rows(self._db, "select id, settings as told from channels where guild = :guild", guild=guild)
        return {int(str(row["id"])): Place(**_told([row])) for row in found}

    def known_channels(self, guild: GuildId) -> set[int]:
        """The channels that a server names or that have rules of their own."""
        return {*self.of(guild).channels, *self.places(guild)}

    def forget_channels(self, guild: GuildId, gone: Collection[int]) -> None:
        """Drop what says something of channels that are deleted.

        The last channel that a server names stays named: with none, everything would be open everywhere.
        """
        before = self.of(guild)
        left = tuple(one for one in before.channels if one not in gone) or before.channels[:1]
        with transaction(self._db):
            sql = "delete from channels where guild = :guild and id in (select value from json_each(:gone))"
            rows(self._db, sql, guild=guild, gone=json.dumps([int(one) for one in gone]))
            if left != before.channels:
                self._write(guild, before, channels=left)

    def ground(self, guild: GuildId | None, channel: ChannelId) -> Ground:
        """What may be begun in a channel, and where else it may."""
        if guild is None:
            return Ground()
        setup, places = self.of(guild), self.places(guild)
        here, is_open = places.get(channel, Place()), not setup.channels or channel in setup.channels

        def named(what: str) -> tuple[int, ...]:
            return tuple(id_ for id_ in setup.channels if getattr(places.get(id_, Place()), what))

        return Ground(
            trainers=setup.trainers,
            drawers=setup.drawers,
            has_training=is_open and here.training,
            has_pictures=is_open and here.pictures,
            training_in=named("training"),
            pictures_in=named("pictures"),
        )

    def weight(self, actor: Actor) -> float:
        """How much of the machine a member's jobs have beside others'."""
        return FIRST_WEIGHT if actor.roles & set(self.of(actor.guild).first) else 1.0

    def _write(self, guild: GuildId, before: Setup, **values: Any) -> None:
        """The next revision of a server's rules."""
        after = dataclasses.replace(before, revision=before.revision % REVISIONS + 1, **values)
        rows(
            self._db,
            """insert into guilds (id, settings) values (:guild, json_object('setup', json(:told)))
            on conflict (id) do update set settings = json_set(settings, '$.setup', json(:told))""",
            guild=guild, told=json.dumps(dataclasses.asdict(after)),
        )  # fmt: skip


def _told(found: list[dict[str, object]]) -> dict[str, Any]:
    return dict(json.loads(str(found[0]["told"]))) if found and found[0]["told"] else {}


def _checked(name: str, value: Any) -> Any:
    """One of the choices, or ids; both also as a menu has them, in text.

    Raises: TintypeError(E_OPTION).
    """
    try:
        if name not in CHOICES:
            return tuple(sorted({int(number) for number in value}))[:MOST_NAMED]
        return {str(choice): choice for choice in CHOICES[name]}[str(value)]
    except (KeyError, TypeError, ValueError) as error:
        raise TintypeError("E_OPTION", value=str(value)) from error

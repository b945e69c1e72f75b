"""What a server's managers decided: which texts its filter refuses, and how much members may ask for in a day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlite_utils import Database

from storage.audit import Audit
from storage.clock import Clock
from storage.database import rows, transaction
from storage.errors import NotAllowed, NotFound, TintypeError
from storage.filtering import Filter, FilterKind, checked, first_of
from storage.records import Actor, GuildId, JobKind, MemberId

MOST_FILTERS = 200
MOST_QUOTAS = 25
DAY_S = 86400.0
EVERYBODY = 0  #: the role that everybody has


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How much members with a role may ask for within 24 hours and at once; None is as much as there is."""

    role: int
    trainings: int | None = None
    pictures: int | None = None
    at_once: int | None = None  #: jobs of one kind that wait or run

    def of(self, kind: JobKind) -> int | None:
        """What it says of this kind of job."""
        return self.trainings if kind is JobKind.TRAIN else self.pictures


class Rules:
    """The settings of servers; that a manager asks is checked before. Each change leaves a line in the log."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock, self._audit = db, clock, Audit(db, clock)

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

    # --- quotas ------------------------------------------------------------------------------------------------------

    def quotas(self, guild: GuildId) -> list[Quota]:
        """What was set, by role, everybody first."""
        return sorted((Quota(**one) for one in self._settings(guild).get("quotas", [])), key=lambda one: one.role)

    def set_quota(self, guild: GuildId, quota: Quota, *, actor: MemberId) -> None:
        """Limit members with a role from now on, or with no number in it no longer; the same again changes nothing.

        Raises: TintypeError(E_QUOTA_MANY).
        """
        known, none = self.quotas(guild), Quota(role=quota.role)
        before = next((one for one in known if one.role == quota.role), none)
        if before == quota:
            return
        kept = [one for one in known if one.role != quota.role]
        kept += [quota] if quota != none else []
        if len(kept) > MOST_QUOTAS:
            raise TintypeError("E_QUOTA_MANY", most=MOST_QUOTAS)
        facts = {"role": quota.role, "before": _numbers(before), "value": _numbers(quota)}
        self._set(guild, "quotas", [asdict(one) for one in kept], "quota", actor, facts)

    def quota_of(self, actor: Actor, kind: JobKind) -> int | None:
        """How many a member may have within 24 hours: the most that is given to a role of theirs or to everybody."""
        return max((most for one in self._quotas_of(actor) if (most := one.of(kind)) is not None), default=None)

    def at_once_of(self, actor: Actor) -> int | None:
        """How many jobs of one kind a member may have waiting or running: the most of their roles, too."""
        return max((one.at_once for one in self._quotas_of(actor) if one.at_once is not None), default=None)

    def _quotas_of(self, actor: Actor) -> list[Quota]:
        """Those of everybody and of the member's roles."""
        known = [] if actor.guild is None else self.quotas(actor.guild)
        return [one for one in known if one.role == EVERYBODY or one.role in actor.roles]

    def refuse_over(self, actor: Actor, kind: JobKind, count: int) -> None:
        """Let a member ask for so many more, or say when that is possible again.

        What failed or was cancelled does not count. Raises: NotAllowed(E_QUOTA_TRAIN, E_QUOTA_IMAGINE, E_QUOTA_NONE).
        """
        most = self.quota_of(actor, kind)
        if most is None:
            return
        if most < count:
            raise NotAllowed("E_QUOTA_NONE", most=most, count=count)
        spent = self._spent(actor, kind)
        over = sum(n for _, n in spent) + count - most
        if over > 0:
            code = "E_QUOTA_TRAIN" if kind is JobKind.TRAIN else "E_QUOTA_IMAGINE"
            raise NotAllowed(code, most=most, left=count - over, when=str(int(_frees_at(spent, over)) + 1))

    def _spent(self, actor: Actor, kind: JobKind) -> list[tuple[float, int]]:
        """What counts of a member's last 24 hours here, the oldest first: when, and how many.

        A word that was taken over counts as one that was taught, a preview's pictures as others.
        """
        found = rows(
            self._db,
            """select created_at, ifnull(json_extract(request, '$.count'), 1) as n from jobs
            where owner = :member and guild = :guild
                and case kind when 'import' then 'train' when 'preview' then 'imagine' else kind end = :kind
                and created_at > :since
                and state not in ('failed', 'cancelled') order by created_at""",
            member=actor.member, guild=actor.guild, kind=kind, since=self._clock.now() - DAY_S,
        )  # fmt: skip
        return [(float(str(row["created_at"])), int(str(row["n"] or 1))) for row in found]

    # --- parts -------------------------------------------------------------------------------------------------------

    def _settings(self, guild: GuildId) -> dict[str, Any]:
        found = rows(self._db, "select settings from guilds where id = :guild", guild=guild)
        return dict(json.loads(str(found[0]["settings"]))) if found else {}

    def _keep(self, guild: GuildId, filters: list[Filter], action: str, one: Filter, actor: MemberId) -> None:
        told = [{"kind": each.kind, "text": each.text} for each in filters]
        self._set(guild, "filters", told, action, actor, {"kind": one.kind, "text": one.text})

    def _set(
        self, guild: GuildId, name: str, value: list[Any], action: str, actor: MemberId, facts: dict[str, Any]
    ) -> None:
        with transaction(self._db):
            rows(
                self._db,
                """insert into guilds (id, settings) values (:guild, json_object(:name, json(:told)))
                on conflict (id) do update set settings = json_set(settings, '$.' || :name, json(:told))""",
                guild=guild, name=name, told=json.dumps(value),
            )  # fmt: skip
            self._audit.note(action, guild=guild, actor=actor, **facts)


def _numbers(quota: Quota) -> dict[str, int | None]:
    return {name: number for name, number in asdict(quota).items() if name != "role"}


def _frees_at(spent: Sequence[tuple[float, int]], over: int) -> float:
    """When so many of what was spent are a day old."""
    freed = 0
    for at, n in spent:
        freed += n
        if freed >= over:
            return at + DAY_S
    raise ValueError(f"{over} are more than was spent")

"""Styles that moderators removed: which are kept out where, as the decided reports say, and what that forbids."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from storage.clock import Clock
from storage.concepts import Concepts
from storage.database import rows
from storage.errors import NotFound, WordRefused
from storage.guilds import Guilds
from storage.records import Concept, ConceptId, GuildId, MemberId, Scope
from storage.rows import record

#: the newest decision of each place that removed a style, as long as it stands
STANDING = """select reports.id, reports.guild, reports.concept, concepts.owner, concepts.name,
    max(reports.closed_at) as at, reports.actor
    from reports join concepts on concepts.id = reports.concept
    where reports.state in ('remove', 'strike') and {where}
    group by reports.concept, ifnull(reports.guild, 0) order by at desc, reports.rowid desc"""
UNDONE = "readmitted"  # the state of reports whose removal was taken back


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A style that is kept out."""

    id: str  #: of the report that was decided
    guild: GuildId | None  #: whose moderators did; None for who runs this Tintype
    concept: ConceptId
    owner: MemberId
    name: str
    at: float  #: unix seconds
    actor: MemberId | None  #: None since they were forgotten


class Removals:
    """Reads what stands; a removal is made and taken back by `Moderation`."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._concepts, self._guilds = db, Concepts(db, clock), Guilds(db, clock)

    def of(self, concept: ConceptId) -> list[Removal]:
        """Where a style is kept out, the newest first."""
        return self._standing("reports.concept = :concept", concept=concept)

    def in_guild(self, guild: GuildId | None) -> list[Removal]:
        """What a server keeps out, the newest first; with None what was decided outside of any."""
        return self._standing("reports.guild is :guild", guild=guild)

    def get(self, guild: GuildId | None, report: str) -> Removal:
        """What this server removed after that report.

        Raises: NotFound(E_REMOVAL_GONE), the same whether it was let in again, is elsewhere or never was.
        """
        found = [one for one in self.in_guild(guild) if one.id == report]
        if not found:
            raise NotFound("E_REMOVAL_GONE")
        return found[0]

    def is_whole(self, concept: Concept, guild: GuildId | None) -> bool:
        """Whether a removal by this server leaves a style to its owner alone, or closes it only there.

        It closes it only there when the style is another server's and is shared with whole servers at most.
        """
        scopes = {grant.scope for grant in self._concepts.grants(concept.id)}
        return guild in (None, concept.home) or not scopes <= {Scope.GUILD}

    def whole(self, concept: ConceptId) -> list[Removal]:
        """Those that leave a style to its owner alone."""
        found = self._concepts.get(concept)
        return [one for one in self.of(concept) if found is not None and self.is_whole(found, one.guild)]

    def refuse(self, concept: Concept, scope: Scope, subject: int | None) -> None:
        """Let a style not be opened again by its owner where it was removed.

        Raises: WordRefused(E_SHARE_REMOVED) with the server, `none` for who runs this Tintype.
        """
        for one in self.of(concept.id):
            is_elsewhere = scope is Scope.MEMBER or (scope is Scope.GUILD and subject != one.guild)
            if self.is_whole(concept, one.guild) or not is_elsewhere:
                raise WordRefused("E_SHARE_REMOVED", word=concept.name, server=self.server(one.guild) or "none")

    def server(self, guild: GuildId | None) -> str:
        """What the server is called that decided; empty for who runs this Tintype."""
        return "" if guild is None else self._guilds.name(guild)

    def _standing(self, where: str, **values: object) -> list[Removal]:
        return [record(Removal, row) for row in rows(self._db, STANDING.format(where=where), **values)]

"""What members must still be told of what moderators decided: written with the decision, so that no crash loses it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from sqlite_utils import Database

from storage.clock import Clock
from storage.database import rows
from storage.records import ConceptId, GuildId, MemberId

PREFIX = "notice:"


class News(StrEnum):
    """What was decided about something of the member's."""

    STYLE = "style"  #: a style is its owner's alone
    THERE = "there"  #: a style cannot be used in one server
    PICTURES = "pictures"  #: pictures were deleted
    READMITTED = "readmitted"  #: a style that was removed is let in again


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message that a member must still get."""

    member: MemberId
    report: str  #: the id of the report that was decided
    news: News
    guild: GuildId | None  #: where it was decided; None by who runs this Tintype
    concept: ConceptId | None  #: the style; None of pictures
    at: float  #: unix seconds
    tries: int = 0  #: after a crash the outcome of the last one is unknown


class Notices:
    """Notices that wait, the newest for each report; what was told is not kept."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    def owe(
        self, member: MemberId, news: News, *, report: str, guild: GuildId | None, concept: ConceptId | None
    ) -> None:
        """Note one; meant to run inside the transaction of the decision."""
        notice = Notice(
            member=member, report=report, news=news, guild=guild, concept=concept, at=self._clock.now()
        )  # fmt: skip
        sql = "insert into notes (name, value) values (:name, :told) on conflict (name) do update set value = :told"
        rows(self._db, sql, name=_name(notice), told=_told(notice))

    def owed(self) -> list[Notice]:
        """All that wait, the oldest first."""
        sql = "select value from notes where substr(name, 1, length(:prefix)) = :prefix order by rowid"
        told = (json.loads(str(row["value"])) for row in rows(self._db, sql, prefix=PREFIX))
        return [Notice(**{**one, "news": News(one["news"])}) for one in told]

    def tried(self, notice: Notice) -> bool:
        """One more try begins; False when another has begun it, or it is told already."""
        sql = "update notes set value = :told where name = :name and value = :before returning name"
        told = _told(replace(notice, tries=notice.tries + 1))
        return bool(rows(self._db, sql, name=_name(notice), before=_told(notice), told=told))

    def done(self, notice: Notice) -> None:
        """It was told, or can be told nowhere; a newer one of the same report stays."""
        sql = "delete from notes where name = :name and json_extract(value, '$.news') = :news"
        rows(self._db, sql, name=_name(notice), news=notice.news)


def forget_notices(db: Database, member: MemberId) -> None:
    """Whoever is forgotten is told nothing more."""
    sql = "delete from notes where substr(name, 1, length(:prefix)) = :prefix"
    rows(db, sql, prefix=f"{PREFIX}{member}:")


def _name(notice: Notice) -> str:
    return f"{PREFIX}{notice.member}:{notice.report}"


def _told(notice: Notice) -> str:
    return json.dumps(asdict(notice))

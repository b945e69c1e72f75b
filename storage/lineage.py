"""What a style became part of: pictures and mixes, with credit to every word in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlite_utils import Database

from storage.database import rows
from storage.records import Actor, ConceptId, JobId, MemberId
from storage.rows import record

MOST_WORKS = 5

#: one's own pictures with a word, and those made in this server; of people only one's own
WORKS = """
select images.job, images.owner, count(distinct images.id) as pictures, max(images.created_at) as at
from versions join image_words on image_words.version = versions.id join images on images.id = image_words.image
where versions.concept = :concept
    and (images.owner = :member or images.guild = :guild and not images.has_person)
group by images.job order by at desc, images.job limit :most
"""
OTHERS = """
select distinct concepts.id as concept, concepts.name, concepts.owner
from images join image_words on image_words.image = images.id
join versions on versions.id = image_words.version join concepts on concepts.id = versions.concept
where images.job = :job and concepts.id != :concept order by concepts.name
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """A word in a picture, and whose it is."""

    concept: ConceptId
    name: str
    owner: MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The pictures of one job with a style in them."""

    job: JobId
    owner: MemberId
    pictures: int
    at: float  #: unix seconds
    others: tuple[Credit, ...]  #: the words it was mixed with

    def telling(self, told: Callable[[Credit], bool]) -> Work:
        """The same without the words that are not to be told, nor counted."""
        return replace(self, others=tuple(credit for credit in self.others if told(credit)))


def works(db: Database, actor: Actor, concept: ConceptId) -> list[Work]:
    """The newest jobs with a style in their pictures that this member may see here."""
    found = rows(db, WORKS, concept=concept, member=actor.member, guild=actor.guild, most=MOST_WORKS)
    return [_work(db, row, concept) for row in found]


def _work(db: Database, row: dict[str, object], concept: ConceptId) -> Work:
    others = rows(db, OTHERS, job=row["job"], concept=concept)
    return record(Work, row, others=tuple(record(Credit, other) for other in others))

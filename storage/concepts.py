"""Concepts and their versions: who owns which word, and which one a member means."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rapidfuzz import process
from sqlite_utils import Database

from storage import reservations
from storage.clock import Clock
from storage.database import insert, rows, transaction
from storage.errors import NotFound, TintypeError, WordRefused
from storage.ids import new_id
from storage.records import (
    Actor,
    BlobId,
    Concept,
    ConceptId,
    Consent,
    Grant,
    GuildId,
    JobId,
    Kind,
    MemberId,
    Point,
    Scope,
    Version,
    VersionId,
)
from storage.rows import concept_of, record, version_of
from storage.words import check_word

#: what a member may use, nearest first: mine (those of this server before others), shared with me, with a role of mine,
#: this server, every server; a person's word is never shared with more than named members, whatever a row says
USABLE = """
select concepts.*, min(case
    when owner = :member then iif(home is :guild, 0, 1)
    when shares.quarantined_at is not null then null
    when grants.scope = 'member' and grants.subject = :member then 2
    when kind = 'person' then null
    when grants.scope = 'role' and grants.subject in (select value from json_each(:roles)) then 3
    when grants.scope = 'guild' and grants.subject = :guild then 4
    when grants.scope = 'instance' then 5 end) as nearness
from concepts left join grants on grants.concept = concepts.id left join shares on shares.concept = concepts.id
where {where} group by concepts.id having nearness is not null order by nearness, name, concepts.created_at
"""


class Concepts:
    """Words, their versions, and who may use them."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    def get(self, concept: ConceptId) -> Concept | None:
        """The concept, or None."""
        found = rows(self._db, "select * from concepts where id = :concept", concept=concept)
        return concept_of(found[0]) if found else None

    def named(self, owner: MemberId, home: GuildId | None, name: str) -> Concept | None:
        """The owner's concept of this name in this server."""
        sql = "select * from concepts where owner = :owner and ifnull(home, 0) = ifnull(:home, 0) and name = :name"
        found = rows(self._db, sql, owner=owner, home=home, name=name)
        return concept_of(found[0]) if found else None

    def check_free(self, owner: MemberId, home: GuildId | None, name: str) -> str:
        """The word as it is stored, when this owner may take it here.

        Raises: WordRefused E_WORD_FORM, E_WORD_RESERVED, E_WORD_TAKEN.
        """
        word = check_word(name)
        if self.named(owner, home, word):
            raise WordRefused("E_WORD_TAKEN", word=word)
        return word

    def create(
        self,
        owner: MemberId,
        home: GuildId | None,
        name: str,
        kind: Kind,
        class_word: str,
        *,
        person: MemberId | None = None,
    ) -> Concept:
        """Take a word; `person` is whom it will show, when that is another member.

        Raises: WordRefused as `check_free`.
        """
        word = self.check_free(owner, home, name)
        made = insert(
            self._db, "concepts", id=new_id(), owner=owner, home=home, name=word, kind=kind, class_word=class_word,
            created_at=self._clock.now(), person=person,
        )  # fmt: skip
        return concept_of(made)

    def rename(self, concept: Concept, name: str) -> Concept:
        """Give it another word, also wherever it is shared; versions and images stay its own.

        Raises: WordRefused as `check_free`, E_SHARE_TAKEN; the old word stays then.
        """
        word = self.check_free(concept.owner, concept.home, name)
        with transaction(self._db):
            changed = rows(
                self._db, "update concepts set name = :word where id = :id returning *", word=word, id=concept.id
            )
            renamed = concept_of(changed[0])
            reservations.move(self._db, renamed)
        return renamed

    def delete(self, concept: ConceptId) -> list[BlobId]:
        """Drop a concept with its versions; answers the blobs that the caller must delete from the vault."""
        blobs = [blob for version in self.versions(concept) for blob in (version.blob, version.sheet) if blob]
        rows(self._db, "delete from concepts where id = :concept", concept=concept)
        return blobs

    def mine(self, owner: MemberId) -> list[Concept]:
        """All of a member's concepts by name."""
        return [
            concept_of(row)
            for row in rows(self._db, "select * from concepts where owner = :owner order by name", owner=owner)
        ]

    # --- use -----------------------------------------------------------------------------------------------------

    def usable(self, actor: Actor, name: str) -> list[Concept]:
        """The concepts that this name can mean for this member here; the nearest first."""
        return [concept_of(row) for row in self._usable(actor, "name = :name", name=name)]

    def nearest(self, actor: Actor, name: str) -> list[Concept]:
        """Those of them that are as near as the nearest: which one is meant, only the member knows."""
        found = self._usable(actor, "name = :name", name=name)
        return [concept_of(row) for row in found if row["nearness"] == found[0]["nearness"]]

    def resolve(self, actor: Actor, name: str) -> Concept:
        """The one concept that this member means.

        Raises: NotFound E_NO_SUCH_WORD, with the nearest usable word if there is one.
        """
        found = self.usable(actor, name)
        if not found:
            raise NotFound("E_NO_SUCH_WORD", word=name, nearest=self._nearest(actor, name))
        return found[0]

    def complete(self, actor: Actor, prefix: str, limit: int = 25) -> list[Concept]:
        """Usable concepts with a version whose names begin with prefix."""
        where = "name like :like escape '!' and exists (select 1 from versions where concept = concepts.id)"
        like = prefix.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
        return [concept_of(row) for row in self._usable(actor, where, like=like)][:limit]

    def _usable(self, actor: Actor, where: str, **values: object) -> list[dict[str, object]]:
        roles = json.dumps(sorted(actor.roles))
        return rows(self._db, USABLE.format(where=where), member=actor.member, guild=actor.guild, roles=roles, **values)

    def _nearest(self, actor: Actor, name: str) -> str:
        known = [str(row["name"]) for row in self._usable(actor, "1 = 1")]
        best = process.extractOne(name, known, score_cutoff=70)
        return best[0] if best else ""

    # --- versions ------------------------------------------------------------------------------------------------

    def versions(self, concept: ConceptId) -> list[Version]:
        """A concept's versions, the newest first."""
        sql = "select * from versions where concept = :concept and state != 'dropped' order by n desc"
        return [version_of(row) for row in rows(self._db, sql, concept=concept)]

    def in_use(self, concept: ConceptId) -> list[Version]:
        """A concept's versions, the one that the word means first, then the newest."""
        found = self.get(concept)
        return sorted(self.versions(concept), key=lambda version: found is None or version.id != found.chosen)

    def of_job(self, job: JobId) -> Version | None:
        """The version that a job has made, or None; the first when there are several."""
        found = rows(self._db, "select * from versions where job = :job order by n limit 1", job=job)
        return version_of(found[0]) if found else None

    def version(self, version: VersionId) -> Version | None:
        """The version, a dropped one too, or None."""
        found = rows(self._db, "select * from versions where id = :version", version=version)
        return version_of(found[0]) if found else None

    def add_version(
        self,
        concept: ConceptId,
        *,
        method: str,
        class_word: str,
        base_model: str,
        base_revision: str,
        blob: BlobId,
        sha256: str,
        size_bytes: int,
        sheet: BlobId | None,
        scores: Mapping[str, Any],
        job: JobId,
    ) -> Version:
        """One more version of a concept, which the word means from now on; meant to run inside `Queue.commit`."""
        return self._add_version(
            concept=concept, method=method, class_word=class_word, base_model=base_model, base_revision=base_revision,
            blob=blob, sha256=sha256, bytes=size_bytes, sheet=sheet, scores=json.dumps(scores), job=job,
        )  # fmt: skip

    def add_point(self, version: Version, point: Point, strength: float) -> Version:
        """Make a sample point of a version's training a version of its own; meant to run where the point is taken."""
        scores = {} if point.score is None else {"pick": point.score}
        return self._add_version(
            concept=version.concept, method=version.method, class_word=version.class_word,
            base_model=version.base_model, base_revision=version.base_revision, blob=point.blob, sha256=point.sha256,
            bytes=point.bytes, sheet=version.sheet, scores=json.dumps(scores | {"step": point.done}), job=version.job,
            strength=strength, point=point.number,
        )  # fmt: skip

    def _add_version(self, **values: object) -> Version:
        concept = values["concept"]
        newest = "select ifnull(max(n), 0) as n from versions where concept = :concept"
        n = int(str(rows(self._db, newest, concept=concept)[0]["n"])) + 1
        made = insert(self._db, "versions", id=new_id(), n=n, created_at=self._clock.now(), **values)
        rows(self._db, "update concepts set chosen = null where id = :concept", concept=concept)
        return version_of(made)

    def choose(self, version: Version, strength: float | None = None) -> None:
        """Let the word mean this version from now on, and this strong where a prompt says nothing of it."""
        with transaction(self._db):
            chosen = "update concepts set chosen = :version where id = :concept"
            rows(self._db, chosen, version=version.id, concept=version.concept)
            if strength is not None:
                rows(self._db, "update versions set strength = :s where id = :v", s=strength, v=version.id)

    def drop_version(self, version: Version) -> list[BlobId]:
        """Drop one version; answers the blobs that the caller must delete from the vault.

        Its row stays, so that the pictures made with it are still known to show what they show.
        Raises: TintypeError(E_LAST_VERSION).
        """
        if len(self.versions(version.concept)) < 2:
            raise TintypeError("E_LAST_VERSION")
        with transaction(self._db):
            gone = "update versions set state = 'dropped', blob = '', sheet = null, bytes = 0 where id = :version"
            rows(self._db, gone, version=version.id)
            chosen = "update concepts set chosen = null where id = :concept and chosen = :version"
            rows(self._db, chosen, concept=version.concept, version=version.id)
            drawn = self._drop_drawings(version)
        return [version.blob, *drawn]

    def _drop_drawings(self, version: Version) -> list[BlobId]:
        """What its contact sheets have drawn; and its training, unless another version is of the same one."""
        others = [one.job for one in self.versions(version.concept)]
        sql = """select id, result from jobs where kind = 'sheet' and json_extract(request, '$.version') = :version
            or id = :job and :is_alone"""
        found = rows(self._db, sql, version=version.id, job=version.job, is_alone=version.job not in others)
        for row in found:
            bare = "update jobs set result = json_remove(result, '$.sheet', '$.curve', '$.cover') where id = :job"
            rows(self._db, bare, job=row["id"])
        told = [json.loads(str(row["result"])) for row in found]
        return [BlobId(result[role]) for result in told for role in ("sheet", "curve", "cover") if result.get(role)]

    # --- grants and consents -------------------------------------------------------------------------------------

    def grants(self, concept: ConceptId) -> list[Grant]:
        """Who may use it besides its owner."""
        found = rows(self._db, "select * from grants where concept = :concept", concept=concept)
        return [record(Grant, row, scope=Scope(str(row["scope"]))) for row in found]

    def grant(self, grant: Grant) -> None:
        """Let others use it."""
        rows(
            self._db,
            "insert into grants (concept, scope, subject) values (:concept, :scope, :subject) on conflict do nothing",
            concept=grant.concept, scope=grant.scope, subject=grant.subject,
        )  # fmt: skip

    def agree(self, consent: Consent) -> None:
        """Keep a person's agreement, with the version of the text that they read."""
        rows(
            self._db,
            """insert into consents (concept, person, text_version, given_at) values (:concept, :person, :text, :at)
            on conflict do nothing""",
            concept=consent.concept, person=consent.person, text=consent.text_version, at=consent.given_at,
        )  # fmt: skip

    def consent(self, concept: ConceptId) -> Consent | None:
        """The agreement that is in force, or None."""
        sql = "select * from consents where concept = :concept and revoked_at is null order by given_at desc limit 1"
        found = rows(self._db, sql, concept=concept)
        return record(Consent, found[0]) if found else None

    def is_taken_back(self, concept: ConceptId) -> bool:
        """Whether there was an agreement, and none is in force."""
        sql = "select 1 from consents where concept = :concept"
        return self.consent(concept) is None and bool(rows(self._db, sql, concept=concept))

    def revoke(self, concept: ConceptId) -> bool:
        """Take a person's agreement back: the word is refused everywhere from now on; False when there was none."""
        sql = """update consents set revoked_at = :now where concept = :concept and revoked_at is null
            returning concept"""
        return bool(rows(self._db, sql, concept=concept, now=self._clock.now()))

    def drop_unused(self, concepts: Sequence[ConceptId]) -> None:
        """Free words whose first training came to nothing."""
        with transaction(self._db):
            for concept in concepts:
                rows(
                    self._db,
                    """delete from concepts where id = :concept
                    and not exists (select 1 from versions where concept = :concept)
                    and not exists (select 1 from jobs where concept = :concept and (state in ('queued', 'running')
                        or kind = 'import' and state = 'succeeded'))""",
                    concept=concept,
                )

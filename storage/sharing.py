"""Sharing: who may use a word besides its owner, under which licence, and mixed with what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlite_utils import Database

from storage import reservations
from storage.clock import Clock
from storage.concepts import Concepts
from storage.database import rows, transaction
from storage.errors import NotFound, TintypeError, WordRefused
from storage.images import Images
from storage.permissions import Held, may_go_on
from storage.questions import Questions
from storage.queue import Queue
from storage.records import Concept, ConceptId, Grant, JobKind, Kind, MemberId, Scope
from storage.rows import concept_of, record
from storage.takedowns import Deed, Takedowns

ABOUT_CHARACTERS = 300
BACK = {JobKind.TRAIN: "E_TRAINING_BACK"}  # what is said of a job that an agreement's end has cancelled


class Licence(StrEnum):
    """What others may do with pictures made with a word."""

    HERE = "here"  #: use it here only
    BY = "cc-by"
    BY_NC = "cc-by-nc"
    ZERO = "cc0"


class Mixing(StrEnum):
    """What others may put into one picture with a word."""

    FREE = "free"
    NO_PEOPLE = "no-people"
    ASK = "ask"  #: the owner is asked each time, or once for each member


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How a word is shared."""

    concept: ConceptId
    licence: Licence
    mixing: Mixing
    about: str  #: what its owner says about it
    shared_at: float
    quarantined_at: float | None
    grants: tuple[Grant, ...] = ()


class Sharing:
    """Opens words to others and closes them again; who asks is checked before, with `can`."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self._concepts, self._queue, self._images = Concepts(db, clock), Queue(db, clock), Images(db)
        self._questions, self._takedowns = Questions(db, clock), Takedowns(db, clock)

    def share(
        self,
        concept: ConceptId,
        scope: Scope,
        subject: int | None = None,
        *,
        licence: Licence | None = None,
        mixing: Mixing | None = None,
        about: str | None = None,
    ) -> Share:
        """Let others use a word; what is left out stays as it was, at first: use here only, mixed with anything.

        The subject is a member, a role or a server, and nothing for every server of this bot.
        Raises: NotFound(E_NOT_FOUND), WordRefused E_SHARE_PERSON, E_SHARE_SHOWN, E_SHARE_SELF, E_SHARE_SERVER,
        E_SHARE_TAKEN, E_WORD_NOT_LEARNED; nothing has changed then.
        """
        found = self._found(concept)
        place = self._checked(found, scope, subject)
        with transaction(self._db):
            if scope in reservations.RESERVING:
                reservations.reserve(self._db, found, scope, place)
            self._write(found, licence, mixing, about)
            self._concepts.grant(Grant(concept=concept, scope=scope, subject=place))
        share = self.share_of(concept)
        assert share is not None  # written just now
        return share

    def unshare(self, concept: ConceptId, scope: Scope | None = None, subject: int | None = None) -> bool:
        """Close a word to one scope and subject, or to all; False when it was not open to them.

        Jobs of those who may use it no more are cancelled.
        """
        place = 0 if scope is Scope.INSTANCE else subject
        with transaction(self._db):
            gone = rows(
                self._db,
                """delete from grants where concept = :concept and (:scope is null or scope = :scope)
                and (:place is null or subject = :place) returning concept""",
                concept=concept, scope=scope, place=place,
            )  # fmt: skip
            reservations.free(self._db, concept, scope, place)
            if not self._concepts.grants(concept):
                self._close(concept)
            self._stop(concept)
        return bool(gone)

    def share_of(self, concept: ConceptId) -> Share | None:
        """How a word is shared, or None while it is private."""
        found = rows(self._db, "select * from shares where concept = :concept", concept=concept)
        if not found:
            return None
        row = found[0]
        return record(
            Share, row, licence=Licence(str(row["licence"])), mixing=Mixing(str(row["mixing"])),
            grants=tuple(self._concepts.grants(concept)),
        )  # fmt: skip

    def held(self, concept: Concept) -> Held:
        """A word with all that decides who may do what with it."""
        has_consent = concept.kind is not Kind.PERSON or self._concepts.consent(concept.id) is not None
        return Held(concept, self._concepts.grants(concept.id), has_consent, self.is_quarantined(concept.id))

    # --- quarantine --------------------------------------------------------------------------------------------------

    def quarantine(self, concept: ConceptId) -> bool:
        """Keep a shared word for its owner alone until it is released; False when it is not shared, or is kept."""
        sql = """update shares set quarantined_at = :now where concept = :concept and quarantined_at is null
            returning concept"""
        with transaction(self._db):
            done = bool(rows(self._db, sql, concept=concept, now=self._clock.now()))
            self._stop(concept)
        return done

    def release(self, concept: ConceptId) -> bool:
        """Give a word back to those it is shared with; False when it was not kept from them."""
        sql = """update shares set quarantined_at = null where concept = :concept and quarantined_at is not null
            returning concept"""
        return bool(rows(self._db, sql, concept=concept))

    def is_quarantined(self, concept: ConceptId) -> bool:
        """Whether only its owner may use it for now."""
        sql = "select 1 from shares where concept = :concept and quarantined_at is not null"
        return bool(rows(self._db, sql, concept=concept))

    # --- people ------------------------------------------------------------------------------------------------------

    def showing(self, person: MemberId) -> list[Concept]:
        """The words that show a member who still agrees, by name."""
        sql = """select distinct concepts.* from concepts join consents on consents.concept = concepts.id
            where consents.person = :person and revoked_at is null and kind = 'person' order by name, concepts.id"""
        return [concept_of(row) for row in rows(self._db, sql, person=person)]

    def take_back(self, concept: ConceptId, person: MemberId) -> Concept:
        """Take back the agreement of who is shown: from now on the word is refused to everybody, its owner included.

        What learns or draws with it is cancelled with the reason, it is shared with nobody any more, and our messages
        with pictures of it are changed. Pictures that are there stay, unseen by others, until the word is forgotten.
        Raises: NotFound(E_NOT_FOUND) when there is no agreement of theirs in force.
        """
        found = next((one for one in self.showing(person) if one.id == concept), None)
        if found is None:
            raise NotFound("E_NOT_FOUND")
        with transaction(self._db):
            self._concepts.revoke(concept)
            drawing = self._queue.drawing_with({version.id for version in self._concepts.versions(concept)})
            learning = [job for job in [*self._queue.ready(), *self._queue.active()] if job.concept == concept]
            for job in {job.id: job for job in [*drawing, *learning]}.values():
                self._queue.cancel(job.id, BACK.get(job.kind, "E_CONSENT_BACK"), word=found.name)
            self.unshare(concept)
            self._questions.revoke(concept, person)
            for made in dict.fromkeys(image.job for image in self._images.with_word(concept)):
                self._takedowns.owe(self._queue.all_messages(made), Deed.WITHDRAW)
        return found

    # --- parts -------------------------------------------------------------------------------------------------------

    def _found(self, concept: ConceptId) -> Concept:
        found = self._concepts.get(concept)
        if found is None:
            raise NotFound("E_NOT_FOUND")
        return found

    def _checked(self, concept: Concept, scope: Scope, subject: int | None) -> int:
        """The subject as a grant has it, when this word may be shared so."""
        if concept.kind is Kind.PERSON and scope is not Scope.MEMBER:
            raise WordRefused("E_SHARE_PERSON", word=concept.name)
        if concept.person not in (None, concept.owner, subject):
            raise WordRefused("E_SHARE_SHOWN", word=concept.name)
        if scope is Scope.MEMBER and subject == concept.owner:
            raise WordRefused("E_SHARE_SELF", word=concept.name)
        if not self._concepts.versions(concept.id):
            raise TintypeError("E_WORD_NOT_LEARNED", word=concept.name)
        if scope is Scope.INSTANCE:
            return 0
        if subject is None:
            raise WordRefused("E_SHARE_SERVER", word=concept.name)
        return subject

    def _write(self, concept: Concept, licence: Licence | None, mixing: Mixing | None, about: str | None) -> None:
        rows(
            self._db,
            """insert into shares (concept, licence, mixing, about, shared_at)
            values (:concept, ifnull(:licence, 'here'), ifnull(:mixing, 'free'), ifnull(:about, ''), :now)
            on conflict (concept) do update set licence = ifnull(:licence, licence),
                mixing = ifnull(:mixing, mixing), about = ifnull(:about, about)""",
            concept=concept.id, licence=licence, mixing=mixing, now=self._clock.now(),
            about=None if about is None else about[:ABOUT_CHARACTERS],
        )  # fmt: skip

    def _close(self, concept: ConceptId) -> None:
        """Nothing is left open; a quarantine stays, so that it is not ended by sharing anew."""
        rows(self._db, "delete from shares where concept = :concept and quarantined_at is null", concept=concept)

    def _stop(self, concept: ConceptId) -> None:
        """Cancel what draws with a word for those who may use it no more."""
        found = self._concepts.get(concept)
        held = None if found is None else self.held(found)
        versions = {version.id for version in self._concepts.versions(concept)}
        for job in self._queue.drawing_with(versions):
            if held is None or not may_go_on(job.owner, job.guild, held, job.request.get("roles")):
                written = next(word["name"] for word in job.request["words"] if word["version"] in versions)
                self._queue.cancel(job.id, "E_WORD_CLOSED", word=written)

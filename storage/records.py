"""The nouns of Tintype, as the database keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NewType

MemberId = NewType("MemberId", int)
GuildId = NewType("GuildId", int)
ChannelId = NewType("ChannelId", int)
DraftId = NewType("DraftId", str)
PhotoId = NewType("PhotoId", str)
ImportId = NewType("ImportId", str)
ConceptId = NewType("ConceptId", str)
VersionId = NewType("VersionId", str)
ImageId = NewType("ImageId", str)
JobId = NewType("JobId", str)
BlobId = NewType("BlobId", str)


class Kind(StrEnum):
    """What photos show."""

    PERSON = "person"
    ANIMAL = "animal"
    OBJECT = "object"
    STYLE = "style"


class JobKind(StrEnum):
    """What an engine can be asked to do."""

    TRAIN = "train"
    IMAGINE = "imagine"
    EXPORT = "export"
    IMPORT = "import"
    SHEET = "sheet"
    PREVIEW = "preview"  #: of a word, before it is learned; what it draws stands in a private answer alone
    LOOK = "look"  #: at photos before they are learned; nothing is said of it but in their report


class JobState(StrEnum):
    """Where a job is: queued -> running -> succeeded | failed; queued | running -> cancelled; running -> queued."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """True when nothing follows."""
        return self not in (JobState.QUEUED, JobState.RUNNING)


class Scope(StrEnum):
    """Who may use a word besides its owner."""

    PRIVATE = "private"
    MEMBER = "member"
    ROLE = "role"
    GUILD = "guild"
    INSTANCE = "instance"


class Relation(StrEnum):
    """How an image came from another."""

    VARY = "vary"
    AGAIN = "again"
    EDIT = "edit"
    ENLARGE = "enlarge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks, as the interaction says it; never looked up, never cached."""

    member: MemberId
    guild: GuildId | None  #: None in a direct message
    roles: frozenset[int] = frozenset()
    is_manager: bool = False  #: may manage the server
    is_instance_owner: bool = False
    is_blocked: bool = False
    is_barred: bool = False  #: blocked by the operator, in every server
    blocked_until: float | None = None  #: when that ends by itself
    is_adult_channel: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Photos that wait for *Train*."""

    id: DraftId
    owner: MemberId
    guild: GuildId | None
    channel: ChannelId
    word: str
    kind: Kind | None  #: None until it is chosen
    class_word: str | None
    method: str | None
    consent_text: str | None  #: version of the text that the member agreed to
    created_at: float
    state: str = "open"  #: open, asked while a question about it waits, training, or kept once it was learned from
    person: MemberId | None = None  #: the member it shows, when that is another than the owner
    wishes: Mapping[str, Any] = field(default_factory=dict)  #: what was asked for beside, and what it was learned for

    @property
    def keep_days(self) -> int:
        """How many days its photos are to stay after the word is learned; 0 for not at all."""
        return int(self.wishes.get("keep_days") or 0)

    @property
    def concept(self) -> ConceptId | None:
        """The word that was learned from its photos, once they are kept for the next version."""
        found = self.wishes.get("concept")
        return ConceptId(str(found)) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A picture that a member uploaded, rebuilt from its pixels."""

    id: PhotoId
    owner: MemberId
    draft: DraftId
    position: int  #: 1 is the first
    name: str  #: the file's name as the member knows it
    blob: BlobId
    thumbnail: BlobId
    width_px: int
    height_px: int
    sha256: str
    facts: Mapping[str, Any]  #: what the inspector measured
    created_at: float
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """Weights made elsewhere that wait for an answer of who handed them in."""

    id: ImportId
    owner: MemberId
    guild: GuildId | None
    channel: ChannelId
    word: str
    kind: Kind | None  #: None until it is chosen
    class_word: str | None
    trigger: str  #: what one types for it in other programs
    files: Sequence[Mapping[str, str]]  #: each its role (weights, embedding) and its blob
    told: Mapping[str, Any]  #: what the inspector found
    created_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """What one member taught: a word with its versions."""

    id: ConceptId
    owner: MemberId
    home: GuildId | None
    name: str  #: without brackets
    kind: Kind
    class_word: str
    created_at: float
    person: MemberId | None = None  #: who is shown, when that is another member than the owner
    chosen: VersionId | None = None  #: the version that the word means; None for the newest

    @property
    def placeholder_token(self) -> str:
        """`<name>`, as it is written in a prompt."""
        return f"<{self.name}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One training of a concept."""

    id: VersionId
    concept: ConceptId
    n: int
    method: str
    class_word: str
    base_model: str
    base_revision: str
    blob: BlobId
    sha256: str
    bytes: int
    sheet: BlobId | None
    scores: Mapping[str, Any]
    job: JobId
    created_at: float
    strength: float = 1.0  #: of the word where a prompt says none
    point: int | None = None  #: the sample point of its job that was chosen instead of the best
    state: str = "ready"  #: ready or dropped; of a dropped one only the row is left, for the pictures that name it

    @property
    def is_dropped(self) -> bool:
        """Whether its weights are gone."""
        return self.state == "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A sample point of a training, whose weights wait to be chosen instead of the best one's."""

    job: JobId
    number: int
    done: int  #: steps
    score: float | None  #: likeness from 0 to 1, where the engine can tell
    blob: BlobId
    sha256: str
    bytes: int
    expires_at: float | None = None  #: None while the training runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture that Tintype made."""

    id: ImageId
    job: JobId
    position: int  #: 1 is the first of its grid
    owner: MemberId
    guild: GuildId | None
    blob: BlobId
    name: str  #: file name with its suffix
    seed: int
    width_px: int
    height_px: int
    settings: Mapping[str, Any]
    parent: ImageId | None
    relation: Relation | None
    created_at: float
    has_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageWord:
    """A word's share in an image."""

    image: ImageId
    version: VersionId
    strength: float
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A permission to use a word, given by its owner."""

    concept: ConceptId
    scope: Scope
    subject: int  #: member, role or guild id; 0 for the instance


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A person's agreement to be taught."""

    concept: ConceptId
    person: MemberId
    text_version: str
    given_at: float
    revoked_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a job is."""

    phase: str
    done: int
    total: int
    loss: float | None = None
    seconds_left: float | None = None
    made: int = 0  #: pictures of the class word, while these are made beforehand
    wanted: int = 0  #: of these pictures
    reached: int = 0  #: the furthest that an earlier attempt came; it is gone through again from the checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A wish, before it is a row."""

    kind: JobKind
    owner: MemberId
    guild: GuildId | None
    channel: ChannelId
    key: str  #: the interaction's id: the same wish twice is one job
    request: Mapping[str, Any]
    predicted_s: float = 60.0
    concept: ConceptId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A wish that will be fulfilled, refused or cancelled, exactly once."""

    id: JobId
    kind: JobKind
    owner: MemberId
    guild: GuildId | None
    channel: ChannelId
    key: str
    request: Mapping[str, Any]
    state: JobState
    attempt: int
    predicted_s: float
    created_at: float
    concept: ConceptId | None = None
    started_at: float | None = None
    ended_at: float | None = None
    lease_until: float | None = None  #: on the monotonic clock
    progress: Progress | None = None
    checkpoint: BlobId | None = None
    preview: BlobId | None = None
    fruitless: int = 0  #: attempts in a row that ended without progress
    wish: str | None = None  #: keep_best, when the owner pressed it
    result: Mapping[str, Any] = field(default_factory=dict)
    code: str | None = None  #: why it failed
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One thing that must still be said, exactly once."""

    id: int
    job: JobId
    kind: str
    nonce: str
    channel: ChannelId
    tries: int
    created_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message of ours about a job."""

    job: JobId
    channel: ChannelId
    message: int
    role: str  #: card (the live one) or final

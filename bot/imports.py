"""From weights made elsewhere to a word: taken in, asked about, queued, looked at, and enabled by their owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from bot import consent
from bot.answers import Interaction, show
from bot.attachments import Upload
from bot.cards import Card
from bot.cards import imports as faces
from bot.drafts import known_class_word
from bot.ground import may_teach
from bot.limits import refuse_above
from bot.machine import base_said
from bot.studio import Asker, EngineFacts, Studio
from bot.waits import usual_s
from storage.database import transaction
from storage.errors import NotAllowed, NotFound, TintypeError
from storage.inspection_client import InspectedImport
from storage.permissions import Action, can
from storage.records import (
    BlobId,
    Concept,
    ConceptId,
    Consent,
    Import,
    ImportId,
    Job,
    JobKind,
    Kind,
    NewJob,
)
from storage.words import suggested

FILE_BYTES = 128 * 2**20  # of a pack with its pictures; the inspector takes 120 MB of weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command says about the file; what it leaves out, the file may say."""

    word: str | None = None
    kind: str | None = None
    class_word: str | None = None
    trigger: str | None = None


# --- handing in ------------------------------------------------------------------------------------------------------


def may_import(rooms: Any, asker: Asker, kind: str | None) -> None:
    """Whether this member may take weights over here, before anything is fetched.

    Raises: NotAllowed as `may_teach` and `refuse_above`, TintypeError(E_DISK_LOW).
    """
    may_teach(rooms, asker, kind)
    refuse_above(rooms, asker, JobKind.IMPORT)


async def handed_in(studio: Studio, upload: Upload) -> InspectedImport:
    """Fetch the file and have it checked.

    Raises: TintypeError of the download, WeightsRefused with the inspector's reason.
    """
    async with studio.intake:
        (fetched,) = await studio.attachments.fetch([upload], file_bytes=FILE_BYTES)
        if isinstance(fetched, TintypeError):
            raise fetched
        facts = studio.facts()
        width, title = (facts.text_width, base_said(facts)) if facts else (None, "")
        found: InspectedImport = await studio.inspect.inspect_import(
            fetched.data, fetched.name, width=width, base=title
        )
        return found


def begun(rooms: Any, asker: Asker, found: InspectedImport, asked: Asked, facts: EngineFacts, now: float) -> Card:
    """Queue it when nothing is open; else let it wait and ask what it shows, or for a person's agreement.

    Raises: WordRefused, NotAllowed(E_FILTERED, …), TintypeError(E_CLASS_WORD, …); nothing is kept then.
    """
    said = _said(found, asked)
    kind = Kind(said["kind"]) if said["kind"] else None
    may_import(rooms, asker, kind)
    word = rooms.concepts.check_free(asker.member, asker.actor.guild, _unused(rooms, asker, said["word"]))
    class_word = _class_word(asked, said, kind, facts)
    rooms.rules.refuse(asker.actor.guild, word, class_word or "", said["trigger"])
    waiting = _put(rooms, asker, found, word, kind, class_word, said["trigger"])
    if kind in (None, Kind.PERSON):
        return card_of(waiting)
    return queued(rooms, asker, waiting.id, facts, now, read=0)


def _said(found: InspectedImport, asked: Asked) -> dict[str, str]:
    """Word, kind, class word and trigger: as asked, else as the pack's card or the file's notes say, else its name."""
    card: Mapping[str, Any] = found.card or {}
    notes: Mapping[str, str] = found.files[0].facts.get("said") or {}
    kind = asked.kind or card.get("kind") or notes.get("tintype.kind")
    named = card.get("name") or notes.get("tintype.word") or PurePath(found.name).stem
    return {
        "word": asked.word or suggested(named),
        "kind": kind if kind in tuple(Kind) else "",
        "class_word": card.get("class_word") or notes.get("tintype.class_word") or "",
        "trigger": asked.trigger or notes.get("modelspec.trigger_phrase") or "",
    }


def _unused(rooms: Any, asker: Asker, name: str) -> str:
    """The name; one that was taken and came to nothing is free again."""
    held: Concept | None = rooms.concepts.named(asker.member, asker.actor.guild, name.strip().strip("<>").lower())
    if held is not None:
        rooms.concepts.drop_unused([held.id])
    return name


def _class_word(asked: Asked, said: Mapping[str, str], kind: Kind | None, facts: EngineFacts) -> str | None:
    """As asked, else as the file says where the engine knows that word, else its first; None while the kind is open."""
    if kind is None:
        return asked.class_word
    if asked.class_word is None and said["class_word"] in facts.class_words.get(kind, ()):
        return said["class_word"]
    return known_class_word(kind, asked.class_word, facts)


def _put(
    rooms: Any,
    asker: Asker,
    found: InspectedImport,
    word: str,
    kind: Kind | None,
    class_word: str | None,
    trigger: str,
) -> Import:
    blobs: list[BlobId] = []
    try:
        for file in found.files:
            blobs.append(rooms.vault.put(asker.member, file.content))  # noqa: PERF401  a later one may fail
        files = [{"role": file.role, "blob": blob} for file, blob in zip(found.files, blobs, strict=True)]
        waiting: Import = rooms.imports.put(
            asker.member, asker.actor.guild, asker.channel, word=word, kind=kind, class_word=class_word,
            trigger=trigger, files=files, told=_told(found),
        )  # fmt: skip
    except TintypeError:
        for blob in blobs:
            rooms.vault.delete(blob)
        raise
    return waiting


def _told(found: InspectedImport) -> dict[str, Any]:
    facts = found.files[0].facts
    return {
        "name": found.name,
        "layout": found.layout,
        "peft": found.peft,
        "card": found.card,
        "kind": "both" if len(found.files) > 1 else str(facts["kind"]),
        "rank": facts.get("rank"),
        "bytes": sum(len(file.content) for file in found.files),
    }


# --- what was asked --------------------------------------------------------------------------------------------------


def own(rooms: Any, asker: Asker, import_id: str, action: Action = Action.CHANGE) -> Import:
    """The asker's weights that wait.

    Raises: NotFound(E_IMPORT_GONE) when they wait no more, E_NOT_FOUND when they are somebody else's.
    """
    found: Import | None = rooms.imports.get(ImportId(import_id))
    if found is None:
        raise NotFound("E_IMPORT_GONE")
    can(asker.actor, action, found)
    return found


def card_of(waiting: Import) -> Card:
    """The question that is open: what it shows, or whether the person agrees."""
    asking = faces.Asking(id=waiting.id, word=waiting.word, file=told_of(waiting.told))
    return faces.consent_card(asking) if waiting.kind is Kind.PERSON else faces.kind_card(asking)


def told_of(told: Mapping[str, Any]) -> faces.FileFacts:
    """A file as a card shows it."""
    return faces.FileFacts(
        name=str(told["name"]),
        layout=str(told["layout"]),
        kind=str(told["kind"]),
        rank=told.get("rank"),
        size_bytes=int(told["bytes"]),
    )


def shows(rooms: Any, asker: Asker, import_id: str, kind: Kind, facts: EngineFacts, now: float) -> Card:
    """What was handed in shows this: queue it, or ask for a person's agreement."""
    waiting = own(rooms, asker, import_id)
    may_teach(rooms, asker, kind)
    said: Import = rooms.imports.say(waiting, kind)
    if kind is Kind.PERSON:
        return card_of(said)
    return queued(rooms, asker, said.id, facts, now, read=0)


def queued(rooms: Any, asker: Asker, import_id: str, facts: EngineFacts, now: float, *, read: int) -> Card:
    """Queue the job that takes it over.

    `read` is the version of the agreement that stood above the button, 0 for none.
    Raises: NotFound(E_IMPORT_GONE), NotAllowed(E_IMPORT_UNREAD), WordRefused and others; it goes on waiting then.
    """
    waiting = own(rooms, asker, import_id)
    may_import(rooms, asker, waiting.kind)
    if waiting.kind is None or (waiting.kind is Kind.PERSON and read != consent.TEXT_VERSION):
        raise NotAllowed("E_IMPORT_UNREAD")
    class_word = known_class_word(waiting.kind, waiting.class_word, facts)
    rooms.rules.refuse(asker.actor.guild, waiting.word, class_word)
    with transaction(rooms.db):
        _unused(rooms, asker, waiting.word)
        concept = rooms.concepts.create(asker.member, asker.actor.guild, waiting.word, waiting.kind, class_word)
        job, _ = rooms.queue.put(
            _job(rooms, asker, waiting, concept, now), lambda _db, _job: _keep(rooms, waiting, concept.id, now)
        )
    return faces.import_queued(job.id, waiting.word)


def _job(rooms: Any, asker: Asker, waiting: Import, concept: Concept, now: float) -> NewJob:
    return asker.new_job(
        JobKind.IMPORT,
        concept=concept.id,
        predicted_s=usual_s(rooms, JobKind.IMPORT, now),
        request={
            "concept": concept.id,
            "word": concept.name,
            "kind": str(concept.kind),
            "class_word": concept.class_word,
            "trigger": waiting.trigger,
            "files": list(waiting.files),
            "told": dict(waiting.told),
            "weight": rooms.setups.weight(asker.actor),
        },
    )


def _keep(rooms: Any, waiting: Import, concept: ConceptId, now: float) -> None:
    """What belongs to the job, in its own transaction: the files are its own, a person has agreed."""
    rooms.imports.taken(waiting)
    if waiting.kind is Kind.PERSON:
        version = str(consent.TEXT_VERSION)
        rooms.concepts.agree(Consent(concept=concept, person=waiting.owner, text_version=version, given_at=now))


async def show_and_follow(studio: Studio, interaction: Interaction, asker: Asker, told: Card) -> None:
    """Show what is asked or queued; what was queued is followed until its first pictures are there."""
    await show(interaction, told)
    job: Job | None = await studio.run(lambda rooms: rooms.queue.of_key(asker.key))
    if job is not None:
        studio.wake()
        studio.follow(interaction, job)

"""A word's weights for its owner: as files that other programs load, or as one pack, when they fit into a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot import dictionary, texts
from bot.belongings import READ_BYTES
from bot.cards import Card, layout
from bot.meaning import newest
from bot.plain import plain
from bot.studio import Asker
from storage import labels, packs, shrinking
from storage.errors import NotAllowed, TintypeError
from storage.labels import Part
from storage.origins import came_with, refuse_freer
from storage.packs import PackCard
from storage.permissions import Action
from storage.records import Concept, Job, Version
from storage.shrinking import Shrunk

FORMS = ("files", "pack")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """How a word should be handed out."""

    form: str = FORMS[0]
    licence: str | None = None  #: of a pack; None takes what the word is shared under
    credit: str | None = None  #: the name under which its owner wants to be credited


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What of a word is handed out, as it lies in the vault."""

    word: str
    weights: bytes
    card: PackCard | None = None  #: where a pack is wished
    samples: bytes | None = None


def taken(rooms: Any, asker: Asker, word: str, wished: Wished) -> Taken:
    """What a word means, for its owner.

    Raises: NotFound, NotAllowed(E_CONSENT_BACK, E_FILTERED), TintypeError(E_WORD_NOT_LEARNED, E_EXPORT_BIG),
    WordRefused(E_LICENCE_FREER).
    """
    concept = dictionary.own_named(rooms, asker, word, Action.EXPORT)
    if not rooms.sharing.held(concept).has_consent:
        raise NotAllowed("E_CONSENT_BACK", word=concept.name)
    version = newest(rooms.concepts.in_use(concept.id), concept.name, None)
    if version.bytes > READ_BYTES:
        _refuse_above(asker.limit_bytes, concept.name, version.bytes)
    if wished.form != "pack":
        return Taken(word=concept.name, weights=rooms.vault.open(version.blob))
    rooms.rules.refuse(asker.actor.guild, wished.credit or "")
    return Taken(
        word=concept.name,
        card=pack_card(rooms, concept, version, wished),
        weights=rooms.vault.open(version.blob),
        samples=rooms.vault.open(version.sheet) if version.sheet else None,
    )


def handed_out(found: Taken, limit_bytes: int) -> Card:
    """The card with the files, in messages of at most this size; a LoRA above it is shortened, which takes seconds.

    Raises: TintypeError(E_EXPORT_BIG, E_PACK_BIG), WeightsRefused(E_WEIGHTS_BROKEN).
    """
    if found.card:
        return _as_pack(found, found.card, limit_bytes)
    return _as_files(found, labels.exported(found.weights, found.word), limit_bytes)


def _refuse_above(limit_bytes: int, word: str, size_bytes: int, code: str = "E_EXPORT_BIG") -> None:
    if size_bytes > limit_bytes:
        raise TintypeError(code, word=word, size=texts.size(size_bytes), most=texts.size(limit_bytes))


def _shortened(told: str, size_bytes: int, shrunk: Shrunk | None) -> str:
    """What is said of the files, and of how much a shorter one keeps."""
    if shrunk is None:
        return told
    return f"{told} {texts.say('word-exported-shortened', size=texts.size(size_bytes), percent=int(100 * shrunk.kept))}"


# --- files -----------------------------------------------------------------------------------------------------------


def _as_files(found: Taken, parts: Sequence[Part], limit_bytes: int) -> Card:
    layers, *others = parts
    whole_bytes = len(layers.content)
    is_to_shorten = whole_bytes > limit_bytes and layers.kind == "lora"
    shrunk = shrinking.shrunk(layers.content, limit_bytes) if is_to_shorten else None
    sent = [replace(layers, content=shrunk.content) if shrunk else layers, *others]
    for part in sent:
        _refuse_above(limit_bytes, found.word, len(part.content))
    told = texts.say(
        _sentence(parts),
        name=plain(found.word),
        file=parts[0].name,
        embedding=parts[-1].name,
        size=texts.size(sum(len(part.content) for part in sent)),
        trigger=parts[0].trigger,
    )
    files = ((part.name, part.content) for part in sent)
    return layout.file_card(_shortened(told, whole_bytes, shrunk), *files)


def _sentence(parts: Sequence[Part]) -> str:
    if parts[0].is_embedding and parts[-1].trigger.endswith("-neg"):
        return "word-exported-negative"
    if len(parts) > 1:
        return "word-exported-both"
    return "word-exported" if parts[0].kind == "lora" else f"word-exported-{parts[0].kind}"


# --- a pack ----------------------------------------------------------------------------------------------------------


def _as_pack(found: Taken, card: PackCard, limit_bytes: int) -> Card:
    pack, shrunk = packs.packed(card, found.weights, found.samples), None
    whole_bytes = len(pack)
    if len(found.weights) > limit_bytes:
        shrunk = shrinking.shrunk(found.weights, len(found.weights) - (whole_bytes - limit_bytes))
        if shrunk:  # what it scored the whole did
            pack = packs.packed(replace(card, scores={}), shrunk.content, found.samples)
    is_alone_small = len(found.weights) <= limit_bytes
    _refuse_above(limit_bytes, found.word, len(pack), "E_PACK_BIG" if is_alone_small else "E_EXPORT_BIG")
    file = f"{found.word}{packs.SUFFIX}"
    told = texts.say(
        "word-exported-pack",
        name=plain(found.word),
        file=file,
        size=texts.size(len(pack)),
        licence=texts.say(f"style-licence-{card.licence}"),
        kind=labels.kind_in(labels.opened(found.weights)),
    )
    return layout.file_card(_shortened(told, whole_bytes, shrunk), (file, pack))


def pack_card(rooms: Any, concept: Concept, version: Version, wished: Wished) -> PackCard:
    """What a pack says of the word: figures and names of things, nothing of its members.

    Raises: WordRefused(E_LICENCE_FREER).
    """
    job: Job | None = rooms.queue.get(version.job)
    request, result = (job.request, job.result) if job else ({}, {})
    came_from: Mapping[str, Any] = (request.get("told") or {}).get("card") or {}  # the pack that it was taken from
    origin, share = came_with(rooms.queue, version), rooms.sharing.share_of(concept.id)
    given = share.licence if share else origin.licence
    refuse_freer(origin, concept, wished.licence or given)
    mine = [" ".join(wished.credit.split())[: packs.TEXT_CHARACTERS]] if wished.credit else []
    return PackCard(
        name=concept.name,
        kind=str(concept.kind),
        class_word=concept.class_word,
        trigger=concept.name,
        method=version.method,
        base_model=version.base_model,
        base_revision=version.base_revision,
        licence=str(wished.licence or given or packs.LICENCES[0]),
        credits=list(dict.fromkeys([*origin.credits, *mine]))[: packs.CREDITS_MOST],
        settings=came_from.get("settings") or _settings(request, result),
        scores=version.scores,
    )


def _settings(request: Any, result: Any) -> dict[str, Any]:
    told = {name: result.get(name) for name in ("steps", "best_step", "mean_of")}
    learned_from = {"photos": len(request["photos"])} if request.get("photos") else {}
    return {**(request.get("settings") or {}), **told, **learned_from}

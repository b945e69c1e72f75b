"""A word's weights for its owner: as files that other programs load, or as one pack, when they fit into a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot import dictionary, texts
from bot.cards import Card, layout
from bot.meaning import newest
from bot.plain import plain
from bot.studio import Asker
from storage import labels, packs
from storage.errors import NotAllowed, TintypeError
from storage.labels import Part
from storage.origins import came_with, refuse_freer
from storage.packs import PackCard
from storage.permissions import Action
from storage.records import Concept, Job, Version

FORMS = ("files", "pack")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """How a word should be handed out."""

    form: str = FORMS[0]
    licence: str | None = None  #: of a pack; None takes what the word is shared under
    credit: str | None = None  #: the name under which its owner wants to be credited


def exported(rooms: Any, asker: Asker, word: str, wished: Wished) -> Card:
    """The card with the weights that a word means.

    Raises: NotFound, NotAllowed(E_CONSENT_BACK, E_FILTERED), TintypeError(E_WORD_NOT_LEARNED, E_EXPORT_BIG,
    E_PACK_BIG), WeightsRefused(E_WEIGHTS_BROKEN), WordRefused(E_LICENCE_FREER).
    """
    concept = dictionary.own_named(rooms, asker, word, Action.EXPORT)
    if not rooms.sharing.held(concept).has_consent:
        raise NotAllowed("E_CONSENT_BACK", word=concept.name)
    version = newest(rooms.concepts.in_use(concept.id), concept.name, None)
    _refuse_above(asker, concept, version.bytes, "E_EXPORT_BIG")
    weights = rooms.vault.open(version.blob)
    if wished.form == "pack":
        return _as_pack(rooms, asker, concept, version, weights, wished)
    return _as_files(concept, version, labels.exported(weights, concept.name))


def _refuse_above(asker: Asker, concept: Concept, size_bytes: int, code: str) -> None:
    if size_bytes > asker.limit_bytes:
        facts = {"size": texts.size(size_bytes), "most": texts.size(asker.limit_bytes)}
        raise TintypeError(code, word=concept.name, **facts)


# --- files -----------------------------------------------------------------------------------------------------------


def _as_files(concept: Concept, version: Version, parts: Sequence[Part]) -> Card:
    told = texts.say(
        _sentence(parts),
        name=plain(concept.name),
        file=parts[0].name,
        embedding=parts[-1].name,
        size=texts.size(version.bytes),
        trigger=parts[0].trigger,
    )
    return layout.file_card(told, *((part.name, part.content) for part in parts))


def _sentence(parts: Sequence[Part]) -> str:
    if parts[0].is_embedding and parts[-1].trigger.endswith("-neg"):
        return "word-exported-negative"
    if len(parts) > 1:
        return "word-exported-both"
    return "word-exported" if parts[0].kind == "lora" else f"word-exported-{parts[0].kind}"


# --- a pack ----------------------------------------------------------------------------------------------------------


def _as_pack(rooms: Any, asker: Asker, concept: Concept, version: Version, weights: bytes, wished: Wished) -> Card:
    rooms.rules.refuse(asker.actor.guild, wished.credit or "")
    card = pack_card(rooms, concept, version, wished)
    samples = rooms.vault.open(version.sheet) if version.sheet else None
    pack = packs.packed(card, weights, samples)
    _refuse_above(asker, concept, len(pack), "E_PACK_BIG")
    file = f"{concept.name}{packs.SUFFIX}"
    licence = texts.say(f"style-licence-{card.licence}")
    told = texts.say(
        "word-exported-pack",
        name=plain(concept.name),
        file=file,
        size=texts.size(len(pack)),
        licence=licence,
        kind=labels.kind_in(labels.opened(weights)),
    )
    return layout.file_card(told, (file, pack))


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

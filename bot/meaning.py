"""What the words of a prompt mean for a member where they stand: exactly which version, and may they use it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot import choosing
from bot.choosing import Meanings
from bot.studio import Asker, EngineFacts
from storage.errors import NotFound, TintypeError, WordRefused
from storage.permissions import Action, can
from storage.records import Actor, Concept, ConceptId, Scope, Version, VersionId
from storage.words import Word, parse_prompt, unclosed_in, words_in

MOST_WORDS = 4  # in one picture


def with_words(prompt: str, extra: Sequence[str]) -> str:
    """The prompt with the words that it does not name put before it: `<zed> and <cup> on the beach`.

    Raises: WordRefused for one that cannot be a word, TintypeError(E_PROMPT_EMPTY).
    """
    named = {word.name for word in words_in(prompt)}
    missing = []
    for wanted in extra:
        written = f"<{wanted.strip().removeprefix('<').removesuffix('>').lower()}>"
        words = parse_prompt(written)
        if len(words) != 1 or not isinstance(words[0], Word):
            raise NotFound("E_NO_SUCH_WORD", word=wanted, nearest="")
        if words[0].name not in named:
            named.add(words[0].name)
            missing.append(written)
    whole = " ".join([" and ".join(missing), prompt.strip()]).strip()
    if not whole:
        raise TintypeError("E_PROMPT_EMPTY")
    return whole


def words_of(rooms: Any, asker: Asker, prompt: str) -> list[Word]:
    """The words of a prompt.

    Raises: TintypeError(E_TOO_MANY_WORDS), WordRefused(E_WORD_OPEN).
    """
    words = words_in(prompt)
    if len(words) > MOST_WORDS:
        raise TintypeError("E_TOO_MANY_WORDS", count=len(words), most=MOST_WORDS)
    for name in unclosed_in(prompt):
        if rooms.concepts.usable(asker.actor, name):
            raise WordRefused("E_WORD_OPEN", word=name)
    return words


def meant_by(
    rooms: Any, asker: Asker, prompt: str, facts: EngineFacts | None, meant: ConceptId | None
) -> dict[str, VersionId]:
    """What its own name means in the prompt of a form about one word, whatever else bears that name."""
    concept: Concept | None = rooms.concepts.get(meant) if meant else None
    if concept is None or concept.name not in {word.name for word in words_in(prompt)}:
        return {}
    may_use(rooms, asker, concept.id)
    return {concept.name: newest(rooms.concepts.in_use(concept.id), concept.name, facts).id}


def resolved(rooms: Any, asker: Asker, word: Word, facts: EngineFacts | None, meanings: Meanings) -> dict[str, Any]:
    """A word as an order has it: the version that it means for this member here, and how strong."""
    chosen = meanings.get(word.name)
    version = _named(rooms, asker, word, facts) if chosen is None else _chosen(rooms, asker, word, facts, chosen)
    usual = {} if word.has_strength or version.strength == 1.0 else {"multiplier": version.strength}
    strength = word.strength * usual.get("multiplier", 1.0)
    return {"version": version.id, "name": word.name, "strength": strength, **usual}


def _named(rooms: Any, asker: Asker, word: Word, facts: EngineFacts | None) -> Version:
    found = choosing.candidates(rooms, asker, word.name, facts)
    if found:
        return found[0]
    concept = rooms.concepts.resolve(asker.actor, word.name)
    may_use(rooms, asker, concept.id)
    return newest(rooms.concepts.in_use(concept.id), word.name, facts)


def _chosen(rooms: Any, asker: Asker, word: Word, facts: EngineFacts | None, chosen: VersionId) -> Version:
    """Exactly that version, if it can still be used.

    Raises: NotFound(E_WORD_GONE, E_NO_SUCH_WORD, E_VERSION_GONE), TintypeError(E_WORD_FOREIGN_BASE).
    """
    version: Version | None = rooms.concepts.version(chosen)
    if version is None:
        raise NotFound("E_WORD_GONE")
    may_use(rooms, asker, version.concept)
    if version.is_dropped:
        raise NotFound("E_VERSION_GONE", word=word.name)
    return newest([version], word.name, facts)


def may_use(rooms: Any, asker: Asker, concept_id: ConceptId) -> None:
    """Raises: NotFound or NotAllowed when this member may not use the word here, now."""
    concept = rooms.concepts.get(concept_id)
    if concept is None:
        raise NotFound("E_NOT_FOUND")
    can(asker.actor, Action.USE, rooms.sharing.held(concept))


def roles_that_open(rooms: Any, actor: Actor, words: Iterable[Mapping[str, Any]]) -> list[int]:
    """Those of a member's roles that an order's words are shared with."""
    versions = [rooms.concepts.version(VersionId(word["version"])) for word in words]
    grants = [grant for version in versions for grant in rooms.concepts.grants(version.concept)]
    return sorted({one.subject for one in grants if one.scope is Scope.ROLE and one.subject in actor.roles})


def newest(versions: Sequence[Version], name: str, facts: EngineFacts | None) -> Version:
    """The first of these versions that is made for the base model that runs.

    Raises: TintypeError(E_WORD_NOT_LEARNED, E_WORD_FOREIGN_BASE).
    """
    if not versions:
        raise TintypeError("E_WORD_NOT_LEARNED", word=name)
    for version in versions:
        if facts is None or is_made_for(version, facts):
            return version
    raise TintypeError("E_WORD_FOREIGN_BASE", word=name, base=versions[0].base_model)


def is_made_for(version: Version, facts: EngineFacts) -> bool:
    """Whether a version fits the base model that runs, revision included."""
    return (version.base_model, version.base_revision) == (facts.base_id, facts.base_revision)

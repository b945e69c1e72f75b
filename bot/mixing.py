"""May these words stand in one picture: what their owners allow, and who is to be asked first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storage.errors import NotAllowed, NotFound
from storage.questions import Question, QuestionState
from storage.records import Concept, ConceptId, Kind, MemberId, VersionId
from storage.sharing import Mixing


@dataclass(frozen=True, slots=True)
class Needed:
    """Leave that an order needs: of this member, to use this word."""

    person: MemberId
    concept: ConceptId


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Leave that one order has already, which stands for no other."""

    answers: Sequence[Question] = ()  #: questions that were asked for it; those with a yes count
    is_part: bool = False  #: of what was allowed before, like an enlargement of one of its pictures

    @classmethod
    def read(cls, rooms: Any, told: Mapping[str, Any]) -> Given:
        """As a job's request has it; an answer that was taken back since counts no more."""
        found = (rooms.questions.get(question) for question in told.get("answers", ()))
        return cls(answers=[one for one in found if one is not None], is_part=bool(told.get("is_part")))

    def told(self) -> dict[str, Any]:
        """What a job's request keeps of it."""
        return {"answers": [one.id for one in self.answers], "is_part": self.is_part}

    def lacking(self, rooms: Any, asker: MemberId, words: Iterable[Mapping[str, Any]]) -> list[Needed]:
        """Whose leave an order still needs.

        Raises: as `needed_for`.
        """
        yes = {(one.person, one.concept) for one in self.answers if one.state is QuestionState.YES}
        needed = needed_for(rooms, asker, words)
        return [] if self.is_part else [one for one in needed if (one.person, one.concept) not in yes]


NOTHING = Given()


def needed_for(rooms: Any, asker: MemberId, words: Iterable[Mapping[str, Any]]) -> list[Needed]:
    """Check an order's words against each other; whom it needs to ask, but those who have allowed it for good.

    An owner's rules bind others, never themselves.
    Raises: NotAllowed(E_MIX_PEOPLE), NotFound(E_WORD_GONE).
    """
    concepts = list({word["version"]: _concept(rooms, VersionId(word["version"])) for word in words}.values())
    people = [concept for concept in concepts if concept.kind is Kind.PERSON]
    _refuse_people(rooms, asker, concepts, people)
    askable = [*_asked_first(rooms, asker, concepts), *_of_people(asker, people)]
    return [one for one in dict.fromkeys(askable) if not _is_allowed(rooms, asker, one)]


def _concept(rooms: Any, version_id: VersionId) -> Concept:
    version = rooms.concepts.version(version_id)
    concept: Concept | None = version and rooms.concepts.get(version.concept)
    if concept is None:
        raise NotFound("E_WORD_GONE")
    return concept


def _mixing(rooms: Any, concept: ConceptId) -> Mixing:
    share = rooms.sharing.share_of(concept)
    return share.mixing if share else Mixing.FREE


def _refuse_people(rooms: Any, asker: MemberId, concepts: Sequence[Concept], people: Sequence[Concept]) -> None:
    for concept in concepts:
        is_bound = concept.owner != asker and any(person.id != concept.id for person in people)
        if is_bound and _mixing(rooms, concept.id) is Mixing.NO_PEOPLE:
            raise NotAllowed("E_MIX_PEOPLE", word=concept.name)


def _asked_first(rooms: Any, asker: MemberId, concepts: Sequence[Concept]) -> list[Needed]:
    """The owners who want to be asked before others use their word, alone or with others."""
    return [
        Needed(concept.owner, concept.id)
        for concept in concepts
        if concept.owner != asker and _mixing(rooms, concept.id) is Mixing.ASK
    ]


def _of_people(asker: MemberId, people: Sequence[Concept]) -> list[Needed]:
    """Two people stand in one picture only with leave of both: of whoever owns the word, and of whoever is shown."""
    if len({person.id for person in people}) < 2:
        return []
    return [
        Needed(member, person.id)
        for person in people
        for member in dict.fromkeys((person.owner, person.person or person.owner))
        if member != asker
    ]


def _is_allowed(rooms: Any, asker: MemberId, one: Needed) -> bool:
    is_standing: bool = rooms.questions.is_standing(asker, one.person, one.concept)
    return is_standing

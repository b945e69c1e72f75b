"""Whose likeness a draft would teach, and whether they have agreed to that."""

from __future__ import annotations

from typing import Any

from bot import texts
from bot.cards import Sitting
from bot.naming import learned_word
from bot.studio import Asker
from storage.errors import NotAllowed
from storage.questions import Question, QuestionKind, QuestionState
from storage.records import Concept, ConceptId, Consent, Draft, Kind, MemberId

TEXT_VERSION = "member-1"  # raise it with every change of the wording, and add `consent-<version>`; old ones stay


def taken_back(rooms: Any, person: MemberId, concept_id: ConceptId) -> Concept:
    """Take an agreement back; of another member's word the photos go, too, so that they are not learned again.

    Raises: NotFound(E_NOT_FOUND) when there is no agreement of theirs in force.
    """
    concept: Concept = rooms.sharing.take_back(concept_id, person)
    for draft in rooms.photos.showing(person, concept.owner) if concept.owner != person else ():
        rooms.photos.discard(draft.id)
    return concept


def text(version: str = TEXT_VERSION) -> str:
    """The wording of one version."""
    return texts.say(f"consent-{version}")


def shown(rooms: Any, draft: Draft) -> MemberId | None:
    """The member whom the photos show, when that is not their owner; a word that is known shows whom it always did."""
    if draft.kind is not Kind.PERSON:
        return None
    known: Concept | None = learned_word(rooms, draft.owner, draft.guild, draft.word)
    is_person = known is not None and known.kind is Kind.PERSON
    return known.person if known is not None and is_person else draft.person


def refuse_unasked(rooms: Any, asker: Asker, draft: Draft | None, word: str, person: MemberId | None) -> None:
    """Let photos be taken for a word, unless they show a member who wants to be left in peace.

    Whom they show is said by the word itself where it is learned, by `person`, or by what was handed in before.
    Raises: NotAllowed E_ASK_NEVER, E_ASK_DECLINED.
    """
    known: Concept | None = learned_word(rooms, asker.member, asker.actor.guild, word) if word else None
    whom = (known.person if known else None) or person or (draft.person if draft else None)
    if whom is None or whom == asker.member or (draft is not None and agreement(rooms, draft, whom)):
        return
    name = rooms.names.of(asker.actor.guild, whom) or f"<@{whom}>"
    rooms.questions.refuse_at_rest(QuestionKind.CONSENT, asker.member, whom, name)


def agreement(rooms: Any, draft: Draft, person: MemberId) -> Question | None:
    """The yes of this person to today's wording and to these photos, or more than these; None without one."""
    asked: Question | None = rooms.questions.about_draft(draft.id)
    if asked is None or asked.person != person or asked.state is not QuestionState.YES:
        return None
    photos = {photo.sha256 for photo in rooms.photos.of(draft.id)}
    is_enough = asked.request.get("text") == TEXT_VERSION and photos <= set(asked.request.get("photos", ()))
    return asked if is_enough else None


def waiting(rooms: Any, draft: Draft) -> Question | None:
    """The question about this draft that waits for its answer, or None."""
    asked: Question | None = rooms.questions.about_draft(draft.id)
    return asked if asked is not None and asked.is_open else None


def refuse_unagreed(rooms: Any, draft: Draft, person: MemberId) -> None:
    """Raises: NotAllowed(E_NOT_AGREED) when this person has not agreed that these photos are learned."""
    if agreement(rooms, draft, person) is None:
        raise NotAllowed("E_NOT_AGREED")


def keep_agreement(rooms: Any, draft: Draft, concept: ConceptId, person: MemberId) -> None:
    """Write the person's yes down as the agreement to the word; meant to run in the job's own transaction.

    Raises: NotAllowed(E_NOT_AGREED).
    """
    asked = agreement(rooms, draft, person)
    if asked is None or asked.answered_at is None:
        raise NotAllowed("E_NOT_AGREED")
    rooms.concepts.agree(Consent(concept=concept, person=person, text_version=TEXT_VERSION, given_at=asked.answered_at))
    rooms.questions.note(asked.id, concept=concept)


def sitting_of(question: Question) -> Sitting:
    """A question as its cards show it."""
    return Sitting(
        question=question.id,
        draft=str(question.draft or ""),
        asker=question.asker_name,
        person=question.person_name,
        server=str(question.request.get("server", "")),
        word=str(question.request.get("word", "")),
        photos=len(question.request.get("photos", ())),
        consent=text(str(question.request.get("text", TEXT_VERSION))),
        until=question.ends_at,
    )

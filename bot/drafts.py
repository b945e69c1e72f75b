"""Photos that wait for *Train*: what a draft is filled with, what it needs, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot import consent, likeness
from bot.ground import may_teach
from bot.naming import learned_word, plain_word
from bot.studio import Asker, EngineFacts, MethodFacts, size_px_of
from storage.errors import NotFound, TintypeError
from storage.ids import new_id
from storage.permissions import Action, can
from storage.photo_report import LEAST, PhotoFacts, PhotoReport, photo_report
from storage.photos import ASKED, KEEP_DAYS, KEPT, OPEN, TRAINING
from storage.questions import BY_ASKER, QuestionState
from storage.records import (
    Concept,
    Draft,
    DraftId,
    GuildId,
    Kind,
    MemberId,
    Photo,
)

DEFAULT_METHOD = "lora"
MOST_KEPT = 40  # photos of one draft
PLAIN_CLASS_WORD = {Kind.PERSON: "person", Kind.ANIMAL: "animal", Kind.OBJECT: "object", Kind.STYLE: "style"}
CLASS_WORD = re.compile(r"[a-z]+(?:[ -][a-z]+)?")
CLASS_WORD_CHARACTERS = 32
WORD_CHARACTERS = 64  # kept of what was written, so that the refusal can name it


def begin(
    rooms: Any,
    asker: Asker,
    *,
    word: str | None,
    kind: str | None,
    class_word: str | None,
    method: str | None,
    has_agreed: bool = False,
    draft: str | None = None,
    keep_days: int | None = None,
    person: MemberId | None = None,
) -> Draft:
    """Open a draft, or go on with what stands for the word or with the one that a form belongs to.

    What is wrong with the word is said in the report.
    """
    may_teach(rooms, asker, kind)
    stands = standing(rooms, asker.member, asker.actor.guild, word) if word and draft is None else None
    before = stands or (rooms.photos.draft(DraftId(draft)) if draft else None)
    likeness.refuse_unasked(rooms, asker, before, word or "", person)
    opened: Draft = stands or rooms.photos.open_draft(
        asker.member,
        asker.actor.guild,
        asker.channel,
        word=(word or "")[:WORD_CHARACTERS],
        kind=Kind(kind) if kind else None,
        class_word=class_word,
        method=method,
        consent_text=str(consent.TEXT_VERSION) if has_agreed else None,
        draft=DraftId(draft or new_id()),
    )
    can(asker.actor, Action.CHANGE, opened)
    _open_again(rooms, opened)
    if keep_days is not None:
        rooms.photos.wish(opened.id, keep_days=keep_days)
    if opened.state == ASKED:
        return opened
    if person is not None:
        rooms.photos.change_draft(opened.id, person=None if person == asker.member else person)
    said = {"kind": kind, "class_word": class_word, "method": method} if stands else {}
    return completed(rooms, opened.id, **{name: value for name, value in said.items() if value})


def standing(rooms: Any, member: MemberId, guild: GuildId | None, word: str) -> Draft | None:
    """What a member has handed in for a word here: photos that wait for *Train*, or those kept for its next version."""
    waiting = [draft for draft in rooms.photos.drafts(member) if draft.guild == guild]
    same = [draft for draft in waiting if plain_word(draft.word) == plain_word(word)]
    known = learned_word(rooms, member, guild, word)
    kept: Draft | None = rooms.photos.kept_for(known.id) if known else None
    return same[0] if same else kept


@dataclass(frozen=True, slots=True)
class Known:
    """What there is for a word before its photos are handed in."""

    has_photos: bool = False
    kind: str | None = None  #: what it shows, when it has been learned here


UNKNOWN = Known()


def known(rooms: Any, asker: Asker, word: str) -> Known:
    """Whether there are photos for the word already, and whether it is a word of the member's."""
    found = standing(rooms, asker.member, asker.actor.guild, word)
    learned = learned_word(rooms, asker.member, asker.actor.guild, word)
    has_photos = found is not None and bool(rooms.photos.of(found.id))
    return Known(has_photos=has_photos, kind=str(learned.kind) if learned else None)


def next_version(rooms: Any, asker: Asker, concept: Concept) -> Draft:
    """A draft for the next version of a word, in the word's own server: with the photos that are there, or empty."""
    may_teach(rooms, asker, concept.kind)
    stands = standing(rooms, concept.owner, concept.home, concept.name)
    opened: Draft = stands or rooms.photos.open_draft(
        concept.owner,
        concept.home,
        asker.channel,
        word=concept.name,
        kind=concept.kind,
        class_word=concept.class_word,
        method=None,
        consent_text=None,
    )
    return _open_again(rooms, opened)


def _open_again(rooms: Any, draft: Draft) -> Draft:
    """The draft; photos that were kept wait for *Train* again, under the name that their word has now."""
    if draft.state != KEPT:
        return draft
    concept = rooms.concepts.get(draft.concept)
    changed: Draft = rooms.photos.change_draft(draft.id, state=OPEN, word=concept.name)
    return changed


def completed(rooms: Any, draft_id: DraftId, **values: str) -> Draft:
    """The draft with these values; of a word that is known, its kind and class word are taken where none are said."""
    draft: Draft = rooms.photos.change_draft(draft_id, **values) if values else rooms.photos.draft(draft_id)
    known = learned_word(rooms, draft.owner, draft.guild, draft.word)
    if known is None:
        return draft
    kind = draft.kind or known.kind
    class_word = draft.class_word or (known.class_word if kind is known.kind else None)
    changed: Draft = rooms.photos.change_draft(draft.id, kind=str(kind), class_word=class_word)
    return changed


def fill(rooms: Any, asker: Asker, draft: str, *, word: str, kind: str, has_agreed: bool) -> Draft:
    """What a submitted form of /train says, into its draft, opened now if it was not."""
    if kind not in tuple(Kind):
        raise TintypeError("E_KIND")
    found = begin(rooms, asker, word=word, kind=kind, class_word=None, method=None, has_agreed=has_agreed, draft=draft)
    rooms.photos.change_draft(
        found.id,
        word=word[:WORD_CHARACTERS],
        kind=str(kind),
        consent_text=str(consent.TEXT_VERSION) if has_agreed else found.consent_text,
    )
    return completed(rooms, found.id)


def own(rooms: Any, asker: Asker, draft: str, action: Action = Action.CHANGE) -> Draft:
    """The asker's draft, when they may do that with it.

    Raises: NotFound(E_DRAFT_GONE) when it is gone, E_NOT_FOUND when it is somebody else's.
    """
    found: Draft | None = rooms.photos.draft(DraftId(draft))
    if found is None:
        raise NotFound("E_DRAFT_GONE")
    can(asker.actor, action, found)
    return found


def own_open(rooms: Any, asker: Asker, draft: str, action: Action = Action.CHANGE) -> Draft:
    """The asker's draft, still without a training, when they may do that with it.

    Raises: NotFound(E_DRAFT_GONE, E_NOT_FOUND), TintypeError(E_DRAFT_USED).
    """
    return still_open(own(rooms, asker, draft, action))


def still_open(draft: Draft | None) -> Draft:
    """The draft, when it is there and without a training or a question.

    Raises: NotFound(E_DRAFT_GONE), TintypeError(E_DRAFT_USED, E_DRAFT_KEPT, E_DRAFT_ASKED).
    """
    if draft is None:
        raise NotFound("E_DRAFT_GONE")
    if draft.state == TRAINING:
        raise TintypeError("E_DRAFT_USED")
    if draft.state == KEPT:
        raise TintypeError("E_DRAFT_KEPT", word=plain_word(draft.word))
    if draft.state == ASKED:
        raise TintypeError("E_DRAFT_ASKED")
    return draft


def renamed(rooms: Any, asker: Asker, draft: str, values: Mapping[str, str]) -> Draft:
    """The draft with another word, kind and class word; one of the old kind that was left there is dropped."""
    found = own_open(rooms, asker, draft)
    kind, class_word = values.get("kind") or found.kind, values.get("class_word", "").strip() or None
    if kind not in tuple(Kind):
        raise TintypeError("E_KIND")
    rooms.photos.change_draft(
        found.id,
        word=values.get("word", "")[:WORD_CHARACTERS],
        kind=str(kind),
        class_word=None if kind != found.kind and class_word == found.class_word else class_word,
    )
    return completed(rooms, found.id)


def with_kind(rooms: Any, asker: Asker, draft: str, kind: Kind) -> Draft:
    """The draft with the kind that was chosen below its photos."""
    return completed(rooms, own_open(rooms, asker, draft).id, kind=str(kind))


def with_keep_days(rooms: Any, asker: Asker, draft: str, days: int) -> None:
    """Let the photos stay so many days after the word is learned; 0 for not at all.

    Raises: TintypeError(E_OPTION).
    """
    found = own_open(rooms, asker, draft)
    if days not in KEEP_DAYS:
        raise TintypeError("E_OPTION", value=days)
    rooms.photos.wish(found.id, keep_days=days)


def delete_photos(rooms: Any, asker: Asker, draft: str) -> int:
    """Delete a draft's photos for real, whatever they were kept for; how many.

    Raises: NotFound(E_DRAFT_GONE, E_NOT_FOUND), TintypeError(E_DRAFT_USED).
    """
    found = own(rooms, asker, draft, Action.DELETE)
    if not rooms.photos.is_at_rest(found):
        raise TintypeError("E_DRAFT_USED")
    return int(rooms.photos.discard(found.id))


def dropped(rooms: Any, asker: Asker, draft: str) -> Draft | None:
    """Drop a draft and its photos for real; photos that are kept for a next version go back to where they were.

    The draft, when its photos stay.
    """
    found = own(rooms, asker, draft, Action.DELETE)
    if not taken_back(rooms, found):
        still_open(found)
    until = float(found.wishes.get("until") or 0.0)
    if not found.concept or not found.keep_days:
        rooms.photos.discard(found.id)
        return None
    rooms.photos.put_aside(found, found.concept, until)
    return found


def taken_back(rooms: Any, draft: Draft) -> bool:
    """Take the question about a draft back, if one waits; False when none does."""
    asked = rooms.questions.about_draft(draft.id) if draft.state == ASKED else None
    return asked is not None and bool(rooms.questions.close(asked.id, QuestionState.WITHDRAWN, BY_ASKER))


def kind_of(draft: Draft) -> Kind:
    """What the photos show.

    Raises: TintypeError(E_KIND_NEEDED) until it was chosen.
    """
    if draft.kind is None:
        raise TintypeError("E_KIND_NEEDED")
    return draft.kind


def kind_with(class_word: str | None, facts: EngineFacts | None) -> str | None:
    """The one kind that has this class word."""
    known = facts.class_words.items() if facts and class_word else ()
    kinds = [kind for kind, words in known if " ".join(str(class_word).lower().split()) in words]
    return kinds[0] if len(kinds) == 1 else None


def method_of(draft: Draft, facts: EngineFacts) -> MethodFacts:
    """How it will be learned: as asked, else the engine's usual way.

    Raises: TintypeError(E_METHOD) naming the known ones.
    """
    if draft.method is None:
        return facts.method(DEFAULT_METHOD) or facts.methods[0]
    found = facts.method(draft.method)
    if found is None:
        raise trouble_with_method(draft.method, facts) or TintypeError("E_ENGINE_ASLEEP")
    return found


def method_name(draft: Draft, facts: EngineFacts | None) -> str:
    """The name of how it will be learned; empty where that is not known, or not here."""
    if facts is None or not facts.methods or trouble_with_method(draft.method, facts):
        return ""
    return method_of(draft, facts).name


def trouble_with_method(method: str | None, facts: EngineFacts | None) -> TintypeError | None:
    """Why that way to learn cannot be taken; None when it can, or nobody knows yet."""
    if method is None or facts is None or not facts.methods or facts.method(method):
        return None
    return TintypeError("E_METHOD", method=method, known=[one.name for one in facts.methods])


def class_word_of(draft: Draft, facts: EngineFacts) -> str:
    """What it is a kind of: as asked, else the engine's first word for the kind.

    An engine that lists words for a kind knows no others.
    Raises: TintypeError(E_KIND_NEEDED, E_CLASS_WORD, E_CLASS_WORD_FORM).
    """
    return known_class_word(kind_of(draft), draft.class_word, facts)


def known_class_word(kind: Kind, wanted: str | None, facts: EngineFacts) -> str:
    """The wanted class word, when the engine knows it as one of this kind; its first one when none is wanted.

    Raises: TintypeError(E_CLASS_WORD, E_CLASS_WORD_FORM).
    """
    known = facts.class_words.get(kind, ())
    if wanted is None:
        return known[0] if known else PLAIN_CLASS_WORD[kind]
    word = " ".join(wanted.lower().split())
    if known and word not in known:
        raise TintypeError("E_CLASS_WORD", class_word=word, kind=str(kind), known=list(known))
    if len(word) > CLASS_WORD_CHARACTERS or not CLASS_WORD.fullmatch(word):
        raise TintypeError("E_CLASS_WORD_FORM", class_word=wanted)
    return word


def trouble_with_class_word(draft: Draft, facts: EngineFacts | None) -> TintypeError | None:
    """Why the draft's class word cannot be taken; None when it can, or nobody knows yet."""
    if draft.kind is None or facts is None:
        return None
    try:
        class_word_of(draft, facts)
    except TintypeError as refused:
        return refused
    return None


def judged(photos: Sequence[Photo], draft: Draft, facts: EngineFacts | None) -> PhotoReport:
    """What the draft's photos are worth together, for the way it will be learned."""
    need, size_px = LEAST, size_px_of(facts)
    if facts is not None and facts.methods and (draft.method is None or facts.method(draft.method)):
        need = method_of(draft, facts).min_photos
    return photo_report([PhotoFacts.of(photo) for photo in photos], size_px=size_px, need=need)

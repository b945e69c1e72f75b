"""Asks the member whom photos show before their likeness is learned, and begins the training when they agree."""

from __future__ import annotations

from typing import Any

import discord

from bot import asking, cards, drafts, likeness, teaching
from bot.answers import Interaction
from bot.asking import Face, Yes
from bot.cards import Card
from bot.errors import sentence_of
from bot.likeness import TEXT_VERSION
from bot.membership import member_of
from bot.naming import plain_word, trouble_with_word
from bot.studio import Asker, EngineFacts, Studio
from storage.database import transaction
from storage.errors import NotAllowed, NotFound, TintypeError
from storage.permissions import Action
from storage.questions import DAY_S, NewQuestion, Question, QuestionKind, QuestionState
from storage.records import Draft, DraftId, Kind, MemberId

WHO = ME, OTHER = "me", "member"  # whom photos show


def named(
    asker: Asker, who: str | None, member: discord.User | discord.Member | None, kind: str | None
) -> MemberId | None:
    """Whom the photos of a /train show, as its options say it; None when they say nothing.

    Raises: NotAllowed E_WHO_KIND, E_WHO_MEMBER, E_WHO_ME, E_WHO_BOT, E_WHO_STRANGER.
    """
    if who is None and member is None:
        return None
    if kind not in (None, Kind.PERSON):
        raise NotAllowed("E_WHO_KIND")
    if member is None and who == OTHER:
        raise NotAllowed("E_WHO_MEMBER")
    if member is None or member.id == asker.member:
        return asker.member
    if who == ME:
        raise NotAllowed("E_WHO_ME")
    if member.bot:
        raise NotAllowed("E_WHO_BOT")
    if not isinstance(member, discord.Member) or asker.actor.guild is None:
        raise NotAllowed("E_WHO_STRANGER")
    return MemberId(member.id)


async def ask(studio: Studio, interaction: Interaction, asker: Asker, draft_id: str, person: MemberId) -> None:
    """Ask the member whom a draft's photos show; nothing is learned yet.

    Raises: NotAllowed E_WHO_HERE, E_WHO_LEFT, those of `Questions.ask`; TintypeError with what the draft still lacks.
    """
    if asker.actor.guild is None:
        raise NotAllowed("E_WHO_HERE")
    member = await member_of(interaction.client, asker.actor.guild, person)
    if member is None or member.bot:
        raise NotAllowed("E_WHO_LEFT")
    names = (interaction.user.display_name, member.display_name, member.guild.name)
    facts = studio.engine()
    await studio.run(lambda rooms: _ask(rooms, asker, draft_id, facts, person, names))
    studio.wake()


def _ask(
    rooms: Any, asker: Asker, draft_id: str, facts: EngineFacts, person: MemberId, names: tuple[str, str, str]
) -> Question:
    draft: Draft = drafts.own_open(rooms, asker, draft_id)
    if draft.guild != asker.actor.guild:
        raise NotAllowed("E_WHO_HERE")
    teaching.ready(rooms, asker, draft, facts)
    if trouble := trouble_with_word(rooms, draft):
        raise trouble
    photos = rooms.photos.of(draft.id)
    new = NewQuestion(
        kind=QuestionKind.CONSENT,
        asker=asker.member,
        person=person,
        asker_name=names[0],
        person_name=names[1],
        guild=asker.actor.guild,
        channel=asker.channel,
        draft=draft.id,
        request={
            "word": plain_word(draft.word),
            "server": names[2],
            "text": TEXT_VERSION,
            "photos": [photo.sha256 for photo in photos],
        },
    )
    with transaction(rooms.db):
        question: Question = rooms.questions.ask(new)[0]
        rooms.photos.change_draft(draft.id, person=person)
        rooms.photos.keep_until(draft.id, question.ends_at + DAY_S)  # so that a late yes finds them, and a no is told
    return question


def photos_card(rooms: Any, person: Asker, question_id: str, page: int) -> Card:
    """The photos in question, to who is shown in them.

    Raises: as `asking.asked_of`, TintypeError(E_QUESTION_OVER), NotFound(E_NOT_FOUND) for a page that is not there.
    """
    question = asking.asked_of(rooms, person, question_id, Action.SEE)
    if not question.is_open or question.draft is None:
        raise TintypeError("E_QUESTION_OVER", state=str(question.state))
    photos = rooms.photos.of(question.draft)
    if not 1 <= page <= -(-len(photos) // cards.PAGE_PHOTOS):
        raise NotFound("E_NOT_FOUND")
    first = (page - 1) * cards.PAGE_PHOTOS
    on_page = range(first, first + cards.PAGE_PHOTOS)
    thumbnails = [rooms.vault.open(photo.thumbnail) if at in on_page else b"" for at, photo in enumerate(photos)]
    return cards.sitting_photos_card(question.id, thumbnails, page)


# --- the face of the question ----------------------------------------------------------------------------------------


def _asks(rooms: Any, question: Question, is_alone: bool) -> Card:  # noqa: FBT001  as `Face` wants it
    return cards.sitting_card(likeness.sitting_of(question), is_alone=is_alone)


def _over(rooms: Any, question: Question, is_alone: bool) -> Card:  # noqa: FBT001  as `Face` wants it
    """In a channel it names no word any more."""
    state = str(question.state) if is_alone else "channel"
    is_begun = not is_alone or _trouble(question) is None
    return cards.sitting_over_card(state, str(question.request.get("word", "")), is_begun=is_begun)


def _reply(rooms: Any, question: Question, state: QuestionState, is_alone: bool) -> Card:  # noqa: FBT001  see above
    return cards.sitting_reply_card(
        likeness.sitting_of(question),
        state=str(state),
        why=question.why,
        is_alone=is_alone,
        trouble=_trouble(question) if state is QuestionState.YES else None,
    )


def _trouble(question: Question) -> str | None:
    """Why the training could not begin at once, as a sentence."""
    told = question.request.get("trouble")
    return sentence_of(TintypeError(told["code"], **told["facts"])) if told else None


def _agreed(rooms: Any, yes: Yes) -> None:
    """Begin the training as if the asker pressed *Train* now; what it still lacks is told to both."""
    try:
        with transaction(rooms.db):
            if yes.facts is None or not yes.facts.methods:
                raise TintypeError("E_ENGINE_ASLEEP")
            teaching.queued(rooms, yes.asker, DraftId(str(yes.question.draft)), yes.facts, yes.now, read=0)
    except TintypeError as trouble:
        rooms.questions.note(yes.question.id, trouble={"code": trouble.code, "facts": trouble.facts})


def _declined(rooms: Any, question: Question) -> None:
    """Their photos go at once."""
    if question.draft is not None:
        rooms.photos.discard(question.draft)


asking.register(QuestionKind.CONSENT, Face(ask=_asks, over=_over, reply=_reply, agreed=_agreed, declined=_declined))

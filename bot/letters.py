"""Brings questions to whom they are asked and their ends to who asked: each letter once, redrawn when it is over."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
from dataclasses import dataclass
from functools import partial

import discord

from bot import mail, texts
from bot.asking import FACES, card_of, close_left
from bot.bell import Bell, rounds
from bot.cards import Card
from bot.outbox import Named
from bot.store import Rooms, Store
from bot.takedown import take_down
from storage.clock import Clock
from storage.errors import TintypeError
from storage.letters import CARD, Letter
from storage.questions import BY_ASKER, Question, QuestionState
from storage.records import ChannelId, JobId, MemberId, Message
from storage.takedowns import Deed

log = logging.getLogger(__name__)

IDLE_S = 30.0  # the bell ends it at once
FIRST_AGAIN_S, MOST_AGAIN_S = 2.0, 60.0  # after an outage; each try waits twice as long
AT_ONCE = 4  # questions
STUCK_S = 60.0  # for one letter, rate limits included; then it is looked up and tried again
LEFT_S = 6 * 3600.0  # between two looks at who has left the server that they were asked in
NONCE_CHARACTERS = 25  # Discord's most
Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a letter can go."""

    channel: discord.abc.Messageable
    number: ChannelId
    card: Card


class Letters:
    """One task; the only one that posts and redraws letters about questions."""

    def __init__(self, store: Store, client: discord.Client, clock: Clock) -> None:
        self._store, self._client, self._clock = store, client, clock
        self._bell = Bell()
        self._not_before_s: dict[Name, float] = {}
        self._failures: dict[Name, int] = {}
        self._looked_s = float("-inf")
        self._lanes = asyncio.Semaphore(AT_ONCE)

    def wake(self) -> None:
        """Something was asked, answered or withdrawn."""
        self._bell.ring()

    async def run(self) -> None:
        """Deliver until this is cancelled."""
        await rounds(self.deliver, self._bell, log)

    async def deliver(self) -> float:
        """Post and redraw everything that is due; seconds until the next look."""
        await self._look_who_left()
        await self._store.run(lambda rooms: rooms.questions.settle())
        letters = await self._store.run(lambda rooms: rooms.questions.due())
        due = [one for one in letters if self._not_before_s.get(_name(one), 0.0) <= self._clock.monotonic()]
        by_question = itertools.groupby(due, lambda letter: letter.question)
        await asyncio.gather(*(self._question(list(group)) for _, group in by_question))
        later = [self._not_before_s[_name(letter)] for letter in letters if _name(letter) in self._not_before_s]
        return max(0.05, min([moment - self._clock.monotonic() for moment in later] + [IDLE_S]))

    async def _look_who_left(self) -> None:
        if self._clock.monotonic() - self._looked_s < LEFT_S or not self._client.is_ready():
            return
        try:
            await close_left(self._client, self._store.run)
        except TintypeError as error:
            log.warning("who has left cannot be seen now: %s", error.code)
            return
        self._looked_s = self._clock.monotonic()

    async def _question(self, letters: list[Letter]) -> None:
        """A question's letters one after the other; several questions beside each other."""
        async with self._lanes:
            for letter in letters:
                await self._one(letter)

    async def _one(self, letter: Letter) -> None:
        """Send it, or try again later; what breaks with one letter holds no other up."""
        try:
            async with asyncio.timeout(STUCK_S):
                await self._send(letter)
        except Exception as error:  # noqa: BLE001  it is logged
            self._later(letter, error)
        else:
            self._not_before_s.pop(_name(letter), None)
            self._failures.pop(_name(letter), None)

    async def _send(self, letter: Letter) -> None:
        question = await self._store.run(lambda rooms: rooms.questions.get(letter.question))
        if question is None:
            return  # forgotten meanwhile
        if letter.message is not None and letter.channel is not None:
            await self._redraw(letter, question, letter.channel, letter.message)
        elif letter.role == CARD and not question.is_open:
            await self._find(letter, question)
        else:
            await self._post(letter, question)

    # --- a letter that stands already --------------------------------------------------------------------------------

    async def _redraw(self, letter: Letter, question: Question, channel: ChannelId, message: int) -> None:
        is_alone = channel != question.channel
        card = await self._store.run(partial(_redrawn, question=question, is_alone=is_alone))
        try:
            await (
                self._client.get_partial_messageable(channel)
                .get_partial_message(message)
                .edit(view=card.view, attachments=[])
            )
        except discord.HTTPException as error:
            if mail.is_passing(error):
                raise
            log.info("the card of question %s is out of reach: %s", question.id, error)
        await self._store.run(lambda rooms: rooms.questions.redrawn(letter, question.state))

    async def _find(self, letter: Letter, question: Question) -> None:
        """The question was over before it was known whether its card was posted."""
        for place in [await self._alone(letter, question), await self._channel(letter, question)]:
            if place and await self._stands(letter, question, place, QuestionState.OPEN):
                self.wake()  # now it is known, and is redrawn
                return
        await self._store.run(lambda rooms: rooms.questions.undeliverable(letter, "over"))

    async def _stands(self, letter: Letter, question: Question, place: Place, shown: QuestionState) -> bool:
        """Whether an earlier try has posted it here; that is then noted."""
        try:
            number = await mail.found(
                self._client, place.channel, _nonce(letter), mail.marks_of(place.card), question.created_at
            )
        except mail.Unreadable:
            return False  # the nonce keeps it single for minutes; after that a second card is better than none
        if number is not None:
            await self._note(letter, place.number, number, shown)
        return number is not None

    # --- a new one ---------------------------------------------------------------------------------------------------

    async def _post(self, letter: Letter, question: Question) -> None:
        """To the member alone; where that is closed, to the channel where it was asked."""
        places = [await self._alone(letter, question), await self._channel(letter, question)]
        for place in places if letter.tries else []:
            if place and await self._stands(letter, question, place, question.state):
                return
        reasons = [] if any(places) else ["nothing to say"]
        for place in places:
            if place is None:
                continue
            try:
                await self._sent(letter, place, question.state)
            except discord.HTTPException as error:
                if mail.is_passing(error):
                    raise
                reasons.append(f"{error.status} {error.code}")
            else:
                return
        await self._store.run(lambda rooms: rooms.questions.undeliverable(letter, "; ".join(reasons)))
        self.wake()  # a question that reaches nobody is over, which its asker is told

    async def _sent(self, letter: Letter, place: Place, shown: QuestionState) -> None:
        await self._store.run(lambda rooms: rooms.questions.tried(letter))
        sent = await place.channel.send(view=place.card.view, files=place.card.files, nonce=_nonce(letter))
        await self._note(letter, place.number, sent.id, shown)

    async def _note(self, letter: Letter, channel: ChannelId, message: int, shown: QuestionState) -> None:
        """Write down where it is; what was deleted while it was sent is taken down again."""
        if not await self._store.run(partial(_noted, letter=letter, channel=channel, number=message, shown=shown)):
            await take_down(self._client, self._store.run)

    async def _alone(self, letter: Letter, question: Question) -> Place | None:
        card = await self._store.run(lambda rooms: _card(rooms, letter, question, is_alone=True))
        return await self._direct(_reader(letter, question), card) if card else None

    async def _direct(self, to: MemberId, card: Card) -> Place | None:
        try:
            channel = await self._client.create_dm(Named(str(to)))  # type: ignore[arg-type]  # see Named
        except discord.HTTPException as error:
            if mail.is_passing(error):
                raise
            return None
        return Place(channel, ChannelId(channel.id), card)

    async def _channel(self, letter: Letter, question: Question) -> Place | None:
        card = await self._store.run(lambda rooms: _card(rooms, letter, question, is_alone=False))
        channel = self._client.get_partial_messageable(question.channel)
        return Place(channel, question.channel, card) if card else None

    def _later(self, letter: Letter, error: BaseException) -> None:
        failures = self._failures[_name(letter)] = self._failures.get(_name(letter), 0) + 1
        pause_s = min(FIRST_AGAIN_S * 2.0 ** min(failures - 1, 10), MOST_AGAIN_S) * random.uniform(0.75, 1.0)
        self._not_before_s[_name(letter)] = self._clock.monotonic() + pause_s
        told = "the letter of question %s could not be sent, again in %.0f s: %s"
        log.warning(told, letter.question, pause_s, error, exc_info=None if mail.is_passing(error) else error)


def _name(letter: Letter) -> Name:
    return letter.question, letter.role


def _nonce(letter: Letter) -> str:
    """The same however often it is tried: `q…` of a question's card, `q…yes` of a reply."""
    return f"q{letter.question}{'' if letter.role == CARD else letter.role}"[:NONCE_CHARACTERS]


def _card(rooms: Rooms, letter: Letter, question: Question, *, is_alone: bool) -> Card | None:
    face = FACES[question.kind]
    if letter.role == QuestionState.WITHDRAWN and question.why == BY_ASKER:
        return None  # they know
    with texts.speaking(rooms.wishes.language(_reader(letter, question), question.asker)):
        if letter.role == CARD:
            return face.ask(rooms, question, is_alone)
        return face.reply(rooms, question, QuestionState(letter.role), is_alone)


def _reader(letter: Letter, question: Question) -> MemberId:
    return question.person if letter.role == CARD else question.asker


def _redrawn(rooms: Rooms, *, question: Question, is_alone: bool) -> Card:
    with texts.speaking(rooms.wishes.language(question.person, question.asker)):
        return card_of(rooms, question, is_alone=is_alone)


def _noted(rooms: Rooms, *, letter: Letter, channel: ChannelId, number: int, shown: QuestionState) -> bool:
    if rooms.questions.posted(letter, channel, number, shown):
        return True
    message = Message(job=JobId(letter.question), channel=channel, message=number, role=letter.role)
    rooms.privacy.takedowns.owe([message], Deed.REMOVE)
    return False

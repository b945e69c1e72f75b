"""Says what must be said: one final message for each job, by the bot's own permission, exactly once."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import discord

from bot import mail, texts
from bot.bell import Bell, rounds
from bot.cards import Card, layout, withdrawn_card
from bot.errors import sentence_of
from bot.retelling import retold
from bot.store import Rooms, Store
from bot.studio import EngineFacts, is_adult
from bot.takedown import noted, take_down
from bot.takeover import settle
from storage.clock import Clock
from storage.database import transaction
from storage.errors import TintypeError
from storage.notes import UNREADABLE
from storage.photos import FAILED_S
from storage.records import (
    ChannelId,
    Job,
    JobKind,
    Kind,
    MemberId,
    Message,
    OutboxRow,
    Scope,
    VersionId,
)

log = logging.getLogger(__name__)

IDLE_S = 30.0  # the bell ends it at once
FIRST_AGAIN_S, MOST_AGAIN_S = 2.0, 60.0  # after an outage; each try waits twice as long
CHANNELS_AT_ONCE = 8
BLOCKED = {"E_BLOCKED", "E_BARRED"}  # why a job ended that is its member's business alone
STUCK_S = 60.0  # for one message, rate limits of its channel included; then it is looked up and tried again


@dataclass(frozen=True, slots=True)
class Letter:
    """One final message, ready to be sent."""

    row: OutboxRow
    job: Job
    card: Card
    is_private: bool  #: it may not be shown in that channel


@dataclass(frozen=True, slots=True)
class Named:
    """A member to be mentioned; Discord's own description of its API wants the id as text, discord.py has numbers."""

    id: str


class Outbox:
    """Delivers the rows of the outbox until each is sent or can be sent nowhere."""

    def __init__(
        self, store: Store, client: discord.Client, facts: Callable[[], EngineFacts | None], clock: Clock
    ) -> None:
        self._store, self._client, self._facts, self._clock = store, client, facts, clock
        self._bell = Bell()
        self._not_before_s: dict[int, float] = {}
        self._failures: dict[int, int] = {}
        self._lanes = asyncio.Semaphore(CHANNELS_AT_ONCE)
        self._busy: dict[ChannelId, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """There may be something to say."""
        self._bell.ring()

    async def run(self) -> None:
        """Deliver until this is cancelled."""
        try:
            await rounds(self._begin, self._bell, log)
        finally:
            await self._give_up()

    async def _give_up(self) -> None:
        tasks = list(self._busy.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def deliver(self) -> float:
        """Try everything that is due, and wait until it is said or put off; seconds until the next is due."""
        await self._begin()
        await asyncio.gather(*self._busy.values())
        return self._pause_s(await self._store.run(lambda rooms: rooms.queue.unsent()))

    async def _begin(self) -> float:
        """Begin what is due in channels where nothing is being said; seconds until there is more to begin."""
        rows = await self._store.run(lambda rooms: rooms.queue.unsent())
        now = self._clock.monotonic()
        due = [row for row in rows if row.channel not in self._busy and self._not_before_s.get(row.id, 0.0) <= now]
        by_channel = itertools.groupby(sorted(due, key=lambda row: (row.channel, row.id)), lambda row: row.channel)
        for channel, group in by_channel:
            task = self._busy[channel] = asyncio.create_task(self._channel(list(group)))
            task.add_done_callback(partial(self._is_through, channel))
        return self._pause_s(rows)

    def _is_through(self, channel: ChannelId, task: asyncio.Task[None]) -> None:
        self._busy.pop(channel, None)
        self._bell.ring()

    def _pause_s(self, rows: Sequence[OutboxRow]) -> float:
        """Until the first of what was put off is due; a channel where something is being said rings by itself."""
        now = self._clock.monotonic()
        later = [self._not_before_s[row.id] - now for row in rows if row.id in self._not_before_s]
        return max(0.05, min([moment for moment in later if moment > 0] + [IDLE_S]))

    async def _channel(self, rows: Sequence[OutboxRow]) -> None:
        """One after the other, so that a channel's rate limit is met by one request at a time; others do not wait."""
        async with self._lanes:
            for row in rows:
                await self._one(row)

    async def _one(self, row: OutboxRow) -> None:
        """Say it, or try again later; what breaks with one message silences no other."""
        try:
            async with asyncio.timeout(STUCK_S):
                await self._say(row)
        except Exception as error:  # noqa: BLE001  it is logged
            self._later(row, error)
        else:
            self._forget(row)

    async def _say(self, row: OutboxRow) -> None:
        letter = await self._store.run(lambda rooms: self._letter(rooms, row))
        if letter is None:
            return  # its job was forgotten meanwhile
        sent = await self._deliver(letter)
        if sent is None:
            log.warning("the final message of job %s reaches nobody", row.job)
        elif not await self._store.run(lambda rooms: _note_sent(rooms, row, sent)):
            await take_down(self._client, self._store.run)

    def _letter(self, rooms: Rooms, row: OutboxRow) -> Letter | None:
        """The card as it is now, after what the end of its job still asks for is done."""
        job = rooms.queue.get(row.job)
        if job is None:
            return None
        settle(rooms, job, FAILED_S)
        with texts.speaking(rooms.wishes.language(job.owner)):
            card = self._card(rooms, job)
        return Letter(row, job, card, self._is_private(rooms, job))

    def _card(self, rooms: Rooms, job: Job) -> Card:
        try:
            is_seen = not rooms.images.is_withdrawn(job.id)
            card = retold(rooms, job, self._facts(), self._clock.now()) if is_seen else withdrawn_card()
        except TintypeError as error:  # a file of it is lost
            card = layout.card(layout.text(sentence_of(error)))
        if job.request.get("ping"):
            card.view.add_item(layout.text(texts.say("ping", owner=str(job.owner))))
        return card

    def _is_private(self, rooms: Rooms, job: Job) -> bool:
        """Whether it shows a person where that is not allowed: an adult channel, or without that person's grant.

        Nor does a channel read that somebody was blocked.

        What began from a picture that was sent may show one, too; and a channel may have changed since it was asked in.
        """
        if job.code in BLOCKED:
            return True
        here = self._client.get_channel(job.channel)
        if job.kind is JobKind.IMAGINE and not _is_open(rooms, job, here):
            return True
        may_be_adult = job.guild is not None and (here is None or is_adult(here))  # an unknown channel may be one
        if job.request.get("is_adult") and not (here is not None and is_adult(here)):
            return True
        if not any(image.has_person for image in rooms.images.of_job(job.id)):
            return may_be_adult and bool(job.request.get("is_from_upload"))
        return may_be_adult or not _is_granted(rooms, job)

    # --- the ways to say it --------------------------------------------------------------------------------------

    async def _deliver(self, letter: Letter) -> Message | None:
        """To the channel; to the member alone when that is closed; None when both are.

        Raises: what `mail.is_passing` knows.
        """
        reasons = []
        if letter.is_private:
            reasons.append("not to be shown there")
        else:
            try:
                channel = self._client.get_partial_messageable(letter.row.channel)
                return await self._post(letter, channel, letter.row.channel)
            except discord.HTTPException as error:
                if mail.is_passing(error):
                    raise
                reasons.append(_reason("channel", error))
        try:
            alone = await self._client.create_dm(Named(str(letter.job.owner)))  # type: ignore[arg-type]  # see Named
            return await self._post(letter, alone, ChannelId(alone.id))
        except discord.HTTPException as error:
            if mail.is_passing(error):
                raise
            reasons.append(_reason("direct message", error))
        told = "; ".join(reasons)
        await self._store.run(lambda rooms: rooms.queue.undeliverable(letter.row.id, told))
        return None

    async def _post(self, letter: Letter, channel: discord.abc.Messageable, where: ChannelId) -> Message:
        """Send it, unless an earlier try whose outcome was never learned has."""
        row, card = letter.row, letter.card
        number = None
        if row.tries:
            number = await self._arrived(channel, row, card)
        if number is None:
            await self._store.run(lambda rooms: rooms.queue.tried(row.id))
            for file in card.files:
                file.reset()
            pinged = _pinged(letter.job)
            sent = await channel.send(view=card.view, files=card.files, nonce=row.nonce, allowed_mentions=pinged)
            number = sent.id
        return Message(job=row.job, channel=where, message=number, role="final")

    async def _arrived(self, channel: discord.abc.Messageable, row: OutboxRow, card: Card) -> int | None:
        """The message of an earlier try; where we may not look, its nonce alone keeps Discord from posting it twice."""
        try:
            number = await mail.found(self._client, channel, row.nonce, mail.marks_of(card), row.created_at)
        except mail.Unreadable:
            log.warning("in channel %d the permission Read Message History is missing: give it to the bot", row.channel)
            now = self._clock.now()
            await self._store.run(lambda rooms: rooms.notes.put(f"{UNREADABLE}{row.channel}", now))
            return None
        await self._store.run(lambda rooms: rooms.notes.drop(f"{UNREADABLE}{row.channel}"))
        return number

    def _later(self, row: OutboxRow, error: BaseException) -> None:
        failures = self._failures[row.id] = self._failures.get(row.id, 0) + 1
        pause_s = min(FIRST_AGAIN_S * 2.0 ** min(failures - 1, 10), MOST_AGAIN_S) * random.uniform(0.75, 1.0)
        self._not_before_s[row.id] = self._clock.monotonic() + pause_s
        told = "the final message of job %s could not be sent, again in %.0f s: %s"
        log.warning(told, row.job, pause_s, error, exc_info=None if mail.is_passing(error) else error)

    def _forget(self, row: OutboxRow) -> None:
        self._failures.pop(row.id, None)
        self._not_before_s.pop(row.id, None)


def _pinged(job: Job) -> discord.AllowedMentions:
    """Whoever asked for it, if they asked for that too; never anybody else."""
    asked = [Named(str(job.owner))] if job.request.get("ping") else []
    return discord.AllowedMentions(everyone=False, roles=False, replied_user=False, users=asked)  # type: ignore[arg-type]  # see Named


def _reason(where: str, error: discord.HTTPException) -> str:
    return f"{where}: {error.status} {error.code}"


def _note_sent(rooms: Rooms, row: OutboxRow, sent: Message) -> bool:
    """Write down that it was said and where; False when what it shows was deleted while it was."""
    with transaction(rooms.db):
        rooms.queue.sent(row.id, sent.message)
        return noted(rooms, sent)


def _is_open(rooms: Rooms, job: Job, here: object) -> bool:
    """Whether the channel, or the one around its thread, is still one for pictures."""
    around = here.parent_id if isinstance(here, discord.Thread) else job.channel
    return rooms.setups.ground(job.guild, ChannelId(around)).has_pictures


def _is_granted(rooms: Rooms, job: Job) -> bool:
    """Whether every person in these pictures is the member who asked, or lets them use the word."""
    return all(_may_show(rooms, job.owner, VersionId(word["version"])) for word in job.request.get("words") or ())


def _may_show(rooms: Rooms, member: MemberId, version_id: VersionId) -> bool:
    version = rooms.concepts.version(version_id)
    concept = rooms.concepts.get(version.concept) if version else None
    if concept is None:
        return False
    if concept.kind is not Kind.PERSON or concept.owner == member:
        return True
    grants = rooms.concepts.grants(concept.id)
    return any(grant.scope is Scope.MEMBER and grant.subject == member for grant in grants)

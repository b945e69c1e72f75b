"""Keeps the live card of each training in its channel: posts it, edits it seconds apart, and closes it at the end."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import discord

from bot import mail, texts
from bot.bell import Bell, rounds
from bot.cards import Card, layout
from bot.naming import word_today
from bot.plain import plain
from bot.retelling import retold
from bot.store import Rooms, Store
from bot.studio import EngineFacts
from bot.takedown import noted, take_down
from storage.clock import Clock
from storage.errors import TintypeError
from storage.records import Job, JobId, JobKind, JobState, Message

log = logging.getLogger(__name__)

CARD, CLOSED = "card", "closed"  # roles of messages
LOOK_S = 1.0  # between two looks while a training is open
IDLE_S = 30.0  # while none is; the bell ends it at once
EDIT_S = {JobState.RUNNING: 3.0, JobState.QUEUED: 10.0}  # at least between two edits of one card
OUTAGE_S = 20.0  # after Discord did not take an edit


@dataclass(slots=True)
class Shown:
    """What stands in the channel, as far as this run of the bot knows."""

    looks: str = ""
    edited_s: float = float("-inf")
    not_before_s: float = 0.0  #: after an outage
    is_out_of_reach: bool = False  #: deleted by a moderator, or the channel is closed to us


class Watcher:
    """One task; the only one that posts and edits live cards."""

    def __init__(
        self, store: Store, client: discord.Client, facts: Callable[[], EngineFacts | None], clock: Clock
    ) -> None:
        self._store, self._client, self._facts, self._clock = store, client, facts, clock
        self._bell = Bell()
        self._since = clock.now()
        self._shown: dict[JobId, Shown] = {}

    def wake(self) -> None:
        """Something about a training has changed."""
        self._bell.ring()

    async def run(self) -> None:
        """Watch until this is cancelled."""
        await rounds(self.look, self._bell, log)

    async def look(self) -> float:
        """Bring every card up to date; seconds until the next look."""
        learning, over = await self._store.run(_to_show)
        for job in learning:
            await self._reaching(job, self._show(job, self._shown.setdefault(job.id, Shown())))
        for job in over:
            await self._reaching(job, self._close(job))
        still = {job.id for job in (*learning, *over)}
        self._shown = {job: shown for job, shown in self._shown.items() if job in still}
        return LOOK_S if still else IDLE_S

    async def _reaching(self, job: Job, deed: Coroutine[Any, Any, None]) -> None:
        """Do it; an outage means later, a refusal means never again, and what breaks with one card stops no other."""
        shown = self._shown.setdefault(job.id, Shown())
        try:
            await deed
        except discord.HTTPException as error:
            if not mail.is_passing(error):
                log.info("the live card of job %s is out of reach: %s", job.id, error)
                shown.is_out_of_reach = True
                return
            shown.not_before_s = self._clock.monotonic() + OUTAGE_S
        except Exception as error:
            is_passing = mail.is_passing(error)
            log.warning("the live card of job %s must wait: %s", job.id, error, exc_info=None if is_passing else error)
            shown.not_before_s = self._clock.monotonic() + OUTAGE_S

    async def _show(self, job: Job, shown: Shown) -> None:
        now = self._clock.monotonic()
        if shown.is_out_of_reach or now < max(shown.not_before_s, shown.edited_s + EDIT_S[job.state]):
            return
        card, message = await self._store.run(partial(self._card, job=job))
        looks = json.dumps(mail.components_of(card))
        if looks == shown.looks:
            return
        shown.edited_s = now
        if message is None:
            await self._post(job, card)
        else:
            await self._message(message).edit(view=card.view, attachments=card.files)
        shown.looks = looks

    def _card(self, rooms: Rooms, job: Job) -> tuple[Card, Message | None]:
        message = rooms.queue.messages(job.id).get(CARD)
        with texts.speaking(rooms.wishes.language(job.owner)):
            try:
                return retold(rooms, job, self._facts(), self._clock.now()), message
            except TintypeError:  # the picture was replaced in this very moment
                return retold(rooms, replace(job, preview=None), self._facts(), self._clock.now()), message

    async def _post(self, job: Job, card: Card) -> None:
        """Post it, unless an earlier run of the bot did and died before it wrote that down."""
        channel = self._client.get_partial_messageable(job.channel)
        nonce, number = f"c{job.id}", None
        if job.created_at < self._since:
            with suppress(mail.Unreadable):  # then its nonce alone keeps it from standing twice
                number = await mail.found(self._client, channel, nonce, mail.marks_of(card), job.created_at)
        if number is None:
            number = (await channel.send(view=card.view, files=card.files, nonce=nonce)).id
        message = Message(job=job.id, channel=job.channel, message=number, role=CARD)
        if not await self._store.run(lambda rooms: noted(rooms, message)):
            await take_down(self._client, self._store.run)

    async def _close(self, job: Job) -> None:
        """Say in one line how it ended; the final message says the rest."""
        shown = self._shown.setdefault(job.id, Shown())
        if self._clock.monotonic() < shown.not_before_s and shown.looks == CLOSED:
            return
        message, card = await self._store.run(
            lambda rooms: (rooms.queue.messages(job.id).get(CARD), closed_card(rooms, job))
        )
        if message is not None and not shown.is_out_of_reach:
            shown.looks = CLOSED
            await self._message(message).edit(view=card.view, attachments=[])
        await self._store.run(lambda rooms: rooms.queue.close_card(job.id))

    def _message(self, message: Message) -> discord.PartialMessage:
        return self._client.get_partial_messageable(message.channel).get_partial_message(message.message)


def closed_card(rooms: Rooms, job: Job) -> Card:
    """What is left of a live card."""
    word = plain(str(word_today(rooms, job)))
    with texts.speaking(rooms.wishes.language(job.owner)):
        return layout.card(layout.text(texts.say("training-over", word=word, state=str(job.state))))


def _to_show(rooms: Rooms) -> tuple[list[Job], list[Job]]:
    """Trainings that wait or run, and ended ones whose live card still stands."""
    under_way = [*rooms.queue.active(JobKind.TRAIN), *rooms.queue.ready(JobKind.TRAIN)]
    return under_way, rooms.queue.with_open_card()

"""Keeps the private answer of a member who waits for pictures up to date: place, time left, and a look half way."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import discord

from bot import intake, mail, previewing, texts, trials
from bot.answers import Interaction
from bot.bell import Bell, rounds
from bot.cards import Card, Picture, layout
from bot.naming import word_today
from bot.orders import prompt_today
from bot.retelling import drawing_progress, retold, waiting_pictures
from bot.store import Rooms, Store
from bot.studio import EngineFacts
from storage.answers import OpenAnswer
from storage.clock import Clock
from storage.errors import TintypeError
from storage.records import Job, JobId, JobKind, JobState, MemberId

log = logging.getLogger(__name__)

TOKEN_S = 14 * 60.0  # Discord lets an answer be edited for fifteen minutes
LOOK_S = 1.0  # between two looks while somebody waits
IDLE_S = 60.0  # while nobody does; the bell ends it at once
EDIT_S = 3.0  # at least between two edits of one answer
AT_ONCE = 10  # edits in one round
OUTAGE_S = 20.0  # after Discord did not take an edit


Edit = Callable[..., Awaitable[Any]]


@dataclass(slots=True)
class Answer:
    """One private answer, as far as it is known how it looks."""

    source: OpenAnswer
    owner: MemberId
    until_s: float
    not_before_s: float
    edit: Edit | None  #: None after a restart, until it is found again
    is_kept: bool = False  #: written down, so that it is followed over a restart
    looks: str = ""


class Following:
    """One task for all who wait; what it follows is written down, and goes on after a restart."""

    def __init__(self, store: Store, facts: Callable[[], EngineFacts | None], clock: Clock) -> None:
        self._store, self._facts, self._clock = store, facts, clock
        self._bell = Bell()
        self._answers: dict[JobId, Answer] = {}
        self._client: discord.Client | None = None

    def follow(self, interaction: Interaction, job: Job) -> None:
        """From now on, bring this answer up to date until the job is over or Discord forgets the answer."""
        now = self._clock.monotonic()
        source = OpenAnswer(job.id, interaction.application_id, interaction.token, self._clock.now() + TOKEN_S)
        edit = interaction.edit_original_response
        self._answers[job.id] = Answer(source, job.owner, now + TOKEN_S, now + EDIT_S, edit)
        self._bell.ring()

    async def run(self, client: discord.Client) -> None:
        """Follow until this is cancelled, also what an earlier run of the bot has followed."""
        self._client = client
        await self.restore()
        await rounds(self.look, self._bell, log)

    async def restore(self) -> None:
        """Go on with the answers that were written down."""
        found = await self._store.run(_restored)
        now, date = self._clock.monotonic(), self._clock.now()
        for owner, source in found:
            until_s = now + source.until - date
            self._answers.setdefault(source.job, Answer(source, owner, until_s, now, edit=None, is_kept=True))

    async def look(self) -> float:
        """Bring what is due up to date; seconds until the next look."""
        now = self._clock.monotonic()
        await self._let_go([job for job, answer in self._answers.items() if answer.until_s <= now])
        await self._write_down([answer for answer in self._answers.values() if not answer.is_kept])
        due = [job for job, answer in self._answers.items() if answer.not_before_s <= now]
        due.sort(key=lambda job: self._answers[job].not_before_s)
        await asyncio.gather(*(self._bring(job, self._answers[job]) for job in due[:AT_ONCE]))
        return LOOK_S if self._answers else IDLE_S

    async def _let_go(self, jobs: list[JobId]) -> None:
        for job in jobs:
            self._answers.pop(job, None)
            await self._store.run(partial(_dropped, job=job))

    async def _write_down(self, answers: list[Answer]) -> None:
        for answer in answers:
            answer.is_kept = True  # or never: without room on the disk it is followed until the bot ends
            try:
                await self._store.run(partial(_kept, answer=answer))
            except TintypeError as error:
                log.warning("the answer about job %s is not kept over a restart: %s", answer.source.job, error)

    async def _bring(self, job: JobId, answer: Answer) -> None:
        """Edit it if it has changed; what breaks with one answer stops no other."""
        answer.not_before_s = self._clock.monotonic() + EDIT_S
        try:
            card, is_over = await self._store.run(partial(self._card, job=job))
            if card is not None:
                await self._edit(answer, card)
        except Exception as error:
            is_passing = mail.is_passing(error)
            if isinstance(error, discord.HTTPException) and not is_passing:
                is_over = True  # dismissed by its member, or too old
            else:
                log.warning("the answer about job %s must wait: %s", job, error, exc_info=None if is_passing else error)
                answer.not_before_s, is_over = self._clock.monotonic() + OUTAGE_S, False
        if is_over:
            await self._let_go([job])

    async def _edit(self, answer: Answer, card: Card) -> None:
        looks = json.dumps([mail.components_of(card), [file.filename for file in card.files]])
        if looks != answer.looks:
            answer.edit = answer.edit or await self._found(answer.source)
            await answer.edit(view=card.view, attachments=card.files)
            answer.looks = looks

    async def _found(self, source: OpenAnswer) -> Edit:
        """The answer that an earlier run of the bot gave, by its interaction's token."""
        assert self._client is not None  # nothing is restored before there is one
        webhook = discord.Webhook.partial(source.application, source.token, client=self._client)
        message = await webhook.fetch_message("@original")  # type: ignore[arg-type]  # Discord's name for it
        return message.edit

    def _card(self, rooms: Rooms, *, job: JobId) -> tuple[Card | None, bool]:
        """The answer as it should look, and whether that is its last look; None when it stays as it is."""
        found = rooms.queue.get(job)
        if found is None:
            return None, True
        with texts.speaking(rooms.wishes.language(found.owner)):
            return self._card_of(rooms, found)

    def _card_of(self, rooms: Rooms, found: Job) -> tuple[Card | None, bool]:
        now = self._clock.now()
        if found.kind is JobKind.LOOK:
            return intake.report_after(rooms, found, self._facts()), found.state.is_over
        if found.kind is JobKind.PREVIEW:
            return previewing.card(rooms, found, self._facts(), now), found.state.is_over
        if found.kind is JobKind.IMPORT:
            return self._import(rooms, found, now), found.state.is_over
        if found.state in {JobState.QUEUED, JobState.CANCELLED}:
            return retold(rooms, found, self._facts(), now), found.state.is_over
        if found.state.is_over:
            where = _where(rooms, found)
            key = "imagine-drawn" if found.state is JobState.SUCCEEDED else "imagine-not-drawn"
            told = texts.say(key, count=int(found.request["count"]), where=where)
            return layout.card(layout.text(told)), where != "coming"
        return waiting_pictures(found, drawing_progress(found, now), preview_of(rooms, found)), False

    def _import(self, rooms: Rooms, found: Job, now: float) -> Card:
        """Of weights made elsewhere whoever handed them in sees the first pictures here, and nobody else."""
        if found.state is JobState.SUCCEEDED:
            return trials.trial(rooms, found, str(word_today(rooms, found)))
        return retold(rooms, found, self._facts(), now)


def _restored(rooms: Rooms) -> list[tuple[MemberId, OpenAnswer]]:
    found = [(rooms.queue.get(answer.job), answer) for answer in rooms.answers.open()]
    return [(job.owner, answer) for job, answer in found if job is not None]


def _kept(rooms: Rooms, *, answer: Answer) -> None:
    rooms.answers.keep(answer.owner, answer.source)


def _dropped(rooms: Rooms, *, job: JobId) -> None:
    rooms.answers.drop(job)
    previewing.forget(rooms, job)


def _where(rooms: Rooms, job: Job) -> str:
    """Where the final message stands: here, with its member alone, nowhere; or it is still coming."""
    final = rooms.queue.messages(job.id).get("final")
    if final is not None:
        return "here" if final.channel == job.channel else "alone"
    return "nowhere" if rooms.queue.is_untold(job.id) else "coming"


def preview_of(rooms: Any, job: Job) -> Picture | None:
    """What the pictures will be, if the engine has shown that already."""
    if job.preview is None:
        return None
    try:
        data = rooms.vault.open(job.preview)
    except TintypeError:  # the job ended in this very moment
        return None
    alt = texts.say("preview-alt", prompt=prompt_today(rooms, job))
    return Picture.named(f"{job.id}-preview", data, alt, is_spoiler=bool(job.request.get("spoiler")))

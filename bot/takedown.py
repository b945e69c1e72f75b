"""Takes our own messages down again, or blanks them, by the bot's own permission."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from functools import partial
from typing import Any

import discord

from bot import texts
from bot.cards import deleted_card, hidden_card, moderated_card, withdrawn_card
from bot.mail import PASSING, is_passing
from storage.database import transaction
from storage.records import Job, JobKind, JobState, Message
from storage.takedowns import Deed, Owed

log = logging.getLogger(__name__)

Run = Callable[[Callable[[Any], Any]], Awaitable[Any]]
CARDS = {
    Deed.BLANK: deleted_card,
    Deed.MODERATE: moderated_card,
    Deed.HIDE: hidden_card,
    Deed.WITHDRAW: withdrawn_card,
}


async def take_down(client: discord.Client, run: Run) -> None:
    """Remove or blank every message that a deletion still owes; what an outage hides is tried again after it.

    `run` runs work with the storage objects.
    """
    for owed in await run(lambda rooms: rooms.privacy.takedowns.owed()):
        message = client.get_partial_messageable(owed.channel).get_partial_message(owed.message)
        with texts.speaking(owed.language):
            outcome = await _outcome(_done(message, owed.deed))
        if outcome is not Outcome.LATER:
            await run(partial(_noted, owed=owed, outcome=outcome))


def noted(rooms: Any, message: Message) -> bool:
    """Write down where a message of ours is; False when what it shows was deleted while it was sent: then take down."""
    job = rooms.queue.get(message.job)
    with transaction(rooms.db):
        if job is None:
            rooms.privacy.takedowns.owe([message], Deed.REMOVE)
            return False
        rooms.queue.remember(message)
        if not _is_drawn(job) or rooms.images.of_job(job.id):
            return True
        rooms.privacy.takedowns.owe([message], Deed.MODERATE if job.result.get("is_moderated") else Deed.BLANK)
        return False


def _is_drawn(job: Job) -> bool:
    return job.kind is JobKind.IMAGINE and job.state is JobState.SUCCEEDED


def _noted(rooms: Any, *, owed: Owed, outcome: Outcome) -> None:
    if outcome is Outcome.GONE:
        rooms.privacy.takedowns.done(owed)
    elif not rooms.privacy.takedowns.refused(owed):
        log.error("message %d in channel %d is given up: delete it by hand", owed.message, owed.channel)


async def _done(message: discord.PartialMessage, deed: Deed) -> None:
    """Delete it, or put a new card without files: an edit of a card otherwise keeps what it showed."""
    if deed is Deed.REMOVE:
        await message.delete()
    else:
        await message.edit(view=CARDS[deed]().view, attachments=[])


class Outcome(Enum):
    """How an attempt to take a message down went."""

    GONE = auto()
    REFUSED = auto()  #: the channel is closed to us now, which a permission may change
    LATER = auto()  #: an outage passes


async def _outcome(request: Awaitable[object]) -> Outcome:
    try:
        await request
    except discord.NotFound:
        return Outcome.GONE
    except (discord.HTTPException, *PASSING) as error:
        log.warning("a message could not be taken down: %s", error)
        return Outcome.LATER if is_passing(error) else Outcome.REFUSED
    return Outcome.GONE

"""Tells members what moderators decided about something of theirs: each once, in a direct message."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

import discord

from bot import mail, texts
from bot.cards import Card, layout
from bot.outbox import Named
from bot.plain import plain
from storage.notices import Notice

log = logging.getLogger(__name__)

Run = Callable[[Callable[[Any], Any]], Awaitable[Any]]
NONCE_CHARACTERS = 25  # Discord's most


async def tell(client: discord.Client, run: Run) -> None:
    """Send every notice that waits; what an outage hides is tried again after it.

    `run` runs work with the storage objects. Whoever takes no messages from the bot sees it on their cards alone.
    """
    for notice in await run(lambda rooms: rooms.moderation.notices.owed()):
        card = await run(partial(card_of, notice=notice))
        if card is not None and not await run(partial(_tried, notice=notice)):
            continue
        if card is None or await _is_over(client, notice, card):
            await run(partial(_done, notice=notice))


def _tried(rooms: Any, *, notice: Notice) -> bool:
    return bool(rooms.moderation.notices.tried(notice))


def _done(rooms: Any, *, notice: Notice) -> None:
    rooms.moderation.notices.done(notice)


def card_of(rooms: Any, *, notice: Notice) -> Card | None:
    """What is said, in the member's language; None when the style is gone meanwhile."""
    concept = rooms.concepts.get(notice.concept) if notice.concept else None
    if notice.concept is not None and concept is None:
        return None
    name = plain(concept.name) if concept else ""
    server = plain(rooms.moderation.removals.server(notice.guild)) or "none"
    with texts.speaking(rooms.wishes.language(notice.member)):
        return layout.card(layout.text(texts.say(f"notice-{notice.news}", name=name, server=server)))


async def _is_over(client: discord.Client, notice: Notice, card: Card) -> bool:
    """Whether it was told, or never can be."""
    try:
        channel = await client.create_dm(Named(str(notice.member)))  # type: ignore[arg-type]  # see Named
        if not (notice.tries and await _stands(client, channel, notice, card)):
            await channel.send(view=card.view, nonce=_nonce(notice))
    except (discord.HTTPException, *mail.PASSING) as error:
        log.warning("a member could not be told about report %s: %s", notice.report, error)
        return not mail.is_passing(error)
    return True


async def _stands(client: discord.Client, channel: discord.DMChannel, notice: Notice, card: Card) -> bool:
    """Whether an earlier try, whose outcome a crash has hidden, was sent."""
    with suppress(mail.Unreadable):
        return await mail.found(client, channel, _nonce(notice), mail.marks_of(card), notice.at) is not None
    return False


def _nonce(notice: Notice) -> str:
    """The same however often it is tried."""
    return f"n{notice.report}{notice.news}"[:NONCE_CHARACTERS]

"""Takes our own messages down again, or blanks them, by the bot's own permission."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

import discord

from bot.cards import Card
from storage.records import Message

log = logging.getLogger(__name__)


async def blank(client: discord.Client, messages: Iterable[Message], card: Callable[[], Card]) -> int:
    """Put a card without files in the place of each message; how many could not be reached."""
    return sum(
        [not await _reached(_message(client, message).edit(view=card().view, attachments=[])) for message in messages]
    )


async def remove(client: discord.Client, messages: Iterable[Message]) -> int:
    """Delete each message; how many could not be reached."""
    return sum([not await _reached(_message(client, message).delete()) for message in messages])


def _message(client: discord.Client, message: Message) -> discord.PartialMessage:
    return client.get_partial_messageable(message.channel).get_partial_message(message.message)


async def _reached(request: Any) -> bool:
    """Gone already is fine; a channel that is closed to us is not, and is logged."""
    try:
        await request
    except discord.NotFound:
        return True
    except discord.HTTPException as error:
        log.warning("a message could not be taken down: %s", error)
        return False
    return True

"""Messages of ours in channels: sent with a nonce, found again after a crash, told apart by their buttons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import discord

from bot.cards import Card

LOOK_BACK = 1000  # messages in which ours is looked for, oldest first: of many minutes, in a busy channel
EARLIER_S = 300.0  # how far the machine's clock may be ahead of Discord's
PASSING = (aiohttp.ClientError, OSError, TimeoutError, discord.DiscordServerError, discord.RateLimited)
TOO_MANY_REQUESTS = 429


class Unreadable(Exception):
    """We may not read what stands in a channel, so nobody knows whether a message of ours arrived."""


def is_passing(error: BaseException) -> bool:
    """Whether trying again later can help: an outage, a lost connection, too many requests."""
    return isinstance(error, PASSING) or (
        isinstance(error, discord.HTTPException) and error.status == TOO_MANY_REQUESTS
    )


@dataclass(frozen=True, slots=True)
class Marks:
    """What tells one card of ours from all others."""

    buttons: frozenset[str]
    texts: tuple[str, ...]

    @classmethod
    def of(cls, components: list[Any]) -> Marks:
        """Of a message's components, as Discord's API writes them."""
        parts = list(_walk(components))
        return cls(
            frozenset(str(part["custom_id"]) for part in parts if part.get("custom_id")),
            tuple(str(part["content"]) for part in parts if part.get("content")),
        )

    def is_same(self, other: Marks) -> bool:
        """By the buttons, which name a job; of cards without any by what they say."""
        return self.buttons == other.buttons if self.buttons else not other.buttons and self.texts == other.texts


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from _walk(part)


def marks_of(card: Card) -> Marks:
    """Of a card that is not sent yet."""
    return Marks.of(components_of(card))


def components_of(card: Card) -> list[Any]:
    """A card as Discord's API writes it."""
    components: list[Any] = card.view.to_components()  # type: ignore[no-untyped-call]
    return components


def marks_of_message(message: discord.Message) -> Marks:
    """Of a message in a channel."""
    return Marks.of([component.to_dict() for component in message.components])


async def found(
    client: discord.Client, channel: discord.abc.Messageable, nonce: str, marks: Marks, since: float
) -> int | None:
    """The id of our message with this nonce or these marks, posted since (unix seconds); None when there is none.

    Raises: Unreadable when we may not look; discord.HTTPException when that fails otherwise.
    """
    try:
        return await _found(client, channel, nonce, marks, since)
    except discord.Forbidden as closed:
        raise Unreadable from closed


async def _found(
    client: discord.Client, channel: discord.abc.Messageable, nonce: str, marks: Marks, since: float
) -> int | None:
    after = datetime.fromtimestamp(max(since - EARLIER_S, 0.0), UTC)
    async for message in channel.history(limit=LOOK_BACK, after=after, oldest_first=True):
        is_ours = client.user is not None and message.author.id == client.user.id
        if is_ours and (message.nonce == nonce or marks.is_same(marks_of_message(message))):
            return message.id
    return None

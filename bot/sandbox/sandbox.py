"""The stand-in itself: one Discord in memory, which outlives the bots that log in to it."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any

from bot.sandbox import payloads
from bot.sandbox.cdn import Signer
from bot.sandbox.clock import MovableClock
from bot.sandbox.faults import Faults
from bot.sandbox.feed import Feeds
from bot.sandbox.ledger import Ledger
from bot.sandbox.mentions import notified
from bot.sandbox.ratelimits import RateLimits
from bot.sandbox.refusals import UNKNOWN_CHANNEL, Refused
from bot.sandbox.sessions import Sessions
from bot.sandbox.state import (
    DM,
    EPHEMERAL,
    MEMBERS_MAY,
    Channel,
    Guild,
    Interaction,
    Json,
    Message,
    Person,
    StoredFile,
)

EPOCH_MS = 1420070400000  # Discord's, the first second of 2015
FOUNDED_MS = 1577836800000  # 2020: when all that lasts on the stand-in was made
ANSWER_S = 3.0  # until the first answer
TOKEN_S = 15 * 60.0  # an interaction token's life
GUILD_MESSAGES, DIRECT_MESSAGES, GUILDS = 1 << 9, 1 << 12, 1 << 0


class Sandbox:
    """A server with two channels, its members, and whatever a bot does to it."""

    def __init__(
        self,
        clock: MovableClock | None = None,
        *,
        discord_token: str = "sandbox",  # noqa: S107  it opens nothing but this
        describe: Callable[[str, str, Any], list[str]] | None = None,
    ) -> None:
        """`describe` finds what is wrong with (method, path, JSON), as `openapi.Description.problems` does."""
        self.clock = clock or MovableClock()
        self.discord_token = discord_token
        self.describe = describe
        self.root = "http://127.0.0.1"
        self.signer = Signer.new()
        self._count = secrets.randbelow(1 << 20)  # two stand-ins of one millisecond are not one
        self.people: dict[int, Person] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.interactions: dict[int, Interaction] = {}
        self.by_token: dict[str, Interaction] = {}
        self.uploads: dict[int, StoredFile] = {}
        self.files: dict[int, StoredFile] = {}
        self.commands: dict[int | None, list[Json]] = {}
        self.syncs = 0
        self.ledger, self.faults, self.feeds = Ledger(), Faults(self.clock), Feeds()
        self.limits, self.sessions = RateLimits(self.clock), Sessions(self)
        self.bot = Person(id=self.new_id(), name="tintype", is_bot=True)  # a new application, which knows no commands
        self.people[self.bot.id] = self.bot
        self.add_guild("Studio", ("general", False), ("after-dark", True))

    # ---- ids and people

    def new_id(self) -> int:
        """A snowflake of now; later ones are greater."""
        self._count += 1
        return (int(self.clock.now() * 1000) - EPOCH_MS) << 22 | (self._count & 0x3FFFFF)

    def lasting_id(self, *names: str) -> int:
        """A snowflake made of names, so that whoever returns after a restart of the stand-in is the same."""
        digest = int.from_bytes(hashlib.sha256("/".join(names).encode()).digest()[:5])
        number = (FOUNDED_MS - EPOCH_MS << 22) + digest
        return self.new_id() if any(number in known for known in (self.people, self.guilds, self.channels)) else number

    def add_person(self, name: str) -> Person:
        """A new user; not yet a member anywhere."""
        person = Person(id=self.lasting_id("person", name), name=name)
        self.people[person.id] = person
        return person

    def person(self, name: str) -> Person | None:
        """By name or id."""
        for person in self.people.values():
            if person.name == name or str(person.id) == name:
                return person
        return None

    def add_guild(self, name: str, *channels: tuple[str, bool]) -> Guild:
        """A new server with these (channel, is age-restricted), known to the bot at once."""
        guild = Guild(id=self.lasting_id("server", name), name=name, owner_id=self.lasting_id("owner", name))
        self.guilds[guild.id] = guild
        for title, is_nsfw in channels:
            number = self.lasting_id("channel", name, title)
            self.add_channel(Channel(id=number, name=title, guild_id=guild.id, is_nsfw=is_nsfw))
        self.sessions.dispatch("GUILD_CREATE", payloads.guild(self, guild), GUILDS)
        return guild

    def add_channel(self, channel: Channel) -> Channel:
        """Keep a new channel."""
        self.channels[channel.id] = channel
        return channel

    def dm_with(self, person: Person) -> Channel:
        """The direct messages between the bot and this person."""
        for channel in self.channels.values():
            if channel.kind == DM and channel.recipient == person.id:
                return channel
        return self.add_channel(
            Channel(id=self.lasting_id("dm", person.name), name=person.name, kind=DM, recipient=person.id)
        )

    # ---- what the bot may do and who sees what

    def channel(self, number: int) -> Channel:
        """Raises: Refused(10003)."""
        channel = self.channels.get(number)
        if channel is None or (channel.guild_id is not None and not self.guilds[channel.guild_id].has_bot):
            raise Refused(UNKNOWN_CHANNEL)
        return channel

    def permissions_in(self, channel: Channel) -> int:
        """The bot's permissions in a channel."""
        if channel.permissions is not None:
            return channel.permissions
        if channel.parent_id is not None and channel.parent_id in self.channels:
            return self.permissions_in(self.channels[channel.parent_id])
        return MEMBERS_MAY if channel.guild_id is None else self.guilds[channel.guild_id].permissions

    def sees(self, person: int, message: Message) -> bool:
        """Whether a person sees a message."""
        if message.is_deleted or (message.visible_to is not None and message.visible_to != person):
            return False
        channel = self.channels.get(message.channel_id)
        if channel is None:
            return False
        if channel.kind == DM:
            return channel.recipient == person
        return channel.guild_id is not None and person in self.guilds[channel.guild_id].members

    def viewers(self, message: Message) -> Iterable[int]:
        """Everyone but bots who sees a message."""
        return [one.id for one in self.people.values() if not one.is_bot and self.sees(one.id, message)]

    # ---- messages

    def post(self, message: Message) -> Message:
        """Keep a new message and tell everyone who sees it."""
        self.messages[message.id] = message
        self.note_mentions(message)
        self.keep_files(message)
        self._tell("message", message)
        self._dispatch("MESSAGE_CREATE", message)
        return message

    def changed(self, message: Message, before: Json) -> None:
        """Tell of an edit; `before` is kept in the message's history."""
        message.edits.append(before)
        message.edited = self.clock.now()
        self.keep_files(message)
        self._tell("edit", message)
        self._dispatch("MESSAGE_UPDATE", message)

    def delete(self, message: Message) -> None:
        """Take a message away; the ledger keeps it."""
        viewers = self.viewers(message)
        message.is_deleted = True
        for person in viewers:
            self.feeds.tell(person, {"type": "delete", "id": str(message.id), "channel_id": str(message.channel_id)})
        if message.visible_to is None:
            channel = self.channels[message.channel_id]
            gone = {"id": str(message.id), "channel_id": str(message.channel_id)}
            intent = GUILD_MESSAGES if channel.guild_id else DIRECT_MESSAGES
            self.sessions.dispatch("MESSAGE_DELETE", gone | self._guild_of(channel), intent)

    def note_mentions(self, message: Message) -> None:
        """Write down whom a new message, or the first content of a loading one, notifies."""
        found = notified(message)
        if found:
            asked_by = (message.interaction or {}).get("user", {}).get("id")
            told = {"message": str(message.id), "nonce": message.nonce, "asked_by": asked_by}
            self.ledger.mentions.append(told | {"notified": sorted(found)})

    def keep_files(self, message: Message) -> None:
        """Serve the message's files from now on."""
        self.files |= {file.id: file for file in message.files}

    def _tell(self, kind: str, message: Message) -> None:
        for person in self.viewers(message):
            self.feeds.tell(person, {"type": kind, "message": payloads.message(self, message)})

    def _dispatch(self, event: str, message: Message) -> None:
        channel = self.channels[message.channel_id]
        hidden = bool(message.flags & EPHEMERAL)
        told = payloads.message(self, message) | ({} if hidden else self._guild_of(channel))
        private = hidden or channel.guild_id is None
        self.sessions.dispatch(event, told, DIRECT_MESSAGES if private else GUILD_MESSAGES)

    def _guild_of(self, channel: Channel) -> Json:
        return {"guild_id": str(channel.guild_id)} if channel.guild_id else {}

    # ---- interactions

    def interact(
        self, kind: int, person: Person, channel: Channel, data: Json, message: Message | None = None
    ) -> Interaction:
        """Tell the bot of a member's deed and start the three seconds."""
        one = Interaction(
            id=self.new_id(),
            token=secrets.token_urlsafe(48),
            kind=kind,
            member=person.id,
            channel_id=channel.id,
            guild_id=channel.guild_id,
            data=data,
            created=self.clock.now(),
            message_id=message.id if message else None,
        )
        if message is not None:
            one.messages.add(message.id)
        self.interactions[one.id], self.by_token[one.token] = one, one
        one.payload = payloads.interaction(self, one)
        self.sessions.dispatch("INTERACTION_CREATE", one.payload, 0)
        self.ledger.begun(one.id, time.perf_counter())
        self._time(one, ANSWER_S)
        return one

    def settle(self, one: Interaction, outcome: Json) -> None:
        """Tell the member how the bot answered; only the first time counts."""
        if one.outcome is None:
            told = {"type": "outcome", "interaction": str(one.id)} | outcome
            one.outcome = self.feeds.tell(one.member, told)
            one.settled.set()

    def age_s(self, one: Interaction) -> float:
        """Seconds since the interaction began."""
        return self.clock.now() - one.created

    def _time(self, one: Interaction, seconds: float) -> None:
        one.timer = asyncio.get_running_loop().call_later(seconds, self._look_at, one)

    def _look_at(self, one: Interaction) -> None:
        """Tell the member that the bot was too slow, or look again later."""
        left_s = ANSWER_S - self.age_s(one)
        if one.settled.is_set():
            return
        if left_s > 0:
            self._time(one, left_s + 0.001)
        else:
            self.settle(one, {"outcome": "failed", "text": "This application did not respond"})

    def advance(self, seconds: float) -> None:
        """Move the clock, and let what is too late now be too late.

        Raises: ValueError for a negative number.
        """
        self.clock.advance(seconds)
        for one in list(self.interactions.values()):
            if not one.settled.is_set() and self.age_s(one) > ANSWER_S:
                self._look_at(one)

    async def close(self) -> None:
        """Stop all timers and connections."""
        for one in self.interactions.values():
            if one.timer is not None:
                one.timer.cancel()
        await self.sessions.close()

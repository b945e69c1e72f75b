"""What a Discord server consists of: people, channels, messages, files, interactions."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

TEXT, DM, PUBLIC_THREAD, PRIVATE_THREAD = 0, 1, 11, 12
THREADS = (PUBLIC_THREAD, PRIVATE_THREAD)
EPHEMERAL, LOADING, V2 = 1 << 6, 1 << 7, 1 << 15
COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5

VIEW_CHANNEL, SEND_MESSAGES, EMBED_LINKS, ATTACH_FILES = 1 << 10, 1 << 11, 1 << 14, 1 << 15
READ_HISTORY, MANAGE_GUILD, MANAGE_MESSAGES = 1 << 16, 1 << 5, 1 << 13
CREATE_THREADS, SEND_IN_THREADS = 1 << 35, 1 << 38
INVITED_WITH = 309237959680 | READ_HISTORY  # what the bot's invite asks for
MEMBERS_MAY = VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | READ_HISTORY | 1 << 31


@dataclass(slots=True, kw_only=True)
class Person:
    """A member, or the bot itself."""

    id: int
    name: str
    is_bot: bool = False
    locale: str = "en-US"
    is_manager: bool = False
    is_adult: bool = True
    dms_open: bool = True
    roles: list[int] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Channel:
    """A text channel, a DM or a thread."""

    id: int
    name: str
    kind: int = TEXT
    guild_id: int | None = None
    is_nsfw: bool = False
    recipient: int | None = None  #: of a DM
    parent_id: int | None = None
    owner_id: int | None = None
    is_archived: bool = False
    is_locked: bool = False
    permissions: int | None = None  #: the bot's here; None: those of the server


@dataclass(slots=True, kw_only=True)
class Guild:
    """A server."""

    id: int
    name: str
    owner_id: int
    locale: str = "en-US"
    filesize_limit: int = 10 * 2**20  #: bytes
    permissions: int = INVITED_WITH  #: the bot's
    has_bot: bool = True
    members: set[int] = field(default_factory=set)
    roles: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class StoredFile:
    """A file on the CDN."""

    id: int
    name: str
    data: bytes
    content_type: str
    folder: str  #: "attachments" or "ephemeral-attachments"
    place: int  #: the channel's or application's id, part of its URL
    life_s: float  #: how long a URL to it lives
    description: str | None = None


@dataclass(slots=True, kw_only=True)
class Message:
    """A message, with its history."""

    id: int
    channel_id: int
    author: int
    created: float
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    files: list[StoredFile] = field(default_factory=list)
    flags: int = 0
    nonce: str | None = None
    visible_to: int | None = None  #: of an ephemeral one
    reply_to: int | None = None
    interaction: Json | None = None  #: Discord's interaction_metadata
    allowed_mentions: Json | None = None
    edited: float | None = None
    is_deleted: bool = False
    edits: list[Json] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Interaction:
    """One deed of a member that the bot must answer."""

    id: int
    token: str
    kind: int
    member: int
    channel_id: int
    guild_id: int | None
    data: Json
    created: float  #: seconds, on the stand-in's clock
    message_id: int | None = None  #: of the component pressed, or under the modal
    answered: int | None = None  #: the type of the callback
    original: int | None = None  #: the message @original stands for
    messages: set[int] = field(default_factory=set)  #: every message its token may touch
    outcome: Json | None = None  #: what the member was told of it
    settled: asyncio.Event = field(default_factory=asyncio.Event)  #: once there is an outcome
    timer: asyncio.TimerHandle | None = None  #: for the three seconds
    payload: Json = field(default_factory=dict)

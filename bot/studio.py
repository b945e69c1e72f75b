"""What commands and buttons are given: the store, what the engine can do, the clock, and a bell for the scheduler."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import discord

from bot import texts
from bot.attachments import Attachments
from bot.doorman import Doorman
from bot.namebook import Namebook
from storage.clock import Clock
from storage.errors import NotAllowed, TintypeError
from storage.records import Actor, ChannelId, ConceptId, GuildId, Job, JobKind, Kind, MemberId, NewJob

T = TypeVar("T")
SOON_S = 1.8  # for what must be known before the first answer, of the three seconds that Discord gives for it
USUAL_SIZE_PX = 64
INTAKES = 4  # members whose uploads are taken in at once: each may hold 200 MB and more in memory
NEEDED = ("view_channel", "send_messages", "attach_files", "read_message_history")  # to post cards where one was asked


class Rooms(Protocol):
    """The storage objects; they are touched on the store's one thread only."""

    db: Any
    queue: Any
    turns: Any
    concepts: Any
    photos: Any
    points: Any
    images: Any
    imports: Any
    vault: Any
    privacy: Any
    guilds: Any
    sharing: Any
    styles: Any
    wishes: Any
    moderation: Any
    rules: Any
    audit: Any
    setups: Any
    notes: Any
    names: Any
    pending: Any
    answers: Any
    questions: Any


class Store(Protocol):
    """Awaits storage on its one thread."""

    async def run(self, work: Callable[[Any], T], *, soon: bool = False) -> T:
        """Run the work with the rooms, on that thread; `soon` is before all other work."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodFacts:
    """A way to learn, as the engine advertises it."""

    name: str
    title: str
    summary: str
    min_photos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFacts:
    """What the engine said about itself in its last answer to `ping`."""

    state: str  #: loading, ready, failed
    base_id: str
    base_revision: str
    title: str
    size_px: int
    device: str
    device_type: str = ""  #: cpu, mps, cuda
    processor: str = ""  #: what computes and how many threads of it, where that is no graphics card
    threads: int = 0
    text_width: int | None = None  #: of what its layers read; tells families apart
    methods: Sequence[MethodFacts] = ()
    class_words: Mapping[str, Sequence[str]] = field(default_factory=dict)  #: by kind
    fits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  #: to imagine, to train: what that needs here
    looks: bool = False  #: whether it can look at photos before they are learned
    output_check: str = ""  #: what looks at pictures before they can be posted: a name, or off; empty: not yet known
    compares_faces: bool = False  #: whether people's likeness is told by their faces
    image_prompt: str = ""  #: what lets it draw what photos show before that is learned; empty: nothing
    edits: tuple[str, ...] | None = None  #: the ways to change photos with its base model; None: not said
    upscaler: str = ""  #: of the operator, for enlarging; empty: the base model does it

    @classmethod
    def from_ping(cls, engine: Mapping[str, Any]) -> EngineFacts:
        """Read the `engine` object of a ping's reply; parts it has not got yet are empty."""
        base = engine.get("base_model") or {}
        device = engine.get("device") or {}
        return cls(
            state=str(engine.get("state", "loading")),
            base_id=str(base.get("id", "")),
            base_revision=str(base.get("revision", "")),
            title=str(base.get("title") or base.get("id") or ""),
            size_px=int(base.get("size_px") or USUAL_SIZE_PX),
            device=str(device.get("name") or ""),
            device_type=str(device.get("type") or ""),
            processor=str(device.get("processor") or ""),
            threads=int(device.get("threads") or 0),
            text_width=int(base["text_width"]) if base.get("text_width") else None,
            methods=tuple(
                MethodFacts(
                    name=str(method["name"]),
                    title=str(method.get("title") or method["name"]),
                    summary=str(method.get("summary") or ""),
                    min_photos=int(method.get("min_photos") or 3),
                )
                for method in engine.get("methods") or ()
            ),
            class_words={kind: tuple(words) for kind, words in (engine.get("class_words") or {}).items()},
            fits=engine.get("fits") or {},
            looks=JobKind.LOOK in (engine.get("kinds") or ()),
            output_check=str(engine.get("output_check") or ""),
            compares_faces=bool(engine.get("compares_faces")),
            image_prompt=str(engine.get("image_prompt") or ""),
            edits=tuple(engine["edits"]) if "edits" in engine else None,
            upscaler=str(engine.get("upscaler") or ""),
        )

    def previews_of(self, kind: str) -> bool:
        """Whether it can draw what photos of this kind show; a style is nothing that they show."""
        return bool(self.image_prompt) and kind != Kind.STYLE

    def can_edit(self, edit: str) -> bool:
        """Whether photos can be changed in that way; an engine that has not said so yet decides when it draws."""
        return self.edits is None or edit in self.edits

    def method(self, name: str) -> MethodFacts | None:
        """The method of that name, if the engine has it."""
        return next((method for method in self.methods if method.name == name), None)


def size_px_of(facts: EngineFacts | None) -> int:
    """The side of what the base model trains at and draws; the usual one until an engine has said it."""
    return facts.size_px if facts else USUAL_SIZE_PX


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, where, and under which interaction."""

    actor: Actor
    channel: ChannelId
    key: str  #: the interaction's id: the same wish twice is one job
    limit_bytes: int  #: of one file in an answer
    missing: tuple[str, ...]  #: permissions that posting in this channel would need
    around: ChannelId | None = None  #: of a thread, the channel that it is in

    @property
    def member(self) -> MemberId:
        """Their id."""
        return self.actor.member

    @property
    def room(self) -> ChannelId:
        """The channel whose rules hold here."""
        return self.around or self.channel

    def new_job(
        self, kind: JobKind, request: Mapping[str, Any], *, predicted_s: float, concept: ConceptId | None = None
    ) -> NewJob:
        """What they wish here and now, to be queued once for this interaction."""
        return NewJob(
            kind=kind, owner=self.member, guild=self.actor.guild, channel=self.channel, key=self.key,
            request=request, predicted_s=predicted_s, concept=concept,
        )  # fmt: skip

    def needs_channel(self) -> None:
        """Raises: TintypeError(E_CHANNEL) when a card could not be posted here."""
        if self.missing:
            raise TintypeError("E_CHANNEL", missing=[texts.say(f"permission-{name}") for name in self.missing])


def asker_of(interaction: discord.Interaction[Any]) -> Asker:
    """Read from the interaction itself: nothing here is looked up or cached."""
    user = interaction.user
    roles = frozenset(role.id for role in user.roles) if isinstance(user, discord.Member) else frozenset()
    channel = interaction.channel_id
    if channel is None:
        raise NotAllowed("E_NOT_ALLOWED")
    actor = Actor(
        member=MemberId(user.id),
        guild=None if interaction.guild_id is None else GuildId(interaction.guild_id),
        roles=roles,
        is_manager=interaction.guild_id is not None and interaction.permissions.manage_guild,
        is_instance_owner=user.id in interaction.client.studio.owners,
        is_adult_channel=is_adult(interaction.channel),
        is_blocked=interaction.client.studio.door.is_blocked(interaction.guild_id, user.id),
        is_barred=interaction.client.studio.door.is_barred(user.id),
        blocked_until=interaction.client.studio.door.blocked_until(interaction.guild_id, user.id),
    )
    return Asker(
        actor=actor,
        channel=ChannelId(channel),
        key=str(interaction.id),
        limit_bytes=interaction.filesize_limit,
        missing=_missing(interaction),
        around=around_of(interaction.channel),
    )


def around_of(channel: object) -> ChannelId | None:
    """The channel around a thread; None of any other."""
    return ChannelId(channel.parent_id) if isinstance(channel, discord.Thread) else None


def is_adult(channel: object) -> bool:
    """Whether a channel is for adults only; a thread is what the channel around it is."""
    ask = getattr(channel, "is_nsfw", None)
    return ask is not None and bool(ask())


def _missing(interaction: discord.Interaction[Any]) -> tuple[str, ...]:
    if interaction.guild_id is None:
        return ()
    granted = interaction.app_permissions
    if granted.administrator:
        return ()
    needed = list(NEEDED)
    if isinstance(interaction.channel, discord.Thread):
        needed[needed.index("send_messages")] = "send_messages_in_threads"
    return tuple(name for name in needed if not getattr(granted, name))


class Studio:
    """The one object that commands are given.

    `facts` answers what the engine last said (None while none is awake); `wake` tells the scheduler that there is
    work; `follow` keeps the answer of a member who waits up to date; `inspect` is bot.inspection or what stands in for
    it; `guilds` are the servers allowed by the settings, `owners` the members who run this Tintype. `takes_photos`
    is whether new ones may come in at all, `intake` is held by whoever takes them, and
    `handing_out` by whoever hands weights out, which are several times in memory then.
    """

    def __init__(
        self,
        store: Store,
        *,
        facts: Callable[[], EngineFacts | None],
        wake: Callable[[], None],
        clock: Clock,
        attachments: Attachments,
        inspect: Any,
        guilds: frozenset[int] = frozenset(),
        owners: frozenset[int] = frozenset(),
        takes_photos: bool = True,
        follow: Callable[[discord.Interaction[Any], Job], None] = lambda interaction, job: None,
    ) -> None:
        self._store = store
        self.facts = facts
        self.wake = wake
        self.follow = follow
        self.clock = clock
        self.attachments = attachments
        self.inspect = inspect
        self.owners = owners
        self.takes_photos = takes_photos
        self.intake = asyncio.Semaphore(INTAKES)
        self.handing_out = asyncio.Lock()
        self.door = Doorman(self.run, self.soon, clock, guilds)
        self.names = Namebook(self.run)

    async def run(self, work: Callable[[Any], T]) -> T:
        """Run work with the storage objects on the store's thread."""
        return await self._store.run(work)

    async def soon(self, work: Callable[[Any], T], within_s: float = SOON_S) -> T:
        """Run work that must be done before an interaction can be answered at all: a form's text, a completion.

        Raises: TintypeError(E_STUDIO_BUSY) while there is still time to say so.
        """
        try:
            async with asyncio.timeout(within_s):
                return await self._store.run(work, soon=True)
        except TimeoutError as error:
            raise TintypeError("E_STUDIO_BUSY") from error

    async def admit(self, interaction: discord.Interaction[Any]) -> None:
        """Whether this member may use the operator's machine from here.

        Raises: NotAllowed(E_GUILD) in a server the operator has not approved, E_DM_FIRST in a direct message from
        somebody who was never seen in an approved one, E_USER_INSTALL where the bot itself is not a member.
        """
        guild = interaction.guild_id
        if guild is not None and interaction.is_user_integration() and not interaction.is_guild_integration():
            raise NotAllowed("E_USER_INSTALL")
        await self.door.admit(guild, interaction.user.id, texts.language())
        self.names.note(guild, interaction.user)

    def engine(self) -> EngineFacts:
        """What the engine can do.

        Raises: TintypeError(E_ENGINE_ASLEEP) while none has answered yet.
        """
        facts = self.facts()
        if facts is None or not facts.methods:
            raise TintypeError("E_ENGINE_ASLEEP")
        return facts

    def class_words(self, kind: Kind) -> Sequence[str]:
        """The words of the base model for a kind, the default first; empty while no engine is awake."""
        facts = self.facts()
        return () if facts is None else facts.class_words.get(kind, ())

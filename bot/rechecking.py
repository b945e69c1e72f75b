"""Whether an order may still be carried out when its turn comes: what was asked when it was put is asked once more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import discord

from bot.ground import texts_of
from bot.mixing import Given
from bot.store import Rooms
from bot.studio import around_of, is_adult
from storage.errors import NotAllowed, NotFound, TintypeError
from storage.moderation import EVERYWHERE
from storage.permissions import Action, can, may_go_on
from storage.queue import InLine
from storage.records import Actor, ChannelId, Concept, Job, JobKind, Kind, VersionId


@dataclass(frozen=True, slots=True)
class Scene:
    """Where an order was put, as that place is now."""

    room: ChannelId | None = None  #: the channel whose rules hold there; None of one that is gone
    is_adult: bool = False


NOWHERE = Scene()
SHOWING = {JobKind.SHEET, JobKind.PREVIEW}


def depends_on_place(job: InLine) -> bool:
    """Whether a job must wait until Discord has said what its channel is like now: of pictures that will stand there.

    Nobody would see them before that; what is learned goes on without Discord.
    """
    return job.kind is JobKind.IMAGINE and job.guild is not None


def scene_of(client: discord.Client | None, job: InLine) -> Scene | None:
    """What a job's channel is like now; None while Discord has not said it, or not again after an outage."""
    guild = client.get_guild(job.guild) if client and job.guild else None
    if client is None or (not client.is_ready() if guild is None else guild.unavailable):
        return None
    channel = client.get_channel(job.channel)
    room = None if channel is None else around_of(channel) or job.channel
    return Scene(room, is_adult(channel))


def refusal_of(rooms: Rooms, job: Job, scene: Scene) -> TintypeError | None:
    """Why a job that waits may not begin any more, as its member is to be told; None when it may.

    The member's roles are those that they had: they come with an interaction, and nothing is looked up for a job.
    """
    try:
        _check(rooms, job, scene)
    except (NotAllowed, NotFound) as refusal:
        return refusal
    return None


def _check(rooms: Rooms, job: Job, scene: Scene) -> None:
    actor = _actor(rooms, job, scene)
    if job.kind is not JobKind.IMAGINE:
        can(actor, Action.TRAIN)
        _needs_concepts_consent(rooms, job)
        return
    here = None if scene.room is None else rooms.setups.ground(job.guild, scene.room)
    can(actor, Action.POST, here)
    rooms.rules.refuse(job.guild, *texts_of(job.request))
    if job.request.get("is_from_upload") and scene.is_adult:
        raise NotAllowed("E_IMAGE_ADULT")
    words = job.request.get("words") or ()
    for word in words:
        _may_draw(rooms, job, scene, word)
    _needs_leave(rooms, job, words)


def _actor(rooms: Rooms, job: Job, scene: Scene) -> Actor:
    """Who asked, with the blocks that hold now; in a direct message, those of every server."""
    blocks = [one for one in rooms.moderation.blocks() if one.member == job.owner]
    here = [one for one in blocks if job.guild is None or one.guild in (job.guild, EVERYWHERE)]
    ends = [one.until for one in here]
    return Actor(
        member=job.owner,
        guild=job.guild,
        is_adult_channel=scene.is_adult,
        is_blocked=bool(here),
        is_barred=any(one.guild == EVERYWHERE for one in here),
        blocked_until=None if None in ends else max((end for end in ends if end is not None), default=None),
    )


def _may_draw(rooms: Rooms, job: Job, scene: Scene, word: Mapping[str, Any]) -> None:
    """Whether one word of an order is still there, open to its member, and allowed where they asked."""
    version = rooms.concepts.version(VersionId(word["version"]))
    concept = rooms.concepts.get(version.concept) if version else None
    if concept is None:
        raise NotFound("E_WORD_GONE")
    _needs_consent(rooms, concept, str(word["name"]))
    if not may_go_on(job.owner, job.guild, rooms.sharing.held(concept), job.request.get("roles")):
        raise NotAllowed("E_WORD_CLOSED", word=str(word["name"]))
    if concept.kind is Kind.PERSON and scene.is_adult:
        raise NotAllowed("E_PERSON_ADULT", word=str(word["name"]))


def _needs_consent(rooms: Rooms, concept: Concept, name: str) -> None:
    if not rooms.sharing.held(concept).has_consent:
        raise NotAllowed("E_CONSENT_BACK", word=name)


def _needs_concepts_consent(rooms: Rooms, job: Job) -> None:
    """What shows somebody needs their agreement; a training names that with which it goes on by itself."""
    concept = rooms.concepts.get(job.concept) if job.concept and job.kind in SHOWING else None
    if concept is not None:
        _needs_consent(rooms, concept, concept.name)


def _needs_leave(rooms: Rooms, job: Job, words: Collection[Mapping[str, Any]]) -> None:
    """Whether everybody whose leave an order needs by now has given it, and has not taken it back."""
    lacking = Given.read(rooms, job.request.get("given") or {}).lacking(rooms, job.owner, words)
    if lacking:
        concept = rooms.concepts.get(lacking[0].concept)
        raise NotAllowed("E_MIX_ASK", word=concept.name if concept else "")

"""Rows that tests of storage begin with."""

from __future__ import annotations

from typing import Any

from storage.concepts import Concepts
from storage.photos import Photos
from storage.records import (
    Actor,
    BlobId,
    ChannelId,
    Concept,
    Draft,
    GuildId,
    Image,
    ImageId,
    JobId,
    JobKind,
    Kind,
    MemberId,
    NewJob,
    Version,
)

ANA, BEN, EVE = MemberId(101), MemberId(102), MemberId(103)
HOME, ELSEWHERE, CHANNEL = GuildId(900), GuildId(901), ChannelId(800)
BLOB = BlobId("101-" + "a" * 32)


def wish(key: str = "k1", kind: JobKind = JobKind.TRAIN, owner: MemberId = ANA, **more: Any) -> NewJob:
    """A job to put."""
    values: dict[str, Any] = {"guild": HOME, "channel": CHANNEL, "request": {"prompt": "a <dog>"}}
    return NewJob(kind=kind, owner=owner, key=key, **(values | more))


def actor(member: MemberId = ANA, guild: GuildId | None = HOME, **more: Any) -> Actor:
    """Somebody who asks."""
    return Actor(member=member, guild=guild, **more)


def open_draft(photos: Photos, owner: MemberId = ANA, **more: Any) -> Draft:
    """A draft without photos."""
    values: dict[str, Any] = {
        "word": "ana-dog",
        "kind": Kind.ANIMAL,
        "class_word": "dog",
        "method": None,
        "consent_text": None,
    }
    return photos.open_draft(owner, HOME, CHANNEL, **(values | more))


def add_photo(photos: Photos, draft: Draft, content: bytes = b"pixels", name: str = "p.png") -> None:
    """One more photo in a draft."""
    photos.add(draft, name, content, b"small " + content, width_px=64, height_px=64, sha256="0" * 64, facts={"blur": 1})


def add_version(concepts: Concepts, concept: Concept, blob: BlobId, job: str = "0" * 16, **more: Any) -> Version:
    """One more training of a concept."""
    values: dict[str, Any] = {"sheet": None, "scores": {"pick": 0.9}}
    return concepts.add_version(
        concept.id, method="lora", class_word=concept.class_word, base_model="miniature", base_revision="1", blob=blob,
        sha256="0" * 64, size_bytes=3, job=JobId(job), **(values | more),
    )  # fmt: skip


def picture(owner: MemberId, job: str, blob: BlobId, position: int = 1, **more: Any) -> Image:
    """An image that was made."""
    values: dict[str, Any] = {
        "id": ImageId(f"{position:02}{job[2:]}"),
        "guild": HOME,
        "parent": None,
        "relation": None,
        "settings": {"prompt": "a <dog>"},
        "name": "1.png",
    }
    values |= {"seed": 7, "width_px": 64, "height_px": 64, "created_at": 1.0}
    return Image(job=JobId(job), position=position, owner=owner, blob=blob, **(values | more))

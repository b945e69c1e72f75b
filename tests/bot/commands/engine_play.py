"""The engine's part, played on the store: a word learned, a job failed, pictures drawn."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from bot.store import Rooms
from bot.studio import EngineFacts
from bot.takeover import settle
from storage.clock import SystemClock
from storage.labels import File, closed
from storage.photos import FAILED_S
from storage.records import BlobId, ConceptId, Image, ImageId, ImageWord, Job, Kind, Version, VersionId

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (8).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"


def weights_of(word: str, class_word: str, method: str) -> bytes:
    """A word's file as an engine writes it, with the fewest numbers."""
    layer, rows = "lora_unet_mid_block_attentions_0_proj_in.lora_down.weight", f"bundle_emb.{word}.string_to_param.*"
    names = {"textual_inversion": ["emb_params"], "pivotal": [layer, rows]}.get(method, [layer])
    entries = {
        name: {"dtype": "F32", "shape": [1, 4], "data_offsets": [16 * at, 16 * at + 16]}
        for at, name in enumerate(names)
    }
    told = {"tintype.word": word, "modelspec.trigger_phrase": f"{word} {class_word}" if names == [layer] else word}
    return closed(File(entries, told, bytes(16 * len(names))))


def learn(rooms: Rooms, job: Job, facts: EngineFacts) -> Version:
    weights = weights_of(str(job.request["word"]), job.request["class_word"], job.request["method"])
    blob, sheet, curve = (rooms.vault.put(job.owner, content) for content in (weights, PNG + b"sheet", PNG + b"curve"))
    made: list[Version] = []

    def write(_: Any) -> None:
        made.append(
            rooms.concepts.add_version(
                ConceptId(job.request["concept"]), method=job.request["method"], class_word=job.request["class_word"],
                base_model=facts.base_id, base_revision=facts.base_revision, blob=blob,
                sha256=hashlib.sha256(weights).hexdigest(), size_bytes=len(weights), sheet=sheet, scores={}, job=job.id,
            )
        )  # fmt: skip

    result = {"steps": 300, "best_step": 200, "seconds": 33.0, "bytes": len(weights), "sheet": sheet, "curve": curve}
    assert rooms.queue.commit(job.id, job.attempt, result, write)
    ended = rooms.queue.get(job.id)
    assert ended is not None
    settle(rooms, ended, FAILED_S)
    return made[0]


def fail(rooms: Rooms, job: Job, code: str, facts: dict[str, Any]) -> None:
    rooms.queue.fail(job.id, job.attempt, code, facts)
    ended = rooms.queue.get(job.id)
    assert ended is not None
    settle(rooms, ended, FAILED_S)


def draw(rooms: Rooms, job: Job) -> list[Image]:
    relation = job.request.get("relation") or {}
    words = [
        ImageWord(image=ImageId(""), version=VersionId(w["version"]), strength=w["strength"])
        for w in job.request["words"]
    ]
    concepts = [rooms.concepts.get(version.concept) for w in words if (version := rooms.concepts.version(w.version))]
    images = [
        Image(
            id=ImageId(hashlib.sha256(f"{job.id}{n}".encode()).hexdigest()[:16]), job=job.id, position=n,
            owner=job.owner, guild=job.guild, blob=rooms.vault.put(job.owner, PNG + b"image" + bytes([n])),
            name=f"image-{n}.png", seed=job.request["seed"] + n - 1, width_px=64, height_px=64,
            settings={"steps": 20, "guidance_scale": 5.0, "base_model": "miniature@1"},
            parent=relation.get("parent"), relation=relation.get("kind"), created_at=SystemClock().now(),
            has_person=any(concept is not None and concept.kind is Kind.PERSON for concept in concepts),
        )
        for n in range(1, job.request["count"] + 1)
    ]  # fmt: skip
    sheet: BlobId | None = rooms.vault.put(job.owner, PNG + b"grid") if len(images) > 1 else None

    def write(_: Any) -> None:
        for image in images:
            rooms.images.add(image, [replace(word, image=image.id) for word in words])

    result = {"seed": job.request["seed"]} | ({"sheet": sheet} if sheet else {})
    assert rooms.queue.commit(job.id, job.attempt, result, write)
    return images

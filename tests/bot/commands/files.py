"""Weights made elsewhere, handed in without Discord, and what an engine makes of them."""

from __future__ import annotations

from typing import Any

from bot import imports
from bot.imports import Asked
from bot.store import Rooms
from bot.studio import Asker
from bot.takeover import settle
from storage.inspection_client import InspectedImport, InspectedWeights
from storage.records import Actor, Job
from tests.bot.commands.stage import FACTS, PNG, Stage
from tests.storage.inspector.test_weights import file, lora

LORA = file(lora(), metadata={"modelspec.trigger_phrase": "sks dog"})


def handed_in(**card: Any) -> InspectedImport:
    """A LoRA as the inspector hands it on; with `card` a pack of one."""
    facts = {"kind": "lora", "rank": 4, "said": {"modelspec.trigger_phrase": "sks dog"}}
    weights = InspectedWeights(role="weights", content=LORA, facts=facts)
    layout = "pack" if card else "file"
    return InspectedImport(name="dog.safetensors", files=[weights], layout=layout, card=card or None, peft=None)


def begun_by(rooms: Rooms, stage: Stage, found: InspectedImport, **asked: Any) -> object:
    """Ana hands it in."""
    actor = Actor(member=stage.id_of("ana"), guild=stage.guild)
    asker = Asker(actor=actor, channel=stage.channel(), key=str(asked), limit_bytes=1, missing=())
    return imports.begun(rooms, asker, found, Asked(**asked), FACTS, 1000.0)


def end(rooms: Rooms, job: Job, **result: Any) -> Job:
    """What the engine and the scheduler do with it, at once."""
    claimed = rooms.queue.claim(job.id, "1", 60.0)
    assert claimed is not None
    blobs = {
        role: rooms.vault.put(job.owner, content)
        for role, content in (("weights", LORA), ("sheet", PNG + b"first"), ("cover", PNG + b"cover"))
    }
    told = {
        "word": job.request["word"], "class_word": job.request["class_word"], "kind": job.request["kind"],
        "method": "lora", "bytes": len(LORA), "sha256": "0" * 64, "base_model": FACTS.base_id,
        "base_revision": FACTS.base_revision, "trigger": "sks dog", "warnings": [],
    }  # fmt: skip
    assert rooms.queue.commit(job.id, claimed.attempt, told | blobs | result)
    ended = rooms.queue.get(job.id)
    assert ended is not None
    settle(rooms, ended, 1.0)
    return ended

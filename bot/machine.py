"""What an engine is and what it runs on, in the language of whoever reads it; names of makers stay what they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot import texts
from bot.studio import EngineFacts


def base_said(facts: EngineFacts) -> str:
    """The base model's title; the bundled one has no name of its own and is described."""
    key = f"base-{facts.base_id}"
    return texts.say(key) if texts.knows(key) else facts.title


def device_said(facts: EngineFacts) -> str:
    """`x86_64 CPU, 2 threads`; a graphics card by its name."""
    if not facts.processor or not facts.threads:
        return facts.device
    kind = facts.device_type.upper()
    return texts.say("device-processor", processor=facts.processor, kind=kind, threads=facts.threads)


def savings_said(fit: Mapping[str, Any]) -> str:
    """What a training does without so that it fits, each with what that saves; empty when it does with all."""
    told = [texts.say("saving", **one, percent=round(100 * one["value"])) for one in fit.get("savings") or ()]
    return texts.say("savings", savings=told) if told else ""

"""What decides a picture, and what of it the picture's own file says: the prompt only where that is wished."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from trainers.imagine import Drawing, words_of
from trainers.pipeline import Base


def settings_of(base: Base, asked: Drawing) -> dict[str, Any]:
    """Everything that decides a picture beside its prompts and its seed."""
    return {
        "steps": asked.steps or base.family.steps,
        "guidance_scale": base.family.guidance_scale if asked.guidance_scale is None else asked.guidance_scale,
        "shape": asked.shape,
        "base_model": f"{base.id}@{base.revision}",
        "words": [
            {"name": adapter.word, "method": adapter.method, "strength": strength}
            for adapter, strength in words_of(asked)
        ],
    }


def recipe_of(
    base: Base,
    asked: Drawing,
    seeds: Sequence[int],
    *,
    relation: Mapping[str, Any] | None = None,
    has_prompt: bool = False,
) -> dict[str, str]:
    """Text chunks for the PNG of one picture, or of a grid with its pictures' seeds in the order of their numbers.

    Prompts tell of people, so they stand in it only when that is wished. Of a picture that came from another it says
    how, and how far it leaves that one, but not which that was.
    """
    told: dict[str, Any] = {"seed": seeds[0]} if len(seeds) == 1 else {"seeds": list(seeds)}
    told |= settings_of(base, asked)
    if relation:
        told["relation"] = {name: relation[name] for name in ("kind", "strength")}
    if has_prompt:
        told |= {"prompt": asked.prompt, "negative_prompt": asked.negative_prompt}
    return {"Software": "Tintype", "tintype": json.dumps(told, ensure_ascii=False)}

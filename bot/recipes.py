"""How pictures were made, read back from the job and its images."""

from __future__ import annotations

from typing import Any

from bot.cards import Recipe
from bot.crediting import whole_credits_of
from bot.orders import finished, prompt_today
from bot.studio import Asker, EngineFacts
from storage.permissions import Action

SHOWN_SETTINGS = ("steps", "guidance_scale", "shape")  # what one would type elsewhere to get the same


def recipe_of(rooms: Any, asker: Asker, job_id: str, facts: EngineFacts | None) -> Recipe:
    """The recipe of a finished /imagine.

    Raises: NotFound, NotAllowed, TintypeError(E_PICTURE_GONE).
    """
    job, images = finished(rooms, asker, job_id, Action.RECIPE)
    first, relation = images[0], job.request.get("relation") or {}
    settings = dict(first.settings) | {"shape": job.request.get("shape", "square")}
    base = str(settings.get("base_model") or (facts.base_id if facts else ""))
    return Recipe(
        job=job.id,
        prompt=prompt_today(rooms, job, asker.actor),
        negative=str(job.request.get("negative_prompt", "")),
        seed=int(job.result.get("seed", first.seed)),
        width=first.width_px,
        height=first.height_px,
        words=whole_credits_of(rooms, job, asker.actor),
        base=base,
        settings=", ".join(f"{name} {settings[name]}" for name in SHOWN_SETTINGS if settings.get(name) is not None),
        quality=str(job.request.get("quality") or "normal"),
        when=job.ended_at or job.created_at,
        parent=relation.get("parent"),
        relation=str(relation.get("kind", "none")),
        begun=(job.request.get("image") or {}).get("strength"),
    )

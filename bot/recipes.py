"""How pictures were made, read back from the job and its images."""

from __future__ import annotations

from typing import Any

from bot.cards import Recipe
from bot.crediting import whole_credits_of
from bot.orders import finished, prompt_today
from bot.studio import Asker, EngineFacts
from storage.permissions import Action


def recipe_of(rooms: Any, asker: Asker, job_id: str, facts: EngineFacts | None) -> Recipe:
    """The recipe of a finished /imagine.

    Raises: NotFound, NotAllowed, TintypeError(E_PICTURE_GONE).
    """
    job, images = finished(rooms, asker, job_id, Action.RECIPE)
    first, relation = images[0], job.request.get("relation") or {}
    settings = first.settings
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
        quality=str(job.request.get("quality") or "normal"),
        when=job.ended_at or job.created_at,
        steps=settings.get("steps"),
        guidance_scale=settings.get("guidance_scale"),
        shape=str(job.request.get("shape") or "square"),
        parent=relation.get("parent"),
        relation=str(relation.get("kind", "none")),
        begun=(job.request.get("image") or {}).get("strength"),
        said=str(job.request.get("said", "")),
    )

"""Job kind `imagine`: a prompt with words to one to four images and their grid, each with its recipe inside."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from storage.errors import TintypeError
from trainers.attempt import Attempt
from trainers.drawing.encode import encoded
from trainers.drawing.grid import grid
from trainers.events import Done, Event, Made, Step, Stopped, Wish, made
from trainers.imagine import Wish as Drawing
from trainers.imagine import imagine as draw
from trainers.jobs import job
from trainers.weights import read_adapter
from trainers.worker import Running

if TYPE_CHECKING:
    from trainers.adapter import Adapter
    from trainers.method import Progress
    from trainers.pipeline import Base

MOST = 4
LIMIT_BYTES = 10 << 20  # what Discord takes without a boost
AMOUNTS = {"subtle": 0.45, "strong": 0.75}  # how far a variation leaves its parent
EDIT_STRENGTH = 0.7  # an edited prompt must be able to change the picture
ENLARGE_STRENGTH = 0.3  # enough to draw detail, too little to change what is shown
ENLARGE_FACTOR = 2
ENLARGED_MOST_PX = 2048


@job("imagine")
def imagine(base: Base, attempt: Attempt) -> Running:
    """Draw what is asked for.

    Raises: TintypeError E_COUNT, E_ATTEMPT, E_IMAGE_TOO_BIG; WeightsRefused for a file that is broken or foreign.
    """
    yield Step(phase="load", done=0, total=1)
    wish = wish_of(base, attempt)
    with closing(draw(base, wish)) as drawing:
        images = yield from _with_steps(drawing)
    if images is None:
        return Stopped()
    return _done(base, attempt, wish, images)


def _with_steps(
    drawing: Generator[Progress, None, list[Image.Image]],
) -> Generator[Event, Wish | None, list[Image.Image] | None]:
    """Tell each denoising step; None when it was wished to stop, which for images means to begin anew another time."""
    while True:
        try:
            progress = next(drawing)
        except StopIteration as end:
            return list(end.value)
        if (yield Step(phase="imagine", done=progress.done, total=progress.total)) is Wish.CHECKPOINT:
            return None


def wish_of(base: Base, attempt: Attempt) -> Drawing:
    """The order as something to draw.

    Raises: TintypeError E_COUNT, E_ATTEMPT; WeightsRefused.
    """
    count = attempt.get("count", int, 1)
    if not 1 <= count <= MOST:
        raise TintypeError("E_COUNT", count=count)
    shape = attempt.get("shape", str, "square")
    if shape not in base.family.shapes:
        raise TintypeError("E_ATTEMPT", field="shape")
    seed = attempt.get("seed", int, attempt.seed)
    relation = attempt.get("relation", dict, {})
    parent = _parent(attempt, relation)
    return Drawing(
        prompt=attempt.get("prompt", str),
        negative_prompt=attempt.get("negative_prompt", str, ""),
        seeds=tuple(seed + index for index in range(count)),
        adapters=tuple(_words(base, attempt)),
        shape=shape,
        steps=attempt.get("steps", int) if attempt.has("steps") else None,
        guidance_scale=attempt.get("guidance", float) if attempt.has("guidance") else None,
        parent=parent,
        strength=_strength(relation),
        size=_size(base, relation, parent),
    )


def _words(base: Base, attempt: Attempt) -> Sequence[tuple[Adapter, float]]:
    """Each word's adapter under the name that the prompt uses, which may have changed since it was learned."""
    found = []
    for row in attempt.records("words"):
        strength = row.get("strength", 1.0)
        if not isinstance(strength, int | float) or not isinstance(row.get("name"), str):
            raise TintypeError("E_ATTEMPT", field="words")
        for path in row.get("weights", ()):
            found.append((_named(read_adapter(attempt.file(path), base), row), float(strength)))
    return found


def _named(adapter: Adapter, row: Mapping[str, Any]) -> Adapter:
    """The adapter under the word's present name; a LoRA goes on to be said as it was learned."""
    return adapter.called(row["name"])


def _parent(attempt: Attempt, relation: Mapping[str, Any]) -> Image.Image | None:
    if not relation or relation.get("kind") == "again" or not relation.get("parent"):
        return None
    with Image.open(attempt.file(relation["parent"])) as image:
        return image.convert("RGB")


def _strength(relation: Mapping[str, Any]) -> float:
    kind, told = relation.get("kind"), relation.get("strength")
    if kind == "enlarge":
        return ENLARGE_STRENGTH
    if kind == "edit":
        return float(told) if isinstance(told, int | float) else EDIT_STRENGTH
    return AMOUNTS.get(str(relation.get("amount")), 0.6)


def _size(base: Base, relation: Mapping[str, Any], parent: Image.Image | None) -> tuple[int, int] | None:
    """Width and height in px where they are the parent's, not the shape's; multiples of what the UNet halves."""
    if parent is None:
        return None
    factor = ENLARGE_FACTOR if relation.get("kind") == "enlarge" else 1
    factor = min(float(factor), ENLARGED_MOST_PX / max(parent.size))
    unit = base.family.bucket_px
    width, height = (max(unit, round(side * factor / unit) * unit) for side in parent.size)
    return width, height


# --- what is left ----------------------------------------------------------------------------------------------------


def _done(base: Base, attempt: Attempt, wish: Drawing, images: Sequence[Image.Image]) -> Done:
    limit_bytes = attempt.get("limit_bytes", int, LIMIT_BYTES)
    settings = settings_of(base, attempt, wish)
    width, height = images[0].size
    files = []
    for index, (image, seed) in enumerate(zip(images, wish.seeds, strict=True), 1):
        recipe = {"software": "Tintype", "tintype": json.dumps({**settings, "seed": seed}, ensure_ascii=False)}
        alt = {"n": index, "prompt": wish.prompt, "seed": seed}
        files.append(_saved(attempt, image, f"image-{index}", "image", limit_bytes, recipe, alt))
    if len(images) > 1:
        alt = {"count": len(images), "prompt": wish.prompt}
        files.append(_saved(attempt, grid(images), "grid", "sheet", limit_bytes, {}, alt))
    return Done(
        result={"seed": wish.seeds[0], "width": width, "height": height, "settings": settings}, files=tuple(files)
    )


def settings_of(base: Base, attempt: Attempt, wish: Drawing) -> dict[str, Any]:
    """Everything that decides the images beside their seed."""
    relation = attempt.get("relation", dict, {})
    return {
        "prompt": wish.prompt,
        "negative_prompt": wish.negative_prompt,
        "steps": wish.steps or base.family.steps,
        "guidance_scale": base.family.guidance_scale if wish.guidance_scale is None else wish.guidance_scale,
        "shape": wish.shape,
        "base_model": f"{base.id}@{base.revision}",
        "words": [{"name": adapter.word, "method": adapter.method, "strength": s} for adapter, s in wish.adapters],
        "relation": {"kind": relation["kind"], "strength": wish.strength} if relation.get("kind") else None,
    }


def _saved(
    attempt: Attempt,
    image: Image.Image,
    name: str,
    role: str,
    limit_bytes: int,
    texts: Mapping[str, str],
    alt: Mapping[str, Any],
) -> Made:
    form = encoded(image, limit_bytes, texts)
    path: Path = attempt.folder / f"{name}{form.suffix}"
    path.write_bytes(form.content)
    return made(attempt.folder, path, role, size=form.size, alt=alt)

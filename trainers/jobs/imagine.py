"""Job kind `imagine`: a prompt with words to one to four images and their grid, each with its recipe inside."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageOps

from storage.errors import TintypeError
from trainers.attempt import Attempt
from trainers.drawing.encode import LIMIT_BYTES, encoded
from trainers.drawing.grid import grid
from trainers.drawing.held import is_held_back
from trainers.edits import edits, edits_on
from trainers.events import Done, Event, Made, Sample, Step, Stopped, Wish, made
from trainers.imagine import Drawing, sketched, words_of
from trainers.imagine import imagine as draw
from trainers.jobs import job
from trainers.recipe import recipe_of, settings_of
from trainers.showing import opened
from trainers.text import left_out
from trainers.upscaling import doubled, doubles
from trainers.weights import read_adapter
from trainers.worker import Running, followed

if TYPE_CHECKING:
    from torch import Tensor

    from trainers.adapter import Adapter
    from trainers.method import Progress
    from trainers.pipeline import Base

MOST = 4
AMOUNTS = {"subtle": 0.45, "strong": 0.75}  # how far a variation leaves its parent, where no number says it
VARY_STRENGTH = 0.6
QUALITIES = {"fast": 0.5, "normal": 1.0, "fine": 2.0}  # of the family's steps
LEAST_STEPS = 2
ENLARGE_FACTOR = 2
ENLARGED_MOST_PX = 2048
SHOWN_REST = 60  # characters of what was left out, enough to find the place


@job("imagine")
def imagine(base: Base, attempt: Attempt) -> Running:
    """Draw what is asked for.

    Raises: TintypeError E_COUNT, E_ATTEMPT, E_IMAGE_TOO_BIG, E_HELD_BACK when none may be shown,
    E_OUTPUT_CHECK_BROKEN; WeightsRefused for a file that is broken or foreign.
    """
    yield Step(phase="load", done=0, total=1)
    asked = drawing_of(base, attempt)
    images = yield from _watched(base, attempt, asked)
    if images is None:
        return Stopped()
    return _done(base, attempt, asked, images)


def _watched(base: Base, attempt: Attempt, asked: Drawing) -> Generator[Event, Wish | None, list[Image.Image] | None]:
    """Draw, telling each step, and half way a small picture of what it will be; None when it was wished to stop."""
    glimpses: list[Tensor] = []
    with closing(followed(_steps_of(base, asked, glimpses.append), _step)) as drawing:
        wish = None
        while True:
            try:
                event = drawing.send(wish)
            except StopIteration as end:
                images: list[Image.Image] | None = end.value
                return images
            wish = yield event
            if glimpses and wish is None:
                wish = yield _glimpse(base, attempt, asked, glimpses.pop())


def _steps_of(
    base: Base, asked: Drawing, glimpse: Callable[[Tensor], object]
) -> Generator[Progress, None, list[Image.Image]]:
    """How it is drawn: by an edit, by the operator's model for enlarging, or by the base."""
    if asked.edit:
        return edits()[asked.edit].draw(base, asked)
    return doubled(base, asked) if doubles(base, asked) else draw(base, asked, glimpse)


def _step(progress: Progress) -> Step:
    return Step(phase="imagine", done=progress.done, total=progress.total)


def _glimpse(base: Base, attempt: Attempt, asked: Drawing, latents: Tensor) -> Sample:
    images = sketched(base, latents, is_strict=asked.is_strict)
    alt = {"count": len(images), "prompt": asked.prompt}
    seen = images[0] if len(images) == 1 else grid(images)
    file = _saved(attempt, seen, "preview", "preview", {}, alt)
    return Sample(point=1, done=0, score=None, files=(file,))


def drawing_of(base: Base, attempt: Attempt) -> Drawing:
    """The order as something to draw.

    Raises: TintypeError E_COUNT, E_ATTEMPT, E_EDIT_BASE; WeightsRefused.
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
    if parent is not None and relation.get("kind") == "image":
        parent = ImageOps.fit(parent, base.family.shapes[shape], Image.Resampling.LANCZOS)
    return Drawing(
        prompt=attempt.get("prompt", str),
        negative_prompt=attempt.get("negative_prompt", str, ""),
        seeds=tuple(seed + index for index in range(count)),
        adapters=tuple(_words(base, attempt)),
        shape=shape,
        steps=_steps(base, attempt),
        guidance_scale=attempt.get("guidance_scale", float) if attempt.has("guidance_scale") else None,
        parent=parent,
        strength=_strength(base, relation),
        keeps_parent=_enlarges(relation),
        size=_size(base, relation, parent),
        **_edit(base, relation, parent),
        is_strict=attempt.get("is_strict", bool, default=True),
    )


def _words(base: Base, attempt: Attempt) -> Sequence[tuple[Adapter, float]]:
    """Each word's adapter under the name that the prompt uses, which may have changed since it was learned.

    How strong a word is stands in the prompt; a row's `multiplier`, of the command line, is applied on top.
    """
    found = []
    for row in attempt.records("words"):
        multiplier = row.get("multiplier", 1.0)
        if not isinstance(multiplier, int | float) or not isinstance(row.get("name"), str):
            raise TintypeError("E_ATTEMPT", field="words")
        for path in row.get("weights", ()):
            adapter = read_adapter(attempt.file(path), base)
            found.append((adapter.called(row["name"]), float(multiplier)))
    return found


def _parent(attempt: Attempt, relation: Mapping[str, Any]) -> Image.Image | None:
    if relation.get("kind") == "again" or not relation.get("parent"):
        return None
    return opened(attempt.file(relation["parent"]))


def _edit(base: Base, relation: Mapping[str, Any], parent: Image.Image | None) -> dict[str, Any]:
    """Another way to draw from the parent, if one is wanted.

    Raises: TintypeError E_ATTEMPT, E_EDIT_BASE.
    """
    edit, said = relation.get("edit", ""), relation.get("said", "")
    if not edit:
        return {}
    if edit not in edits() or parent is None or not isinstance(said, str):
        raise TintypeError("E_ATTEMPT", field="relation")
    if edit not in edits_on(base.family):
        raise TintypeError("E_EDIT_BASE", base=base.family.title)
    return {"edit": edit, "said": said}


def _steps(base: Base, attempt: Attempt) -> int:
    """As many as are said, else what the quality makes of the family's.

    Raises: TintypeError E_ATTEMPT.
    """
    if attempt.has("steps"):
        return attempt.get("steps", int)
    quality = attempt.get("quality", str, "normal")
    if quality not in QUALITIES:
        raise TintypeError("E_ATTEMPT", field="quality")
    return max(LEAST_STEPS, round(base.family.steps * QUALITIES[quality]))


def _enlarges(relation: Mapping[str, Any]) -> bool:
    return relation.get("kind") == "enlarge"


def _strength(base: Base, relation: Mapping[str, Any]) -> float:
    told = relation.get("strength")
    if _enlarges(relation):
        return base.family.enlarging_strength
    if isinstance(told, int | float):
        return min(1.0, max(0.0, float(told)))
    return AMOUNTS.get(str(relation.get("amount")), VARY_STRENGTH)


def _size(base: Base, relation: Mapping[str, Any], parent: Image.Image | None) -> tuple[int, int] | None:
    """Width and height in px where they are the parent's, not the shape's; multiples of what the UNet halves."""
    if parent is None:
        return None
    wanted = ENLARGE_FACTOR if _enlarges(relation) else 1
    factor = min(float(wanted), ENLARGED_MOST_PX / max(parent.size))
    unit = base.family.bucket_px
    width, height = (max(unit, round(side * factor / unit) * unit) for side in parent.size)
    return width, height


# --- what is left ----------------------------------------------------------------------------------------------------


def _done(base: Base, attempt: Attempt, asked: Drawing, images: Sequence[Image.Image]) -> Done:
    drawn = list(zip(images, asked.seeds, strict=True))
    shown = [(image, seed) for image, seed in drawn if not is_held_back(image)]
    if not shown:
        raise TintypeError("E_HELD_BACK", count=len(drawn))
    relation = _relation(attempt, asked)
    recipe = partial(recipe_of, base, asked, relation=relation, has_prompt=attempt.get("has_prompt", bool, False))
    files = []
    for number, (image, seed) in enumerate(shown, 1):
        alt = {"n": number, "prompt": asked.prompt, "seed": seed}
        files.append(_saved(attempt, image, f"image-{number}", "image", recipe([seed]), alt))
    if len(shown) > 1:
        alt = {"count": len(shown), "prompt": asked.prompt}
        texts = recipe([seed for _, seed in shown])
        files.append(_saved(attempt, grid([image for image, _ in shown]), "grid", "sheet", texts, alt))
    width, height = shown[0][0].size
    held = len(drawn) - len(shown)
    result = {
        "seed": asked.seeds[0],
        "width": width,
        "height": height,
        "settings": settings_of(base, asked) | {"relation": relation},
        "held_back": held,
        "warnings": [*([{"code": "W_HELD_BACK", "count": held}] if held else []), *_warnings(base, asked)],
    }
    return Done(result=result, files=tuple(files))


def _warnings(base: Base, asked: Drawing) -> list[dict[str, str]]:
    """What of the prompts was too long to be heard; of the negative one nothing is quoted, since no card shows it."""
    rest = left_out(base, asked.prompt, [adapter for adapter, _ in words_of(asked)])
    cut = [{"code": "W_PROMPT_CUT", "rest": rest[:SHOWN_REST]}] if rest else []
    return [*cut, *([{"code": "W_NEGATIVE_CUT"}] if left_out(base, asked.negative_prompt, ()) else [])]


def _relation(attempt: Attempt, asked: Drawing) -> dict[str, Any] | None:
    kind = attempt.get("relation", dict, {}).get("kind")
    return {"kind": kind, "strength": asked.strength} if kind else None


def _saved(
    attempt: Attempt,
    image: Image.Image,
    name: str,
    role: str,
    texts: Mapping[str, str],
    alt: Mapping[str, Any],
) -> Made:
    form = encoded(image, attempt.get("limit_bytes", int, LIMIT_BYTES), texts)
    path = attempt.folder / f"{name}{form.suffix}"
    path.write_bytes(form.content)
    return made(attempt.folder, path, role, size=form.size, alt=alt)

"""The cards of what was made: a learned word, a grid of pictures, one picture, a recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot import texts
from bot.buttons import Button
from bot.cards import layout
from bot.cards.credits import Credit, credit_line
from bot.cards.layout import Card, Picture
from bot.cards.photos import KeptPhotos, drop_button, kept_line
from bot.plain import plain
from storage.records import Kind

PHOTO = "photo"  # that was edited by words: the same words give the same pictures, so there is no *Again*
PROMPT_CHARACTERS = 1000  # shown of a prompt; the whole one is in the recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """The figures of one finished training, as its result card shows them."""

    job: str
    concept: str
    owner: int
    word: str
    method: str
    steps: int
    planned_steps: int
    has_stalled: bool  #: whether it ended before these because no sample point got better
    best_step: int | None
    mean_of: Sequence[int]  #: steps, where the mean of several sample points was the best
    seconds: float
    size_bytes: int
    photos: int
    kind: str
    version: str | None = None  #: that it made, while it is there
    kept: KeptPhotos | None = None  #: None when they were deleted after learning
    warnings: Sequence[Mapping[str, Any]] = ()  #: each a code and its facts

    @property
    def is_person(self) -> bool:
        """Whether its pictures are for its owner alone."""
        return self.kind == Kind.PERSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One finished /imagine."""

    job: str
    owner: int
    prompt: str
    seed: int
    relation: str = "none"  #: vary, edit, enlarge, again, photo
    words: Sequence[Credit] = ()
    images: Sequence[bytes] = ()  #: none when they were deleted
    sheet: bytes | None = None  #: the grid drawn by the engine, when there is more than one image
    is_spoiler: bool = False
    warnings: Sequence[Mapping[str, Any]] = ()  #: each a code and its facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one picture was made; everything needed to make it again."""

    job: str
    prompt: str
    negative: str
    seed: int
    width: int
    height: int
    words: Sequence[Credit]
    base: str
    quality: str
    when: float  #: unix seconds
    steps: int | None = None  #: None where the engine did not say it
    guidance_scale: float | None = None
    shape: str = "square"
    parent: str | None = None
    relation: str = "none"
    begun: float | None = None  #: how far it leaves the picture that was sent to begin from
    said: str = ""  #: what that picture shows, when it was edited by words
    pictures: Sequence[Picture] = field(default=())


def result_card(learned: Learned, sheet: Picture | None, curve: Picture | None) -> Card:
    """A word that was learned: its sample sheet, its figures, *Try it*. Of a person no picture is shown."""
    pictures = [] if learned.is_person else [picture for picture in (sheet, curve) if picture is not None]
    legends = [texts.say(f"{part}-legend") for part, one in (("curve", curve), ("sheet", sheet)) if one is not None]
    buttons = [layout.button("try", learned.concept, texts.say("btn-try"), style=layout.SUCCESS)]
    if learned.is_person:
        buttons.append(layout.button("show_me", learned.job, texts.say("btn-show-me")))
    if learned.version:
        buttons.append(layout.button("compare", learned.version, texts.say("btn-compare")))
    if learned.kept:
        buttons.append(drop_button(learned.kept))
    return layout.card(
        layout.text(
            layout.lines(
                texts.say("result-title", word=plain(learned.word)),
                _figures(learned),
                texts.say("queued-by", owner=str(learned.owner)),
                _photos(learned),
                texts.say("result-private") if learned.is_person else None,
                *remarks(learned.warnings),
                texts.say("result-use", word=learned.word, kind=learned.kind),
            )
        ),
        layout.gallery(pictures) if pictures else None,
        layout.text(layout.lines(*legends)) if pictures else None,
        *layout.rows(buttons),
        pictures=pictures,
    )


def _photos(learned: Learned) -> str | None:
    if learned.kept:
        return kept_line(learned.kept)
    return texts.say("result-photos", count=learned.photos) if learned.photos else None


def _figures(learned: Learned) -> str:
    figures = texts.say(
        "result-figures",
        method=plain(learned.method),
        steps=learned.steps,
        seconds=texts.span(learned.seconds),
        size=texts.size(learned.size_bytes),
    )
    return layout.lines(figures, _best(learned))


def _best(learned: Learned) -> str | None:
    """Which sample point it is, and whether the training ended before its last step because none got better."""
    if learned.mean_of:
        told = texts.say("result-mean", steps=", ".join(map(str, learned.mean_of)))
    elif learned.best_step is not None:
        told = texts.say("result-best", step=learned.best_step)
    else:
        return None
    has_ended_early = learned.has_stalled and learned.steps < learned.planned_steps
    return f"{told} {texts.say('result-stalled', most=learned.planned_steps)}" if has_ended_early else told


def grid_card(grid: Grid) -> Card:
    """Pictures with their buttons. With a drawn grid that one is shown, else the single picture."""
    count = len(grid.images)
    if not count:
        return layout.card(layout.text(layout.lines(_heading(grid), texts.say("deleted-images"))))
    picture = _shown(grid)
    return layout.card(
        layout.text(_heading(grid)),
        layout.gallery([picture]),
        *_rows_of_each(grid.job, count),
        *layout.rows(
            [
                *([] if grid.relation == PHOTO else [_again(grid)]),
                layout.button("edit", grid.job, texts.say("btn-edit")),
                layout.button("recipe", grid.job, texts.say("btn-recipe")),
                layout.button("report", grid.job, texts.say("btn-report")),
                layout.button("delete", grid.job, texts.say("btn-delete"), style=layout.DANGER),
            ]
        ),
        pictures=[picture],
    )


def _again(grid: Grid) -> Button:
    return layout.button("again", grid.job, texts.say("btn-again"), style=layout.PRIMARY)


def _rows_of_each(job: str, count: int) -> list[layout.Row]:
    """What can be done with each picture: a row for each deed, or one row when there is one picture."""
    numbers = range(1, count + 1)
    deeds = [
        [layout.button("enlarge", job, texts.say("btn-enlarge", n=n), n=n) for n in numbers],
        [layout.button("vary", job, texts.say("btn-vary", n=n), n=n) for n in numbers],
        [layout.button("vary_strong", job, texts.say("btn-vary-strong", n=n), n=n) for n in numbers],
        [layout.button("star", job, texts.say("btn-star", n=n), n=n) for n in numbers],
    ]
    return layout.rows([deed[0] for deed in deeds]) if count == 1 else [layout.Row(*deed) for deed in deeds]


def _heading(grid: Grid) -> str:
    words = [credit_line(word) for word in grid.words]
    return layout.lines(
        texts.say("imagine-title", prompt=plain(grid.prompt, PROMPT_CHARACTERS)),
        texts.say("grid-by", owner=str(grid.owner), seed=str(grid.seed), relation=grid.relation),
        texts.say("grid-words", words=words) if words else None,
        *remarks(grid.warnings),
    )


def remarks(warnings: Sequence[Mapping[str, Any]]) -> list[str]:
    """The sentences of what an engine warned of; an engine newer than this bot may know further codes."""
    known = [warning for warning in warnings if texts.knows(str(warning.get("code")))]
    return [texts.say(str(one["code"]), **{name: _fact(fact) for name, fact in one.items()}) for one in known]


def _fact(fact: Any) -> Any:
    return plain(fact) if isinstance(fact, str) else fact


def _shown(grid: Grid) -> Picture:
    if len(grid.images) > 1 and grid.sheet is not None:
        alt = texts.say("grid-alt", count=len(grid.images), prompt=grid.prompt)
        return Picture.named(grid.job, grid.sheet, alt, is_spoiler=grid.is_spoiler)
    alt = texts.say("image-alt", n=1, prompt=grid.prompt)
    return Picture.named(grid.job, grid.images[0], alt, is_spoiler=grid.is_spoiler)


def delete_theirs_card(job: str, owner: int) -> Card:
    """The question before a moderator deletes another member's pictures."""
    return layout.card(
        layout.text(texts.say("delete-theirs-ask", owner=str(owner))),
        *layout.rows([layout.button("delete_theirs", job, texts.say("btn-delete-theirs"), style=layout.DANGER)]),
    )


def deleted_card() -> Card:
    """What is left of a grid whose pictures were deleted."""
    return layout.card(layout.text(texts.say("deleted-images")))


def moderated_card() -> Card:
    """What is left of a grid whose pictures a moderator deleted."""
    return layout.card(layout.text(texts.say("moderated-images")))


def hidden_card() -> Card:
    """What is shown of pictures that were reported, until a moderator has looked at them."""
    return layout.card(layout.text(texts.say("hidden-images")))


def withdrawn_card() -> Card:
    """What is left of pictures of a person who took their agreement back."""
    return layout.card(layout.text(texts.say("withdrawn-images")))


def recipe_card(recipe: Recipe) -> Card:
    """Everything needed to make the pictures again."""
    words = [credit_line(word) for word in recipe.words]
    parent = recipe.parent and texts.say("recipe-parent", parent=recipe.parent, relation=recipe.relation)
    begun = None if recipe.begun is None else texts.say("recipe-begun", strength=recipe.begun)
    said = texts.say("recipe-said", said=plain(recipe.said, PROMPT_CHARACTERS)) if recipe.said else None
    body = layout.lines(
        texts.say("recipe-title"),
        texts.say("recipe-prompt", prompt=plain(recipe.prompt, PROMPT_CHARACTERS)),
        texts.say("recipe-negative", negative=plain(recipe.negative, PROMPT_CHARACTERS)) if recipe.negative else None,
        texts.say("recipe-seed", seed=str(recipe.seed), width=recipe.width, height=recipe.height),
        texts.say("recipe-words", words=words) if words else None,
        texts.say("recipe-base", base=plain(recipe.base)),
        texts.say("recipe-quality", quality=texts.say(f"choice-{recipe.quality}")),
        texts.say("recipe-settings", settings=_settings(recipe)),
        begun,
        said,
        parent,
        texts.say("recipe-job", job=recipe.job, when=str(int(recipe.when))),
    )
    pictures = list(recipe.pictures)
    return layout.card(layout.text(layout.cut(body)), layout.gallery(pictures) if pictures else None, pictures=pictures)


def _settings(recipe: Recipe) -> str:
    """What one would set elsewhere to get the same."""
    steps, scale, shape = recipe.steps, recipe.guidance_scale, f"choice-{recipe.shape}"
    told = [
        None if steps is None else texts.say("recipe-steps", steps=steps),
        None if scale is None else texts.say("recipe-guidance", scale=scale),
        texts.say("recipe-shape", shape=texts.say(shape) if texts.knows(shape) else plain(recipe.shape)),
    ]
    return " · ".join(part for part in told if part)

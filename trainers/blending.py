"""Base models of one family as one: their denoisers and text encoders, one tensor after another."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad

from storage.atomic import write_atomic
from storage.errors import TintypeError
from trainers.diffusion import FLOW, is_flow
from trainers.families import Family, family_of
from trainers.models import CHECKER, INDEX, PINS, UNUSED
from trainers.pipeline import ENCODERS, located_base
from trainers.streaming import Tensors, write_like
from trainers.whole_folders import sweep, whole

DENOISERS = {"unet": "UNet", "transformer": "Transformer"}  #: the folder -> what it is called
PLAIN = (".json", ".txt", ".model", ".jinja")  # settings and vocabularies
STEMS = ("diffusion_pytorch_model", "model")  # of a part's weights, as diffusers and transformers call them
SHARDS = ".safetensors.index.json"
FIRST = "conv_in.weight"  # of a UNet: models for inpainting see further channels
SPARED = UNUSED | {CHECKER}  # parts that an index names and a fetched model does without
NOTE = "tintype.merge"  # in the metadata of each file
CARD = "README.md"
LETTERS = "ABC"
SPARE_BYTES = 256 << 20  # room that must stay on the disk

Tell = Callable[[int, int], object]  #: is told how many tensors of how many are done


@dataclass(frozen=True)
class Model:
    """A base model on this machine, of which nothing is loaded yet."""

    folder: Path
    id: str
    revision: str  #: or, of a folder, its fingerprint

    @property
    def name(self) -> str:
        """As base models are named: `owner/name@revision`."""
        return f"{self.id}@{self.revision}"

    @cached_property
    def index(self) -> Mapping[str, Any]:
        """What the pipeline consists of."""
        return self._told(INDEX)

    @cached_property
    def family(self) -> Family:
        """Raises: TintypeError E_NO_FAMILY, E_BASE_LOAD."""
        return family_of(self.id, self._told(f"{self.denoiser}/config.json"), self._scheduler)

    @property
    def predicts(self) -> str:
        """What its denoiser was taught to predict: epsilon, v_prediction, flow."""
        return FLOW if is_flow(self._scheduler) else str(self._scheduler.get("prediction_type", "epsilon"))

    @property
    def licence(self) -> str:
        """As its repository told when it was fetched; empty where that is not known."""
        pins = self.folder / PINS
        return str(json.loads(pins.read_text("utf-8"))["licence"]) if pins.is_file() else ""

    @property
    def parts(self) -> list[str]:
        """The folders that its pipeline is loaded from; of what it can do without, those that are here.

        A name that is no plain one could lead out of the model's folder, and is no part.
        """
        named = [name for name, value in self.index.items() if name.isidentifier() and _is_part(value)]
        return [name for name in named if name not in SPARED or (self.folder / name).is_dir()]

    @property
    def own_index(self) -> Mapping[str, Any]:
        """What the pipeline consists of where it has these parts alone; diffusers loads none for `[null, null]`."""
        parts = self.parts
        return {
            name: [None, None] if _is_part(value) and name not in parts else value for name, value in self.index.items()
        }

    @property
    def denoiser(self) -> str:
        """The folder of its UNet, or of the transformer in the UNet's place."""
        return next((part for part in self.parts if part in DENOISERS), next(iter(DENOISERS)))

    @property
    def merged_parts(self) -> list[str]:
        """Denoiser and text encoders."""
        return [part for part in self.parts if part == self.denoiser or part.startswith(ENCODERS)]

    def weights(self, part: str) -> list[Path]:
        """The files that a part's numbers are read from, shards in their order; none of other precisions."""
        for stem in STEMS:
            shards = self.folder / part / f"{stem}{SHARDS}"
            if shards.is_file():
                named = set(self._told(f"{part}/{shards.name}")["weight_map"].values())
                return [shards.parent / Path(name).name for name in sorted(named)]
            if (only := self.folder / part / f"{stem}.safetensors").is_file():
                return [only]
        return []

    @property
    def _scheduler(self) -> Mapping[str, Any]:
        return self._told("scheduler/scheduler_config.json")

    def _told(self, name: str) -> Mapping[str, Any]:
        try:
            told: Mapping[str, Any] = json.loads((self.folder / name).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise TintypeError("E_BASE_LOAD", base=self.id) from error
        return told


def _is_part(value: Any) -> bool:
    """Of an index: library and class of a part. Where there is none both are null; all else are settings."""
    return isinstance(value, list) and len(value) == 2 and all(isinstance(each, str) for each in value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What becomes of which models."""

    first: Model  #: A, whose layout, precision, vocabulary, scheduler and VAE the new one has
    second: Model  #: B
    less: Model | None = None  #: C: then what B has learned beyond it is added
    amount: float  #: m

    @property
    def models(self) -> list[Model]:
        """All that take part."""
        return [self.first, self.second, *([self.less] if self.less else [])]

    @property
    def formula(self) -> str:
        """As people write it."""
        return "A + m·(B − C)" if self.less else "A·(1 − m) + B·m"

    def of(self, a: Tensor, b: Tensor, c: Tensor | None = None) -> Tensor:
        """Alike parents give the very same numbers, and so do m = 0 and, of a weighted sum, m = 1."""
        return torch.lerp(a, b, self.amount) if c is None else a + self.amount * (b - c)


def model_named(name: str) -> Model:
    """A base model by the name or the folder that settings have for it.

    Raises: TintypeError E_MODEL_NAME, E_MODEL_MISSING, E_MODEL_CHANGED, E_BASE_LOAD, E_NO_FAMILY.
    """
    model = Model(*located_base(name))
    if not model.merged_parts or not all(map(model.weights, model.merged_parts)) or not model.family:
        raise TintypeError("E_BASE_LOAD", base=name)
    return model


def blend(recipe: Recipe, target: Path, tell: Tell = lambda done, total: None) -> int:
    """Write the new model into a folder that is not there yet, whole or not at all; how many tensors were computed.

    One tensor of each model is in memory at a time.
    Raises: TintypeError E_BLEND_FAMILY, E_BLEND_TENSOR, E_BLEND_NAN, E_BLEND_DISK, E_OUT_TAKEN, E_BASE_LOAD,
    E_DISK_FULL.
    """
    check(recipe)
    if target.exists():
        raise TintypeError("E_OUT_TAKEN", path=str(target))
    sweep(target)
    _check_disk(recipe.first, target.parent)
    with whole(target) as folder:
        _copy(recipe.first, folder)
        write_atomic(folder / CARD, card_of(recipe, target.name).encode(), mode=0o644)
        return _write_parts(recipe, folder, tell)


def check(recipe: Recipe) -> None:
    """Raises: TintypeError E_BASE_LOAD where A is not whole, E_BLEND_FAMILY where not all are of one kind."""
    first = recipe.first
    if not all((first.folder / part).is_dir() for part in first.parts):
        raise TintypeError("E_BASE_LOAD", base=first.id)
    for other in recipe.models[1:]:
        if (other.family.name, other.predicts) != (first.family.name, first.predicts):
            told = {"name": first.name, "family": _kind(first), "other": other.name, "other_family": _kind(other)}
            raise TintypeError("E_BLEND_FAMILY", **told)


def _kind(model: Model) -> str:
    return f"{model.family.title} ({model.predicts})"


def _check_disk(first: Model, folder: Path) -> None:
    need = sum(path.stat().st_size for part in first.parts for path in first.weights(part)) + SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < need:
        raise TintypeError("E_BLEND_DISK", need_mib=need >> 20, free_mib=free >> 20, folder=str(folder))


def _copy(first: Model, folder: Path) -> None:
    """All that is loaded of A but the numbers that are computed anew; nothing of other precisions, and no pickles."""
    write_atomic(folder / INDEX, f"{json.dumps(first.own_index, indent=2)}\n".encode(), mode=0o644)
    for part in first.parts:
        (folder / part).mkdir()
        plain = [path for path in sorted((first.folder / part).iterdir()) if path.suffix in PLAIN]
        kept = [] if part in first.merged_parts else first.weights(part)
        for path in (*plain, *kept):
            shutil.copyfile(path, folder / part / path.name)


# --- numbers ---------------------------------------------------------------------------------------------------------


def _write_parts(recipe: Recipe, folder: Path, tell: Tell) -> int:
    first, notes, done = recipe.first, {NOTE: json.dumps(told_of(recipe))}, 0
    with ExitStack() as stack:
        opened = {
            part: [Tensors(model.weights(part), model.name, stack) for model in recipe.models]
            for part in first.merged_parts
        }
        total = sum(len(models[0]) for models in opened.values())
        for part, models in opened.items():
            made = partial(_made, recipe, part, models)
            for path in first.weights(part):
                for _ in write_like(path, folder / part / path.name, notes, made):
                    done += 1
                    tell(done, total)
    return total


def _made(recipe: Recipe, part: str, models: Sequence[Tensors], name: str) -> Tensor:
    """One tensor of the new model, in A's precision; what is no number of the network stays A's."""
    a = models[0].get(name)
    if a is None or not a.is_floating_point():
        return _or_refused(a, models[0], part, name)
    wide = torch.float64 if a.dtype == torch.float64 else torch.float32
    every = [a.to(wide), *(_like(a, other, part, name).to(wide) for other in models[1:])]
    made = (_first(recipe, *every) if name == FIRST else recipe.of(*every)).to(a.dtype)
    if not bool(torch.isfinite(made).all()):
        raise TintypeError("E_BLEND_NAN", part=part, tensor=name)
    return made


def _first(recipe: Recipe, a: Tensor, b: Tensor, *c: Tensor) -> Tensor:
    """A UNet's first layer, (O, I, k, k), I being more where it was taught to fill parts of pictures.

    Channels that A alone sees, or A and C, stay A's. In those that A and B see and C does not, C counts as zeros: with
    them it draws what it draws, and training for inpainting begins so (the card of Stable Diffusion Inpainting).
    """
    seen = b.shape[1]
    fitted = (pad(each, (0, 0, 0, 0, 0, seen - each.shape[1])) for each in c)  # less than none cuts
    return torch.cat([recipe.of(a[:, :seen], b, *fitted), a[:, seen:]], 1)


def _like(a: Tensor, other: Tensors, part: str, name: str) -> Tensor:
    """A's counterpart in another model."""
    found = _or_refused(other.get(name), other, part, name)
    shape = (a.shape[0], min(a.shape[1], found.shape[1]), *a.shape[2:]) if name == FIRST else a.shape
    return found if found.shape == shape else _or_refused(None, other, part, name)


def _or_refused(found: Tensor | None, model: Tensors, part: str, name: str) -> Tensor:
    if found is None:
        raise TintypeError("E_BLEND_TENSOR", name=model.model, part=part, tensor=name)
    return found


# --- what it says of itself ------------------------------------------------------------------------------------------


def told_of(recipe: Recipe) -> dict[str, Any]:
    """Recipe and parents, by letters; of folders no path."""
    return {
        "recipe": recipe.formula,
        "amount": recipe.amount,
        "parents": {
            letter: {"id": model.id, "revision": model.revision, "licence": model.licence}
            for letter, model in zip(LETTERS, recipe.models, strict=False)
        },
    }


def card_of(recipe: Recipe, name: str) -> str:
    """The new model's card, as repositories of models have them, for people and for Hugging Face."""
    fetched = [f"- {model.id}" for model in recipe.models if model.licence]
    rows = [
        f"| {letter} | {model.id} | {model.revision} | {model.licence or 'not known'} |"
        for letter, model in zip(LETTERS, recipe.models, strict=False)
    ]
    merged = f"{DENOISERS[recipe.first.denoiser]} and text encoders"
    lines = [
        "---",
        *(["base_model:", *dict.fromkeys(fetched), "base_model_relation: merge"] if fetched else []),
        "tags:",
        "- merge",
        "---",
        "",
        f"# {name}",
        "",
        f"{recipe.formula} with m = {recipe.amount:g}: {merged} of {recipe.first.family.title}, in A's",
        "precision. VAE, vocabulary, scheduler and settings are A's.",
        "",
        "| | model | revision | licence |",
        "|---|---|---|---|",
        *rows,
        "",
        "The licences of all of them hold for it.",
    ]
    return "\n".join(lines) + "\n"

"""Layers of a base with something of peft's around them while they are trained, and what that comes to in the end."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from trainers.adapter import Adapter
from trainers.differences import Difference, LowRank, of_one_alpha
from trainers.families import IN_ATTENTION
from trainers.hearing import prior_of, said_of
from trainers.learning import PlanSettings, Pupil, learn, plan_of
from trainers.method import Lesson, Progress, setting
from trainers.pipeline import Base
from trainers.places import by_part, in_place, is_in_encoder
from trainers.products import ADAPTER, as_products
from trainers.quantised import hollow, outline_of, plain
from trainers.weights import write_adapter

if TYPE_CHECKING:
    from peft import PeftConfig

#: LoCon's further ones: the convolutions between those blocks
CONVOLUTIONS = ("conv1", "conv2", "conv_shortcut", "downsamplers.0.conv", "upsamplers.0.conv")
BYTES_PER_NUMBER = 2  # files are float16
CLASS_IMAGES = "what the prior holds on to: so many pictures of the class word; 0 needs none"

Values = Mapping[str, Tensor]  #: a layer's trained numbers, by peft's names of them
DifferenceOf = Callable[[nn.Module, Values], Difference]


@dataclass(frozen=True, slots=True)
class LayerSettings(PlanSettings):
    """What all methods that train layers have; a member never sees these."""

    rank: int = setting(16, 1, 256, "14 MB at 16 for SD 1.5; higher learns more and overfits sooner")
    alpha: float = setting(16.0, 0.1, 512, "equal to the rank, so that the rate means the same at every rank")
    prior: float = setting(0.0, 0, 10, "weight of the base's own prediction for the class word; doubles the time")
    class_images: int = setting(0, 0, 400, CLASS_IMAGES)


def targets_of(denoiser: nn.Module, pattern: re.Pattern[str] = IN_ATTENTION) -> list[tuple[str, nn.Linear | nn.Conv2d]]:
    """The layers that are trained, by name: 192 in Stable Diffusion 1.5."""
    return [
        (name, module)
        for name, module in denoiser.named_modules()
        if isinstance(module, nn.Linear | nn.Conv2d) and pattern.fullmatch(name)
    ]


def convolutions_of(unet: nn.Module) -> list[tuple[str, nn.Conv2d]]:
    """The convolutions of residual blocks and samplers, by name: 64 in Stable Diffusion 1.5.

    Source: LyCORIS, Yeh et al. 2023, arXiv 2309.14859, section 3.1 (LoCon).
    """
    return [
        (name, module)
        for name, module in unet.named_modules()
        if isinstance(module, nn.Conv2d) and name.endswith(CONVOLUTIONS)
    ]


def names_of(base: Base) -> Sequence[str]:
    """Of the layers that are trained."""
    return [name for name, _ in targets_of(base.denoiser, base.family.targets)]


def layers_of(base: Base) -> Sequence[nn.Module]:
    """The layers that are trained, as they are frozen."""
    return [layer for _, layer in targets_of(base.denoiser, base.family.targets)]


def new_layers(base: Base, config: PeftConfig, seed: int, names: Sequence[str] | None = None) -> dict[str, nn.Module]:
    """Peft's layers around the frozen ones, by name, taken out of the UNet again; trainable in float32.

    `names`: of the layers as `layer_at` has them, where it is not those of `names_of`. The same seed gives the same
    start, whatever other parts of the base are trained.
    """
    layers: dict[str, nn.Module] = {}
    for number, (prefix, part, own) in enumerate(by_part(base, names_of(base) if names is None else names)):
        made = _taken_out(part, _config_for(own, config), seed + number, own)
        layers |= {prefix + name: layer for name, layer in made.items()}
    for layer in layers.values():
        for _, value in _own(layer):
            value.data = value.data.float()
            value.requires_grad_(True)
    return layers


def _config_for(names: Sequence[str], config: PeftConfig) -> PeftConfig:
    """The same without patterns that mean none of these layers, which peft warns of."""
    own = copy.copy(config)
    for kind in ("rank_pattern", "alpha_pattern"):
        if patterns := getattr(config, kind, None):
            meant = {one: value for one, value in patterns.items() if any(re.fullmatch(one, name) for name in names)}
            setattr(own, kind, meant)
    return own


def _taken_out(part: nn.Module, config: PeftConfig, seed: int, names: Sequence[str]) -> dict[str, nn.Module]:
    """Peft's layers around those of one part, which has its own again."""
    from peft import inject_adapter_in_model

    kept = {name: part.get_submodule(name) for name in names}
    setattr(config, "target_modules", list(names))  # noqa: B010  all kinds here have it, their base class has not
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            inject_adapter_in_model(config, part)
        return {name: part.get_submodule(name) for name in names}
    finally:  # memory may end halfway, and the base goes on serving
        for name, layer in kept.items():
            part.set_submodule(name, layer)
        vars(part).pop("peft_config", None)  # peft's note that it was here


def _own(layer: nn.Module) -> list[tuple[str, nn.Parameter]]:
    """What peft added to a layer: `lora_A.default.weight` and `hada_w1_a.default` as `lora_A` and `hada_w1_a`."""
    return [
        (name.partition(f".{ADAPTER}")[0], value) for name, value in layer.named_parameters() if f".{ADAPTER}" in name
    ]


def trained(layers: Mapping[str, nn.Module]) -> dict[str, nn.Parameter]:
    """What is trained of these layers, by the layer's name and peft's."""
    return {f"{name}.{part}": value for name, layer in layers.items() for part, value in _own(layer)}


def differences(
    layers: Mapping[str, nn.Module], average: Mapping[str, Tensor], difference_of: DifferenceOf
) -> dict[str, Difference]:
    """What trained numbers, by the names of `trained`, come to, as files hold them; others among them are left out."""
    found: dict[str, Difference] = {}
    for name, layer in layers.items():
        values = {part: average[f"{name}.{part}"].detach().float().cpu() for part, _ in _own(layer)}
        found[name] = difference_of(layer, values)
    return of_one_alpha(found)


def train_layers(
    base: Base,
    lesson: Lesson,
    settings: LayerSettings,
    method: str,
    config: PeftConfig,
    difference_of: DifferenceOf,
    names: Sequence[str] | None = None,
    *,
    has_means: bool = True,
    text_pace: float = 1.0,
) -> Generator[Progress, None, None]:
    """Train peft's layers; they are in the base only while a step runs.

    `names` as in `new_layers`, `has_means` as in `Pupil`. `text_pace`: how many times the rate those of text encoders
    learn at.
    """
    layers = new_layers(base, config, lesson.seed, names)
    parameters = trained(layers)
    of_encoders = [name for name in parameters if is_in_encoder(name)]
    is_encoder_trained = bool(of_encoders)
    quick = as_products(layers)

    def adapter(average: Mapping[str, Tensor]) -> Adapter:
        linear = differences(layers, average, difference_of)
        return Adapter(lesson.word, lesson.class_word, method, linear=linear)

    pupil = Pupil(
        parameters=parameters,
        attached=lambda: in_place(base, quick),
        said=said_of(base, lesson, is_encoder_trained=is_encoder_trained),
        prior=prior_of(base, lesson, settings, is_encoder_trained=is_encoder_trained),
        hears_anew=is_encoder_trained,
        write=lambda path, average: write_adapter(path, base, lesson, method, adapter(average)),
        has_means=has_means,
        paces=dict.fromkeys(of_encoders, text_pace),
    )
    yield from learn(base, lesson, plan_of(settings, len(lesson.photos)), pupil)


def lora_config(settings: LayerSettings, **more: Any) -> PeftConfig:
    """Peft's settings of a LoRA."""
    from peft import LoraConfig

    return LoraConfig(r=settings.rank, lora_alpha=settings.alpha, **more)  # type: ignore[arg-type]


def lora_difference(layer: nn.Module, values: Values) -> LowRank:
    """What peft's LoRA comes to; that of a window of several pixels keeps it."""
    down, up = values["lora_A"], values["lora_B"]
    scale = float(layer.scaling[ADAPTER])  # type: ignore[index]
    is_window = down[0, 0].numel() > 1
    return LowRank(down if is_window else down.flatten(1), up.flatten(1), scale)


def merged(layer: nn.Module, values: Values) -> Tensor:
    """What peft adds to a layer's weight, whatever the form of its adapter: (O, I, k, k) float32.

    It is computed on a copy: the frozen layer stays as it is.
    """
    twin = copy.deepcopy(layer).cpu()
    twin.base_layer = plain(twin.base_layer)  # type: ignore[type-var]
    twin = twin.float()
    with torch.no_grad():
        for part, value in _own(twin):
            value.copy_(values[part])
        before = twin.base_layer.weight.clone()  # type: ignore[union-attr, operator]
        twin.merge()  # type: ignore[operator]
        after: Tensor = twin.base_layer.weight  # type: ignore[union-attr, assignment]
        return after - before


def pair_bytes(layers: Iterable[nn.Module], rank: int, *, is_shortened: bool = False) -> int:
    """How large a file of these layers' low-rank differences is.

    `is_shortened`: by `shortened`, which gives a narrow layer no more than it needs.
    """
    shapes = [(len(weight), weight[0].numel()) for weight in map(outline_of, layers)]
    ranks = [min(rank, *shape) if is_shortened else rank for shape in shapes]
    return sum(sum(shape) * own for shape, own in zip(shapes, ranks, strict=True)) * BYTES_PER_NUMBER


def layers_bytes(base: Base, config: PeftConfig) -> int:
    """How large a file of all that peft adds is; it is counted around hollow layers, which take no memory."""
    targets = targets_of(base.denoiser, base.family.targets)
    frozen = nn.ModuleDict({str(number): hollow(layer) for number, (_, layer) in enumerate(targets)})
    around = _taken_out(frozen, config, 0, [*frozen])
    return sum(value.numel() for value in trained(around).values()) * BYTES_PER_NUMBER

"""LoRA: low-rank differences of the UNet's attention, the method to begin with."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trainers.adapter import Adapter, LowRank
from trainers.learning import Pupil, captions_of, learn, plan_of
from trainers.method import Lesson, Progress, register, setting
from trainers.pipeline import Base, swapped
from trainers.text import encode_prompt, stacked
from trainers.weights import write_adapter

#: kohya's choice: all linear layers of the transformer blocks, and what leads into and out of them
IN_BLOCKS = ("to_q", "to_k", "to_v", "to_out.0", "ff.net.0.proj", "ff.net.2")
AROUND_BLOCKS = ("proj_in", "proj_out")
BYTES_PER_NUMBER = 2  # files are float16


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """What an operator may change; a member never sees these."""

    rank: int = setting(16, 1, 256, "14 MB at 16 for SD 1.5; higher learns more and overfits sooner")
    alpha: float = setting(16.0, 0.1, 512, "equal to the rank, so that the rate means the same at every rank")
    learning_rate: float = setting(1e-4, 1e-7, 1e-1, "diffusers' and ai-toolkit's default for AdamW")
    steps_per_photo: int = setting(100, 1, 1000, "training-facts.md, 4: 80 to 120 a photo")
    min_steps: int = setting(400, 1, 20_000, "fewer leave a face half learnt")
    max_steps: int = setting(1500, 1, 20_000, "more only overfit a few photos")
    batch_size: int = setting(1, 1, 64, "fits 8 GB at 512 px")
    weight_decay: float = setting(1e-2, 0, 1, "AdamW's default")
    points: int = setting(4, 1, 20, "sample points; the best is kept")


@register
class Lora:
    """Trains rank-r differences of attention and feed-forward layers through peft."""

    name, title, settings = "lora", "LoRA", LoraSettings
    summary = "Learns shape and detail well; a file of a few megabytes that works in every other program."
    min_photos = 3

    def train(self, base: Base, lesson: Lesson, settings: LoraSettings) -> Generator[Progress, None, None]:
        """Train; the layers are in the UNet only while a step runs."""
        layers = new_layers(base, settings, lesson.seed)
        pupil = Pupil(
            parameters=lora_parameters(layers),
            attached=lambda: swapped(base.unet, layers),
            hidden=_cached_text(base, lesson),
            write=lambda path, average: write_adapter(
                path, base, lesson, self.name, lora_adapter(lesson, settings, average, self.name)
            ),
        )
        yield from learn(base, lesson, plan_of(settings, len(lesson.photos)), pupil)

    def file_bytes(self, base: Base, settings: LoraSettings) -> int:
        """The numbers of all pairs at two bytes each."""
        shapes = [layer.weight.shape[:2] for _, layer in targets_of(base.unet)]
        return sum((out + into) * settings.rank for out, into in shapes) * BYTES_PER_NUMBER


def targets_of(unet: nn.Module) -> list[tuple[str, nn.Linear | nn.Conv2d]]:
    """The layers that are trained, by name: 192 in Stable Diffusion 1.5."""
    return [
        (name, module)
        for name, module in unet.named_modules()
        if isinstance(module, nn.Linear | nn.Conv2d)
        and ".attentions." in name
        and name.endswith(IN_BLOCKS + AROUND_BLOCKS)
    ]


def new_layers(base: Base, settings: LoraSettings, seed: int) -> dict[str, nn.Module]:
    """Peft's layers around the frozen ones, by name, taken out of the UNet again; trainable in float32.

    The same seed gives the same start.
    """
    from peft import LoraConfig, inject_adapter_in_model

    names = [name for name, _ in targets_of(base.unet)]
    kept = {name: base.unet.get_submodule(name) for name in names}
    config = LoraConfig(r=settings.rank, lora_alpha=settings.alpha, target_modules=names)  # type: ignore[arg-type]
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            inject_adapter_in_model(config, base.unet)
        layers = {name: base.unet.get_submodule(name) for name in names}
    finally:  # memory may end halfway, and the base goes on serving
        for name, layer in kept.items():
            base.unet.set_submodule(name, layer)
        vars(base.unet).pop("peft_config", None)  # peft's note that it was here
    for layer in layers.values():
        layer.lora_A.float().requires_grad_(True)
        layer.lora_B.float().requires_grad_(True)
    return layers


def lora_parameters(layers: Mapping[str, nn.Module]) -> dict[str, nn.Parameter]:
    """What is trained of these layers, by name."""
    return {
        f"{name}.{part}": getattr(layer, f"lora_{part}")["default"].weight
        for name, layer in layers.items()
        for part in ("A", "B")
    }


def _cached_text(base: Base, lesson: Lesson) -> Callable[[Sequence[str]], Tensor]:
    word = Adapter(lesson.word, lesson.class_word, "lora")
    captions = sorted(set(captions_of(base, lesson)))
    hidden = stacked(base, [encode_prompt(base, caption, [(word, 1.0)]).hidden for caption in captions])
    known = dict(zip(captions, hidden[:, None], strict=True))
    return lambda asked: torch.cat([known[caption] for caption in asked])


def lora_adapter(lesson: Lesson, settings: LoraSettings, average: Mapping[str, Tensor], method: str) -> Adapter:
    """Trained numbers, by the names of `lora_parameters`, as a word's; others among them are left out."""
    scale = settings.alpha / settings.rank
    names = [name.removesuffix(".A") for name in average if name.endswith(".A")]
    linear = {
        name: LowRank(average[f"{name}.A"].flatten(1).cpu(), average[f"{name}.B"].flatten(1).cpu(), scale)
        for name in names
    }
    return Adapter(lesson.word, lesson.class_word, method, linear=linear)

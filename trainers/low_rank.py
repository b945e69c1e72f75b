"""Low-rank differences while they are trained: which layers, peft's layers around them, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trainers.adapter import Adapter, LowRank
from trainers.method import Lesson, setting
from trainers.pipeline import Base

#: kohya's choice: all linear layers of the transformer blocks, and what leads into and out of them
IN_BLOCKS = ("to_q", "to_k", "to_v", "to_out.0", "ff.net.0.proj", "ff.net.2")
AROUND_BLOCKS = ("proj_in", "proj_out")
BYTES_PER_NUMBER = 2  # files are float16


@dataclass(frozen=True, slots=True)
class LowRankSettings:
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


def targets_of(unet: nn.Module) -> list[tuple[str, nn.Linear | nn.Conv2d]]:
    """The layers that are trained, by name: 192 in Stable Diffusion 1.5."""
    return [
        (name, module)
        for name, module in unet.named_modules()
        if isinstance(module, nn.Linear | nn.Conv2d)
        and ".attentions." in name
        and name.endswith(IN_BLOCKS + AROUND_BLOCKS)
    ]


def new_layers(base: Base, settings: LowRankSettings, seed: int) -> dict[str, nn.Module]:
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


def lora_adapter(lesson: Lesson, settings: LowRankSettings, average: Mapping[str, Tensor], method: str) -> Adapter:
    """Trained numbers, by the names of `lora_parameters`, as a word's; others among them are left out."""
    scale = settings.alpha / settings.rank
    names = [name.removesuffix(".A") for name in average if name.endswith(".A")]
    linear = {
        name: LowRank(average[f"{name}.A"].flatten(1).cpu(), average[f"{name}.B"].flatten(1).cpu(), scale)
        for name in names
    }
    return Adapter(lesson.word, lesson.class_word, method, linear=linear)


def low_rank_bytes(base: Base, settings: LowRankSettings) -> int:
    """How large a file of all pairs is."""
    shapes = [layer.weight.shape[:2] for _, layer in targets_of(base.unet)]
    return sum((out + into) * settings.rank for out, into in shapes) * BYTES_PER_NUMBER

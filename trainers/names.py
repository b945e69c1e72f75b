"""What files call the layers of a base, and which layer a file means; the names are kohya's."""

from __future__ import annotations

import re
from collections.abc import Mapping

from torch import nn

from trainers.pipeline import Base, encoder_name
from trainers.quantised import Packed

PREFIX = "lora_unet_"
PREFIXES = (PREFIX, "lora_te_", "lora_te1_", "lora_te2_")
#: a pair's halves in files whose names keep their dots, which are peft's
DOTTED = {"lora_down.weight": "lora_A.weight", "lora_up.weight": "lora_B.weight"}
#: such a name, with what ai-toolkit, ComfyUI and diffusers write before it
DOTTED_KEY = re.compile(
    r"(?:diffusion_model|transformer)\.(?P<layer>.+)"
    r"\.(?P<part>lora_[AB]\.weight|lora_(?:down|up)\.weight|alpha|lokr_w[12](?:_[ab])?|hada_w[12]_[ab]|diff)"
)
KOHYA = {dotted: part for part, dotted in DOTTED.items()}
TEXT_MODEL = "text_model"  # CLIP's own layer between a text encoder and its layers


def kohya_name(module: str) -> str:
    """`down_blocks.0.….to_q` -> `lora_unet_down_blocks_0_…_to_q`."""
    return PREFIX + module.replace(".", "_")


def name_in_files(base: Base, name: str) -> str:
    """What kohya calls a layer: `lora_unet_…`, `lora_te_text_model_…`; of two encoders `lora_te1_…`, `lora_te2_…`."""
    part, _, own = name.partition(".")
    if part not in {encoder_name(at) for at in range(len(base.encoders))}:
        return kohya_name(base.family.names_in_files(name))
    number = "" if len(base.encoders) == 1 else "1" if part == encoder_name(0) else "2"
    return f"lora_te{number}_{TEXT_MODEL}_{own.removeprefix(f'{TEXT_MODEL}.')}".replace(".", "_")


def key_in_files(base: Base, name: str, part: str) -> str:
    """What a part of a layer's difference is called in files: kohya's way, or with its dots where its family's are."""
    prefix = base.family.layer_prefix
    return f"{prefix}{name}.{DOTTED.get(part, part)}" if prefix else f"{name_in_files(base, name)}.{part}"


def split_key(key: str) -> tuple[str, str]:
    """(kohya's name of the layer, kohya's name of the part) of a key of either way."""
    if found := DOTTED_KEY.fullmatch(key):
        return kohya_name(found["layer"]), KOHYA.get(found["part"], found["part"])
    stem, _, part = key.partition(".")
    return stem, part


def layer_names(base: Base) -> Mapping[str, str]:
    """The base's layers, by each name that a file of kohya's may call them."""
    layers = [name for name, module in base.denoiser.named_modules() if _has_weight(module)]
    of_unet = {kohya_name(said): name for name in layers for said in (name, base.family.names_in_files(name))}
    return of_unet | _names_in_encoders(base)


def _has_weight(module: nn.Module) -> bool:
    """To ask a packed layer for its weight would make it."""
    return isinstance(module, Packed) or hasattr(module, "weight")


def _names_in_encoders(base: Base) -> dict[str, str]:
    """An only text encoder's are also called as the first of two; transformers has left `text_model` out at times."""
    found: dict[str, str] = {}
    for at, encoder in enumerate(base.encoders):
        for own, module in encoder.model.named_modules():
            if isinstance(module, nn.Linear):
                name = f"{encoder_name(at)}.{own}"
                stem = own.removeprefix(f"{TEXT_MODEL}.").replace(".", "_")
                numbered = f"lora_te{at + 1}_"
                found |= dict.fromkeys(
                    (name_in_files(base, name), f"{numbered}{TEXT_MODEL}_{stem}", f"{numbered}{stem}"), name
                )
    return found

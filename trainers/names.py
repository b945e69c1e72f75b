"""What files call the layers of a base, and which layer a file means; the names are kohya's."""

from __future__ import annotations

from collections.abc import Mapping

from torch import nn

from trainers.pipeline import Base, encoder_name

PREFIX = "lora_unet_"
PREFIXES = (PREFIX, "lora_te_", "lora_te1_", "lora_te2_")
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


def layer_names(base: Base) -> Mapping[str, str]:
    """The base's layers, by each name that a file of kohya's may call them."""
    layers = [name for name, module in base.denoiser.named_modules() if hasattr(module, "weight")]
    of_unet = {kohya_name(said): name for name in layers for said in (name, base.family.names_in_files(name))}
    return of_unet | _names_in_encoders(base)


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

"""One LoRA of the tiny base as kohya, diffusers and peft write it, by their own code where there is some."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionPipeline
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
from safetensors.torch import save_file
from torch import Tensor

from tests.trainers.bases import base_for, tiny_pipeline
from trainers.adapter import Adapter
from trainers.differences import LowRank
from trainers.layers import targets_of
from trainers.weights import layer_tensors

RANK, ALPHA = 4, 2.0


def sample(unet: torch.nn.Module) -> Adapter:
    """Random differences of all layers that a LoRA has."""
    generator = torch.Generator().manual_seed(3)

    def some(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator).mul(0.3).half().float()

    linear = {
        name: LowRank(some(RANK, layer.weight.shape[1]), some(layer.weight.shape[0], RANK), ALPHA / RANK)
        for name, layer in targets_of(unet)
    }
    return Adapter("zed", "cat", "lora", linear=linear)


def config(adapter: Adapter, **more: Any) -> LoraConfig:
    return LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=list(adapter.linear), **more)


def put_into(module: torch.nn.Module, adapter: Adapter, prefix: str = "") -> None:
    """Give peft's layers the adapter's numbers."""
    for name, low in adapter.linear.items():
        layer: Any = module.get_submodule(f"{prefix}{name}")
        layer.lora_A.default.weight.data = low.down.reshape(layer.lora_A.default.weight.shape).clone()
        layer.lora_B.default.weight.data = low.up.reshape(layer.lora_B.default.weight.shape).clone()


def by_kohya(folder: Path, adapter: Adapter) -> list[Path]:
    notes = {"ss_base_model_version": "tintype_miniature", "ss_network_module": "networks.lora"}
    save_file(layer_tensors(adapter, base_for("v_prediction")), folder / "kohya.safetensors", notes)
    return [folder / "kohya.safetensors"]


def by_diffusers(folder: Path, adapter: Adapter) -> list[Path]:
    unet = tiny_pipeline("v_prediction").unet
    unet.add_adapter(config(adapter))
    put_into(unet, adapter)
    layers = get_peft_model_state_dict(unet)
    told = unet.peft_config["default"].to_dict()
    StableDiffusionPipeline.save_lora_weights(folder, layers, unet_lora_adapter_metadata=told)
    return [folder / "pytorch_lora_weights.safetensors"]


def by_peft(folder: Path, adapter: Adapter) -> list[Path]:
    model = get_peft_model(tiny_pipeline("v_prediction").unet, config(adapter))
    put_into(model, adapter, "base_model.model.")
    model.save_pretrained(str(folder))
    return [folder / "adapter_model.safetensors"]


def by_old_diffusers(folder: Path, adapter: Adapter) -> list[Path]:
    """Attention processors, which had no alpha: what it is multiplied by is in the numbers."""
    tensors: dict[str, Tensor] = {}
    for name, low in adapter.linear.items():
        attention, _, leaf = name.removesuffix(".0").rpartition(".")
        if leaf in {"to_q", "to_k", "to_v", "to_out"}:
            key = f"unet.{attention}.processor.{leaf}_lora"
            tensors |= {f"{key}.down.weight": low.down.clone(), f"{key}.up.weight": low.up * low.scale}
    save_file(tensors, folder / "old.safetensors")
    return [folder / "old.safetensors"]


LAYOUTS: Mapping[str, Callable[[Path, Adapter], list[Path]]] = {
    "kohya": by_kohya,
    "diffusers": by_diffusers,
    "peft": by_peft,
}

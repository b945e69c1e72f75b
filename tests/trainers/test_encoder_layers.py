"""Differences of text encoders: read in every layout, heard as if they were merged, gone without a trace."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionPipeline
from peft import LoraConfig, get_peft_model_state_dict
from safetensors.torch import load_file, save_file
from torch import nn

from tests.trainers.bases import Fingerprints, tiny_pipeline
from tests.trainers.layouts import ALPHA, RANK, config, put_into, sample
from trainers.adapter import Adapter
from trainers.differences import LowRank
from trainers.imagine import Drawing, finished, imagine
from trainers.pipeline import Base
from trainers.taking import Order, taken
from trainers.text import encode_prompt
from trainers.weights import layer_tensors, read_adapter


def with_encoder(base: Base) -> Adapter:
    """A LoRA of the UNet and of all linear layers of the text encoder."""
    generator = torch.Generator().manual_seed(5)

    def some(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator).mul(0.3).half().float()

    layers = {
        f"text_encoder.{name}": LowRank(some(RANK, module.in_features), some(module.out_features, RANK), ALPHA / RANK)
        for name, module in base.encoders[0].model.named_modules()
        if isinstance(module, nn.Linear)
    }
    return replace(sample(base.unet), linear={**sample(base.unet).linear, **layers})


def order(file: Path) -> Order:
    return Order(word="zed", class_word="cat", files=[file], name=file.name)


def merged(base: Base, adapter: Adapter, strength: float = 1.0) -> Base:
    """The base with the differences of its text encoder added to its weights."""
    model = copy.deepcopy(base.encoders[0].model)
    for name, low in adapter.linear.items():
        if name.startswith("text_encoder."):
            layer: Any = model.get_submodule(name.removeprefix("text_encoder."))
            layer.weight.data += strength * low.scale * (low.up @ low.down)
    return replace(base, encoders=(replace(base.encoders[0], model=model),))


@pytest.fixture
def kohya(base: Base, tmp_path: Path) -> Path:
    save_file(layer_tensors(with_encoder(base), base), tmp_path / "kohya.safetensors")
    return tmp_path / "kohya.safetensors"


def test_kohya_knows_them_by_names_with_text_model_in_them(kohya: Path) -> None:
    names = {key.partition(".")[0] for key in load_file(kohya) if key.startswith("lora_te")}

    assert len(names) == 2 * 6
    assert "lora_te_text_model_encoder_layers_0_self_attn_q_proj" in names
    assert "lora_te_text_model_encoder_layers_1_mlp_fc2" in names


def test_they_are_read_back_and_taken_over_number_for_number(base: Base, kohya: Path) -> None:
    made = with_encoder(base)

    assert read_adapter(kohya, base).fingerprint == made.fingerprint
    assert taken(base, order(kohya)).adapter.fingerprint == made.fingerprint


@pytest.mark.parametrize("prefix", ["lora_te1_text_model_", "lora_te1_"])
def test_other_spellings_of_an_only_encoder_are_the_same(base: Base, kohya: Path, tmp_path: Path, prefix: str) -> None:
    other = {key.replace("lora_te_text_model_", prefix): tensor for key, tensor in load_file(kohya).items()}
    save_file(other, tmp_path / "other.safetensors")

    assert taken(base, order(tmp_path / "other.safetensors")).adapter.fingerprint == with_encoder(base).fingerprint


def test_what_diffusers_saves_of_both_is_the_same(base: Base, tmp_path: Path) -> None:
    adapter, unet = with_encoder(base), tiny_pipeline("v_prediction").unet
    of_unet = replace(adapter, linear={n: low for n, low in adapter.linear.items() if not n.startswith("text_")})
    unet.add_adapter(config(of_unet))
    put_into(unet, of_unet)
    of_encoder = {
        f"{name.removeprefix('text_encoder.')}.lora_{half}.weight": number.clone()
        for name, low in adapter.linear.items()
        if name.startswith("text_")
        for half, number in (("A", low.down), ("B", low.up))
    }
    StableDiffusionPipeline.save_lora_weights(
        tmp_path, get_peft_model_state_dict(unet), of_encoder,
        unet_lora_adapter_metadata=unet.peft_config["default"].to_dict(),
        text_encoder_lora_adapter_metadata=LoraConfig(r=RANK, lora_alpha=ALPHA).to_dict(),
    )  # fmt: skip

    found = taken(base, order(tmp_path / "pytorch_lora_weights.safetensors")).adapter

    assert found.fingerprint == adapter.fingerprint
    assert {low.scale for low in found.linear.values()} == {ALPHA / RANK}


@pytest.mark.parametrize("strength", [1.0, 0.5])
def test_a_prompt_is_heard_as_by_merged_weights(base: Base, strength: float) -> None:
    adapter = with_encoder(base)

    ours = encode_prompt(base, "a <zed> here", [(adapter, strength)]).hidden
    theirs = encode_prompt(merged(base, adapter, strength), "a zed cat here", ()).hidden

    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-5)
    assert not torch.allclose(ours, encode_prompt(base, "a zed cat here", ()).hidden, atol=1e-3)


def test_a_picture_is_drawn_as_with_merged_weights_the_negative_prompt_too(base: Base) -> None:
    adapter = with_encoder(base)
    unet_alone = Adapter("zed", "cat", "lora", linear=sample(base.unet).linear)

    def drawn(on: Base, word: Adapter) -> torch.Tensor:
        asked = Drawing(prompt="a <zed>", negative_prompt="a hat", seeds=(1,), adapters=((word, 1.0),), steps=3)
        return torch.tensor(list(finished(imagine(on, asked))[0].tobytes()))

    ours, theirs = drawn(base, adapter), drawn(merged(base, adapter), unet_alone)

    assert (ours - theirs).abs().max() <= 1
    assert (ours - drawn(base, unet_alone)).abs().max() > 1


def test_afterwards_the_base_is_what_it_was(base: Base) -> None:
    before = Fingerprints.of(base)
    encode_prompt(base, "a <zed>", [(with_encoder(base), 1.0)])

    assert Fingerprints.of(base) == before

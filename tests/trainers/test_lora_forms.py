"""LoRA beyond attention: convolutions, a rank for each part of the UNet, rank-stabilised scaling."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from storage.errors import TintypeError
from trainers.adapter import Adapter
from trainers.differences import LowRank
from trainers.layers import ADAPTER, convolutions_of, lora_config, lora_difference, new_layers, targets_of, trained
from trainers.method import Lesson, method_named, settings_for
from trainers.methods.lora import LoraSettings, _config, ranks_of
from trainers.pipeline import Base
from trainers.weights import read_adapter

Lessons = Callable[..., Lesson]
SHORT = {"min_steps": 3, "max_steps": 3, "points": 1, "rank": 4, "alpha": 2, "learning_rate": 0.05}


def learned(base: Base, lesson: Lesson, file: Path, **chosen: Any) -> Adapter:
    method = method_named("lora")
    settings = settings_for(method, base, SHORT | chosen)
    for step in method.train(base, lesson, settings):
        if step.done == step.total:
            step.save_weights(file)
    numbers = sum(value.numel() for name, value in load_file(file).items() if not name.endswith("alpha"))
    assert method.file_bytes(base, settings) == 2 * numbers
    return read_adapter(file, base)


def test_convolutions_are_learned_and_stand_in_files_as_locon(base: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    adapter = learned(base, a_lesson(), tmp_path / "zed.safetensors", conv_rank=2)
    parts = load_file(tmp_path / "zed.safetensors")

    assert adapter.linear.keys() == dict(targets_of(base.unet) + convolutions_of(base.unet)).keys()
    name = "down_blocks.0.resnets.0.conv1"
    width = base.unet.get_submodule(name).in_channels
    assert parts[f"lora_unet_{name.replace('.', '_')}.lora_down.weight"].shape == (2, width, 3, 3)
    assert parts[f"lora_unet_{name.replace('.', '_')}.lora_up.weight"].shape[1:] == (2, 1, 1)
    assert all(each.of(base.unet.get_submodule(n).weight).abs().max() > 0 for n, each in adapter.linear.items())


def test_a_learned_convolution_is_what_peft_merges(base: Base) -> None:
    names = [name for name, _ in convolutions_of(base.unet)][:4]
    layers = new_layers(base, lora_config(LoraSettings(rank=3, alpha=2)), 1, names)
    for layer in layers.values():
        values = {part.removeprefix("x."): value.detach() for part, value in trained({"x": layer}).items()}
        values["lora_B"] = torch.randn(values["lora_B"].shape, generator=torch.Generator().manual_seed(3))
        layer.lora_B[ADAPTER].weight.data = values["lora_B"]  # type: ignore[index, union-attr]

        merged = layer.get_delta_weight(ADAPTER)  # type: ignore[operator]

        torch.testing.assert_close(lora_difference(layer, values).of(merged), merged, rtol=1e-5, atol=1e-6)


def test_each_part_of_the_unet_has_its_rank(base: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    adapter = learned(base, a_lesson(), tmp_path / "zed.safetensors", down_rank=0, up_rank=2)

    ranks = {name.partition(".")[0]: len(each.tensors[0]) for name, each in adapter.linear.items()}
    assert ranks == {"mid_block": 4, "up_blocks": 2}
    assert {each.scale * len(each.tensors[0]) for each in adapter.linear.values()} == {4.0}  # one alpha in the file


def test_a_rank_of_its_own_is_learned_at_the_same_scale(base: Base) -> None:
    settings = LoraSettings(rank=4, alpha=2, down_rank=0, up_rank=2)
    ranks = ranks_of(base, settings)

    layers = new_layers(base, _config(settings, ranks), 1, [*ranks]).values()

    assert {layer.scaling[ADAPTER] for layer in layers} == {0.5}  # type: ignore[index]


def test_rank_stabilised_scaling_goes_into_the_file(base: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    adapter = learned(base, a_lesson(), tmp_path / "zed.safetensors", stabilised=1)

    assert {each.scale for each in adapter.linear.values() if isinstance(each, LowRank)} == {2 / 4**0.5}


def test_nothing_to_train_is_refused(base: Base) -> None:
    with pytest.raises(TintypeError, match="E_SETTING_RANGE"):
        ranks_of(base, LoraSettings(down_rank=0, mid_rank=0, up_rank=0))


def test_stable_diffusion_has_so_many_convolutions() -> None:
    from diffusers import UNet2DConditionModel

    with torch.device("meta"):
        unet = UNet2DConditionModel()

    assert len(convolutions_of(unet)) == 64

"""SDXL's layers in files: all called as Stability AI calls them, so that every program finds all of them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionXLPipeline, UNet2DConditionModel
from safetensors.torch import load_file

from tests.trainers.bases import SECOND_WIDTH, TEXT_WIDTH, XL_UNET, tiny_xl_pipeline
from trainers.adapter import Adapter
from trainers.differences import LowRank
from trainers.families import families
from trainers.layers import convolutions_of, targets_of
from trainers.method import Lesson
from trainers.names import kohya_name
from trainers.pipeline import Base, base_of
from trainers.weights import read_adapter, write_adapter

Lessons = Callable[..., Lesson]
SDXL = families()["sdxl"]


@pytest.fixture(scope="module")
def narrow() -> StableDiffusionXLPipeline:
    """SDXL's own blocks, a fortieth as wide."""
    plain = tiny_xl_pipeline()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(14)
        unet = UNet2DConditionModel(
            sample_size=16,
            in_channels=8,
            out_channels=8,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            block_out_channels=(8, 16, 32),
            attention_head_dim=8,
            cross_attention_dim=TEXT_WIDTH + SECOND_WIDTH,
            norm_num_groups=4,
            use_linear_projection=True,
            **XL_UNET,
        )
    return StableDiffusionXLPipeline(**{**plain.components, "unet": unet})


def of_each_sort(base: Base) -> list[tuple[str, Any]]:
    """A layer of each attention, all that LoCon adds, and all that DreamBooth adds to that."""
    attention = [(name, layer) for name, layer in targets_of(base.unet) if name.endswith(("attn2.to_k", "proj_in"))]
    embedded = [(name, layer) for name, layer in base.unet.named_modules() if name.endswith("time_emb_proj")]
    return [*attention, *convolutions_of(base.unet), *embedded]


def test_diffusers_reads_attention_and_convolutions_of_one_file(
    narrow: StableDiffusionXLPipeline, a_lesson: Lessons, tmp_path: Path
) -> None:
    """It leaves out one of them when they are not all named in one way."""
    base = replace(base_of(copy.deepcopy(narrow), "miniature", "narrow", torch.device("cpu")), family=SDXL)
    generator = torch.Generator().manual_seed(3)
    linear = {
        name: LowRank(
            torch.randn(2, *layer.weight.shape[1:], generator=generator).mul(0.1).half().float(),
            torch.randn(len(layer.weight), 2, generator=generator).mul(0.1).half().float(),
            0.5,
        )
        for name, layer in of_each_sort(base)
    }
    write_adapter(tmp_path / "zed.safetensors", base, a_lesson(), "lora", Adapter("zed", "cat", "lora", linear=linear))
    pipeline = copy.deepcopy(narrow)
    pipeline.load_lora_weights(tmp_path, weight_name="zed.safetensors")
    pipeline.fuse_lora()
    pipeline.unload_lora_weights()
    theirs = dict(pipeline.unet.named_parameters())

    assert not any(part in key for key in load_file(tmp_path / "zed.safetensors") for part in ("resnets", "samplers"))
    assert read_adapter(tmp_path / "zed.safetensors", base).linear.keys() == linear.keys()
    for name, low in linear.items():
        weight = base.unet.get_submodule(name).weight
        torch.testing.assert_close(theirs[f"{name}.weight"], weight + low.of(weight), rtol=0, atol=1e-5)


def test_convolutions_have_the_names_of_stability_ais_own_unet(narrow: StableDiffusionXLPipeline) -> None:
    names = [kohya_name(SDXL.names_in_files(name)) for name, _ in convolutions_of(narrow.unet)]
    resnets = [f"input_blocks_{n}_0" for n in (1, 2, 4, 5, 7, 8)]
    resnets += [f"middle_block_{n}" for n in (0, 2)] + [f"output_blocks_{n}_0" for n in range(9)]
    samplers = ["input_blocks_3_0_op", "input_blocks_6_0_op", "output_blocks_2_2_conv", "output_blocks_5_2_conv"]
    widened = ["input_blocks_4_0", "input_blocks_7_0", *(f"output_blocks_{n}_0" for n in range(9))]
    golden = [f"{name}_{part}" for name in resnets for part in ("in_layers_2", "out_layers_3")]
    golden += samplers + [f"{name}_skip_connection" for name in widened]

    assert sorted(names) == sorted(f"lora_unet_{name}" for name in golden)

"""Several words become one: as if all of them stood there, or as peft merges them; the file says what went into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionPipeline
from peft import LoraConfig, LoraModel
from safetensors.torch import load_file
from torch import Tensor, nn

from tests.trainers.bases import tiny_pipeline
from tests.trainers.layouts import RANK, config, sample
from tests.trainers.mergers import EXACT, drawn, parents_of, some, total, two, whole, word, written
from trainers.adapter import Adapter
from trainers.differences import Difference, Hadamard, Kronecker, LowRank, Whole, shortened
from trainers.layers import targets_of
from trainers.merging import USUAL_RANK, Parent, Way, merged_layers
from trainers.pipeline import Base, layer_at
from trainers.weights import read_adapter

# --- layers ----------------------------------------------------------------------------------------------------------


def test_linear_is_the_sum_of_all_at_their_weights(any_base: Base, tmp_path: Path) -> None:
    parents = two(any_base)
    read = read_adapter(written(any_base, tmp_path, parents), any_base)

    assert read.linear.keys() == parents[0].adapter.linear.keys()
    for name, difference in read.linear.items():
        theirs = total(any_base, name, parents)
        assert theirs.abs().max() > 0.05
        torch.testing.assert_close(whole(any_base, name, difference), theirs, rtol=0, atol=EXACT)


@pytest.mark.parametrize("vectors", [0, 3])
def test_a_picture_with_the_merged_word_is_the_one_with_both(any_base: Base, tmp_path: Path, vectors: int) -> None:
    ivo, zed = two(any_base, vectors=vectors)[::-1]
    duo = read_adapter(written(any_base, tmp_path, [ivo, zed]), any_base)
    prompt = f"a <ivo:{ivo.weight}> <zed:{zed.weight}> here"

    ours, theirs = drawn(any_base, "a <duo> here", duo), drawn(any_base, prompt, ivo.adapter, zed.adapter)

    assert (ours - theirs).abs().max() <= 1
    assert (ours - drawn(any_base, "a <ivo> here", ivo.adapter)).abs().max() > 1


def test_a_word_of_text_beside_one_of_rows_is_heard_as_both(base: Base, tmp_path: Path) -> None:
    ben, zed = replace(word(base, "ben", 1), said="ben the cat"), word(base, "zed", 7, vectors=3)
    file = written(base, tmp_path, parents_of(ben, zed))
    duo = read_adapter(file, base)

    ours = drawn(base, "a <duo> here", duo)
    theirs = drawn(base, "a <ben:0.8> <zed:0.6> here", ben, zed)

    assert (ours - theirs).abs().max() <= 1
    assert len(duo.rows[0]) == len(base.tokenizer("ben the cat", add_special_tokens=False).input_ids) + 3


@pytest.mark.parametrize("how", ["linear", "svd"])
def test_other_forms_than_lora_are_added_up_too(base: Base, how: str) -> None:
    name = next(layer for layer, module in targets_of(base.unet) if module.weight.shape[:2] == (16, 16))
    shape = layer_at(base, name).weight.shape
    forms: list[Difference] = [
        Whole(some(1, *shape)),
        Hadamard((some(2, 16, 2), some(3, 2, 16)), (some(4, 16, 2), some(5, 2, 16)), 0.7),
        Kronecker((some(6, 4, 4),), (some(7, 4, 2), some(8, 2, 4)), 0.4),
        LowRank(some(9, 3, 16), some(10, 16, 3), 1.3),
    ]
    parents = [Parent(Adapter(f"w{at}", "", "x", linear={name: form}), 0.3 + at) for at, form in enumerate(forms)]

    (found,) = merged_layers(base, parents, Way(how=how, rank=16 if how == "svd" else None)).values()

    assert isinstance(found, LowRank)
    torch.testing.assert_close(whole(base, name, found), total(base, name, parents), rtol=0, atol=EXACT)


def test_linear_takes_no_more_ranks_than_there_are(base: Base) -> None:
    name = next(layer for layer, module in targets_of(base.unet) if module.weight.shape[:2] == (16, 16))
    loha = Hadamard((some(2, 16, 2), some(3, 2, 16)), (some(4, 16, 2), some(5, 2, 16)), 0.7)
    wide = LowRank(some(6, 15, 16), some(7, 16, 15), 1.0)

    def rank(*forms: Difference) -> int:
        parents = [Parent(Adapter("w", "", "x", linear={name: form}), 1.0) for form in forms]
        found = merged_layers(base, parents, Way())[name]
        assert isinstance(found, LowRank)
        return len(found.down)

    assert (rank(loha), rank(loha, loha), rank(wide, wide), rank(loha, wide)) == (4, 8, 16, 16)


def test_a_large_convolution_and_a_norm_are_merged_as_they_are(base: Base, tmp_path: Path) -> None:
    convolution, norm = "down_blocks.0.resnets.0.conv1", "mid_block.resnets.0.norm1"
    weight, width = layer_at(base, convolution).weight, len(layer_at(base, norm).weight)

    def parent(name: str, seed: int, share: float) -> Parent:
        low = LowRank(some(seed, 2, *weight.shape[1:]), some(seed, len(weight), 2), 0.7)
        return Parent(Adapter(name, "cat", "x", linear={convolution: low, norm: Whole(some(seed, width))}), share)

    parents = [parent("zed", 1, 0.8), parent("ivo", 2, 0.6)]
    file = written(base, tmp_path, parents)
    read = read_adapter(file, base)

    for name in (convolution, norm):
        torch.testing.assert_close(whole(base, name, read.linear[name]), total(base, name, parents), rtol=0, atol=EXACT)
    assert load_file(file)["lora_unet_down_blocks_0_resnets_0_conv1.lora_down.weight"].shape == (4, *weight.shape[1:])
    lower = merged_layers(base, parents, Way(how="svd", rank=3))[convolution]
    nearest = shortened(total(base, convolution, parents), 3)
    torch.testing.assert_close(whole(base, convolution, lower), nearest.of(weight), rtol=0, atol=EXACT)


def test_text_encoders_are_merged_with_it(any_base: Base, tmp_path: Path) -> None:
    names = [
        f"text_encoder{'_2' if at else ''}.{name}"
        for at, encoder in enumerate(any_base.encoders)
        for name, module in encoder.model.named_modules()
        if isinstance(module, nn.Linear) and name.endswith("q_proj")
    ]

    def parent(called: str, seed: int, share: float) -> Parent:
        lows = {
            n: LowRank(some(seed, 2, len(w)), some(seed, len(w), 2), 1.0) for n in names if (w := _of(n)) is not None
        }
        return Parent(Adapter(called, "cat", "lora", linear=lows), share)

    def _of(name: str) -> Tensor:
        weight: Tensor = layer_at(any_base, name).weight
        return weight

    parents = [parent("zed", 1, 0.8), parent("ivo", 2, 0.6)]
    read = read_adapter(written(any_base, tmp_path, parents), any_base)

    assert sorted(read.linear) == sorted(names)
    for name in names:
        ours = whole(any_base, name, read.linear[name])
        torch.testing.assert_close(ours, total(any_base, name, parents), rtol=0, atol=EXACT)


# --- against peft ----------------------------------------------------------------------------------------------------


def by_peft(parents: Sequence[Parent], kind: str, seed: int = 0, **told: Any) -> dict[str, Tensor]:
    """What peft's own `add_weighted_adapter` makes of the same numbers, layer by layer."""
    names = [parent.adapter.word for parent in parents]
    model = LoraModel(tiny_pipeline("v_prediction").unet, configs := _configs(parents), names[0])
    for parent in parents:
        if parent.adapter.word != names[0]:
            model.inject_adapter(model.model, parent.adapter.word)
        for layer, low in parent.adapter.linear.items():
            target: Any = model.model.get_submodule(layer)
            for half, number in ((target.lora_A, low.down), (target.lora_B, low.up)):
                weight = half[parent.adapter.word].weight
                weight.data = number.reshape(weight.shape).clone()
            target.scaling[parent.adapter.word] = low.scale
    assert set(configs) == set(names)
    inject = model.inject_adapter

    def inject_and_begin(*asked: Any) -> None:
        inject(*asked)
        torch.manual_seed(seed)  # peft draws the new layers' first numbers, too

    model.inject_adapter = inject_and_begin
    model.add_weighted_adapter(names, [parent.weight for parent in parents], "both", kind, **told)
    return {
        layer: model.model.get_submodule(layer).get_delta_weight("both")  # type: ignore[operator]
        for layer in parents[0].adapter.linear
    }


def _configs(parents: Sequence[Parent]) -> dict[str, LoraConfig]:
    def one(adapter: Adapter) -> LoraConfig:
        made = config(adapter)
        made.r = max(len(low.down) for low in adapter.linear.values() if isinstance(low, LowRank))
        made.target_modules = set(adapter.linear)
        return made

    return {parent.adapter.word: one(parent.adapter) for parent in parents}


@pytest.mark.parametrize(
    ("way", "kind", "told"),
    [
        (Way(how="linear"), "cat", {}),
        (Way(how="svd"), "svd", {}),
        (Way(how="svd", rank=3), "svd", {"svd_rank": 3}),
        (Way(how="ties", density=0.4, rank=8), "ties_svd", {"density": 0.4, "svd_rank": 8}),
        (Way(how="ties", density=0.7), "ties_svd", {"density": 0.7}),
        (Way(how="dare", density=0.4, rank=8, seed=3), "dare_linear_svd", {"density": 0.4, "svd_rank": 8, "seed": 3}),
        (Way(how="dare", density=0.7, seed=4), "dare_linear_svd", {"density": 0.7, "seed": 4}),
    ],
    ids=str,
)
def test_each_way_is_pefts(base: Base, tmp_path: Path, way: Way, kind: str, told: dict[str, Any]) -> None:
    parents = two(base)
    theirs = by_peft(parents, kind, **told)
    read = read_adapter(written(base, tmp_path, parents, way), base)

    for name, difference in read.linear.items():
        torch.testing.assert_close(whole(base, name, difference), theirs[name], rtol=0, atol=EXACT)


def test_what_diffusers_loads_of_it_is_the_sum(base: Base, tmp_path: Path) -> None:
    parents = two(base)
    file = written(base, tmp_path, parents)
    pipeline: StableDiffusionPipeline = tiny_pipeline("v_prediction")
    pipeline.load_lora_weights(file.parent, weight_name=file.name)
    pipeline.fuse_lora()
    pipeline.unload_lora_weights()
    theirs = dict(pipeline.unet.named_parameters())

    for name in parents[0].adapter.linear:
        ours = layer_at(base, name).weight + total(base, name, parents)
        torch.testing.assert_close(theirs[f"{name}.weight"], ours, rtol=0, atol=EXACT)


def test_the_lot_falls_by_the_seed_alone(base: Base) -> None:
    def numbers(seed: int) -> Tensor:
        return torch.cat(
            [d.tensors[1].flatten() for d in merged_layers(base, two(base), Way(how="dare", seed=seed)).values()]
        )

    torch.manual_seed(99)
    before = torch.random.get_rng_state()
    one, again, other = numbers(1), numbers(1), numbers(2)

    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_without_a_rank_it_is_the_highest_of_any_word(base: Base) -> None:
    lows = merged_layers(base, two(base), Way(how="svd")).values()
    name = next(iter(sample(base.unet).linear))
    weight = layer_at(base, name).weight
    (full,) = merged_layers(
        base, [Parent(Adapter("w", "", "x", linear={name: Whole(torch.randn_like(weight))}), 1.0)], Way(how="svd")
    ).values()

    assert {len(low.down) for low in lows if isinstance(low, LowRank)} == {RANK + 2}
    assert isinstance(full, LowRank)
    assert len(full.down) == min(USUAL_RANK, *weight.shape[:2])

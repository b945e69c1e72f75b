"""Every format that files have: the layers' names that others know, peft's numbers in it, and the same picture back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from storage.labels import exported, opened
from storage.shrinking import shortened
from tests.trainers.bases import tiny_pipeline
from trainers import layers, twins
from trainers.imagine import Drawing, finished, imagine
from trainers.method import Lesson, method_named, settings_for
from trainers.methods import pivotal
from trainers.methods.lora import LoraSettings, ranks_of
from trainers.names import layer_names, name_in_files
from trainers.outlines import outlines
from trainers.pipeline import Base, layer_at
from trainers.taking import Order, taken
from trainers.weights import read_adapter

Lessons = Callable[..., Lesson]
EXACT = 1e-5

# --- golden lists: the names that sd-scripts gives the layers, written down without a model ---------------------------

ATTENTIONS = [f"attn{n}_to_{part}" for n in (1, 2) for part in ("q", "k", "v", "out_0")]
IN_ENCODER = [f"self_attn_{part}_proj" for part in ("q", "k", "v", "out")] + ["mlp_fc1", "mlp_fc2"]


def transformer(place: str, depth: int) -> list[str]:
    inside = [*ATTENTIONS, "ff_net_0_proj", "ff_net_2"]
    blocks = [f"transformer_blocks_{number}_{part}" for number in range(depth) for part in inside]
    return [f"lora_unet_{place}_{part}" for part in ("proj_in", *blocks, "proj_out")]


def encoder(prefix: str, depth: int) -> list[str]:
    return [f"{prefix}_text_model_encoder_layers_{n}_{part}" for n in range(depth) for part in IN_ENCODER]


SD15_PLACES = [
    *(f"down_blocks_{block}_attentions_{n}" for block in (0, 1, 2) for n in (0, 1)),
    "mid_block_attentions_0",
    *(f"up_blocks_{block}_attentions_{n}" for block in (1, 2, 3) for n in (0, 1, 2)),
]
SDXL_PLACES = {
    **{f"input_blocks_{n}_1": 2 for n in (4, 5)},
    **{f"input_blocks_{n}_1": 10 for n in (7, 8)},
    "middle_block_1": 10,
    **{f"output_blocks_{n}_1": 10 for n in (0, 1, 2)},
    **{f"output_blocks_{n}_1": 2 for n in (3, 4, 5)},
}
GOLDEN: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "sd1": ([name for place in SD15_PLACES for name in transformer(place, 1)], encoder("lora_te", 12)),
    "sdxl": (
        [name for place, depth in SDXL_PLACES.items() for name in transformer(place, depth)],
        [*encoder("lora_te1", 12), *encoder("lora_te2", 32)],
    ),
}
COUNTS = {"sd1": (192, 72), "sdxl": (722, 72 + 192)}


def of_real_shape(family: str) -> Base:
    """A base of the family's shape without a number in it."""
    return next(base for base in outlines().values() if base.family.name == family)


@pytest.mark.parametrize("family", GOLDEN)
def test_layers_have_the_names_of_the_golden_list_no_more_and_no_less(family: str) -> None:
    base, (of_unet, of_encoders) = of_real_shape(family), GOLDEN[family]
    ours = [name_in_files(base, name) for name in ranks_of(base, LoraSettings())]
    both = [name_in_files(base, name) for name in ranks_of(base, LoraSettings(text_rank=4))]

    assert (len(of_unet), len(of_encoders)) == COUNTS[family]
    assert sorted(ours) == sorted(of_unet)
    assert sorted(both) == sorted([*of_unet, *of_encoders])


@pytest.mark.parametrize("family", GOLDEN)
def test_each_name_of_the_golden_list_means_another_layer(family: str) -> None:
    base, golden = of_real_shape(family), [name for part in GOLDEN[family] for name in part]
    names = layer_names(base)

    assert len({names[name] for name in golden}) == len(golden)
    assert [name_in_files(base, names[name]) for name in golden] == golden


# --- what a method has learned is what its file says ------------------------------------------------------------------

SHORT = {"min_steps": 4, "max_steps": 4, "points": 1, "batch_size": 2, "learning_rate": 1e-3}
#: a file of each format: the method, and settings that lead to it
FORMATS: Mapping[str, tuple[str, Mapping[str, float]]] = {
    "lora": ("lora", {"rank": 4, "alpha": 3}),
    "lora, a rank for each part": ("lora", {"rank": 4, "alpha": 4, "down_rank": 2, "mid_rank": 3}),
    "lora with convolutions": ("lora", {"rank": 4, "alpha": 4, "conv_rank": 2}),
    "lora with the text encoder": ("lora", {"rank": 4, "alpha": 4, "text_rank": 2, "text_pace": 10}),
    "lora, rank-stabilised": ("lora", {"rank": 6, "alpha": 3, "stabilised": 1}),
    "pivotal": ("pivotal", {"rank": 4, "alpha": 4, "vectors": 2}),
    "dora": ("dora", {"rank": 4, "alpha": 4}),
    "oft": ("oft", {"block": 4}),
    "loha": ("loha", {"rank": 4, "alpha": 2, "learning_rate": 1e-2}),
    "lokr": ("lokr", {"rank": 2, "alpha": 2, "factor": 2, "learning_rate": 1e-2}),
    "lokr, both whole": ("lokr", {"rank": 64, "alpha": 64, "factor": 4}),
    "dreambooth": ("dreambooth", {"rank": 16}),
    "dreambooth with the text encoder": ("dreambooth", {"rank": 16, "train_text_encoder": 1}),
    "dreambooth, all of it": ("dreambooth", {"rank": 0, "train_text_encoder": 1}),
}
#: the others diffusers does not take for Stable Diffusion
OF_DIFFUSERS = [name for name in FORMATS if name not in {"loha", "lokr", "lokr, both whole", "dreambooth, all of it"}]


@pytest.fixture(params=FORMATS)
def learned(
    request: pytest.FixtureRequest, base: Base, a_lesson: Lessons, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, dict[str, Tensor]]:
    """A word's file in each format, and what peft's layers, or the trained weights, add to each layer."""
    truth: dict[str, Tensor] = {}
    differences, differences_of = layers.differences, twins.differences_of

    def of_peft(made: Mapping[str, nn.Module], average: Mapping[str, Tensor], difference_of: Any) -> Any:
        for name, layer in made.items():
            values = {part: average[f"{name}.{part}"].detach().float() for part, _ in layers._own(layer)}
            truth[name] = layers.merged(layer, values)
        return differences(made, average, difference_of)

    def of_weights(made: Mapping[str, Any], average: Mapping[str, Tensor], rank: int) -> Any:
        truth.update({name: average[name].detach() - layer.weight for name, layer in made.items()})
        return differences_of(made, average, rank)

    monkeypatch.setattr(layers, "differences", of_peft)
    monkeypatch.setattr(pivotal, "differences", of_peft)
    monkeypatch.setattr(twins, "differences_of", of_weights)
    name, chosen = FORMATS[request.param]
    method, file = method_named(name), tmp_path / "zed.safetensors"
    for step in method.train(base, a_lesson(), settings_for(method, base, SHORT | chosen)):
        if step.done == step.total:
            step.save_weights(file)
    return file, truth


def test_what_is_read_of_a_file_is_what_was_learned(base: Base, learned: tuple[Path, dict[str, Tensor]]) -> None:
    file, truth = learned
    read = read_adapter(file, base).linear

    assert read.keys() == truth.keys()
    assert max(float(each.abs().max()) for each in truth.values()) > 10 * EXACT
    for name, expected in truth.items():
        ours = read[name].of(layer_at(base, name).weight)
        torch.testing.assert_close(ours, expected.reshape(ours.shape), rtol=0, atol=EXACT)


def weights_of(unet: nn.Module, encoder: nn.Module) -> dict[str, Tensor]:
    """By `layer_at`'s names of the layers."""
    of_encoder = {f"text_encoder.{name}": weight for name, weight in encoder.named_parameters()}
    return dict(unet.named_parameters()) | of_encoder


def weights_before(base: Base) -> dict[str, Tensor]:
    return weights_of(base.unet, base.encoders[0].model)


def fused(content: bytes, folder: Path) -> dict[str, Tensor]:
    """The weights of a tiny pipeline that diffusers has put a LoRA's file into."""
    (folder / "fused.safetensors").write_bytes(content)
    pipeline = tiny_pipeline("v_prediction")
    pipeline.load_lora_weights(folder, weight_name="fused.safetensors")
    pipeline.fuse_lora()
    pipeline.unload_lora_weights()
    return weights_of(pipeline.unet, pipeline.text_encoder)


@pytest.mark.parametrize("learned", OF_DIFFUSERS, indirect=True)
def test_what_diffusers_reads_of_a_file_is_what_was_learned(
    base: Base, learned: tuple[Path, dict[str, Tensor]], tmp_path: Path
) -> None:
    file, truth = learned
    theirs, before = fused(exported(file.read_bytes(), "rex")[0].content, tmp_path), weights_before(base)

    for name, weight in before.items():
        layer = name.removesuffix(".weight")
        expected = weight + truth[layer].reshape(weight.shape) if layer in truth else weight
        torch.testing.assert_close(theirs[name], expected, rtol=0, atol=EXACT)


PAIRS = ["lora with convolutions", "lora with the text encoder", "lora, rank-stabilised"]


@pytest.mark.parametrize("learned", PAIRS, indirect=True)
def test_what_diffusers_reads_of_a_shortened_file_is_what_we_read(
    base: Base, learned: tuple[Path, dict[str, Tensor]], tmp_path: Path
) -> None:
    whole = learned[0].read_bytes()
    short = shortened(whole, len(whole) - len(opened(whole).body) // 4, "rex")
    (tmp_path / "short").write_bytes(short.content)
    ours = read_adapter(tmp_path / "short", base).linear
    theirs, before = fused(short.content, tmp_path), weights_before(base)

    assert 0.5 < short.kept < 1
    for layer, difference in ours.items():
        weight = before[f"{layer}.weight"]
        torch.testing.assert_close(theirs[f"{layer}.weight"], weight + difference.of(weight), rtol=0, atol=EXACT)


def test_what_is_handed_out_draws_the_same_picture(
    base: Base, learned: tuple[Path, dict[str, Tensor]], tmp_path: Path
) -> None:
    file, _ = learned
    parts = exported(file.read_bytes(), "zed")
    files = [tmp_path / f"out-{part.name}" for part in parts]
    for path, part in zip(files, parts, strict=True):
        path.write_bytes(part.content)

    back = taken(base, Order(word="zed", class_word="cat", files=files, name="zed")).adapter

    def drawn(*words: Any) -> bytes:
        asked = Drawing(prompt="a <zed> here", seeds=(1,), adapters=[(word, 2.0) for word in words], steps=3)
        return bytes(finished(imagine(base, asked))[0].tobytes())

    assert drawn(back) == drawn(read_adapter(file, base))
    assert drawn(back) != drawn()

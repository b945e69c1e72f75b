"""Networks before keys and values: what they do to attention, their `.pt`, and the way back."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import load_file, save_file

from storage import labels, packs
from storage.errors import TintypeError, WeightsRefused
from storage.hypernetworks import ACTIVATIONS, NOTE, SIDES, Layout, key_of
from storage.inspection_client import inspect_import
from storage.packs import PackCard
from tests.trainers.bases import applied, base_for
from tests.trainers.layouts import sample
from trainers.adapter import Adapter
from trainers.hypernetworks import Hypernetwork, readers_of
from trainers.merging import Parent, Way, merged
from trainers.method import Lesson, method_named, settings_for
from trainers.pipeline import Base
from trainers.taking import Order, taken
from trainers.weights import read_adapter

Lessons = Callable[..., Lesson]
K = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k"
V = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_v"
GOLDEN = {  # AUTOMATIC1111's Hypernetwork.save
    "step",
    "name",
    "layer_structure",
    "activation_func",
    "is_layer_norm",
    "weight_initialization",
    "use_dropout",
    "sd_checkpoint",
    "sd_checkpoint_name",
    "activate_output",
    "last_layer_dropout",
}


def random_word(base: Base, word: str = "zed", layout: Layout | None = None, seed: int = 1) -> Adapter:
    layout, generator = layout or Layout(activation="relu"), torch.Generator().manual_seed(seed)
    widths = {width for width, _ in readers_of(base.unet).values()}
    tensors = {
        key_of(width, side, part): (torch.randn(shape, generator=generator) * 0.2).half().float()
        for width in sorted(widths)
        for side in SIDES
        for part, shape in layout.shapes(width).items()
    }
    return Adapter(word, "cat", "hypernetwork", hyper=Hypernetwork(layout, tensors))


def trained_file(base: Base, lesson: Lesson, out: Path, **chosen: Any) -> Path:
    method = method_named("hypernetwork")
    settings = settings_for(method, base, {"min_steps": 3, "max_steps": 3, "learning_rate": 0.05} | chosen)
    for step in method.train(base, lesson, settings):
        if step.done == step.total:
            step.save_weights(out)
    return out


@pytest.fixture
def context(base: Base) -> torch.Tensor:
    return torch.randn(2, 5, base.unet.get_submodule(K).in_features, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("strength", [1.0, 0.4])
def test_keys_and_values_are_made_of_the_context_and_what_a_network_says_of_it(
    base: Base, context: torch.Tensor, strength: float
) -> None:
    word = random_word(base)
    numbers = word.hyper.tensors if word.hyper else {}
    for name, side in ((K, "k"), (V, "v")):
        first, last = ([numbers[key_of(16, side, f"linear.{n}.{p}")] for p in ("weight", "bias")] for n in (0, 2))
        said = torch.nn.functional.linear(torch.nn.functional.linear(context, *first).relu(), *last)
        expected = base.unet.get_submodule(name)(context + strength * said)
        with applied(base, [(word, strength)]):
            torch.testing.assert_close(base.unet.get_submodule(name)(context), expected)


def test_each_of_two_words_is_told_the_context_as_it_was(base: Base, context: torch.Tensor) -> None:
    zed, ivo = random_word(base), random_word(base, "ivo", Layout(), seed=2)
    layer = base.unet.get_submodule(K)
    moved = []
    for words in ([(zed, 0.5)], [(ivo, 1.0)], [(zed, 0.5), (ivo, 1.0)], [(ivo, 1.0), (zed, 0.5)]):
        with applied(base, words):
            moved.append(base.unet.get_submodule(K)(context) - layer(context))

    torch.testing.assert_close(moved[2], moved[0] + moved[1])
    assert torch.equal(moved[2], moved[3])


def test_a_lora_in_the_same_layer_is_told_the_changed_context(base: Base, context: torch.Tensor) -> None:
    word, lora = random_word(base), sample(base.unet)
    assert word.hyper is not None
    with applied(base, [(lora, 1.0)]):
        expected = base.unet.get_submodule(K)(context + word.hyper.network(16, "k")(context))

    with applied(base, [(word, 1.0), (lora, 1.0)]):
        torch.testing.assert_close(base.unet.get_submodule(K)(context), expected)


def test_stable_diffusion_1_gets_automatic1111s_four_widths(base: Base) -> None:
    with torch.device("meta"):
        unet = UNet2DConditionModel(cross_attention_dim=768, attention_head_dim=8)
    method, of_base = method_named("hypernetwork"), replace(base, denoiser=unet)

    assert {width for width, _ in readers_of(unet).values()} == {320, 640, 768, 1280}
    assert {width for width, _ in readers_of(unet, of_pictures=False).values()} == {768}
    assert method.file_bytes(of_base, method.settings()) == pytest.approx(44e6, rel=0.01)


def test_its_pt_is_laid_out_as_automatic1111s(base: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    kept = trained_file(base, a_lesson(), tmp_path / "zed.safetensors")

    [part] = labels.exported(kept.read_bytes(), "rex")
    value = torch.load(io.BytesIO(part.content), weights_only=True)

    assert (part.name, part.trigger, part.kind) == ("rex.pt", "zed cat", "hypernetwork")
    assert {key for key in value if isinstance(key, str)} == GOLDEN
    assert {key for key in value if isinstance(key, int)} == {8, 16}
    assert (value["layer_structure"], value["activation_func"], value["step"]) == ([1, 2, 1], "relu", 3)
    assert (value["name"], value["use_dropout"], value["is_layer_norm"]) == ("rex", False, False)
    for state_k, state_v in (value[8], value[16]):
        assert list(state_k) == list(state_v) == [f"linear.{n}.{part}" for n in (0, 2) for part in ("weight", "bias")]
    assert value[16][0]["linear.0.weight"].shape == (32, 16)


@pytest.mark.parametrize("chosen", [{}, {"hidden": 2, "layer_norm": 1, "activation": "swish", "dropout": 0.3}])
def test_what_was_exported_comes_back_bit_for_bit(
    base: Base, a_lesson: Lessons, tmp_path: Path, chosen: dict[str, Any]
) -> None:
    kept = trained_file(base, a_lesson(), tmp_path / "zed.safetensors", **chosen)
    [part] = labels.exported(kept.read_bytes(), "rex")
    [handed_in] = inspect_import(part.content, part.name).files
    (tmp_path / "1.safetensors").write_bytes(handed_in.content)

    order = Order(word="rex", class_word="cat", files=[tmp_path / "1.safetensors"], name=part.name)
    found, before = taken(base, order).adapter, read_adapter(kept, base)

    assert (found.method, found.text) == ("hypernetwork", "rex cat")
    assert found.fingerprint == before.fingerprint
    theirs = load_file(tmp_path / "1.safetensors")
    assert all(torch.equal(theirs[name], tensor) for name, tensor in load_file(kept).items())


def test_a_pack_holds_safetensors(base: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    kept = trained_file(base, a_lesson(), tmp_path / "zed.safetensors")
    card = PackCard(
        name="rex",
        kind="animal",
        class_word="cat",
        trigger="rex",
        method="hypernetwork",
        base_model="",
        base_revision="",
    )

    handed_in = inspect_import(packs.packed(card, kept.read_bytes()), "rex.tintype.zip")

    assert [file.facts["name"] for file in handed_in.files] == ["rex.safetensors"]
    assert labels.opened(handed_in.files[0].content).body == labels.opened(kept.read_bytes()).body


def test_dropping_is_drawn_anew_in_each_step_and_the_same_whenever_it_is_taken(
    base: Base, a_lesson: Lessons, tmp_path: Path
) -> None:
    files = [
        trained_file(base, a_lesson(), tmp_path / f"{n}.safetensors", dropout=dropout).read_bytes()
        for n, dropout in enumerate((0.5, 0.5, 0.0))
    ]

    assert files[0] == files[1]
    assert files[0] != files[2]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_draws(base: Base, context: torch.Tensor, activation: str) -> None:
    plain = base.unet.get_submodule(K)(context)
    layout = Layout(activation=activation, is_layer_norm=True, activates_output=True)
    with applied(base, [(random_word(base, layout=layout), 1.0)]):
        made = base.unet.get_submodule(K)(context)

    assert torch.isfinite(made).all()
    assert not torch.equal(made, plain)


def changed(path: Path, source: Path, tensors: dict[str, Any] | None = None, note: str | None = None) -> Path:
    file = labels.opened(source.read_bytes())
    told = dict(file.metadata) | ({NOTE: note} if note is not None else {})
    save_file({**load_file(source), **(tensors or {})}, path, told)
    return path


def test_a_broken_one_is_refused(base: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    kept = trained_file(base, a_lesson(), tmp_path / "zed.safetensors")
    key = key_of(16, "k", "linear.0.bias")
    deep = json.dumps({"structure": [1, 99, 1]})
    broken = [
        changed(tmp_path / "a.safetensors", kept, {key: torch.zeros(3)}),
        changed(tmp_path / "b.safetensors", kept, {key_of(16, "k", "linear.9.bias"): torch.zeros(3)}),
        changed(tmp_path / "c.safetensors", kept, note=""),
        changed(tmp_path / "d.safetensors", kept, note=deep),
        changed(tmp_path / "e.safetensors", kept, note="[1]"),
    ]

    for path in broken:
        with pytest.raises(WeightsRefused, match="E_WEIGHTS_FOREIGN"):
            read_adapter(path, base)
        with pytest.raises(WeightsRefused, match="E_WEIGHTS_BROKEN"):
            labels.exported(path.read_bytes(), "rex")


def test_one_for_other_widths_is_refused(base: Base, tmp_path: Path) -> None:
    other = random_word(base_for("sdxl"))

    with pytest.raises(TintypeError, match="E_WRONG_BASE"), applied(base, [(other, 1.0)]):
        pass


def test_it_cannot_be_merged(base: Base) -> None:
    with pytest.raises(TintypeError, match="E_MERGE_KIND"):
        merged(base, "both", [Parent(random_word(base), 1.0)], Way())

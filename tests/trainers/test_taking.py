"""Weights made elsewhere are read for what they say, and refused for what they lack."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from storage.errors import WeightsRefused
from storage.texts import sentence
from tests.trainers.bases import TEXT_WIDTH
from tests.trainers.layouts import LAYOUTS, RANK, by_kohya, by_old_diffusers, by_peft, config, sample
from trainers.adapter import Adapter
from trainers.differences import Kronecker
from trainers.layers import targets_of
from trainers.method import Lesson, method_named, settings_for
from trainers.pipeline import Base
from trainers.taking import Order, Taken, halved, taken
from trainers.weights import layer_tensors, read_adapter

PEFT = {"r": RANK, "lora_alpha": 2.0, "use_rslora": False, "rank_pattern": {}, "alpha_pattern": {}}
Q = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q"


def order(*files: Path, **told: Any) -> Order:
    return Order(**{"word": "rex", "class_word": "dog", "files": files, "name": "rex.zip"} | told)


def saved(path: Path, tensors: dict[str, torch.Tensor], **notes: str) -> Path:
    save_file(tensors, path, {name.replace("__", "."): value for name, value in notes.items()})
    return path


def refusal(base: Base, *files: Path, **told: Any) -> WeightsRefused:
    with pytest.raises(WeightsRefused) as refused:
        taken(base, order(*files, **told))
    assert sentence(refused.value.code, refused.value.facts)
    return refused.value


def assert_same(found: Taken, adapter: Adapter, tolerance: float = 0.0) -> None:
    assert found.adapter.linear.keys() == adapter.linear.keys()
    for name, low in adapter.linear.items():
        ours = found.adapter.linear[name]
        expected = low.scale * (low.up @ low.down)
        torch.testing.assert_close(ours.scale * (ours.up @ ours.down), expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_lora_in_each_layout_is_the_same_word(base: Base, tmp_path: Path, layout: str) -> None:
    adapter = sample(base.unet)
    files = LAYOUTS[layout](tmp_path, adapter)

    found = taken(base, order(*files, peft=PEFT if layout == "peft" else None))

    assert_same(found, adapter, 1e-6)
    assert (found.adapter.word, found.adapter.method, found.adapter.text) == ("rex", "lora", "rex dog")


def test_diffusers_attention_processors_are_known_too(base: Base, tmp_path: Path) -> None:
    adapter = sample(base.unet)
    attention = {name: low for name, low in adapter.linear.items() if "attn" in name}

    found = taken(base, order(*by_old_diffusers(tmp_path, adapter)))

    assert_same(found, replace(adapter, linear=attention), 2e-3)


def test_pefts_scales_are_its_own(base: Base, tmp_path: Path) -> None:
    files = by_peft(tmp_path, sample(base.unet))
    told = PEFT | {"use_rslora": True, "alpha_pattern": {"attn1.to_q": 16.0}}

    found = taken(base, order(*files, peft=told)).adapter.linear

    assert found[Q].scale == 16.0 / RANK**0.5
    assert {low.scale for name, low in found.items() if "attn1.to_q" not in name} == {2.0 / RANK**0.5}


def test_peft_without_its_scales_is_refused(base: Base, tmp_path: Path) -> None:
    assert refusal(base, *by_peft(tmp_path, sample(base.unet))).code == "E_IMPORT_SCALES"


def test_notes_of_scales_that_cannot_be_read_are_refused(base: Base, tmp_path: Path) -> None:
    (file,) = LAYOUTS["diffusers"](tmp_path, sample(base.unet))
    for notes in ("nonsense", "[]", '{"unet.r": 4}'):
        changed = saved(tmp_path / "b.safetensors", load_file(file), lora_adapter_metadata=notes)

        assert refusal(base, changed).code == "E_IMPORT_SCALES"


def test_a_lora_without_any_scale_is_taken_as_it_stands(base: Base, tmp_path: Path) -> None:
    (file,) = LAYOUTS["diffusers"](tmp_path, sample(base.unet))

    found = taken(base, order(saved(tmp_path / "b.safetensors", load_file(file))))

    assert {low.scale for low in found.adapter.linear.values()} == {1.0}


@pytest.mark.parametrize("key", ["emb_params", "clip_l", "<zed>", "bundle_emb.zed.string_to_param.*"])
def test_rows_are_read_under_each_name_that_is_in_use(base: Base, tmp_path: Path, key: str) -> None:
    rows = torch.randn(3, TEXT_WIDTH)

    found = taken(base, order(saved(tmp_path / "a.safetensors", {key: rows})))

    (read,) = found.adapter.rows
    assert torch.equal(read, rows)
    assert (found.adapter.method, found.adapter.linear) == ("textual_inversion", {})


def test_a_single_row_of_diffusers_is_one_vector(base: Base, tmp_path: Path) -> None:
    found = taken(base, order(saved(tmp_path / "a.safetensors", {"<zed>": torch.ones(TEXT_WIDTH)})))

    assert [rows.shape for rows in found.adapter.rows] == [(1, TEXT_WIDTH)]


def test_layers_and_rows_of_two_files_become_one_word(base: Base, tmp_path: Path) -> None:
    lora = by_kohya(tmp_path, sample(base.unet))
    rows = saved(tmp_path / "rows.safetensors", {"emb_params": torch.ones(2, TEXT_WIDTH)})

    found = taken(base, order(*lora, rows)).adapter

    assert found.method == "pivotal"
    assert found.vectors == 2
    assert len(found.linear) == len(sample(base.unet).linear)


@pytest.mark.parametrize(
    ("trigger", "note", "said"),
    [("", "", "rex dog"), ("", "sks dog", "sks dog"), ("ohwx man", "sks dog", "ohwx man"), ("", "x" * 121, "rex dog")],
)
def test_what_the_word_is_said_as_is_wished_or_noted(
    base: Base, tmp_path: Path, trigger: str, note: str, said: str
) -> None:
    (file,) = by_kohya(tmp_path, sample(base.unet))
    noted = saved(tmp_path / "b.safetensors", load_file(file), modelspec__trigger_phrase=note)

    assert taken(base, order(noted, trigger=trigger)).adapter.text == said


@pytest.mark.parametrize(
    "notes",
    [
        {"ss_base_model_version": "sdxl_base_v1-0"},
        {"ss_base_model_version": "sd_v1"},
        {"modelspec__architecture": "stable-diffusion-v2-768-v/lora"},
        {"modelspec__architecture": "flux-1-dev/lora"},
        {"tintype__base_model": "miniature", "tintype__base_revision": "another"},
    ],
)
def test_what_was_made_for_another_base_is_refused_by_its_name(
    base: Base, tmp_path: Path, notes: dict[str, str]
) -> None:
    (file,) = by_kohya(tmp_path, sample(base.unet))

    refused = refusal(base, saved(tmp_path / "b.safetensors", load_file(file), **notes))

    assert refused.code == "E_WEIGHTS_BASE"
    assert refused.facts["base"].startswith(("the bundled miniature", "miniature"))


def test_another_model_of_the_same_family_is_taken_and_named(base: Base, tmp_path: Path) -> None:
    (file,) = by_kohya(tmp_path, sample(base.unet))
    changed = saved(tmp_path / "b.safetensors", load_file(file), tintype__base_model="someone/finetune")

    assert taken(base, order(changed)).made_for == "someone/finetune"


@pytest.mark.parametrize("method", ["loha", "lokr"])
def test_a_word_of_lycoris_forms_comes_back_as_it_was(
    base: Base, a_lesson: Callable[..., Lesson], tmp_path: Path, method: str
) -> None:
    way, file = method_named(method), tmp_path / "zed.safetensors"
    short = {"min_steps": 2, "max_steps": 2, "points": 1, "rank": 2, "learning_rate": 0.05}
    for step in way.train(base, a_lesson(), settings_for(way, base, short)):
        if step.done == step.total:
            step.save_weights(file)

    found = taken(base, order(file)).adapter

    assert (found.method, found.fingerprint) == (method, read_adapter(file, base).fingerprint)


def small_lokr(base: Base) -> Adapter:
    def one(weight: torch.Tensor) -> Kronecker:
        return Kronecker((torch.eye(2),), (torch.ones(len(weight) // 2, weight.shape[1] // 2),), 1.0)

    return Adapter("zed", "cat", "lokr", linear={name: one(layer.weight) for name, layer in targets_of(base.unet)})


@pytest.mark.parametrize("made_by", [lambda base: sample(base.unet), small_lokr], ids=["lora", "lokr"])
def test_the_prefix_of_lycoris_own_library_is_known(
    base: Base, tmp_path: Path, made_by: Callable[[Base], Adapter]
) -> None:
    made = made_by(base)
    tensors = {key.replace("lora_unet_", "lycoris_"): tensor for key, tensor in layer_tensors(made, base).items()}

    found = taken(base, order(saved(tmp_path / "a.safetensors", tensors))).adapter

    assert (found.method, found.fingerprint) == (made.method, made.fingerprint)


def test_a_convolution_of_several_pixels_is_taken(base: Base, tmp_path: Path) -> None:
    name = "down_blocks.0.resnets.0.conv1"
    out, inputs = base.unet.get_submodule(name).weight.shape[:2]
    key = f"lora_unet_{name.replace('.', '_')}"
    pair = {f"{key}.lora_down.weight": torch.ones(2, inputs, 3, 3), f"{key}.lora_up.weight": torch.ones(out, 2, 1, 1)}

    found = taken(base, order(saved(tmp_path / "a.safetensors", pair))).adapter

    assert found.linear[name].of(base.unet.get_submodule(name).weight).unique().tolist() == [2.0]


Tensors = dict[str, torch.Tensor]
DOWN = f"lora_unet_{Q.replace('.', '_')}.lora_down.weight"
UP = DOWN.replace("down", "up").replace("_up_blocks", "_down_blocks")
MALFORMED: dict[str, tuple[Callable[[Tensors], Tensors], str]] = {
    "a number that is none": (lambda t: t | {DOWN: torch.full_like(t[DOWN], float("nan"))}, "E_WEIGHTS_NAN"),
    "too large for half": (lambda t: t | {DOWN: torch.full(t[DOWN].shape, 1e30)}, "E_WEIGHTS_NAN"),
    "half a pair": (lambda t: {k: v for k, v in t.items() if k != UP}, "E_WEIGHTS_INCOMPLETE"),
    "another width": (lambda t: t | {DOWN: torch.ones(RANK, 999)}, "E_WRONG_BASE"),
    "another rank": (lambda t: t | {DOWN: torch.ones(RANK + 1, t[DOWN].shape[1])}, "E_WRONG_BASE"),
    "a large convolution": (lambda t: t | {DOWN: torch.ones(*t[DOWN].shape[:2], 3, 3)}, "E_WRONG_BASE"),
    "a layer more": (lambda t: t | {"lora_unet_conv_in_2.alpha": torch.ones(1)}, "E_IMPORT_KEY"),
    "dora": (lambda t: t | {DOWN.replace("lora_down.weight", "dora_scale"): torch.ones(1)}, "E_IMPORT_KEY"),
    "a text encoder's": (lambda t: t | {"lora_te_text_model_x.alpha": torch.ones(1)}, "E_IMPORT_KEY"),
    "other layers alone": (lambda t: {"lora_unet_nowhere.lora_down.weight": torch.ones(4, 8)}, "E_WRONG_BASE"),
    "another's lokr": (lambda t: {"lora_unet_x.lokr_w1": torch.ones(4, 8)}, "E_WRONG_BASE"),
    "half a lokr": (lambda t: {DOWN.replace("lora_down.weight", "lokr_w1"): torch.ones(4, 8)}, "E_WEIGHTS_INCOMPLETE"),
    "a wrong loha": (
        lambda t: {
            DOWN.replace("lora_down.weight", f"hada_w{n}_{side}"): torch.ones(3, 3) for n in (1, 2) for side in "ab"
        },
        "E_WRONG_BASE",
    ),
    "rows of another width": (lambda t: {"emb_params": torch.ones(4, 999)}, "E_WRONG_BASE"),
    "no row": (lambda t: {"emb_params": torch.ones(0, TEXT_WIDTH)}, "E_WRONG_BASE"),
    "rows twice": (
        lambda t: {"emb_params": torch.ones(1, TEXT_WIDTH), "clip_l": torch.ones(1, TEXT_WIDTH)},
        "E_IMPORT_KEY",
    ),
    "rows of sdxl": (lambda t: {"clip_l": torch.ones(1, 768), "clip_g": torch.ones(1, 1280)}, "E_WEIGHTS_BASE"),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_file_with_a_fault_is_refused_for_it(base: Base, tmp_path: Path, what: str) -> None:
    change, code = MALFORMED[what]
    (file,) = by_kohya(tmp_path, sample(base.unet))

    assert refusal(base, saved(tmp_path / "b.safetensors", change(load_file(file)))).code == code


def test_a_part_that_we_do_not_have_is_named(base: Base, tmp_path: Path) -> None:
    (file,) = by_kohya(tmp_path, sample(base.unet))
    changed = load_file(file) | {"lora_unet_q.dora_scale": torch.ones(1)}

    refused = refusal(base, saved(tmp_path / "b.safetensors", changed))

    assert "“lora_unet_q.dora_scale”" in sentence(refused.code, refused.facts)


@pytest.mark.parametrize("alpha", [0.3, 1 / 3, 7.7, 2.0])
def test_a_scale_that_half_precision_cannot_hold_goes_into_the_numbers(base: Base, alpha: float) -> None:
    low = replace(next(iter(sample(base.unet).linear.values())), scale=alpha / RANK)

    kept = halved(low)

    assert float(torch.tensor(kept.scale * RANK).half()) == kept.scale * RANK
    torch.testing.assert_close(kept.scale * kept.up, low.scale * low.up, rtol=1e-3, atol=1e-4)


def test_what_peft_saves_is_what_the_inspector_reads(base: Base, tmp_path: Path) -> None:
    by_peft(tmp_path, sample(base.unet))
    told = json.loads((tmp_path / "adapter_config.json").read_text())

    assert {"r", "lora_alpha", "use_rslora", "rank_pattern", "alpha_pattern", "peft_type"} <= set(told)
    assert told["lora_alpha"] == config(sample(base.unet)).lora_alpha

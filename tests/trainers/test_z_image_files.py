"""Words of Z-Image lie in files as diffusers and ai-toolkit know them, and come back from all their layouts."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import ZImagePipeline
from safetensors.torch import load_file, save_file

from storage.aesthetics import DIRECTION
from storage.errors import WeightsRefused
from tests.trainers.bases import TEXT_WIDTH, applied, base_for, draw_photo, tiny_z_image
from tests.trainers.test_z_image import METHODS, Lessons, asked_of, each_method, learned
from trainers.blending import Recipe, blend, model_named
from trainers.method import Lesson
from trainers.pipeline import Base
from trainers.taking import Order, taken
from trainers.weights import read_adapter, read_metadata


@pytest.fixture
def flow() -> Base:
    return base_for("z_image")


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A word's file by each method."""
    folder = tmp_path_factory.mktemp("words")
    photos = [draw_photo(folder / f"{number}.png", number) for number in range(1, 4)]
    lesson = Lesson(photos=photos, word="zed", class_word="cat", kind="animal", seed=5)
    return {name: learned(base_for("z_image"), name, lesson, folder / f"{name}.safetensors") for name in METHODS}


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("lora", {"rank": 4, "alpha": 2}),
        ("lokr", {}),
        ("lokr", {"rank": 1, "alpha": 2, "factor": 2}),
    ],
)
def test_diffusers_shows_our_file_as_we_do(
    flow: Base, a_lesson: Lessons, tmp_path: Path, name: str, chosen: Mapping[str, float]
) -> None:
    file, theirs = learned(flow, name, a_lesson(), tmp_path / "zed.safetensors", **chosen), tiny_z_image()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of keys that are left out
        theirs.load_lora_weights(tmp_path, weight_name=file.name)
    loaded = {key for key in theirs.transformer.state_dict() if "lora_A" in key or "lokr_w1" in key}
    with applied(flow, [(read_adapter(file, flow), 1.0)]):
        ours = asked_of(flow, "a cat")

    assert len(loaded) == len(read_adapter(file, flow).linear) == 21
    torch.testing.assert_close(asked_of(replace(flow, denoiser=theirs.transformer), "a cat"), ours, rtol=0, atol=1e-4)
    assert not torch.allclose(asked_of(flow, "a cat"), ours, rtol=0, atol=1e-3)


@each_method
def test_a_file_says_what_it_is_for_in_the_names_of_ai_toolkit(words: Mapping[str, Path], name: str) -> None:
    parts = {"lora": ("lora_A.weight", "lora_B.weight"), "lokr": ("lokr_w1", "lokr_w2")}
    told, keys = read_metadata(words[name]), load_file(words[name]).keys()

    assert told["modelspec.architecture"] == "Z-Image/lora"
    assert told["ss_base_model_version"] == "zimage"
    assert "modelspec.prediction_type" not in told
    assert {f"diffusion_model.layers.0.attention.to_q.{part}" for part in (*parts[name], "alpha")} <= keys


@each_method
@pytest.mark.parametrize(
    "renamed",
    [
        lambda key: key,
        lambda key: key.replace("diffusion_model.", "transformer."),
        lambda key: "lora_unet_" + _kohya(key.removeprefix("diffusion_model.")),
    ],
)
def test_a_file_in_any_of_its_layouts_is_taken_as_ours(
    flow: Base, words: Mapping[str, Path], tmp_path: Path, name: str, renamed: Callable[[str], str]
) -> None:
    ours, theirs, notes = words[name], tmp_path / "theirs.safetensors", {"ss_base_model_version": "zimage"}
    save_file({renamed(key): tensor for key, tensor in load_file(ours).items()}, theirs, notes)
    got = taken(flow, Order(word="zed", class_word="cat", files=[theirs], name=theirs.name))

    assert got.adapter.method == name
    assert got.adapter.fingerprint == read_adapter(ours, flow).fingerprint


@pytest.mark.parametrize("stabilised", [False, True])
def test_a_file_of_diffusers_has_the_scale_that_it_notes(
    flow: Base, words: Mapping[str, Path], tmp_path: Path, stabilised: bool
) -> None:
    layers = {key: tensor for key, tensor in load_file(words["lora"]).items() if not key.endswith(".alpha")}
    plain = {key.removeprefix("diffusion_model."): tensor for key, tensor in layers.items()}
    noted = {"r": 16, "lora_alpha": 32, "use_rslora": stabilised}
    ZImagePipeline.save_lora_weights(tmp_path, plain, transformer_lora_adapter_metadata=noted)
    file = tmp_path / "pytorch_lora_weights.safetensors"
    got = taken(flow, Order(word="zed", class_word="cat", files=[file], name=file.name)).adapter

    rank = len(next(iter(got.linear.values())).down)
    assert {layer.scale for layer in got.linear.values()} == {32 / (math.sqrt(rank) if stabilised else rank)}


def _kohya(key: str) -> str:
    """`layers.0.attention.to_q.lora_A.weight` -> `layers_0_attention_to_q.lora_down.weight`."""
    for part, theirs in (("lora_A.weight", "lora_down.weight"), ("lora_B.weight", "lora_up.weight")):
        if key.endswith(part):
            return f"{key.removesuffix(f'.{part}').replace('.', '_')}.{theirs}"
    layer, _, part = key.rpartition(".")
    return f"{layer.replace('.', '_')}.{part}"


def test_words_of_other_base_models_are_refused_and_its_own_by_others(
    flow: Base, base: Base, a_lesson: Lessons, words: Mapping[str, Path], tmp_path: Path
) -> None:
    own, other = words["lora"], learned(base, "lora", a_lesson(), tmp_path / "other.safetensors")
    rows, style = tmp_path / "rows.safetensors", tmp_path / "style.safetensors"
    save_file({"emb_params": torch.zeros(2, TEXT_WIDTH)}, rows)
    save_file({DIRECTION: torch.zeros(12)}, style)
    save_file(load_file(own), tmp_path / "bare.safetensors")

    for file, to in ((own, base), (other, flow), (rows, flow), (style, flow), (tmp_path / "bare.safetensors", base)):
        with pytest.raises(WeightsRefused, match="E_WRONG_BASE"):
            read_adapter(file, to)
    with pytest.raises(WeightsRefused, match=r"E_WEIGHTS_BASE.*Z-Image"):
        taken(base, Order(word="zed", class_word="cat", files=[own], name=own.name))


def test_two_of_its_base_models_become_one(flow: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.blending.family_of", lambda *told: flow.family)
    pipeline, part = tiny_z_image(), "transformer/diffusion_pytorch_model.safetensors"
    pipeline.save_pretrained(tmp_path / "a")
    for parameter in pipeline.transformer.parameters():
        parameter.data.add_(0.5)
    pipeline.save_pretrained(tmp_path / "b")
    first, second = (model_named(str(tmp_path / name)) for name in "ab")
    blend(Recipe(first=first, second=second, amount=0.5), tmp_path / "new")
    before, found = load_file(tmp_path / "a" / part), load_file(tmp_path / "new" / part)

    assert first.predicts == "flow"
    assert "Transformer and text encoders of Z-Image" in (tmp_path / "new" / "README.md").read_text("utf-8")
    assert all(torch.allclose(found[name], before[name] + 0.25) for name in before)
    ZImagePipeline.from_pretrained(tmp_path / "new")

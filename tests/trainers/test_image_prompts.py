"""A photo beside a prompt: what it changes, whose files are taken, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from storage.errors import TintypeError
from tests.trainers.bases import base_for, colours, half_base, tiny_image_prompt, tiny_pipeline
from trainers.advertise import advertised
from trainers.attention import attending
from trainers.conditioning import Said, predicted, whole
from trainers.edits import edits
from trainers.image_prompts import ENCODER, PROJECTION, ImagePrompt, Shown, image_prompt_for
from trainers.imagine import Drawing, finished, imagine
from trainers.pipeline import Base

WIDTH = 12
RED, BLUE = (Image.new("RGB", (40, 30), colour) for colour in ("red", "blue"))


@pytest.fixture
def base() -> Base:
    return base_for("v_prediction")


def drawn(base: Base, shown: Shown | None = None, **more: object) -> bytes:
    asked = Drawing(prompt="a cat", steps=2, seeds=(3,), shown=shown, **more)  # type: ignore[arg-type]
    return finished(imagine(base, asked))[0].tobytes()


@pytest.mark.parametrize("is_half", [False, True])
def test_each_photo_makes_another_picture_and_counts_as_much_as_is_said(base: Base, is_half: bool) -> None:
    base = replace(half_base(), image_prompt=tiny_image_prompt(half_base())) if is_half else base
    plain, red, blue, little = (drawn(base, one) for one in (None, Shown(RED), Shown(BLUE), Shown(RED, 0.2)))

    assert len({plain, red, blue, little}) == 4
    assert drawn(base, Shown(RED, 0.0)) == plain


def test_pictures_drawn_together_are_those_drawn_one_by_one(base: Base) -> None:
    asked = Drawing(prompt="a cat", steps=2, seeds=(3, 4), shown=Shown(RED))
    both = [torch.tensor(list(one.tobytes())) for one in finished(imagine(base, asked))]
    single = torch.tensor(list(drawn(base, Shown(RED))))

    assert (both[0] - single).abs().max() <= 1
    assert not torch.equal(both[0], both[1])


def test_the_unet_is_told_what_diffusers_own_adapter_would_tell_it(base: Base, tmp_path: Path) -> None:
    """The reference is diffusers' loader, given our file, and its own way to put a picture's features in."""
    assert base.image_prompt is not None
    file = tmp_path / "ip.safetensors"
    save_file(base.image_prompt.layers.tensors(), file)
    parts: dict[str, dict[str, Tensor]] = {"image_proj": {}, "ip_adapter": {}}
    for name, value in load_file(file).items():
        part, _, own = name.partition(".")
        parts[part][own] = value
    reference = tiny_pipeline("v_prediction").unet
    reference._load_ip_adapter_weights([parts])
    latents, hidden = torch.randn(2, 8, 16, 16), torch.randn(2, 7, 16)
    features = base.image_prompt.eye([RED])

    seen = base.image_prompt.positions(RED)
    with torch.no_grad():
        told = {"image_embeds": [torch.stack([torch.zeros_like(features), features])]}
        theirs = reference(latents, 5, hidden, added_cond_kwargs=told).sample
        with attending(base.unet, base.image_prompt.layers.processors()):
            ours = predicted(base, latents, torch.tensor(5), Said(hidden, seen=seen), [whole(64, 64)] * 2)

    assert torch.allclose(ours, theirs, atol=1e-5)


def test_at_full_strength_the_edit_leaves_the_photo_wholly(base: Base) -> None:
    asked = Drawing(prompt="a cat", steps=2, seeds=(3,), parent=RED, edit="image_prompt", strength=1.0)

    assert finished(edits()["image_prompt"].draw(base, asked))[0].tobytes() == drawn(base)


def test_a_base_without_an_adapter_refuses_in_one_sentence(base: Base) -> None:
    bare = replace(base, image_prompt=None)

    with pytest.raises(TintypeError, match="E_NO_IMAGE_PROMPT"):
        finished(edits()["image_prompt"].draw(bare, Drawing(prompt="a cat", parent=RED)))
    assert advertised(bare)["image_prompt"] == ""
    assert advertised(base)["image_prompt"] == "tiny"


# --- an operator's files ---------------------------------------------------------------------------------------------


def bare(base: Base) -> Base:
    return replace(base, image_prompt=None, family=replace(base.family, image_prompt=None))


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An IP-Adapter's file with the picture side of a CLIP beside it, as `h94/IP-Adapter` lays them."""
    home = tmp_path_factory.mktemp("ip")
    config = CLIPVisionConfig(
        hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=16, patch_size=8,
        projection_dim=WIDTH,
    )  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(15)
        CLIPVisionModelWithProjection(config).save_pretrained(home / ENCODER)
    save_file(tiny_image_prompt(base_for("v_prediction")).layers.tensors(), home / "ip-adapter.safetensors")
    return home / "ip-adapter.safetensors"


def test_an_operators_file_is_loaded_with_its_encoder_and_named_without_a_path(base: Base, adapter: Path) -> None:
    found = image_prompt_for(str(adapter), bare(base))

    assert isinstance(found, ImagePrompt)
    assert found.name == "local/ip-adapter"
    assert found.positions(RED).shape == (2, 4, 16)
    assert not torch.equal(found.positions(RED)[1], found.positions(BLUE)[1])
    told = replace(base, image_prompt=found)
    assert drawn(told, Shown(RED)) != drawn(told, Shown(BLUE))


def test_without_a_wish_it_is_the_familys_own_or_none(base: Base) -> None:
    assert base.image_prompt is not None
    own = base.image_prompt.layers.tensors()
    family = replace(base.family, image_prompt=lambda: (base.image_prompt.eye, own))  # type: ignore[union-attr]

    assert image_prompt_for("", bare(base)) is None
    found = image_prompt_for("", replace(base, family=family))
    assert found is not None
    assert torch.equal(found.positions(RED), base.image_prompt.positions(RED))


def test_another_base_of_a_family_has_none_where_the_familys_own_does_not_fit(base: Base) -> None:
    foreign = replace(base.family, image_prompt=lambda: (colours, {PROJECTION: torch.zeros(4, 4)}))

    assert image_prompt_for("", replace(base, family=foreign)) is None


def without_a_key(tensors: dict[str, Tensor]) -> None:
    del tensors["ip_adapter.1.to_k_ip.weight"]


def of_another_kind(tensors: dict[str, Tensor]) -> None:
    tensors["image_proj.latents"] = tensors.pop(PROJECTION)


def for_another_width(tensors: dict[str, Tensor]) -> None:
    tensors["ip_adapter.1.to_k_ip.weight"] = torch.zeros(8, 24)


def for_another_encoder(tensors: dict[str, Tensor]) -> None:
    tensors[PROJECTION] = torch.zeros(64, WIDTH + 1)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (of_another_kind, "E_IMAGE_PROMPT_LOAD"),
        (without_a_key, "E_IMAGE_PROMPT_FITS"),
        (for_another_width, "E_IMAGE_PROMPT_FITS"),
        (for_another_encoder, "E_IMAGE_PROMPT_FITS"),
    ],
)
def test_what_does_not_fit_is_refused_at_the_start(
    base: Base, adapter: Path, wrong: Callable[[dict[str, Tensor]], None], code: str
) -> None:
    tensors = load_file(adapter)
    wrong(tensors)
    file = adapter.with_name("wrong.safetensors")
    save_file(tensors, file)

    with pytest.raises(TintypeError, match=code):
        image_prompt_for(str(file), base)


@pytest.mark.parametrize("wrong", ["no file", "no encoder", "encoder not whole"])
def test_what_is_not_whole_is_refused_at_the_start(base: Base, adapter: Path, tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "ip.safetensors"
    if wrong != "no file":
        file.write_bytes(adapter.read_bytes())
    if wrong != "no encoder":
        (tmp_path / ENCODER).mkdir()
        for one in (adapter.parent / ENCODER).iterdir():
            (tmp_path / ENCODER / one.name).write_bytes(one.read_bytes())
    if wrong == "encoder not whole":
        weights = tmp_path / ENCODER / "model.safetensors"
        save_file({name: one for name, one in load_file(weights).items() if "projection" not in name}, weights)

    with pytest.raises(TintypeError, match="E_IMAGE_PROMPT_LOAD"):
        image_prompt_for(str(file), base)


def test_a_base_that_is_no_unet_refuses_every_adapter(adapter: Path) -> None:
    with pytest.raises(TintypeError, match="E_IMAGE_PROMPT_FITS"):
        image_prompt_for(str(adapter), base_for("z_image"))

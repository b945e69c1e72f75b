"""`tintype-trainer models merge`: what it makes, what it says, and what it refuses before anything is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.trainers.cli.conftest import Tell
from trainers import miniature
from trainers.blending import Model

MERGED = ("unet/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors")


def test_the_miniature_with_itself_is_a_miniature(tell: Tell, tmp_path: Path) -> None:
    new = tmp_path / "made" / "mini"
    code, told, said = tell("models", "merge", "miniature", "miniature", "--amount", "0.3", "--to", new)
    model = Model(new, "local/mini", told["revision"])

    assert (code, told["family"], told["recipe"]) == (0, "miniature", "A·(1 − m) + B·m")
    assert told["parents"]["A"] == {"id": "miniature", "revision": miniature.REVISION, "licence": ""}
    assert (model.family.name, model.predicts) == ("miniature", "v_prediction")
    assert f"--base-model or TINTYPE_BASE_MODEL={new}" in said
    for name in MERGED:
        theirs, found = (load_file(folder / name) for folder in (miniature.WEIGHTS, new))
        assert all(torch.equal(tensor, theirs[key]) for key, tensor in found.items())


def test_models_of_two_families_are_refused_in_one_sentence(tell: Tell, tmp_path: Path) -> None:
    other = tmp_path / "other"
    told_of = {
        "model_index.json": {"unet": ["diffusers", "UNet2DConditionModel"]},
        "unet/config.json": {"cross_attention_dim": 768, "in_channels": 4},
        "unet/diffusion_pytorch_model.safetensors": {},
        "scheduler/scheduler_config.json": {"prediction_type": "epsilon"},
    }
    for name, told in told_of.items():
        (other / name).parent.mkdir(parents=True, exist_ok=True)
        (other / name).write_text(json.dumps(told))

    code, refused, _ = tell("models", "merge", "miniature", other, "--amount", "0.3", "--to", tmp_path / "new")

    assert (code, refused["code"]) == (1, "E_BLEND_FAMILY")
    assert "“miniature@miniature-2” is the bundled miniature (v_prediction), “local/other@" in refused["error"]
    assert "is Stable Diffusion 1.x (epsilon); only base models of one family" in refused["error"]
    assert not (tmp_path / "new").exists()


def test_a_model_that_is_not_here_and_a_place_that_is_taken_are_told(tell: Tell, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    rest = ("--amount", "0.3", "--to", tmp_path / "new")

    assert tell("models", "merge", "miniature", "miniature", *rest)[1]["code"] == "E_OUT_TAKEN"
    assert tell("models", "merge", "miniature", "ana/model@main", *rest)[1]["code"] == "E_MODEL_MISSING"


@pytest.mark.parametrize("amount", ["-0.1", "2.1", "much"])
def test_an_amount_out_of_bounds_is_refused(tell: Tell, tmp_path: Path, amount: str) -> None:
    with pytest.raises(SystemExit):
        tell("models", "merge", "miniature", "miniature", "--amount", amount, "--to", tmp_path / "new")

"""A VAE by itself is fetched as base models are, and takes the place of a base's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from storage.errors import TintypeError
from tests.trainers.bases import tiny_pipeline
from tests.trainers.models.hub import NAME, REPO, Hub
from trainers.autoencoder import vae_for
from trainers.fetching import fetch, plan_of
from trainers.models import installed

VAE_WEIGHTS = "diffusion_pytorch_model.safetensors"
VAE_FILES = {
    "config.json": json.dumps({"_class_name": "AutoencoderKL"}).encode(),
    VAE_WEIGHTS: b"full" * 10,
    "diffusion_pytorch_model.bin": b"evil",
    "some_vae.safetensors": b"theirs" * 10,
}


def test_a_vae_by_itself_is_fetched_and_listed_as_one(hub: Hub, tmp_path: Path) -> None:
    hub.files = dict(VAE_FILES)
    plan = plan_of(NAME, hub.endpoint)
    folder = fetch(plan, tmp_path / "models", hub.endpoint)

    assert {path.name for path in folder.iterdir()} == {"config.json", VAE_WEIGHTS, "pins.json"}
    assert plan.is_vae
    assert [model.is_vae for model in installed(tmp_path / "models")] == [True]
    assert not {"some_vae.safetensors", "diffusion_pytorch_model.bin"} & set(hub.fetched)


def test_a_vae_that_was_fetched_takes_the_place_of_the_bases(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vae = tiny_pipeline("epsilon").vae
    vae.save_pretrained(tmp_path / "vae")
    tiny_pipeline("epsilon").save_pretrained(tmp_path / "base")
    hub.files = {path.name: path.read_bytes() for path in (tmp_path / "vae").iterdir()}
    fetch(plan_of(NAME, hub.endpoint), tmp_path / "models", hub.endpoint)
    monkeypatch.setattr("trainers.models._MODELS_DIR", [tmp_path / "models"])

    found = vae_for(str(NAME), tmp_path / "base", "base", torch.float32)

    assert found is not None
    assert found.name == f"{REPO}@main"
    assert torch.equal(found.model.encoder.conv_in.weight, vae.encoder.conv_in.weight)


@pytest.mark.parametrize("change", [{"config.json": b'{"_class_name": "AutoencoderTiny"}'}, {VAE_WEIGHTS: None}])
def test_what_is_no_vae_with_safetensors_is_refused(hub: Hub, change: dict[str, bytes | None]) -> None:
    hub.files = {name: content for name, content in (VAE_FILES | change).items() if content is not None}

    with pytest.raises(TintypeError, match="E_MODEL_FORMAT"):
        plan_of(NAME, hub.endpoint)

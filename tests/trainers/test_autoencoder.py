"""Another VAE in the place of the base's own: learned and drawn with, told, and refused where it does not fit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import AutoencoderKL, AutoencoderTiny
from safetensors.torch import load_file, save_file

from storage.beside import Beside
from storage.errors import TintypeError
from storage.output_checks import WantedCheck
from storage.texts import sentence
from tests.trainers.bases import Fingerprints, tiny_pipeline, tiny_vae
from tests.trainers.jobs.attempts import ran, training_of
from tests.trainers.mergers import word
from trainers.advertise import advertised
from trainers.autoencoder import vae_for
from trainers.dataset import cuts_of, examples, pixels_of
from trainers.desk import Desk
from trainers.engine import Card, Engine, WantedBase
from trainers.events import Step, Wish
from trainers.imagine import Drawing, decoded, finished, imagine
from trainers.method import Lesson
from trainers.pipeline import Base, load_base
from trainers.weights import read_metadata, write_adapter

WEIGHTS = "diffusion_pytorch_model.safetensors"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny base on a disk, in the miniature's place."""
    folder = tmp_path / "base"
    tiny_pipeline("v_prediction").save_pretrained(folder)
    monkeypatch.setattr("trainers.miniature.WEIGHTS", folder)
    return folder


@pytest.fixture
def better(tmp_path: Path) -> Path:
    """A VAE of the same shape and of other numbers."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(77)
        tiny_vae().save_pretrained(tmp_path / "ana" / "better-vae")
    return tmp_path / "ana" / "better-vae"


def loaded(wanted_vae: str | Path = "") -> Base:
    base = load_base("miniature", "cpu", WantedCheck("off"), Beside(str(wanted_vae)))
    return replace(base, family=replace(base.family, scorer=None, captioner=None))  # its readers know only real ones


def vae_in(folder: Path) -> Any:
    return AutoencoderKL.from_pretrained(folder, local_files_only=True).eval()  # type: ignore[no-untyped-call]


# --- with it ---------------------------------------------------------------------------------------------------------


def test_all_but_the_vae_is_the_bases_own(home: Path, better: Path) -> None:
    plain, other = loaded(), loaded(better)
    theirs = vae_in(better).state_dict()

    assert all(torch.equal(number, theirs[name]) for name, number in other.vae.state_dict().items())
    own, ours = (Fingerprints.of(replace(base, vae=base.unet)) for base in (plain, other))
    assert all(torch.equal(own.tensors[name], ours.tensors[name]) for name in own.tensors)
    assert not any(number.requires_grad for number in other.vae.parameters())


def test_pictures_are_drawn_with_it(home: Path, better: Path) -> None:
    latents = torch.randn(1, 8, 16, 16, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        pixels = vae_in(better).decode(latents / 0.5).sample[0]
    theirs = ((pixels.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(1, 2, 0)

    assert decoded(loaded(better), latents)[0].tobytes() == bytes(theirs.numpy().tobytes())


def test_photos_are_learned_as_it_sees_them(home: Path, better: Path, photos: list[Path]) -> None:
    base = loaded(better)
    (example, *_) = examples(base, cuts_of(photos, base.family, "object"), ["a <zed>"] * 3, "object")
    with torch.no_grad():
        theirs = (
            vae_in(better).encode(pixels_of(cuts_of(photos[:1], base.family, "object")[0].picture())[None]).latent_dist
        )

    torch.testing.assert_close(example.mean, theirs.mean[0] * 0.5, rtol=0, atol=1e-6)
    torch.testing.assert_close(example.std, theirs.std[0] * 0.5, rtol=0, atol=1e-6)


def test_without_one_everything_is_as_it_was(home: Path, tmp_path: Path, a_lesson: Callable[..., Lesson]) -> None:
    plain, own = loaded(), loaded(home)  # a pipeline's own VAE in its own place changes nothing either
    asked = Drawing(prompt="a cat", seeds=(1,), steps=2)
    for base, name in ((plain, "plain.safetensors"), (own, "own.safetensors")):
        write_adapter(tmp_path / name, base, a_lesson(), "lora", word(base, "zed", 1))

    assert finished(imagine(plain, asked))[0].tobytes() == finished(imagine(own, asked))[0].tobytes()
    assert (plain.vae_name, plain.key) == ("", f"miniature@{plain.revision}")
    assert "ss_vae_name" not in read_metadata(tmp_path / "plain.safetensors")
    assert read_metadata(tmp_path / "own.safetensors")["ss_vae_name"] == own.vae_name


def test_it_is_named_without_its_path_and_told_by_its_numbers(home: Path, better: Path) -> None:
    first = loaded(better)
    tensors = load_file(better / WEIGHTS)
    tensors["encoder.conv_in.bias"] += 1
    save_file(tensors, better / WEIGHTS, {"format": "pt"})
    second = loaded(better)

    for base in (first, second):
        assert base.vae_name.startswith("local/better-vae@")
        assert advertised(base)["vae"] == base.vae_name
        assert base.key == f"miniature@{base.revision}, VAE {base.vae_name}"
    assert first.key != second.key
    assert loaded(f"{better}@mine").vae_name == "local/better-vae@mine"


def test_a_whole_pipeline_may_lend_its_vae(home: Path, better: Path, tmp_path: Path) -> None:
    vae_in(better).save_pretrained(tmp_path / "pipeline" / "vae")

    assert torch.equal(loaded(tmp_path / "pipeline").vae.encoder.conv_in.weight, vae_in(better).encoder.conv_in.weight)


def test_names_that_diffusers_once_had_for_its_parts_are_known(home: Path, better: Path) -> None:
    renamed = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
    tensors = load_file(better / WEIGHTS)
    for new, old in renamed.items():
        tensors = {name.replace(f"attentions.0.{new}.", f"attentions.0.{old}."): n for name, n in tensors.items()}
    expected = vae_in(better)
    save_file(tensors, better / WEIGHTS, {"format": "pt"})

    attention = loaded(better).vae.decoder.mid_block.attentions[0]

    assert torch.equal(attention.to_q.weight, expected.decoder.mid_block.attentions[0].to_q.weight)


def test_a_training_does_not_go_on_with_another_vae(
    home: Path, better: Path, tmp_path: Path, photos: list[Path]
) -> None:
    begun = ran(
        loaded(),
        training_of(tmp_path / "begun", photos),
        lambda seen: Wish.CHECKPOINT if any(isinstance(e, Step) and e.phase == "train" for e in seen) else None,
    )
    checkpoint = tmp_path / "begun" / begun.checkpoints()[-1].files[0].path

    assert ran(loaded(better), training_of(tmp_path / "other", photos, checkpoint)).code == "E_CHECKPOINT"
    assert ran(loaded(), training_of(tmp_path / "same", photos, checkpoint)).done


# --- what does not fit -----------------------------------------------------------------------------------------------


def refused(wanted: str | Path) -> TintypeError:
    with pytest.raises(TintypeError) as caught:
        loaded(wanted)
    assert sentence(caught.value.code, caught.value.facts)
    return caught.value


@pytest.mark.parametrize(
    ("changes", "what", "theirs"),
    [
        ({"latent_channels": 4}, "latent_channels", "4"),
        ({"scaling_factor": 0.13025}, "scaling_factor", "0.13025"),
        ({"scaling_factor": None}, "scaling_factor", "None"),
        ({"shift_factor": 0.1159}, "shift_factor", "0.1159"),
        ({"latents_mean": [0.0] * 8}, "latents_mean", str([0.0] * 8)),
        ({"block_out_channels": [8, 8]}, "pixels_per_latent", "2"),
    ],
)
def test_one_of_other_latents_is_refused_with_what_differs(
    home: Path, better: Path, changes: Mapping[str, Any], what: str, theirs: str
) -> None:
    config = json.loads((better / "config.json").read_text())
    (better / "config.json").write_text(json.dumps(config | changes))

    error = refused(better)

    assert (error.code, error.facts["what"], error.facts["theirs"]) == ("E_VAE_FITS", what, theirs)
    assert theirs in sentence(error.code, error.facts)


def test_a_scaling_factor_that_is_not_said_is_diffusers_usual_one(home: Path, better: Path) -> None:
    config = json.loads((better / "config.json").read_text())
    del config["scaling_factor"]
    (better / "config.json").write_text(json.dumps(config))

    assert refused(better).facts["theirs"] == "0.18215"


def of_another_kind(folder: Path) -> None:
    AutoencoderTiny(latent_channels=8).save_pretrained(folder)


def pickled(folder: Path) -> None:
    torch.save(load_file(folder / WEIGHTS), folder / "diffusion_pytorch_model.bin")
    (folder / WEIGHTS).unlink()


def with_one_less(folder: Path) -> None:
    tensors = load_file(folder / WEIGHTS)
    del tensors["decoder.conv_out.weight"]
    save_file(tensors, folder / WEIGHTS, {"format": "pt"})


BROKEN: Mapping[str, Callable[[Path], Any]] = {
    "nothing in it": lambda folder: [path.unlink() for path in folder.iterdir()],
    "no weights": lambda folder: (folder / WEIGHTS).unlink(),
    "weights as a pickle": pickled,
    "torn weights": lambda folder: (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:-100]),
    "weights of something else": lambda folder: save_file({"a": torch.zeros(1)}, folder / WEIGHTS, {"format": "pt"}),
    "a part missing": with_one_less,
    "another kind": of_another_kind,
    "no settings": lambda folder: (folder / "config.json").write_text("{"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_whole_vae_is_refused(home: Path, better: Path, what: str) -> None:
    BROKEN[what](better)

    assert refused(better).code == "E_VAE_LOAD"


@pytest.mark.parametrize(("name", "code"), [("nowhere/at-all", "E_MODEL_NAME"), ("ana/vae@main", "E_MODEL_MISSING")])
def test_one_that_was_not_fetched_is_told(home: Path, name: str, code: str) -> None:
    assert refused(name).code == code


def test_a_base_that_is_broken_itself_is_called_so(home: Path, better: Path) -> None:
    (home / "vae" / "config.json").unlink()

    assert refused(better).code == "E_BASE_LOAD"


def test_an_engine_says_what_does_not_fit_and_does_not_work_without_it(home: Path, better: Path) -> None:
    config = json.loads((better / "config.json").read_text())
    (better / "config.json").write_text(json.dumps(config | {"scaling_factor": 0.9}))
    card = Card()

    assert (
        Engine(WantedBase("miniature", "cpu", WantedCheck("off"), Beside(str(better))), Desk(), card)._loaded() is None
    )

    told = card.facts()
    assert (told["state"], told["error"]["code"], told["vae"]) == ("failed", "E_VAE_FITS", "")


def test_none_is_wanted_and_none_is_looked_for() -> None:
    assert vae_for("", Path("nowhere"), "miniature", torch.float32) is None

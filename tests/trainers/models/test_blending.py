"""Base models become one: what its numbers are, that it loads, what it says of itself, and what is refused."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionPipeline
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from storage.errors import TintypeError
from tests.trainers.bases import tiny_inpainting, tiny_pipeline
from trainers.blending import Recipe, blend, model_named
from trainers.families import families, family_of
from trainers.imagine import Drawing, finished, imagine
from trainers.pipeline import load_base

UNET = "unet/diffusion_pytorch_model.safetensors"
MERGED = (UNET, "text_encoder/model.safetensors")


def other_pipeline(seed: int) -> StableDiffusionPipeline:
    """The tiny one with other numbers everywhere."""
    pipeline = tiny_pipeline("epsilon")
    generator = torch.Generator().manual_seed(seed)
    for part in (pipeline.unet, pipeline.text_encoder, pipeline.vae):
        for parameter in part.parameters():
            parameter.data.add_(torch.randn(parameter.shape, generator=generator), alpha=0.1)
    return pipeline


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    tiny_pipeline("epsilon").save_pretrained(folder / "a")
    tiny_pipeline("epsilon").save_pretrained(folder / "shards", max_shard_size="60KB")
    tiny_pipeline("epsilon").to(torch.float16).save_pretrained(folder / "half")
    other_pipeline(1).save_pretrained(folder / "b")
    other_pipeline(2).save_pretrained(folder / "c")
    tiny_inpainting().save_pretrained(folder / "inpainting")
    return {path.name: path for path in folder.iterdir()}


@pytest.fixture(autouse=True)
def tiny_family(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny ones are narrower than any family."""

    def family(name: str, unet: Any, scheduler: Any) -> Any:
        return families()["sd1"] if unet["cross_attention_dim"] == 16 else family_of(name, unet, scheduler)

    for module in ("blending", "pipeline"):
        monkeypatch.setattr(f"trainers.{module}.family_of", family)


def recipe(folders: dict[str, Path], first: str, second: str, less: str = "", amount: float = 0.3) -> Recipe:
    a, b, *c = (model_named(str(folders[name])) for name in (first, second, less) if name)
    return Recipe(first=a, second=b, less=c[0] if c else None, amount=amount)


def numbers(folder: Path, name: str) -> dict[str, Tensor]:
    path = folder / name
    return {
        key: tensor
        for file in sorted(path.parent.glob(f"{path.stem}*.safetensors"))
        for key, tensor in load_file(file).items()
    }


@pytest.mark.parametrize("less", ["", "c"])
@pytest.mark.parametrize("first", ["a", "shards", "half"])
def test_every_number_is_the_recipes(folders: dict[str, Path], tmp_path: Path, first: str, less: str) -> None:
    count = blend(recipe(folders, first, "b", less), tmp_path / "new")

    for name in MERGED:
        a, b, c = (numbers(folders[each], name) for each in (first, "b", "c"))
        found = numbers(tmp_path / "new", name)
        count -= len(found)
        assert found.keys() == a.keys()
        for key, tensor in found.items():
            own = a[key].float()
            wanted = own + 0.3 * (b[key] - c[key]) if less else 0.7 * own + 0.3 * b[key]
            assert tensor.dtype == a[key].dtype
            torch.testing.assert_close(tensor.float(), wanted, rtol=1e-3, atol=1e-6 if first != "half" else 1e-3)
    assert count == 0


def test_all_else_is_as_and_it_draws(folders: dict[str, Path], tmp_path: Path) -> None:
    beside = shutil.copytree(folders["a"], tmp_path / "a")
    (beside / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"a pickle")
    (beside / "unet" / "diffusion_pytorch_model.fp16.safetensors").write_bytes(b"half")
    blend(recipe({**folders, "a": beside}, "a", "b"), tmp_path / "new")
    made = {path.relative_to(tmp_path / "new").as_posix(): path for path in (tmp_path / "new").rglob("*.*")}

    assert not [name for name in made if name.endswith(".bin") or "fp16" in name]
    for name, path in made.items():
        if name not in {*MERGED, "README.md"}:
            assert path.read_bytes() == (folders["a"] / name).read_bytes()
    base = load_base(str(tmp_path / "new"), "cpu")
    assert base.id == "local/new"
    assert len(finished(imagine(base, Drawing(prompt="a cat", steps=2, size=(64, 64))))) == 1


def as_fetched(folder: Path) -> Path:
    """As `models get` leaves it: the index names parts that are not fetched. And one that lies elsewhere."""
    told = json.loads((folder / "model_index.json").read_text())
    told |= {
        "feature_extractor": ["transformers", "CLIPImageProcessor"],
        "image_encoder": ["transformers", "CLIPVisionModelWithProjection"],
        "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
        "../mine": ["diffusers", "UNet2DConditionModel"],
    }
    (folder / "model_index.json").write_text(json.dumps(told))
    return folder


def test_what_is_not_fetched_is_not_in_the_new_one_either(folders: dict[str, Path], tmp_path: Path) -> None:
    fetched = as_fetched(shutil.copytree(folders["a"], tmp_path / "fetched"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mine.json").write_text("{}")
    (tmp_path / "out").mkdir()
    blend(recipe({**folders, "fetched": fetched}, "fetched", "fetched"), tmp_path / "out" / "new")
    told = json.loads((tmp_path / "out" / "new" / "model_index.json").read_text())

    left_out = ("feature_extractor", "image_encoder", "safety_checker", "../mine")
    assert [told[part] for part in left_out] == [[None, None]] * 4
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["new"]
    assert StableDiffusionPipeline.from_pretrained(tmp_path / "out" / "new").safety_checker is None
    assert load_base(str(tmp_path / "out" / "new"), "cpu").id == "local/new"


def test_a_safety_checker_that_was_fetched_comes_along(folders: dict[str, Path], tmp_path: Path) -> None:
    fetched = as_fetched(shutil.copytree(folders["a"], tmp_path / "fetched"))
    (fetched / "safety_checker").mkdir()
    for name in ("config.json", "model.safetensors", "pytorch_model.bin"):
        (fetched / "safety_checker" / name).write_text("{}")
    blend(recipe({**folders, "fetched": fetched}, "fetched", "b"), tmp_path / "new")
    told = json.loads((tmp_path / "new" / "model_index.json").read_text())

    assert told["safety_checker"] == ["stable_diffusion", "StableDiffusionSafetyChecker"]
    made = {path.name for path in (tmp_path / "new" / "safety_checker").iterdir()}
    assert made == {"config.json", "model.safetensors"}


@pytest.mark.parametrize("less", ["", "a"])
def test_a_model_with_itself_is_itself_bit_by_bit(folders: dict[str, Path], tmp_path: Path, less: str) -> None:
    blend(recipe(folders, "half", "half", less and "half", amount=0.37), tmp_path / "new")

    for name in MERGED:
        theirs = numbers(folders["half"], name)
        assert all(torch.equal(tensor, theirs[key]) for key, tensor in numbers(tmp_path / "new", name).items())


@pytest.mark.parametrize(("amount", "same"), [(0, "a"), (1, "b")])
def test_nothing_and_all_of_it_are_the_one_and_the_other(
    folders: dict[str, Path], tmp_path: Path, amount: float, same: str
) -> None:
    blend(recipe(folders, "a", "b", amount=amount), tmp_path / "new")

    theirs = numbers(folders[same], UNET)
    assert all(torch.equal(tensor, theirs[key]) for key, tensor in numbers(tmp_path / "new", UNET).items())


@pytest.fixture
def painters(folders: dict[str, Path], tmp_path: Path) -> dict[str, Path]:
    """Another for inpainting, and one that is not for it: they differ in their first layer alone."""
    some = {name: shutil.copytree(folders["inpainting"], tmp_path / name) for name in ("painter", "plain")}
    with_tensors(some["painter"], lambda tensors: tensors["conv_in.weight"].mul_(1.5))
    with_tensors(some["plain"], lambda t: t.update({"conv_in.weight": t["conv_in.weight"][:, :4].contiguous()}))
    return {**folders, **some}


@pytest.mark.parametrize(("less", "gain"), [("", 0.3 * 0.5), ("inpainting", 0.3 * 0.5), ("plain", 0.3 * 1.5)])
def test_channels_that_two_inpainting_models_see_are_merged(
    painters: dict[str, Path], tmp_path: Path, less: str, gain: float
) -> None:
    """With a third that does not see them, it counts as zeros there."""
    blend(recipe(painters, "inpainting", "painter", less), tmp_path / "new")
    own, found = (numbers(folder, UNET)["conv_in.weight"] for folder in (painters["inpainting"], tmp_path / "new"))

    torch.testing.assert_close(found[:, 4:], own[:, 4:] * (1 + gain))


def test_channels_that_the_second_does_not_see_stay(painters: dict[str, Path], tmp_path: Path) -> None:
    blend(recipe(painters, "inpainting", "plain", "painter"), tmp_path / "new")
    own, found = (numbers(folder, UNET)["conv_in.weight"] for folder in (painters["inpainting"], tmp_path / "new"))

    assert torch.equal(found[:, 4:], own[:, 4:])


def test_an_inpainting_model_keeps_the_channels_that_only_it_sees(folders: dict[str, Path], tmp_path: Path) -> None:
    plain = tiny_pipeline("epsilon")
    for name, shift in (("first", 0.0), ("second", 0.5)):
        parts = {**plain.components, "unet": tiny_inpainting().unet}
        weight = parts["unet"].conv_in.weight
        parts["unet"].register_to_config(in_channels=4)
        parts["unet"].conv_in.weight = torch.nn.Parameter(weight[:, :4] + shift)
        StableDiffusionPipeline(**parts, requires_safety_checker=False).save_pretrained(tmp_path / name)
    some = {name: tmp_path / name for name in ("first", "second")} | {"inpainting": folders["inpainting"]}

    blend(recipe(some, "inpainting", "second", "first", amount=1.0), tmp_path / "new")

    own, found = (numbers(folder, UNET)["conv_in.weight"] for folder in (folders["inpainting"], tmp_path / "new"))
    assert torch.equal(found[:, 4:], own[:, 4:])
    torch.testing.assert_close(found[:, :4], own[:, :4] + 0.5)


def test_names_of_text_encoders_are_known_with_their_prefix_and_without(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    model, name = shutil.copytree(folders["b"], tmp_path / "renamed"), "text_encoder/model.safetensors"
    tensors = load_file(model / name)
    is_short = not any(key.startswith("text_model.") for key in tensors)
    save_file(
        {f"text_model.{key}" if is_short else key.removeprefix("text_model."): t for key, t in tensors.items()},
        model / name,
        {"format": "pt"},
    )

    blend(recipe({**folders, "renamed": model}, "a", "renamed", amount=1), tmp_path / "new")

    assert all(torch.equal(t, tensors[key]) for key, t in numbers(tmp_path / "new", name).items())


def test_files_and_card_name_the_parents_and_no_path(folders: dict[str, Path], tmp_path: Path) -> None:
    asked = recipe(folders, "a", "b", "c")
    blend(asked, tmp_path / "new")
    card = (tmp_path / "new" / "README.md").read_text()

    for name in MERGED:
        with safe_open(tmp_path / "new" / name, "pt") as file:
            notes = file.metadata()
        told = json.loads(notes["tintype.merge"])
        assert notes["format"] == "pt"
        assert (told["recipe"], told["amount"]) == ("A + m·(B − C)", 0.3)
        assert told["parents"]["B"] == {"id": "local/b", "revision": asked.second.revision, "licence": ""}
    assert all(f"| {letter} | local/{letter.lower()} |" in card for letter in "ABC")
    assert "A + m·(B − C) with m = 0.3" in card
    for path in (tmp_path / "new").rglob("*.*"):
        assert str(folders["a"].parent).encode() not in path.read_bytes()


# --- what is refused -------------------------------------------------------------------------------------------------


def predicting(folder: Path, what: str) -> None:
    path = folder / "scheduler" / "scheduler_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"prediction_type": what}))


def with_tensors(folder: Path, change: Callable[[dict[str, Tensor]], object]) -> None:
    tensors = load_file(folder / UNET)
    change(tensors)
    save_file(tensors, folder / UNET, {"format": "pt"})


def narrow(tensors: dict[str, Tensor]) -> None:
    tensors["conv_out.bias"] = torch.zeros(3)


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "another prediction": (lambda folder: predicting(folder, "v_prediction"), "E_BLEND_FAMILY"),
    "no such tensor": (lambda f: with_tensors(f, lambda t: t.pop("conv_out.weight")), "E_BLEND_TENSOR"),
    "another shape": (lambda f: with_tensors(f, narrow), "E_BLEND_TENSOR"),
    "no number": (lambda f: with_tensors(f, lambda t: t["conv_out.bias"].fill_(float("nan"))), "E_BLEND_NAN"),
    "cut short": (lambda f: (f / UNET).write_bytes((f / UNET).read_bytes()[:5000]), "E_BASE_LOAD"),
    "pickles": (lambda f: (f / UNET).rename(f / "unet" / "diffusion_pytorch_model.bin"), "E_BASE_LOAD"),
    "no pipeline": (lambda f: (f / "model_index.json").unlink(), "E_BASE_LOAD"),
}  # fmt: skip


def test_a_first_model_that_is_not_whole_is_refused(folders: dict[str, Path], tmp_path: Path) -> None:
    half = shutil.copytree(folders["a"], tmp_path / "half")
    asked = recipe({**folders, "half": half}, "half", "b")
    shutil.rmtree(half / "vae")

    with pytest.raises(TintypeError, match="E_BASE_LOAD"):
        blend(asked, tmp_path / "new")


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_merged_is_refused_and_leaves_nothing(
    folders: dict[str, Path], tmp_path: Path, what: str
) -> None:
    spoil, code = BAD[what]
    spoil(shutil.copytree(folders["b"], tmp_path / "bad"))
    (tmp_path / "out").mkdir()

    with pytest.raises(TintypeError, match=code):
        blend(recipe({**folders, "bad": tmp_path / "bad"}, "a", "bad"), tmp_path / "out" / "new")

    assert list((tmp_path / "out").iterdir()) == []


def test_more_than_half_precision_holds_is_refused(folders: dict[str, Path], tmp_path: Path) -> None:
    with_tensors(shutil.copytree(folders["b"], tmp_path / "large"), lambda tensors: tensors["conv_out.bias"].fill_(1e6))

    with pytest.raises(TintypeError, match="E_BLEND_NAN"):
        blend(recipe({**folders, "large": tmp_path / "large"}, "half", "large"), tmp_path / "new")


def test_a_target_that_is_there_is_left_alone(folders: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mine").write_text("mine")

    with pytest.raises(TintypeError, match="E_OUT_TAKEN"):
        blend(recipe(folders, "a", "b"), tmp_path / "new")
    assert [path.name for path in tmp_path.rglob("*")] == ["new", "mine"]


def test_a_full_disk_leaves_nothing(folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*asked: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("trainers.streaming.os.fsync", full)
    with pytest.raises(TintypeError, match="E_DISK_FULL"):
        blend(recipe(folders, "a", "b"), tmp_path / "new")
    monkeypatch.setattr("trainers.blending.SPARE_BYTES", 1 << 60)
    with pytest.raises(TintypeError, match="E_BLEND_DISK"):
        blend(recipe(folders, "a", "b"), tmp_path / "new")

    assert list(tmp_path.iterdir()) == []


def test_all_is_on_the_disk_before_it_has_its_name(
    folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: set[int] = set()
    monkeypatch.setattr(
        "storage.atomic.os.fsync", lambda file: (tmp_path / "new").exists() or flushed.add(os.fstat(file).st_ino)
    )
    blend(recipe(folders, "a", "b"), tmp_path / "new")

    made = [tmp_path / "new", *(tmp_path / "new").rglob("*")]
    assert [path for path in made if path.stat().st_ino not in flushed] == []


def test_what_a_killed_merge_left_is_gone_after_the_next(folders: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / ".new.0123abcd.partial" / "unet").mkdir(parents=True)
    blend(recipe(folders, "a", "b"), tmp_path / "new")

    assert [path.name for path in tmp_path.iterdir()] == ["new"]

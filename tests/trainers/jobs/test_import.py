"""Weights made elsewhere become a word's file, and its first pictures show whether it draws."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from storage import labels, packs
from storage.packs import PackCard
from tests.trainers.bases import TEXT_WIDTH
from tests.trainers.jobs.attempts import Told, attempt_of, ran, training_of
from tests.trainers.layouts import LAYOUTS, by_kohya, sample
from trainers.adapter import Adapter
from trainers.canary import Canary
from trainers.events import Step, Stopped, Wish
from trainers.imagine import Drawing, finished, imagine
from trainers.pipeline import Base
from trainers.showing import opened
from trainers.weights import read_adapter, read_metadata

PEFT = {"r": 4, "lora_alpha": 2.0}
CONSENT = {"person": "7", "text_version": "1", "given_at": 1.0}


def imported(base: Base, folder: Path, *files: Path, wish: Any = lambda events: None, **order: Any) -> Told:
    folder.mkdir()
    rows = []
    for number, file in enumerate(files, 1):
        (folder / f"{number}.safetensors").write_bytes(file.read_bytes())
        rows.append({"path": f"{number}.safetensors"})
    told = {"word": "rex", "kind": "animal", "class_word": "dog", "name": "rex.safetensors", "files": rows}
    return ran(base, attempt_of(folder, "import", told | order), wish)


def picture(base: Base, adapter: Adapter) -> Image.Image:
    asked = Drawing(prompt="a <rex>", seeds=(1,), adapters=((adapter.called("rex"), 1.0),), steps=3)
    return finished(imagine(base, asked))[0]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_draws_the_picture_of_the_same_lora(base: Base, tmp_path: Path, layout: str) -> None:
    files = LAYOUTS[layout](tmp_path, sample(base.unet))
    told = imported(base, tmp_path / "a", *files, peft=PEFT if layout == "peft" else None)
    expected = picture(base, Adapter("rex", "dog", "lora", linear=sample(base.unet).linear))

    made = read_adapter(tmp_path / "a" / told.made("weights")[0].path, base)

    differences = torch.tensor(list(picture(base, made).tobytes())) - torch.tensor(list(expected.tobytes()))
    assert differences.abs().max() <= 1
    assert (made.word, made.text, told.done.result["method"]) == ("rex", "rex dog", "lora")


def test_an_embedding_becomes_a_word_with_rows(base: Base, tmp_path: Path) -> None:
    rows = torch.randn(2, TEXT_WIDTH)
    save_file({"emb_params": rows}, tmp_path / "a1111.safetensors")
    told = imported(base, tmp_path / "a", tmp_path / "a1111.safetensors")

    made = load_file(tmp_path / "a" / told.made("weights")[0].path)

    assert torch.equal(made["emb_params"], rows)
    assert told.done.result["method"] == "textual_inversion"


@pytest.mark.parametrize("method", ["lora", "textual_inversion", "pivotal"])
def test_a_word_goes_out_as_a_pack_and_comes_back_number_for_number(
    base: Base, photos: list[Path], tmp_path: Path, method: str
) -> None:
    training = tmp_path / "training"
    learned = ran(base, training_of(training, photos, method=method)).made("weights")[0]
    before = training / learned.path
    card = PackCard(
        name="rex", kind="animal", class_word="cat", trigger="", method=method, base_model=base.id, base_revision="1"
    )
    with zipfile.ZipFile(io.BytesIO(packs.packed(card, before.read_bytes()))) as pack:
        pack.extractall(tmp_path / "pack")

    told = imported(base, tmp_path / "a", *(tmp_path / "pack").glob("*.safetensors"), class_word="cat")

    after = tmp_path / "a" / told.made("weights")[0].path
    kept, back = (labels.opened(path.read_bytes()) for path in (before, after))
    assert sorted(key.replace(".zed.", ".rex.") for key in kept.tensors) == sorted(back.tensors)
    assert read_adapter(after, base).fingerprint == read_adapter(before, base).fingerprint
    assert method != "lora" or read_adapter(after, base).text == read_adapter(before, base).text
    assert told.done.result["method"] == method


def test_the_file_tells_the_word_and_the_base_and_no_more_of_where_it_was(base: Base, tmp_path: Path) -> None:
    (file,) = by_kohya(tmp_path, sample(base.unet))
    save_file(
        load_file(file), tmp_path / "b.safetensors", {"ss_training_comment": "made by Eve", "tintype.word": "eve"}
    )
    told = imported(base, tmp_path / "a", tmp_path / "b.safetensors")

    notes = read_metadata(tmp_path / "a" / told.made("weights")[0].path)

    assert (notes["tintype.word"], notes["tintype.base_model"], notes["tintype.kind"]) == ("rex", base.id, "animal")
    assert "eve" not in str(notes).lower()


def test_its_first_pictures_stand_beside_what_the_base_draws_without_it(base: Base, tmp_path: Path) -> None:
    told = imported(base, tmp_path / "a", *by_kohya(tmp_path, sample(base.unet)))
    sheet, cover = (opened(tmp_path / "a" / told.made(role)[0].path) for role in ("sheet", "cover"))

    assert cover.size == (base.size_px, base.size_px)
    assert sheet.width > sheet.height
    assert told.done.result["warnings"] == []
    assert told.steps("sample")[-1] == 2 * 2 * len(base.family.sample_scenes)


def test_a_word_that_changes_nothing_is_taken_with_a_remark(base: Base, tmp_path: Path) -> None:
    adapter = sample(base.unet)
    (file,) = by_kohya(tmp_path, adapter)
    nothing = {key: tensor * (0 if "lora_up" in key else 1) for key, tensor in load_file(file).items()}
    save_file(nothing, tmp_path / "b.safetensors", {"modelspec.trigger_phrase": "dog"})

    told = imported(base, tmp_path / "a", tmp_path / "b.safetensors")

    assert told.done.result["warnings"] == [{"code": "W_IMPORT_SAME"}]


def test_a_word_made_with_another_model_of_the_family_is_taken_with_a_remark(base: Base, tmp_path: Path) -> None:
    (file,) = by_kohya(tmp_path, sample(base.unet))
    save_file(load_file(file), tmp_path / "b.safetensors", {"tintype.base_model": "someone/finetune"})

    told = imported(base, tmp_path / "a", tmp_path / "b.safetensors")

    assert {"code": "W_IMPORT_BASE", "made_for": "someone/finetune"} in told.done.result["warnings"]


@pytest.mark.parametrize("colour", ["black", (127, 127, 127)])
def test_pictures_of_one_colour_are_refused(base: Base, colour: Any) -> None:
    drawn = Image.effect_noise((64, 64), 50).convert("RGB")
    flat = Canary(captions=["a"], without=[drawn], with_it=[Image.new("RGB", (64, 64), colour)])

    with pytest.raises(Exception, match="E_IMPORT_FLAT"):
        flat.check("rex.safetensors")


def test_weights_that_draw_black_are_refused(base: Base, tmp_path: Path) -> None:
    (file,) = by_kohya(tmp_path, sample(base.unet))
    wild = {
        key: tensor * (0 if "alpha" in key else 1) + (6e4 if "alpha" in key else 0)
        for key, tensor in load_file(file).items()
    }
    huge = {key: tensor.clamp(-1, 1) * 6e4 if "lora_up" in key else tensor for key, tensor in wild.items()}
    save_file(huge, tmp_path / "b.safetensors")

    assert imported(base, tmp_path / "a", tmp_path / "b.safetensors").code == "E_IMPORT_FLAT"


def test_a_person_is_not_taken_over_without_consent(base: Base, tmp_path: Path) -> None:
    files = by_kohya(tmp_path, sample(base.unet))

    assert imported(base, tmp_path / "a", *files, kind="person").code == "E_NO_CONSENT"
    assert imported(base, tmp_path / "b", *files, kind="person", consent=CONSENT).done.result["kind"] == "person"


def test_it_begins_anew_another_time_when_the_engine_must_stop(base: Base, tmp_path: Path) -> None:
    def wish(events: list[Any]) -> Wish | None:
        return Wish.CHECKPOINT if any(isinstance(e, Step) and e.phase == "sample" for e in events) else None

    assert imported(base, tmp_path / "a", *by_kohya(tmp_path, sample(base.unet)), wish=wish).end == Stopped()


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"files": []}, "E_ATTEMPT"),
        ({"files": [{"path": "../1.safetensors"}]}, "E_ATTEMPT"),
        ({"kind": "robot"}, "E_ATTEMPT"),
        ({"word": "no word"}, "E_WORD_FORM"),
    ],
)
def test_an_order_that_cannot_be_done_is_refused(base: Base, tmp_path: Path, order: dict[str, Any], code: str) -> None:
    assert imported(base, tmp_path / "a", *by_kohya(tmp_path, sample(base.unet)), **order).code == code


def test_a_broken_file_is_refused(base: Base, tmp_path: Path) -> None:
    (file,) = by_kohya(tmp_path, sample(base.unet))
    (tmp_path / "cut").write_bytes(file.read_bytes()[:-9])
    (tmp_path / "pickle").write_bytes(b"PK\x03\x04")

    assert imported(base, tmp_path / "a", tmp_path / "cut").code == "E_WEIGHTS_BROKEN"
    assert imported(base, tmp_path / "b", tmp_path / "pickle").code == "E_PICKLE"

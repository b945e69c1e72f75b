"""What every method promises, held over the registry: a new file in trainers/methods/ is under test at once."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from peft.tuners.lora import LoraLayer
from safetensors.torch import load_file

from storage.errors import TintypeError
from tests.trainers.bases import Fingerprints, draw_photo
from trainers.imagine import Drawing, finished, imagine
from trainers.method import Lesson, Method, Progress, described, method_named, methods, settings_for
from trainers.pipeline import Base
from trainers.weights import read_adapter, read_metadata

METHODS = sorted(methods().items())
STEPS = 6
SHORT = {"min_steps": STEPS, "max_steps": STEPS, "points": 2, "batch_size": 2}

every_method = pytest.mark.parametrize(("name", "method"), METHODS, ids=[name for name, _ in METHODS])
Lessons = Callable[..., Lesson]


@dataclass(frozen=True)
class Taught:
    """What an undisturbed training of the lesson comes to, in a folder that holds nothing else."""

    file: Path
    steps: list[Progress]


Teaching = Callable[[Method, Base], Taught]


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Teaching:
    """Each method is trained once on each base, for all that look at what comes of it."""
    folder, known = tmp_path_factory.mktemp("taught"), dict[tuple[str, int], Taught]()
    photos = [draw_photo(folder / f"{number}.png", number) for number in range(1, 4)]
    lesson = Lesson(photos=photos, word="zed", class_word="cat", kind="animal", seed=5)

    def found(method: Method, base: Base) -> Taught:
        key = (method.name, id(base))
        if key not in known:
            out = folder / f"{method.name}-{len(known)}" / "zed.safetensors"
            out.parent.mkdir()
            torch.manual_seed(1)
            known[key] = Taught(out, trained(method, base, lesson, out))
        return known[key]

    return found


def trained(method: Method, base: Base, lesson: Lesson, out: Path) -> list[Progress]:
    steps = []
    for progress in method.train(base, lesson, settings_for(method, base, SHORT)):
        steps.append(progress)
        if progress.done == progress.total:
            progress.save_weights(out)
    return steps


def pixels(base: Base, prompt: str, *files: Path) -> list[bytes]:
    words = [(read_adapter(file, base), 1.0) for file in files]
    asked = Drawing(prompt=prompt, seeds=(3,), adapters=words, steps=3)
    return [picture.tobytes() for picture in finished(imagine(base, asked))]


def is_within_bounds(field: dict[str, Any]) -> bool:
    return field["default"] in field.get("choices", ()) or field["min"] <= field["default"] <= field["max"]


@every_method
def test_its_file_bears_its_name(name: str, method: Method) -> None:
    assert type(method).__module__ == f"trainers.methods.{name}"
    assert method.title
    assert method.summary.endswith(".")


@every_method
def test_its_settings_are_frozen_and_advertised_as_json(name: str, method: Method) -> None:
    told = json.loads(json.dumps(described(method.settings())))

    assert method.settings.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert all(is_within_bounds(field) and field["help"] for field in told.values())


@every_method
def test_every_familys_recommendation_lies_within_the_bounds(name: str, method: Method, base: Base) -> None:
    recommended = base.family.recommended[name]

    assert dataclasses.asdict(settings_for(method, base, recommended)) == dataclasses.asdict(settings_for(method, base))


@every_method
def test_its_progress_arrives(name: str, method: Method, base: Base, taught: Teaching) -> None:
    steps = taught(method, base).steps

    assert [step.done for step in steps if step.phase == "train"] == list(range(1, STEPS + 1))
    assert [step.done for step in steps if step.point] == [3, 6]
    assert {step.total for step in steps} == {STEPS}


@every_method
def test_the_same_seed_gives_the_same_weights(
    name: str, method: Method, any_base: Base, taught: Teaching, a_lesson: Lessons, tmp_path: Path
) -> None:
    again, other = (tmp_path / f"{number}.safetensors" for number in range(2))
    first = taught(method, any_base).file.read_bytes()
    torch.manual_seed(2)
    trained(method, any_base, a_lesson(), again)
    trained(method, any_base, a_lesson(seed=6), other)

    assert again.read_bytes() == first
    assert other.read_bytes() != first


@every_method
def test_learning_lowers_the_loss_on_the_photos(name: str, method: Method, base: Base, a_lesson: Lessons) -> None:
    def losses(learning_rate: float) -> list[float]:
        chosen = {"min_steps": 16, "max_steps": 16, "learning_rate": learning_rate, "batch_size": 2}
        settings = settings_for(method, base, chosen)
        return [step.loss for step in method.train(base, a_lesson(), settings) if step.loss is not None]

    assert sum(losses(5e-3)[-6:]) < sum(losses(1e-6)[-6:])  # on the same photos, noise and timesteps


@every_method
def test_it_leaves_one_safetensors_file_with_full_metadata(
    name: str, method: Method, base: Base, taught: Teaching
) -> None:
    file = taught(method, base).file
    told = read_metadata(file)

    assert list(file.parent.iterdir()) == [file]
    assert told["tintype.word"] == "zed"
    assert told["tintype.class_word"] == "cat"
    assert told["tintype.method"] == name
    assert (told["tintype.base_model"], told["tintype.base_revision"]) == (base.id, base.revision)
    assert told["modelspec.sai_model_spec"] == "1.0.1"
    assert "photos" not in json.dumps(told)
    assert str(file.parent.parent) not in json.dumps(told)


@every_method
def test_its_file_is_about_as_large_as_it_says(name: str, method: Method, base: Base, taught: Teaching) -> None:
    numbers = [t for t in load_file(taught(method, base).file).values() if t.ndim]

    assert sum(t.nbytes for t in numbers) == method.file_bytes(base, settings_for(method, base, SHORT))


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("pivotal", {"rows_pace": 1}),
        ("custom_diffusion", {"rows_pace": 1}),
        ("custom_diffusion", {"whole": 1}),
        ("dora", {"file_rank": 2}),
        ("hypernetwork", {"expansion": 1}),
        ("hypernetwork", {"self_attention": 0}),
    ],
    ids=str,
)
def test_what_an_operator_sets_changes_what_is_learned(
    name: str, changed: dict[str, float], base: Base, a_lesson: Lessons, tmp_path: Path
) -> None:
    method, lesson = method_named(name), a_lesson(seed=5)
    with_it = replace(base, chosen={name: changed})
    files = [tmp_path / "usual.safetensors", tmp_path / "changed.safetensors"]
    for of, file in zip((base, with_it), files, strict=True):
        torch.manual_seed(1)
        trained(method, of, lesson, file)
    usual, other = map(load_file, files)
    numbers = [t for t in other.values() if t.ndim]

    assert usual.keys() != other.keys() or any(not torch.equal(usual[key], other[key]) for key in usual)
    assert sum(t.nbytes for t in numbers) == method.file_bytes(with_it, settings_for(method, with_it, SHORT))
    assert all(torch.isfinite(number).all() for number in numbers)


@every_method
def test_closing_early_leaves_no_file_and_no_hook(
    name: str, method: Method, base: Base, a_lesson: Lessons, tmp_path: Path
) -> None:
    before = Fingerprints.of(base)
    files = sorted(tmp_path.rglob("*"))
    with closing(method.train(base, a_lesson(), settings_for(method, base, SHORT))) as steps:
        for step in steps:
            if step.done == 3:
                break

    assert sorted(tmp_path.rglob("*")) == files
    assert Fingerprints.of(base) == before


@every_method
def test_pictures_drawn_between_two_steps_are_those_of_the_untouched_base(
    name: str, method: Method, base: Base, taught: Teaching, a_lesson: Lessons, tmp_path: Path
) -> None:
    disturbed = tmp_path / "disturbed.safetensors"
    plain = pixels(base, "a cat")
    for step in method.train(base, a_lesson(), settings_for(method, base, SHORT)):
        if step.phase == "train":
            assert pixels(base, "a cat") == plain
        if step.done == step.total:
            step.save_weights(disturbed)

    assert disturbed.read_bytes() == taught(method, base).file.read_bytes()


@every_method
@pytest.mark.parametrize("stops", [(1,), (2, 3, 5)])
def test_weights_are_bit_identical_after_resuming(
    name: str,
    method: Method,
    any_base: Base,
    taught: Teaching,
    a_lesson: Lessons,
    tmp_path: Path,
    stops: tuple[int, ...],
) -> None:
    resumed, checkpoint = tmp_path / "resumed.safetensors", tmp_path / "checkpoint"
    resume_from = None
    for stop in stops:
        with closing(
            method.train(any_base, a_lesson(resume_from=resume_from), settings_for(method, any_base, SHORT))
        ) as steps:
            for step in steps:
                if step.done == stop and step.phase == "train":
                    step.save_checkpoint(checkpoint)
                    break
        resume_from = checkpoint
    steps = trained(method, any_base, a_lesson(resume_from=resume_from), resumed)

    assert [step.done for step in steps if step.phase == "train"] == list(range(stops[-1] + 1, STEPS + 1))
    assert resumed.read_bytes() == taught(method, any_base).file.read_bytes()


@every_method
def test_a_word_changes_pictures_only_where_it_stands(name: str, method: Method, base: Base, taught: Teaching) -> None:
    file = taught(method, base).file
    before = Fingerprints.of(base)

    assert pixels(base, "a <zed>", file) != pixels(base, "a zed cat")
    assert pixels(base, "a cat", file) == pixels(base, "a cat")
    assert Fingerprints.of(base) == before


@every_method
def test_two_words_in_either_order_give_the_same_picture(
    name: str, method: Method, base: Base, taught: Teaching, a_lesson: Lessons, tmp_path: Path
) -> None:
    zed, ivo = taught(method, base).file, tmp_path / "ivo.safetensors"
    trained(method, base, a_lesson(word="ivo", seed=9), ivo)

    both = pixels(base, "a <zed> and a <ivo>", zed, ivo)

    assert both == pixels(base, "a <zed> and a <ivo>", ivo, zed)
    assert both != pixels(base, "a <zed> and a <ivo>", zed)


@every_method
def test_a_checkpoint_of_another_training_is_refused(
    name: str, method: Method, base: Base, a_lesson: Lessons, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x10\0\0\0\0\0\0\0{}")
    with pytest.raises(TintypeError, match="E_CHECKPOINT"):
        list(method.train(base, a_lesson(resume_from=broken), settings_for(method, base, SHORT)))


def test_memory_that_ends_while_layers_are_made_leaves_the_base_as_it_was(
    base: Base, a_lesson: Lessons, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, made, update = Fingerprints.of(base), [], LoraLayer.update_layer

    def scarce(layer: LoraLayer, *args: object, **more: object) -> None:
        made.append(layer)
        if len(made) > 5:
            raise MemoryError
        update(layer, *args, **more)

    monkeypatch.setattr(LoraLayer, "update_layer", scarce)
    lora = method_named("lora")
    with pytest.raises(MemoryError):
        next(lora.train(base, a_lesson(), settings_for(lora, base, SHORT)))

    assert Fingerprints.of(base) == before


def test_a_method_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(
        TintypeError, match=r"E_METHOD.*aesthetic, custom_diffusion, dora, dreamartist, dreambooth, fine_tune, hypernet"
    ):
        method_named("lorax")


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({"stepps": 1}, "E_NO_SUCH_SETTING"),
        ({"rank": 0}, "E_SETTING_RANGE"),
        ({"rank": "many"}, "E_SETTING_RANGE"),
        ({"optimizer": "sgd"}, r"E_SETTING_CHOICE.*known='adamw, prodigy, adamw8bit'"),
    ],
)
def test_a_wrong_setting_is_refused(base: Base, chosen: dict[str, object], code: str) -> None:
    with pytest.raises(TintypeError, match=code):
        settings_for(method_named("lora"), base, chosen)


def test_settings_given_as_text_are_read_as_numbers(base: Base) -> None:
    settings = settings_for(method_named("lora"), base, {"rank": "8", "learning_rate": "0.01"})

    assert (settings.rank, settings.learning_rate) == (8, 0.01)

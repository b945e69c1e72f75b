"""Pictures of class words: made once for all lessons, looked at by the output check, and never half there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from storage.errors import TintypeError
from tests.trainers.bases import base_for
from trainers import class_images, models
from trainers.checks import OutputCheck
from trainers.class_images import FOLDER, class_examples, class_folders, forget_class_images
from trainers.dataset import Example
from trainers.imagine import Drawing
from trainers.method import Lesson, Progress, method_named, settings_for
from trainers.pipeline import Base

Lessons = Callable[..., Lesson]
SHORT = {"min_steps": 2, "max_steps": 2, "points": 1, "batch_size": 1, "learning_rate": 1e-2, "prior": 1}
WANTED = 6


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the pictures of these tests lie."""
    monkeypatch.setattr(models, "_MODELS_DIR", [tmp_path / "models"])
    return tmp_path / "models" / FOLDER


@pytest.fixture
def quick() -> Base:
    """The tiny base, content with two denoising steps."""
    base = base_for("v_prediction")
    return replace(base, family=replace(base.family, steps=2))


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The seeds of all pictures that were drawn."""
    seeds: list[int] = []
    imagine = class_images.imagine

    def counted(base: Base, asked: Drawing, *more: Any) -> Any:
        seeds.extend(asked.seeds)
        return imagine(base, asked, *more)

    monkeypatch.setattr(class_images, "imagine", counted)
    return seeds


def made(base: Base, count: int = WANTED, prompt: str = "a cat", class_word: str = "cat") -> list[Example]:
    return rest(class_examples(base, prompt, count, class_word))


def rest(steps: Generator[int, None, list[Example]]) -> list[Example]:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: list[Example] = end.value
            return found


def trained(base: Base, lesson: Lesson, file: Path, method: str = "lora", **chosen: float) -> list[Progress]:
    way, steps = method_named(method), []
    for step in way.train(base, lesson, settings_for(way, base, SHORT | {"class_images": WANTED} | chosen)):
        steps.append(step)
        if step.done == step.total:
            step.save_weights(file)
    return steps


def checked(base: Base, holds_back: Callable[[], bool]) -> Base:
    return replace(base, output_check=OutputCheck("strict", lambda picture, is_strict: is_strict and holds_back()))


def same(one: list[Example], other: list[Example]) -> bool:
    return all(torch.equal(a.mean, b.mean) and torch.equal(a.std, b.std) for a, b in zip(one, other, strict=True))


# --- made once -------------------------------------------------------------------------------------------------------


def test_a_second_lesson_reads_what_the_first_one_made(
    quick: Base, a_lesson: Lessons, tmp_path: Path, drawn: list[int]
) -> None:
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    steps = trained(quick, a_lesson(), first)
    told = [(step.done, step.made, step.wanted) for step in steps if step.phase == "class_images"]
    trained(quick, a_lesson(), second)

    assert len(drawn) == len(set(drawn)) == WANTED
    assert told == [(0, 0, 6), (0, 0, 6), (0, 4, 6), (0, 4, 6), (0, 4, 6), (0, 6, 6)]
    assert first.read_bytes() == second.read_bytes()


def test_who_wants_more_has_only_the_rest_made(quick: Base, drawn: list[int]) -> None:
    few, many = made(quick, 3), made(quick, 5)

    assert len(drawn) == len(set(drawn)) == 5
    assert same(few, many[:3])


def test_after_a_stop_only_what_was_missing_is_made(quick: Base, drawn: list[int]) -> None:
    with closing(class_examples(quick, "a cat", WANTED)) as steps:
        assert next(have for have in steps if have) == 4
    found = made(quick)

    assert (len(found), len(drawn)) == (WANTED, WANTED)


def test_two_engines_at_once_come_to_the_same_pictures(quick: Base) -> None:
    one, other = class_examples(quick, "a cat", 2), class_examples(quick, "a cat", 2)
    assert next(one) == next(other) == 0  # both are drawing
    first = rest(one)

    assert same(rest(other), first)
    assert same(made(quick, 2), first)


def test_other_prompts_bases_and_checks_have_other_pictures(quick: Base, kept: Path) -> None:
    for base, prompt in (
        (quick, "a cat"),
        (quick, "a dog"),
        (replace(quick, revision="tiny-2"), "a cat"),
        (replace(quick, vae_name="finer"), "a cat"),
        (checked(quick, lambda: False), "a cat"),
    ):
        made(base, 1, prompt)

    assert len(list(kept.iterdir())) == len(class_folders()) == 5


def test_a_torn_file_is_made_again(quick: Base, kept: Path, drawn: list[int]) -> None:
    before = made(quick, 1)
    file = min(kept.rglob("*.safetensors"))
    file.write_bytes(file.read_bytes()[:40])

    assert same(made(quick, 1), before)
    assert len(drawn) == 2


# --- looked at -------------------------------------------------------------------------------------------------------


def test_what_the_output_check_holds_back_is_not_learned_from(quick: Base, drawn: list[int]) -> None:
    answers = iter([True, False, True, False, False, False])
    base = checked(quick, lambda: next(answers))

    found = made(base, 3)

    assert len(found) == 3
    assert len(drawn) == 5
    assert same(made(base, 3), found)  # and it is not drawn again


def test_when_nearly_all_are_held_back_the_training_says_so(quick: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    with pytest.raises(TintypeError, match="E_CLASS_IMAGES_HELD"):
        trained(checked(quick, lambda: True), a_lesson(), tmp_path / "zed.safetensors", class_images=2)


# --- what they do ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["lora", "pivotal", "dreambooth"])
def test_the_prior_learns_from_them_in_every_form_of_it(
    quick: Base, a_lesson: Lessons, tmp_path: Path, method: str
) -> None:
    pictures, base_alone = tmp_path / "pictures.safetensors", tmp_path / "alone.safetensors"
    trained(quick, a_lesson(), pictures, method, class_images=2)
    trained(quick, a_lesson(), base_alone, method, class_images=0)

    assert pictures.read_bytes() != base_alone.read_bytes()


def test_without_a_prior_none_are_made(quick: Base, a_lesson: Lessons, tmp_path: Path, drawn: list[int]) -> None:
    trained(quick, a_lesson(), tmp_path / "zed.safetensors", prior=0)

    assert drawn == []


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_the_folders_are_listed_and_deleted(quick: Base) -> None:
    made(quick, 2)
    told = class_folders()

    assert [(one.base_model, one.class_word, one.count) for one in told] == [(quick.key, "cat", 2)]
    assert told[0].bytes > 0
    assert forget_class_images() == told
    assert class_folders() == []


def test_pictures_that_are_deleted_while_others_are_drawn_do_no_harm(quick: Base) -> None:
    steps = class_examples(quick, "a cat", 2)
    next(steps)
    forget_class_images()

    assert len(rest(steps)) == 2
    assert [one.count for one in class_folders()] == [2]


def test_those_that_were_not_asked_for_the_longest_go_first(
    quick: Base, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for age, prompt in enumerate(("a cat", "a dog")):
        made(quick, 2, prompt, prompt)
        os.utime(class_folders()[0].folder / "about.json", (age, age))
    one = class_folders()[0].bytes
    monkeypatch.setattr(class_images, "MOST_BYTES", 2 * one)
    made(quick, 2, "a bird", "a bird")

    assert [folder.class_word for folder in class_folders()] == ["a bird", "a dog"]
    assert len(list(kept.iterdir())) == 2


@pytest.mark.parametrize(("class_word", "told"), [("cat", "cat"), ("grandma", "")])
def test_a_class_word_that_a_member_wrote_is_kept_nowhere(
    quick: Base, a_lesson: Lessons, tmp_path: Path, kept: Path, class_word: str, told: str
) -> None:
    trained(quick, a_lesson(class_word=class_word), tmp_path / "zed.safetensors", class_images=1)
    about = next(kept.rglob("about.json"))

    assert json.loads(about.read_text()) == {"base_model": quick.key, "class_word": told}
    assert not any(b"grandma" in path.read_bytes() for path in kept.rglob("*") if path.is_file())
    assert "grandma" not in str([*kept.rglob("*")])

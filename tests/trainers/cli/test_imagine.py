"""`tintype-trainer imagine`: pictures, their grid and one JSON object; each mistake has its sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.trainers.cli.conftest import Tell
from trainers.miniature.world import held_out_subjects, photos_of
from trainers.showing import opened

QUICK = ("--steps", 2, "--seed", 5)


def recipe_in(path: str) -> dict[str, object]:
    with Image.open(path) as image:
        image.load()
        return dict(json.loads(image.text["tintype"]))  # type: ignore[attr-defined]


def test_what_of_a_prompt_is_not_heard_is_said(tell: Tell, tmp_path: Path) -> None:
    code, told, said = tell("imagine", "--prompt", "cat " * 300 + "umbrella", "--out", tmp_path, *QUICK)

    assert code == 0
    assert [warning["code"] for warning in told["warnings"]] == ["W_PROMPT_CUT"]
    assert "The prompt is longer than this base model can read: from “cat cat" in said


def test_a_word_becomes_pictures_and_a_grid(tell: Tell, learned: dict[str, Path], tmp_path: Path) -> None:
    code, told, _ = tell(
        "imagine",
        "--prompt",
        "a <zed> at the beach",
        "--weights",
        learned["lora"],
        "--count",
        4,
        "--out",
        tmp_path,
        *QUICK,
    )

    assert (code, told["ok"], told["seed"]) == (0, True, 5)
    assert told["images"] == [str(tmp_path / f"000{number}.png") for number in (1, 2, 3, 4)]
    assert opened(Path(told["grid"])).size == (536, 536)
    assert [recipe_in(path)["seed"] for path in told["images"]] == [5, 6, 7, 8]
    assert "prompt" not in recipe_in(told["images"][0])


def test_the_prompt_stands_in_the_file_when_that_is_wished(tell: Tell, tmp_path: Path) -> None:
    _, told, _ = tell("imagine", "--prompt", "a dog", "--keep-prompt", "--out", tmp_path, *QUICK)

    assert recipe_in(told["images"][0])["prompt"] == "a dog"


def test_two_words_stand_in_one_picture(tell: Tell, learned: dict[str, Path], tmp_path: Path) -> None:
    def pixels(prompt: str) -> bytes:
        files = [part for path in learned.values() for part in ("--weights", path)]
        _, told, _ = tell("imagine", "--prompt", prompt, *files, "--out", tmp_path, *QUICK)
        return opened(Path(told["images"][0])).tobytes()

    assert pixels("<zed> on the left and <ivo> on the right") != pixels("<ivo> on the left and <zed> on the right")


def test_a_strength_after_the_file_counts(tell: Tell, learned: dict[str, Path], tmp_path: Path) -> None:
    _, told, _ = tell(
        "imagine", "--prompt", "a <zed:0.5>", "--weights", f"{learned['lora']}:0.5", "--out", tmp_path, *QUICK
    )

    assert told["settings"]["words"] == [{"name": "zed", "method": "lora", "strength": 0.25}]


def test_weights_that_the_prompt_does_not_name_are_remarked(
    tell: Tell, learned: dict[str, Path], tmp_path: Path
) -> None:
    code, _, said = tell("imagine", "--prompt", "a dog", "--weights", learned["lora"], "--out", tmp_path, *QUICK)

    assert code == 0
    assert "<zed> does not stand in the prompt" in said


def test_a_picture_is_begun_from_in_its_own_shape(tell: Tell, tmp_path: Path) -> None:
    photos_of(held_out_subjects(1)[0], 1, seed=1, size=160)[0][0].resize((240, 160)).save(tmp_path / "wide.png")
    asked = ("imagine", "--prompt", "a dog", "--seed", 5)
    begun = ("--image", tmp_path / "wide.png", "--image-strength", 0.2, "--quality", "fast")

    _, near, _ = tell(*asked, *begun, "--out", tmp_path / "near")
    _, far, _ = tell(*asked, "--shape", "landscape", "--steps", 2, "--out", tmp_path / "far")

    assert near["settings"]["relation"] == {"kind": "image", "strength": 0.2}
    assert near["width"] > near["height"]
    assert near["settings"]["steps"] < 20
    wide = opened(tmp_path / "wide.png").resize((near["width"], near["height"]))
    assert unlike(wide, opened(Path(near["images"][0]))) < unlike(wide, opened(Path(far["images"][0])))


def unlike(one: Image.Image, other: Image.Image) -> float:
    return float(np.abs(np.asarray(one, float) - np.asarray(other, float)).mean())


def test_a_words_strength_is_said_by_its_name(tell: Tell, learned: dict[str, Path], tmp_path: Path) -> None:
    files = ("--weights", f"{learned['lora']}:0.5", "--strength", "zed:0.5")
    _, told, _ = tell("imagine", "--prompt", "a <zed:0.8>", *files, "--out", tmp_path, *QUICK)

    assert told["settings"]["words"] == [{"name": "zed", "method": "lora", "strength": 0.2}]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--image", "nowhere.png"), "E_IMAGE_FILE"),
        (("--image", __file__), "E_FORMAT"),
        (("--image-strength", 0.5), "E_STRENGTH_ALONE"),
        (("--strength", "zed:0.5"), "E_NO_SUCH_WORD"),
    ],
)
def test_what_cannot_be_begun_from_or_strengthened_is_told(
    tell: Tell, tmp_path: Path, options: tuple[object, ...], code: str
) -> None:
    exit_code, told, _ = tell("imagine", "--prompt", "a dog", *options, "--out", tmp_path / "out", *QUICK)

    assert (exit_code, told["code"]) == (1, code)


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("--count", 9, "E_COUNT"),
        ("--count", 0, "E_COUNT"),
        ("--weights", "nowhere.safetensors", "E_WEIGHTS_FILE"),
        ("--prompt", "a <zed:3>", "E_STRENGTH"),
        ("--prompt", "dog " * 500, "E_PROMPT_LONG"),
        ("--out", "/proc/nowhere", "E_OUT_FOLDER"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(tell: Tell, tmp_path: Path, option: str, value: object, code: str) -> None:
    given = {"--prompt": "a dog", "--out": tmp_path / "out", "--steps": 2} | {option: value}

    exit_code, told, said = tell("imagine", *(part for pair in given.items() for part in pair))

    assert (exit_code, told["code"]) == (1, code)
    assert told["error"] in said
    assert not list(tmp_path.rglob("*.png"))


@pytest.mark.parametrize(("suffix", "code"), [(":3", "E_WEIGHTS_STRENGTH"), (":much", "E_WEIGHTS_STRENGTH")])
def test_a_strength_out_of_range_is_told(
    tell: Tell, learned: dict[str, Path], tmp_path: Path, suffix: str, code: str
) -> None:
    _, told, _ = tell("imagine", "--prompt", "a <zed>", "--weights", f"{learned['lora']}{suffix}", "--out", tmp_path)

    assert told["code"] == code


@pytest.mark.parametrize("method", ["lora", "textual_inversion"])
@pytest.mark.parametrize("kept", [0.5, 0.9, 0.01])
def test_a_file_cut_in_half_is_told_before_the_base_is_loaded(
    tell: Tell, learned: dict[str, Path], tmp_path: Path, method: str, kept: float
) -> None:
    content = learned[method].read_bytes()
    (tmp_path / "half.safetensors").write_bytes(content[: int(len(content) * kept)])

    _, told, said = tell(
        "imagine", "--prompt", "a <zed>", "--weights", tmp_path / "half.safetensors", "--out", tmp_path
    )

    assert told["code"] == "E_WEIGHTS_BROKEN"
    assert "half.safetensors" in told["error"]
    assert "Loading" not in said

"""No drawn picture becomes a file before the output check has let it pass; when that breaks, none does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from PIL import Image
from transformers import CLIPConfig

from storage.errors import SettingsError, TintypeError
from storage.output_checks import WantedCheck, check_names
from tests.trainers.bases import base_for
from tests.trainers.jobs.attempts import attempt_of, ran, training_of
from trainers.attempt import Attempt
from trainers.checks import OutputCheck, check_for, checks
from trainers.checks.safety_checker import clip_pixels, is_seen
from trainers.desk import Desk
from trainers.drawing.grid import grid
from trainers.drawing.held import held_back
from trainers.engine import Card, Engine, WantedBase
from trainers.events import Sample
from trainers.pipeline import Base
from trainers.showing import opened

CPU = torch.device("cpu")
SIDE = 16
VISION = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
          "image_size": SIDE, "patch_size": 8}  # fmt: skip
TEXT = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "vocab_size": 9}


@pytest.fixture(scope="module")
def checker() -> Any:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        made = StableDiffusionSafetyChecker(CLIPConfig(text_config=TEXT, vision_config=VISION, projection_dim=4))
        for bounds in (made.concept_embeds, made.special_care_embeds):
            bounds.data.normal_()
        made.concept_embeds_weights.data.uniform_(0.9, 0.96)
        made.special_care_embeds_weights.data.uniform_(0.6, 0.9)
    return made.eval()  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def folder(checker: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("base") / "safety_checker"
    checker.save_pretrained(made)
    return made


def noisy(seed: int, size: tuple[int, int] = (40, 30)) -> Image.Image:
    numbers = torch.randint(0, 256, (size[1], size[0], 3), generator=torch.Generator().manual_seed(seed))
    return Image.fromarray(numbers.to(torch.uint8).numpy())


def test_it_says_of_every_picture_what_diffusers_says(checker: Any) -> None:
    pixels = [clip_pixels(checker, noisy(seed)) * (1 + seed % 5) for seed in range(40)]
    _, theirs = checker(torch.cat(pixels), [torch.zeros(1) for _ in pixels])

    ours = [is_seen(checker, one, 0.0) for one in pixels]

    assert ours == theirs
    assert {True, False} == set(ours)


def test_the_stricter_bound_holds_back_what_is_just_below_it(checker: Any) -> None:
    pixels = clip_pixels(checker, noisy(1))
    bounds, care = checker.concept_embeds_weights.clone(), checker.special_care_embeds_weights.clone()
    embeds = checker.visual_projection(checker.vision_model(pixels)[1])
    near = torch.nn.functional.cosine_similarity(embeds, checker.concept_embeds)
    try:
        checker.special_care_embeds_weights.data.fill_(2.0)
        checker.concept_embeds_weights.data.copy_(near.detach() + 0.005)
        assert (is_seen(checker, pixels, 0.0), is_seen(checker, pixels, 0.01)) == (False, True)
    finally:
        checker.concept_embeds_weights.data.copy_(bounds)
        checker.special_care_embeds_weights.data.copy_(care)


def test_clip_sees_the_middle_square_in_its_own_numbers(checker: Any) -> None:
    pixels = clip_pixels(checker, Image.new("RGB", (40, 30), (255, 255, 255)))

    assert pixels.shape == (1, 3, SIDE, SIDE)
    assert torch.allclose(pixels[0, :, 0, 0], torch.tensor([1.9303, 2.0749, 2.1459]), atol=1e-3)


# --- which check, and from where -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "place"), [("auto", "base"), ("safety_checker", "base"), ("auto", "configured")])
def test_it_is_found_in_the_bases_folder_and_in_the_configured_one(name: str, place: str, folder: Path) -> None:
    wanted = WantedCheck(name, folder if place == "configured" else None)
    found = check_for(wanted, folder.parent if place == "base" else Path("nowhere"), CPU)

    assert found is not None
    assert found.name == "safety_checker"
    assert found.holds_back(noisy(1), is_strict=True) in {True, False}


def test_without_files_auto_is_off_and_what_is_demanded_is_refused(tmp_path: Path) -> None:
    assert check_for(WantedCheck(), tmp_path, CPU) is None
    assert check_for(WantedCheck("off", tmp_path), tmp_path, CPU) is None
    for wanted in (WantedCheck("safety_checker"), WantedCheck("auto", tmp_path / "mine")):
        with pytest.raises(TintypeError, match="E_OUTPUT_CHECK_MISSING"):
            check_for(wanted, tmp_path, CPU)


def test_a_torn_file_is_refused_rather_than_left_out(folder: Path, tmp_path: Path) -> None:
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((folder / name).read_bytes()[: -40 if name.endswith("s") else None])

    with pytest.raises(TintypeError, match="E_OUTPUT_CHECK_LOAD"):
        check_for(WantedCheck("auto", tmp_path), tmp_path, CPU)


def test_every_file_of_the_folder_is_a_check_of_its_name() -> None:
    assert tuple(checks()) == check_names() == ("safety_checker",)


def test_an_unknown_check_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(SettingsError) as refused:
        WantedCheck.named("saftey_check")

    assert refused.value.code == "E_OUTPUT_CHECK"
    assert refused.value.facts["nearest"] == "safety_checker"


def test_an_engine_without_the_check_that_is_demanded_says_so_and_cannot_work() -> None:
    card = Card()
    wanted = WantedBase("miniature", "cpu", WantedCheck("safety_checker"))

    assert Engine(wanted, Desk(), card)._loaded() is None

    told = card.facts()
    assert (told["state"], told["error"]["code"]) == ("failed", "E_OUTPUT_CHECK_MISSING")
    assert told["output_check"] is None


# --- what becomes of drawn pictures ----------------------------------------------------------------------------------


class Watching:
    """Holds back the pictures that it is told to, by their place among those of full size; remembers how it looked."""

    def __init__(self, *held: int) -> None:
        self.held, self.strict = held, set[bool]()
        self._seen = 0

    def __call__(self, picture: Image.Image, is_strict: bool) -> bool:
        self.strict.add(is_strict)
        self._seen += 1
        return not self.held or self._seen in self.held


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Base:
    monkeypatch.setattr("trainers.showing.LEAST_STEPS", 2)
    tiny = base_for("v_prediction")
    return replace(tiny, family=replace(tiny.family, sample_scenes=tiny.family.sample_scenes[:2], steps=4))


@pytest.fixture
def watched(small: Base) -> Callable[[Any], Base]:
    return lambda judge: replace(small, output_check=OutputCheck("watching", judge))


def drawing_of(folder: Path, **order: Any) -> Attempt:
    folder.mkdir()
    return attempt_of(folder, "imagine", {"prompt": "a cat", "steps": 2, "seed": 5, **order})


def drawn_files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "attempt.json")


def test_of_a_grid_what_is_held_back_is_left_out_and_counted(
    watched: Callable[[Any], Base], small: Base, tmp_path: Path
) -> None:
    all_three = ran(small, drawing_of(tmp_path / "all", count=3)).made("image")
    told = ran(watched(Watching(1, 2, 3, 5)), drawing_of(tmp_path / "some", count=3))

    assert [file.alt["seed"] for file in told.made("image")] == [5, 7]
    assert [file.sha256 for file in told.made("image")] == [all_three[0].sha256, all_three[2].sha256]
    assert told.done.result["warnings"] == [{"code": "W_HELD_BACK", "count": 1}]
    assert told.done.result["held_back"] == 1


def test_of_a_look_half_way_only_tiles_are_seen_and_of_the_end_nothing(
    watched: Callable[[Any], Base], tmp_path: Path
) -> None:
    told = ran(watched(Watching()), drawing_of(tmp_path / "a", count=2))

    assert told.code == "E_HELD_BACK"
    assert drawn_files(tmp_path / "a") == ["preview.png"]
    look = opened(tmp_path / "a" / "preview.png")
    size = next(event.files[0] for event in told.events if isinstance(event, Sample))
    assert (look.width, look.height) == (size.width, size.height)
    assert look.tobytes() == grid([held_back(64, 64), held_back(64, 64)]).tobytes()


def test_a_check_that_breaks_lets_nothing_pass(watched: Callable[[Any], Base], tmp_path: Path) -> None:
    def broken(picture: Image.Image, is_strict: bool) -> bool:
        raise ValueError("of whatever kind")

    told = ran(watched(broken), drawing_of(tmp_path / "a", count=2))

    assert told.code == "E_OUTPUT_CHECK_BROKEN"
    assert drawn_files(tmp_path / "a") == []


@pytest.mark.parametrize(("order", "strict"), [({}, True), ({"is_strict": False}, False)])
def test_it_looks_more_strictly_unless_the_order_is_for_adults(
    order: dict[str, Any], strict: bool, watched: Callable[[Any], Base], tmp_path: Path
) -> None:
    watching = Watching(0)
    ran(watched(watching), drawing_of(tmp_path / "a", **order))

    assert watching.strict == {strict}


def test_a_training_shows_tiles_for_samples_and_still_teaches_the_word(
    watched: Callable[[Any], Base], photos: list[Path], tmp_path: Path
) -> None:
    told = ran(watched(Watching()), training_of(tmp_path / "a", photos))

    tile = opened(tmp_path / "a" / told.samples()[0].files[1].path)
    assert tile.tobytes() == held_back(64, 64).tobytes()
    assert {"code": "W_SAMPLES_HELD", "count": 6} in told.done.result["warnings"]
    assert len(told.made("weights")) == 1


def test_pictures_are_decoded_in_one_place_alone_where_the_check_stands() -> None:
    source = {path: path.read_text("utf-8") for path in Path("trainers").rglob("*.py") if "miniature" not in path.parts}

    def having(text: str) -> list[str]:
        return [path.as_posix() for path, code in source.items() if text in code]

    assert having("vae.decode(") == ["trainers/latents.py"]
    assert source[Path("trainers/latents.py")].count("vae.decode(") == 1
    assert set(having("pixels_from")) == {"trainers/imagine.py", "trainers/latents.py"}

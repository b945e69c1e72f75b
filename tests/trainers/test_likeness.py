"""Likeness without a reader of attributes: along the way from a plain member of the class to the photos."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor
from transformers import CLIPConfig, CLIPModel, Dinov2Config, Dinov2Model

from storage.errors import TintypeError
from tests.trainers.bases import Fingerprints
from trainers.bench.exam import PHOTO_PX, save_photos, style_exams
from trainers.dataset import cuts_of
from trainers.eyes import eye_for
from trainers.imagine import finished
from trainers.likeness import Eye, compared, features_of, likeness, manner_of, obedience, scorer_for
from trainers.method import Lesson
from trainers.miniature.world import draw, restyled
from trainers.pipeline import Base, load_base

SMALL = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "image_size": 16, "patch_size": 8}
BEFORE = torch.tensor([[0.0, 1.0], [0.0, -1.0]])
WANTED = torch.tensor([2.0, 0.0])
SUBJECT = style_exams(1)[0].answers[0]


@pytest.mark.parametrize(("share", "found"), [(0.0, 0.0), (0.25, 0.25), (1.0, 1.0), (1.5, 1.0), (-1.0, 0.0)])
def test_likeness_is_the_share_of_the_way_that_samples_have_gone(share: float, found: float) -> None:
    assert likeness(BEFORE + share * WANTED, BEFORE, WANTED) == pytest.approx(found)


def test_what_looks_like_its_class_already_is_alike() -> None:
    assert likeness(BEFORE, BEFORE, BEFORE.mean(0)) == 1.0


def test_obedience_is_whether_samples_differ_as_plain_pictures_of_the_same_scenes_do() -> None:
    photo_again = torch.tensor([[2.0, 0.0], [2.0, 0.0]])

    assert obedience(BEFORE + WANTED, BEFORE) == pytest.approx(1.0)
    assert obedience(photo_again, BEFORE) == pytest.approx(0.5)
    assert obedience(BEFORE.flip(0), BEFORE) == pytest.approx(0.0)


def colours(*of: tuple[int, int, int]) -> list[Image.Image]:
    return [Image.new("RGB", (16, 16), colour) for colour in of]


def test_a_scorer_prefers_what_looks_like_the_photos_and_still_follows_the_scene() -> None:
    def eye(pictures: list[Image.Image]) -> Tensor:
        return torch.tensor([[float(value) for value in picture.getpixel((0, 0))] for picture in pictures])  # type: ignore[union-attr]

    plain = colours((0, 0, 0), (0, 200, 0))
    score = compared(eye, colours((200, 50, 0), (200, 150, 0)), plain)  # type: ignore[arg-type]

    both, same_again, unlearned = colours((200, 0, 0), (200, 200, 0)), colours(*[(200, 100, 0)] * 2), plain
    assert score(both) == pytest.approx(1.0)
    assert score(same_again) == pytest.approx(5 / 6)
    assert score(unlearned) == pytest.approx(1 / 3)


def test_the_bases_own_features_tell_pictures_apart_and_leave_it_as_it_was(base: Base) -> None:
    before = Fingerprints.of(base)
    one, again, other = features_of(base)(colours((250, 0, 0), (250, 0, 0), (0, 0, 250)))

    assert torch.equal(one, again)
    assert not torch.allclose(one, other, atol=1e-3)
    assert one.ndim == 1
    assert Fingerprints.of(base) == before
    assert not any(module._forward_hooks for module in base.unet.modules())


@pytest.mark.parametrize("sight", [features_of, manner_of], ids=["what", "how"])
def test_of_a_picture_that_is_no_square_the_middle_is_seen_not_all_of_it_squeezed(
    base: Base, sight: Callable[[Base], Eye]
) -> None:
    wide = Image.effect_noise((3 * base.size_px, base.size_px), 90).convert("RGB")
    middle = wide.crop((base.size_px, 0, 2 * base.size_px, base.size_px))

    seen, expected = sight(base)([wide, middle])

    torch.testing.assert_close(seen, expected)


def test_samples_are_compared_with_what_is_learned_of_the_photos(
    base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = replace(base, family=replace(base.family, closeups=True, scorer=None))
    photo = Image.new("RGB", (900, 900), (120, 150, 120))
    photo.paste(draw(SUBJECT).resize((200, 200)), (620, 90))
    photo.save(tmp_path / "1.png")
    lesson = Lesson(photos=[tmp_path / "1.png"], word="zed", class_word="cat", kind="animal")
    compared_with: list[Image.Image] = []
    monkeypatch.setattr("trainers.likeness.compared", lambda eye, photos, plain: compared_with.extend(photos))

    finished(scorer_for(base, lesson))

    cuts = cuts_of(lesson.photos, base.family, lesson.kind)
    assert [cut.is_close for cut in cuts] == [False, True]
    assert [picture.tobytes() for picture in compared_with] == [cut.picture().tobytes() for cut in cuts]


@pytest.mark.parametrize("style", ["hatched", "pixelated", "watercolour"])
def test_a_style_is_told_by_how_it_is_drawn_and_not_by_what_it_shows(style: str) -> None:
    exam = next(exam for exam in style_exams(4) if exam.style == style)
    flat = [draw(restyled(picture, "flat")) for picture in exam.answers]
    base = load_base("miniature", "cpu")

    def seen_by(eye: Eye) -> float:
        return likeness(eye(exam.drawings(PHOTO_PX)), eye(flat), eye(exam.photos).mean(0))

    assert seen_by(manner_of(base)) > max(0.3, seen_by(features_of(base)) + 0.1)
    assert not any(module._forward_hooks for module in base.vae.modules())


def test_what_is_drawn_in_the_style_scores_higher(tmp_path: Path) -> None:
    base, exam = load_base("miniature", "cpu"), style_exams(4)[3]
    photos = save_photos(exam, tmp_path)
    score = finished(scorer_for(base, Lesson(photos=photos, word="zed", class_word="pastel", kind="style")))
    flat = [draw(restyled(picture, "flat")) for picture in exam.answers[:4]]

    assert score(exam.drawings()[:4]) > score(flat) + 0.2


def saved(model: torch.nn.Module, folder: Path, **more: object) -> Path:
    model.save_pretrained(folder)  # type: ignore[operator]
    told = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3, "size": {"shortest_edge": 16}, **more}
    (folder / "preprocessor_config.json").write_text(json.dumps(told))
    return folder


def test_dino_and_clip_become_vectors_of_length_one(tmp_path: Path) -> None:
    dino = saved(Dinov2Model(Dinov2Config(**SMALL)), tmp_path / "dino")
    text = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "vocab_size": 20}
    both = CLIPConfig(vision_config=SMALL, text_config=text, projection_dim=12)
    clip = saved(CLIPModel(both), tmp_path / "clip", crop_size=16)

    for folder, width in ((dino, 16), (clip, 12)):
        eye = eye_for(str(folder), torch.device("cpu"))
        assert eye is not None
        seen = eye(colours((250, 0, 0), (0, 0, 250)))
        assert seen.shape == (2, width)
        assert torch.allclose(seen.norm(dim=1), torch.ones(2))
        assert not torch.allclose(seen[0], seen[1])


def test_without_a_wish_there_is_none() -> None:
    assert eye_for("", torch.device("cpu")) is None


@pytest.mark.parametrize("broken", ["nothing", "no preprocessing", "not whole"])
def test_a_model_that_cannot_see_is_refused_at_the_start(tmp_path: Path, broken: str) -> None:
    folder = tmp_path / "dino"
    if broken != "nothing":
        saved(Dinov2Model(Dinov2Config(**SMALL)), folder)
    if broken == "no preprocessing":
        (folder / "preprocessor_config.json").unlink()
    if broken == "not whole":
        told = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(told | {"num_hidden_layers": 2}))

    with pytest.raises(TintypeError, match="E_LIKENESS_LOAD"):
        eye_for(str(folder), torch.device("cpu"))

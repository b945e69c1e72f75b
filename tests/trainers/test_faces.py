"""People are compared by their faces, where the operator has models of them.

The models here are small and real ONNX files that OpenCV runs as it runs YuNet and SFace: to the one a face is what is
red, to the other whose it is its colour.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from storage.errors import TintypeError
from tests.trainers import onnx
from trainers.faces import SAME, Faces, by_faces, face_likeness, faces_for, usual_likeness
from trainers.likeness import scorer_for
from trainers.method import Lesson
from trainers.pipeline import Base

CELL, SIDE = 32, 48  # px: where a face begins, and how large it is taken to be
POINTS = ((-10, -8), (10, -8), (0, 0), (-8, 10), (8, 10))  # eyes, nose, corners of the mouth, from the middle
ANA, BEN, NOBODY = (250, 40, 0), (250, 220, 0), (0, 60, 250)


def detector() -> bytes:
    """At each stride YuNet's four outputs; only the widest finds anything, where red is above blue."""
    nodes, weights, made = [], {}, {}
    for stride in (8, 16, CELL):
        nodes.append(
            onnx.node("AveragePool", ["input"], f"mean{stride}", kernel_shape=(stride,) * 2, strides=(stride,) * 2)
        )
        red = np.array([-1 / 255, 0, 1 / 255], np.float32) if stride == CELL else np.zeros(3, np.float32)
        size = math.log(SIDE / stride)
        points = [0.5 + way / stride for point in POINTS for way in point]
        heads = {
            "cls": (red, [0.2]),
            "obj": (red, [0.2]),
            "bbox": (0 * red, [0.5, 0.5, size, size]),
            "kps": (0 * red, points),
        }
        for name, (row, bias) in heads.items():
            own = f"{name}_{stride}"
            weights[f"w_{own}"] = np.tile(row, (len(bias), 1)).reshape(len(bias), 3, 1, 1).astype(np.float32)
            weights[f"b_{own}"] = (
                np.array(bias, np.float32) if stride == CELL or name in {"bbox", "kps"} else np.zeros(1, np.float32)
            )
            weights[f"s_{own}"] = np.array([1, -1, len(bias)], np.int64)
            nodes += [
                onnx.node("Conv", [f"mean{stride}", f"w_{own}", f"b_{own}"], f"conv_{own}", kernel_shape=(1, 1)),
                onnx.node("Transpose", [f"conv_{own}"], f"turned_{own}", perm=(0, 2, 3, 1)),
                onnx.node("Reshape", [f"turned_{own}", f"s_{own}"], own),
            ]
            made[own] = (1, (640 // stride) ** 2, len(bias))
    return onnx.model(nodes, weights, ("input", (1, 3, 640, 640)), made)


def recognizer() -> bytes:
    nodes = [onnx.node("GlobalAveragePool", ["data"], "mean"), onnx.node("Flatten", ["mean"], "fc1", axis=1)]
    return onnx.model(nodes, {}, ("data", (1, 3, 112, 112)), {"fc1": (1, 3)})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faces")
    (folder / "face_detection_yunet_2023mar.onnx").write_bytes(detector())
    (folder / "face_recognition_sface_2021dec.onnx").write_bytes(recognizer())
    (folder / "face_recognition_sface_2021dec_int8.onnx").write_bytes(b"not this one")
    return folder


@pytest.fixture(scope="module")
def faces(folder: Path) -> Faces:
    found = faces_for(str(folder))
    assert found is not None
    return found


def shown(colour: tuple[int, int, int]) -> Image.Image:
    picture = Image.new("RGB", (128, 128), "black")
    ImageDraw.Draw(picture).rectangle((0, CELL, 2 * CELL - 1, 3 * CELL - 1), fill=colour)
    return picture


def test_a_face_is_found_and_whose_it_is_told_and_where_there_is_none_nothing(faces: Faces) -> None:
    ana, again, ben, nobody = faces([shown(ANA), shown(ANA).resize((1280, 1280)), shown(BEN), shown(NOBODY)])

    assert ana is not None
    assert again is not None
    assert ben is not None
    assert nobody is None
    assert float(ana.norm()) == pytest.approx(1.0)
    assert float(ana @ again) > 0.99
    assert float(ana @ ben) < 0.95


def test_samples_are_as_alike_as_photos_are_to_each_other() -> None:
    known = torch.tensor([[1.0, 0.0], [0.8, 0.6]])

    assert usual_likeness(known) == pytest.approx(0.8)
    assert usual_likeness(torch.eye(2)) == SAME
    assert usual_likeness(known[:1]) == 1.0
    assert face_likeness(known[1], known[0], 0.8) == pytest.approx(1.0)
    assert face_likeness(torch.tensor([0.4, math.sqrt(1 - 0.16)]), known[0], 0.8) == pytest.approx(0.5)
    assert face_likeness(-known[0], known[0], 0.8) == 0.0


def test_the_score_is_two_parts_face_and_one_part_obedience_and_no_face_is_not_alike(faces: Faces) -> None:
    score = by_faces(faces, [shown(ANA), shown(ANA)], lambda samples: 0.4)

    assert score is not None
    assert score([shown(ANA)]) == pytest.approx((2 + 0.4) / 3, abs=1e-3)
    assert score([shown(ANA), shown(NOBODY)]) == pytest.approx((1 + 0.4) / 3, abs=1e-3)
    assert score([shown(NOBODY)]) == pytest.approx(0.4 / 3)
    assert score([shown(BEN)]) < score([shown(ANA)])


def test_photos_without_a_face_leave_it_to_the_other_ways(faces: Faces) -> None:
    assert by_faces(faces, [shown(NOBODY)], lambda samples: 1.0) is None


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    def plain(base: Base, lesson: Lesson) -> Generator[None, None, list[Image.Image]]:
        yield
        return [Image.new("RGB", (64, 64), (0, 0, shade)) for shade in (0, 80, 160, 240)]

    monkeypatch.setattr("trainers.likeness.drawn_plainly", plain)


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    ("kind", "colour", "is_by_faces"), [("person", ANA, True), ("person", NOBODY, False), ("animal", ANA, False)]
)
def test_only_people_are_compared_by_faces(
    faces: Faces,
    base: Base,
    a_lesson: Callable[..., Lesson],
    tmp_path: Path,
    kind: str,
    colour: tuple[int, int, int],
    is_by_faces: bool,
) -> None:
    shown(colour).save(tmp_path / "photo.png")
    steps = scorer_for(replace(base, faces=faces), a_lesson(photos=[tmp_path / "photo.png"], kind=kind))
    while True:
        try:
            next(steps)
        except StopIteration as end:
            score = end.value
            break

    alike, unlike = score([shown(ANA)] * 4), score([shown(NOBODY)] * 4)
    assert (alike == pytest.approx(unlike + 2 / 3, abs=0.1)) is is_by_faces


def test_without_a_wish_there_are_none() -> None:
    assert faces_for("") is None


@pytest.mark.parametrize("broken", ["face_detection_yunet_2023mar.onnx", "face_recognition_sface_2021dec.onnx"])
@pytest.mark.parametrize("how", ["missing", "no model"])
def test_models_that_find_nobody_are_refused_at_the_start(folder: Path, tmp_path: Path, broken: str, how: str) -> None:
    for path in folder.glob("*[a-z].onnx"):
        if path.name != broken:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    if how == "no model":
        (tmp_path / broken).write_bytes(b"\x08\x07nonsense")

    with pytest.raises(TintypeError, match="E_FACES_LOAD"):
        faces_for(str(tmp_path))


def test_a_model_that_cannot_see_a_face_as_it_is_cut_out_is_refused_at_the_start(tmp_path: Path) -> None:
    small = onnx.node("Reshape", ["data", "whole"], "fc1")
    sees_less = onnx.model(
        [small], {"whole": np.array([1, 3 * 64 * 64], np.int64)}, ("data", (1, 3, 64, 64)), {"fc1": (1, 3 * 64 * 64)}
    )
    (tmp_path / "face_detection_yunet_2023mar.onnx").write_bytes(detector())
    (tmp_path / "face_recognition_sface_2021dec.onnx").write_bytes(sees_less)

    with pytest.raises(TintypeError, match="E_FACES_LOAD"):
        faces_for(str(tmp_path))

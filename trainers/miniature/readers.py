"""Two small networks that read a picture's attributes: `pick` for recipes, `judge` for measuring alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn

from trainers.miniature import WEIGHTS
from trainers.miniature.world import ACCESSORIES, ATTRIBUTES, COLOURS, EYES, PATTERNS, PLACES, SHAPES, Picture, Subject

# B batch · C channels · K answers of all questions together

SIZE_PX = 64
NOTHING = "nothing"  # worn by most
Slot = Literal["solo", "left", "right"]
SLOTS: tuple[Slot, ...] = ("solo", "left", "right")
SLOT_ANSWERS: dict[str, tuple[str, ...]] = {
    "shape": tuple(SHAPES),
    "colour": tuple(COLOURS),
    "pattern": PATTERNS,
    "second": tuple(COLOURS),
    "eyes": EYES,
    "accessory": (NOTHING, *ACCESSORIES),
}
#: question -> its possible answers, in the order of the network's outputs
QUESTIONS: dict[str, tuple[str, ...]] = {
    "scene": PLACES,
    "count": ("one", "two"),
    **{f"{slot}.{name}": answers for slot in SLOTS for name, answers in SLOT_ANSWERS.items()},
}
OUTPUTS = sum(len(answers) for answers in QUESTIONS.values())


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader sees; the slots that the picture does not have hold guesses without meaning."""

    scene: str
    count: int  #: subjects seen, 1 or 2
    slots: Mapping[str, Mapping[str, str]]  #: "solo", "left", "right" -> attribute or "accessory" -> answer


class Plain(nn.Sequential):
    """Strided convolutions and one hidden layer: the architecture of `pick`."""

    def __init__(self) -> None:
        widths = (3, 32, 64, 96, 128)
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Conv2d(before, after, 4, 2, 1), nn.GroupNorm(8, after), nn.ReLU()]
        super().__init__(*layers, nn.Flatten(), nn.Linear(128 * 16, 192), nn.ReLU(), nn.Linear(192, OUTPUTS))


class Block(nn.Module):
    """Depthwise 5 × 5, then two pointwise layers, added to the input."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width, width, 5, padding=2, groups=width),
            nn.GroupNorm(1, width),
            nn.Conv2d(width, width * 2, 1),
            nn.GELU(),
            nn.Conv2d(width * 2, width, 1),
        )

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, H, W) -> the same."""
        changed: Tensor = self.body(features)
        return features + changed


class Residual(nn.Sequential):
    """Patches and residual depthwise blocks: the architecture of `judge`."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(3, 64, 6, 4, 1),
            *(Block(64) for _ in range(3)),
            nn.Conv2d(64, 128, 2, 2),
            *(Block(128) for _ in range(3)),
            nn.GroupNorm(1, 128),
            nn.AdaptiveAvgPool2d(4),
            nn.Flatten(),
            nn.Linear(128 * 16, OUTPUTS),
        )


ARCHITECTURES: dict[str, type[nn.Module]] = {"pick": Plain, "judge": Residual}


class Reader:
    """A trained network and the words for its outputs."""

    size_px = SIZE_PX

    def __init__(self, network: nn.Module) -> None:
        self.network = network.eval().requires_grad_(False)

    def read(self, images: Sequence[Image.Image]) -> list[Reading]:
        """Read images of any size; they are brought to 64 × 64 px."""
        if not images:
            return []
        return [_reading(answers) for answers in self.answers(pixels_of_images(images))]

    def answers(self, pixels: Tensor) -> list[dict[str, str]]:
        """(B, 3, 64, 64) in -1 … 1 -> the answer to each question."""
        chosen = {question: part.argmax(1).tolist() for question, part in self._logits(pixels).items()}
        return [{q: QUESTIONS[q][indices[i]] for q, indices in chosen.items()} for i in range(len(pixels))]

    def beliefs(self, images: Sequence[Image.Image]) -> dict[str, Tensor]:
        """Question -> (B, answers) probabilities: they tell two pictures apart whose answers are the same."""
        return {question: part.softmax(1) for question, part in self._logits(pixels_of_images(images)).items()}

    @torch.no_grad()
    def _logits(self, pixels: Tensor) -> dict[str, Tensor]:
        parts = self.network(pixels).split([len(answers) for answers in QUESTIONS.values()], dim=1)
        return dict(zip(QUESTIONS, parts, strict=True))


def pixels_of_images(images: Sequence[Image.Image]) -> Tensor:
    """(B, 3, 64, 64) float32 in -1 … 1."""
    side = (SIZE_PX, SIZE_PX)
    arrays = [np.asarray(image.convert("RGB").resize(side, Image.Resampling.BOX), dtype=np.float32) for image in images]
    return torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2) / 127.5 - 1


def _reading(answers: Mapping[str, str]) -> Reading:
    slots: dict[str, dict[str, str]] = {
        slot: {name: answers[f"{slot}.{name}"] for name in SLOT_ANSWERS} for slot in SLOTS
    }
    return Reading(answers["scene"], 1 if answers["count"] == "one" else 2, slots)


def picture_of(reading: Reading) -> Picture:
    """The picture that a reader believes to see."""
    seen = [reading.slots[slot] for slot in (("solo",) if reading.count == 1 else ("left", "right"))]
    return Picture(
        tuple(Subject(**{name: slot[name] for name in ATTRIBUTES}) for slot in seen),
        tuple(None if slot["accessory"] == NOTHING else slot["accessory"] for slot in seen),
        reading.scene,
    )


@cache
def load_reader(name: Literal["pick", "judge"], folder: Path = WEIGHTS / "readers") -> Reader:
    """The committed reader of that name; `judge` is for bench and demo alone."""
    network = ARCHITECTURES[name]()
    network.load_state_dict({key: value.float() for key, value in load_file(folder / f"{name}.safetensors").items()})
    return Reader(network)


def subject_fidelity(reading: Reading, subject: Subject, slot: Slot = "solo") -> float:
    """Share of the subject's attributes found, 0 … 1; a plain subject has no second colour to find."""
    seen = reading.slots[slot]
    names = [name for name in ATTRIBUTES if name != "second" or subject.pattern != "plain"]
    found = [bool(seen[name] == getattr(subject, name)) for name in names]
    return sum(found) / len(found)


def prompt_fidelity(reading: Reading, scene: str, accessory: str | None, slot: Slot = "solo") -> float:
    """Share found of the scene and, when one is asked for, the accessory."""
    found = [reading.scene == scene]
    if accessory:
        found.append(reading.slots[slot]["accessory"] == accessory)
    return sum(found) / len(found)


def believed(beliefs: Mapping[str, Tensor], wanted: Sequence[Mapping[str, str]]) -> list[float]:
    """For each picture the mean probability of the answers wanted of it: question -> answer, at least one."""
    return [
        float(torch.stack([beliefs[q][row, QUESTIONS[q].index(answer)] for q, answer in each.items()]).mean())
        for row, each in enumerate(wanted)
    ]


def consensus(readings: Sequence[Reading]) -> Subject:
    """What most of a member's photos show: stands for the subject when nobody has told us who it is.

    Raises: ValueError without readings.
    """
    if not readings:
        msg = "no readings to agree"
        raise ValueError(msg)
    seen = [reading.slots["solo"] for reading in readings]
    return Subject(**{name: Counter(slot[name] for slot in seen).most_common(1)[0][0] for name in ATTRIBUTES})

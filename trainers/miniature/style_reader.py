"""A small network that reads in which style a picture is drawn: judges styles in `bench quality`, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the field's name

from trainers.miniature import WEIGHTS
from trainers.miniature.reader_training import Drawings, disturbed, reconstructed
from trainers.miniature.readers import pixels_of_images
from trainers.miniature.training import Average, train
from trainers.miniature.vae import pixels_of
from trainers.miniature.world import HELD_OUT_STYLES, STYLES, draw, random_picture, restyled

NAME = "style-judge"
ANSWERS = (*STYLES, *HELD_OUT_STYLES)  #: in the order of the network's outputs
EACH = 1_000  # drawings of each style it learns from
BATCH = 96


class StyleNetwork(nn.Sequential):
    """Strided convolutions, pooled over the whole picture: what matters is how it is drawn, not what is where."""

    def __init__(self) -> None:
        layers: list[nn.Module] = []
        for before, after in pairwise((3, 32, 48, 64)):
            layers += [nn.Conv2d(before, after, 4, 2, 1), nn.GroupNorm(8, after), nn.ReLU()]
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, len(ANSWERS)))


class StyleReader:
    """The trained network and the words for its outputs."""

    def __init__(self, network: nn.Module) -> None:
        self.network = network.eval().requires_grad_(False)

    def read(self, images: Sequence[Image.Image]) -> list[str]:
        """The style of each image, of any size: one of ANSWERS."""
        if not images:
            return []
        with torch.no_grad():
            return [ANSWERS[index] for index in self.network(pixels_of_images(images)).argmax(1).tolist()]


@cache
def load_style_reader(folder: Path = WEIGHTS / "readers") -> StyleReader:
    """The committed one."""
    network = StyleNetwork()
    network.load_state_dict({key: value.float() for key, value in load_file(folder / f"{NAME}.safetensors").items()})
    return StyleReader(network)


def styled_drawings(each: int, seed: int) -> tuple[Drawings, Tensor]:
    """Random drawings in every style in turn (N, 64, 64, 3), and their answers (N,)."""
    rng = Random(seed)
    labels = [index for _ in range(each) for index in range(len(ANSWERS))]
    pictures = [restyled(random_picture(rng), ANSWERS[index]) for index in labels]
    return np.stack([np.asarray(draw(picture)) for picture in pictures]), torch.tensor(labels)


def train_style_reader(vae: Any, folder: Path, steps: int, seed: int) -> Iterator[tuple[int, Average]]:
    """Train it on drawings and on the autoencoder's reconstructions of them; yields as `training.train` does."""
    drawings, labels = styled_drawings(EACH, seed)
    seen, answers = np.concatenate([drawings, reconstructed(vae, drawings)]), torch.cat([labels, labels])
    torch.manual_seed(seed)
    network = StyleNetwork()

    def loss_of(_step: int, generator: torch.Generator) -> Tensor:
        chosen = torch.randint(len(seen), (BATCH,), generator=generator)
        pixels = disturbed(pixels_of(seen[chosen.numpy()]), generator)
        return F.cross_entropy(network(pixels), answers[chosen])

    return train(network, loss_of, name=NAME, folder=folder, steps=steps, peak=2e-3, decay=0.99, seed=seed)

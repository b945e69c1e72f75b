"""The miniature's own CLIP: words, as its text encoder has them, and pictures in one space."""

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
from trainers.miniature.captions import caption
from trainers.miniature.denoiser import TEXT_WIDTH, token_ids
from trainers.miniature.reader_training import Drawings, disturbed, reconstructed
from trainers.miniature.readers import pixels_of_images
from trainers.miniature.training import Average, train
from trainers.miniature.vae import pixels_of
from trainers.miniature.world import draw, random_picture, restyled

NAME = "clip"
WIDTH = 128  # of the space that both are brought to
COUNT = 12_000  # drawings it learns from
PASTEL_SHARE = 0.3  # more than the base saw: a way of drawing is what it is asked for
SAYINGS = 2  # captions of each drawing
BATCH = 128
CHUNK = 500  # texts encoded together
HOTTEST = 100.0  # the logits' largest scale, as in the paper

# B batch · T positions · D text width · P width of the common space


class PictureNetwork(nn.Sequential):
    """Strided convolutions, pooled to two by two: what is drawn, how, and roughly where."""

    def __init__(self) -> None:
        layers: list[nn.Module] = []
        for before, after in pairwise((3, 24, 48, 64, 96)):
            layers += [nn.Conv2d(before, after, 4, 2, 1), nn.GroupNorm(8, after), nn.ReLU()]
        super().__init__(*layers, nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(96 * 4, WIDTH))


class Pair(nn.Module):
    """A picture's network and the text encoder's projection, with the scale of their agreement."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures = PictureNetwork()
        self.text_projection = nn.Linear(TEXT_WIDTH, WIDTH, bias=False)
        self.logit_scale = nn.Parameter(torch.tensor(1 / 0.07).log())

    @torch.no_grad()
    def image_features(self, images: Sequence[Image.Image]) -> Tensor:
        """Images of any size, each of length one: (B, P) float32."""
        return F.normalize(self.pictures(pixels_of_images(images)))

    def agreement(self, pixels: Tensor, ends: Tensor) -> Tensor:
        """How well each picture goes with each text, scaled: (B, 3, 64, 64), (B, D) -> (B, B)."""
        scale = self.logit_scale.exp().clamp(max=HOTTEST)
        logits: Tensor = scale * F.normalize(self.pictures(pixels)) @ F.normalize(self.text_projection(ends)).T
        return logits


def contrastive_loss(logits: Tensor) -> Tensor:
    """Each picture should find its text among the batch's, and each text its picture.

    Source: CLIP, Radford et al. 2021, arXiv 2103.00020, figure 3.
    """
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


@torch.no_grad()
def text_ends(text_encoder: Any, tokenizer: Any, texts: Sequence[str]) -> Tensor:
    """What the text encoder says at each text's end: (B, D) float32."""
    parts = []
    for first in range(0, len(texts), CHUNK):
        ids = token_ids(tokenizer, texts[first : first + CHUNK])
        ends = (ids == tokenizer.eos_token_id).int().argmax(1)
        parts.append(text_encoder(ids).last_hidden_state[torch.arange(len(ids)), ends])
    return torch.cat(parts)


def said_drawings(count: int, seed: int) -> tuple[Drawings, list[list[str]]]:
    """Random drawings (N, 64, 64, 3), some of them pastel, and captions of each; none of a held-out style."""
    rng = Random(seed)
    drawn, said = [], []
    for _ in range(count):
        picture = random_picture(rng)
        picture = restyled(picture, "pastel") if rng.random() < PASTEL_SHARE else picture
        drawn.append(np.asarray(draw(picture)))
        said.append([caption(picture, rng) for _ in range(SAYINGS)])
    return np.stack(drawn), said


def train_clip(pipeline: Any, folder: Path, steps: int, seed: int) -> Iterator[tuple[int, Average]]:
    """Train it around the pipeline's frozen text encoder; yields as `training.train` does."""
    drawings, said = said_drawings(COUNT, seed)
    half = len(drawings) // 2
    seen = np.concatenate([drawings[:half], reconstructed(pipeline.vae, drawings[half:])])
    ends = text_ends(pipeline.text_encoder, pipeline.tokenizer, [text for texts in said for text in texts])
    ends = ends.view(len(seen), SAYINGS, -1)
    torch.manual_seed(seed)
    pair = Pair()

    def loss_of(_step: int, generator: torch.Generator) -> Tensor:
        chosen = torch.randint(len(seen), (BATCH,), generator=generator)
        which = torch.randint(SAYINGS, (BATCH,), generator=generator)
        pixels = disturbed(pixels_of(seen[chosen.numpy()]), generator)
        return contrastive_loss(pair.agreement(pixels, ends[chosen, which]))

    return train(pair, loss_of, name=NAME, folder=folder, steps=steps, peak=2e-3, decay=0.995, seed=seed)


@cache
def load_pair(folder: Path = WEIGHTS / "readers") -> Pair:
    """The committed one."""
    pair = Pair()
    pair.load_state_dict({key: value.float() for key, value in load_file(folder / f"{NAME}.safetensors").items()})
    return pair.eval().requires_grad_(False)

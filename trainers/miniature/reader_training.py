"""Teaching the readers on drawings, blurred drawings and the autoencoder's reconstructions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F  # noqa: N812  the field's name

from trainers.miniature.readers import ARCHITECTURES, NOTHING, QUESTIONS
from trainers.miniature.training import Average, train
from trainers.miniature.vae import pixels_of
from trainers.miniature.world import ATTRIBUTES, Picture, draw, random_picture

COUNT = 16_000  # drawings a reader learns from
CHUNK = 500
PAIRS = 0.4  # more than in captions, since left and right have outputs of their own
BATCH = 96
UNASKED = -1  # a question that the picture does not pose

Drawings = npt.NDArray[np.uint8]


def labels_of(picture: Picture) -> list[int]:
    """The right answer's index for each question; -1 where the picture has no such slot, or no way to tell."""
    known = {"scene": picture.scene, "count": "one" if len(picture.subjects) == 1 else "two"}
    slots = ("solo",) if len(picture.subjects) == 1 else ("left", "right")
    for slot, subject, accessory in zip(slots, picture.subjects, picture.accessories, strict=True):
        known |= {f"{slot}.{name}": getattr(subject, name) for name in ATTRIBUTES}
        known[f"{slot}.accessory"] = accessory or NOTHING
        if subject.pattern == "plain":
            del known[f"{slot}.second"]  # it does not count, and shows in small parts only
    return [answers.index(known[q]) if q in known else UNASKED for q, answers in QUESTIONS.items()]


def _chunk(seed: int) -> tuple[Drawings, list[list[int]]]:
    rng = Random(seed)
    pictures = [random_picture(rng, pairs=PAIRS) for _ in range(CHUNK)]
    return np.stack([np.asarray(draw(picture)) for picture in pictures]), [labels_of(picture) for picture in pictures]


def labelled(folder: Path, count: int, seed: int) -> tuple[Drawings, npt.NDArray[np.int64]]:
    """`count` drawings (N, 64, 64, 3) and their answers (N, questions); drawn when not there yet."""
    pictures, labels = folder / f"labelled-{count}-{seed}.npy", folder / f"labels-{count}-{seed}.json"
    if not labels.exists():
        with ProcessPoolExecutor(2) as pool:
            parts = list(pool.map(_chunk, (seed * 1_000_003 + index for index in range(count // CHUNK))))
        np.save(pictures, np.concatenate([part[0] for part in parts]))
        labels.write_text(json.dumps([label for part in parts for label in part[1]]))
    return np.load(pictures, mmap_mode="r"), np.array(json.loads(labels.read_text()))


@torch.no_grad()
def reconstructed(vae: Any, drawings: Drawings) -> Drawings:
    """The drawings after the autoencoder, uint8."""
    parts = []
    for start in range(0, len(drawings), 100):
        with torch.autocast("cpu", torch.bfloat16):
            made = vae.decode(vae.encode(pixels_of(drawings[start : start + 100])).latent_dist.mean).sample
        parts.append(((made.float().clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy())
    return np.concatenate(parts)


def blurred(pixels: Tensor, sigma: float) -> Tensor:
    """Gaussian blur of (B, 3, H, W) by sigma pixels."""
    line = torch.exp(-(torch.arange(-3, 4).float() ** 2) / (2 * sigma**2))
    line = (line / line.sum()).repeat(3, 1, 1)
    padded = F.pad(pixels, (3, 3, 3, 3), mode="replicate")
    return F.conv2d(F.conv2d(padded, line[:, :, None], groups=3), line[..., None], groups=3)


def disturbed(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """A third of a batch blurred, all of it a little noisy and off in colour, as generated images are."""
    third = len(pixels) // 3
    sigma = 0.4 + float(torch.rand((), generator=generator))
    pixels = torch.cat([blurred(pixels[:third], sigma), pixels[third:]])
    shift = torch.randn((len(pixels), 3, 1, 1), generator=generator) * 0.04
    gain = 1 + torch.randn((len(pixels), 1, 1, 1), generator=generator) * 0.06
    noise = (
        torch.randn(pixels.shape, generator=generator) * torch.rand((len(pixels), 1, 1, 1), generator=generator) * 0.1
    )
    return (pixels * gain + shift + noise).clamp(-1, 1)


def answers_loss(outputs: Tensor, labels: Tensor) -> Tensor:
    """Cross entropy of every question that is posed. Shapes: (B, K), (B, questions) -> scalar."""
    parts: Sequence[Tensor] = outputs.split([len(answers) for answers in QUESTIONS.values()], dim=1)  # type: ignore[no-untyped-call]
    losses = [
        F.cross_entropy(part, labels[:, i], ignore_index=UNASKED, reduction="sum") for i, part in enumerate(parts)
    ]
    return torch.stack(losses).sum() / (labels != UNASKED).sum()


def train_reader(name: str, vae: Any, folder: Path, steps: int, seed: int) -> Iterator[tuple[int, Average]]:
    """Train `pick` or `judge` from its own drawings; yields as `training.train` does."""
    drawings, labels = labelled(folder, COUNT, seed)
    half = len(drawings) // 2
    seen = np.concatenate([drawings[:half], reconstructed(vae, drawings[half:])])
    torch.manual_seed(seed)
    network = ARCHITECTURES[name]()

    def loss_of(_step: int, generator: torch.Generator) -> Tensor:
        chosen = torch.randint(len(seen), (BATCH,), generator=generator).numpy()
        pixels = disturbed(pixels_of(seen[chosen]), generator)
        return answers_loss(network(pixels), torch.from_numpy(labels[chosen]))

    return train(network, loss_of, name=name, folder=folder, steps=steps, peak=2e-3, decay=0.995, seed=seed)


def save_reader(name: str, folder: Path, readers: Path) -> None:
    """Write the averaged network of the last checkpoint, float16."""
    state = torch.load(folder / f"{name}.ckpt", weights_only=True)["average"]
    readers.mkdir(parents=True, exist_ok=True)
    beside = readers / f"{name}.tmp"
    save_file({key: value.half().contiguous() for key, value in state.items() if value.is_floating_point()}, beside)
    beside.replace(readers / f"{name}.safetensors")

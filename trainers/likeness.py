"""How much samples of a word look like its photos where no reader knows attributes: in features, with nothing trained.

Every picture becomes one vector. What the photos have in common beyond a plain member of their class is a direction:
from the mean of the base's own pictures of the class word to the mean of the photos. A word has learned the subject as
far as its samples' mean has gone along that direction, and it follows prompts as far as its samples still differ from
each other as the plain pictures of the same scenes do.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from storage.records import Kind
from trainers.conditioning import Said, predicted, together, whole
from trainers.faces import by_faces
from trainers.imagine import encoded_picture
from trainers.showing import drawn_plainly, opened
from trainers.text import encode_prompt

if TYPE_CHECKING:
    from PIL.Image import Image

    from trainers.families import Scorer
    from trainers.method import Lesson, Progress
    from trainers.pipeline import Base

TIMESTEP = 261  # of 1000: the one that finds corresponding parts best (Tang et al. 2023, arXiv 2306.03881, section 5)
NOISES = 4  # that a picture's features are averaged over
NOISE_SEED = 0

# N pictures · D numbers of a vector · C channels

Eye = Callable[[Sequence["Image"]], Tensor]  #: pictures -> (N, D) float32


def scorer_for(base: Base, lesson: Lesson) -> Generator[Progress, None, Scorer]:
    """What tells how much samples look like this lesson's photos, 0 … 1; yields while it draws what it compares with.

    The family's own where it has one for this kind; else, of a person whose face is in the photos, in the operator's
    models of faces; else in the operator's likeness model, or in the base's features.
    """
    photos = [opened(path) for path in lesson.photos]
    if (own := base.family.scorer) is not None and lesson.kind != Kind.STYLE:
        return own(photos)
    plain = yield from drawn_plainly(base, lesson)
    eye = base.eye or features_of(base)
    if base.faces is not None and lesson.kind == Kind.PERSON:
        before = eye(plain)
        scorer = by_faces(base.faces, photos, lambda samples: obedience(eye(samples), before))
        if scorer is not None:
            return scorer
    return compared(eye, photos, plain)


def compared(eye: Eye, photos: Sequence[Image], plain: Sequence[Image]) -> Scorer:
    """A scorer from photos and from what the base draws of the class word in the same scenes, from the same seeds."""
    before, wanted = eye(plain), eye(photos).mean(0)

    def score(samples: Sequence[Image]) -> float:
        seen = eye(samples)
        return (2 * likeness(seen, before, wanted) + obedience(seen, before)) / 3

    return score


def likeness(seen: Tensor, before: Tensor, wanted: Tensor) -> float:
    """How far the samples' mean has gone from the plain pictures' to the photos': 0 … 1.

    Shapes: seen and before (N, D), wanted (D,).
    """
    direction, way = wanted - before.mean(0), seen.mean(0) - before.mean(0)
    length = float(direction @ direction)
    return min(max(float(way @ direction) / length, 0.0), 1.0) if length else 1.0


def obedience(seen: Tensor, before: Tensor) -> float:
    """How much each sample differs from the others as its plain picture does: 0 … 1, 0.5 when it has nothing of it.

    Shapes: (N, D) both.
    """
    alike = nn.functional.cosine_similarity(seen - seen.mean(0), before - before.mean(0), dim=1)
    return float((1 + alike.mean()) / 2)


def features_of(base: Base) -> Eye:
    """What the base's own denoiser notices of a picture: means and deviations of the channels halfway, at a low noise.

    Source: diffusion features, Tang et al. 2023, arXiv 2306.03881.
    """
    block = _halfway(base)
    with torch.no_grad(), base.autocast():
        said = together([encode_prompt(base, "", ())] * NOISES)
    return lambda pictures: torch.stack([_noticed(base, block, said, picture) for picture in pictures])


@torch.no_grad()
def _noticed(base: Base, block: nn.Module, said: Said, picture: Image) -> Tensor:
    """(2 C,)."""
    side = base.size_px
    latents = encoded_picture(base, picture.convert("RGB").resize((side, side))).cpu()
    noise = torch.randn((NOISES, *latents.shape[1:]), generator=torch.Generator().manual_seed(NOISE_SEED))
    timesteps = torch.full((NOISES,), TIMESTEP)
    noisy = base.diffusion.noisy(latents.expand_as(noise), noise, timesteps)
    held: list[Tensor] = []
    hook = block.register_forward_hook(lambda module, given, made: held.append(made))
    try:
        with base.autocast():
            frames = [whole(side, side)] * NOISES
            predicted(base, noisy.to(base.device, base.dtype), timesteps.to(base.device), said, frames)
    finally:
        hook.remove()
    channels = _channels(base, held[0], noisy).float().mean(0).flatten(1).cpu()
    return torch.cat([channels.mean(1), channels.std(1)])


def _halfway(base: Base) -> nn.Module:
    """Of a UNet, the block halfway up."""
    if base.family.architecture is not None:
        return base.family.architecture.noticing(base.denoiser)
    block: nn.Module = base.unet.up_blocks[(len(base.unet.up_blocks) - 1) // 2]
    return block


def _channels(base: Base, made: Tensor, noisy: Tensor) -> Tensor:
    """What came out of it, as channels of places in the picture: (NOISES, C, ...)."""
    return made if base.family.architecture is None else base.family.architecture.noticed(made, noisy)

"""How much samples of a word look like its photos where no reader knows attributes: in features, with nothing trained.

Every picture becomes one vector. What the photos have in common beyond a plain member of their class is a direction:
from the mean of the base's own pictures of the class word to the mean of the photos. A word has learned the subject as
far as its samples' mean has gone along that direction, and it follows prompts as far as its samples still differ from
each other as the plain pictures of the same scenes do.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from PIL import ImageOps
from torch import Tensor, nn

from storage.records import Kind
from trainers.conditioning import Said, predicted, together, whole
from trainers.dataset import cuts_of
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
    models of faces; else in the operator's likeness model, or in the base's features, of what is learned of the photos:
    around a small subject most of a photo is something else. These know what is shown: how a style is drawn is seen by
    the base's VAE.
    """
    photos = [opened(path) for path in lesson.photos]
    if (own := base.family.scorer) is not None and lesson.kind != Kind.STYLE:
        return own(photos)
    plain = yield from drawn_plainly(base, lesson)
    eye = base.eye or features_of(base)
    if lesson.kind == Kind.STYLE:
        return compared(manner_of(base), photos, plain, scenes=eye)
    if base.faces is not None and lesson.kind == Kind.PERSON:
        before = eye(plain)
        scorer = by_faces(base.faces, photos, lambda samples: obedience(eye(samples), before))
        if scorer is not None:
            return scorer
    cuts = cuts_of(lesson.photos, base.family, lesson.kind, lesson.looks)
    return compared(eye, [cut.picture() for cut in cuts], plain)


def compared(eye: Eye, photos: Sequence[Image], plain: Sequence[Image], scenes: Eye | None = None) -> Scorer:
    """A scorer from photos and from what the base draws of the class word in the same scenes, from the same seeds.

    `scenes` sees how far prompts are followed, where that is another eye.
    """
    before, wanted = eye(plain), eye(photos).mean(0)
    shown = before if scenes is None else scenes(plain)

    def score(samples: Sequence[Image]) -> float:
        seen = eye(samples)
        followed = obedience(seen if scenes is None else scenes(samples), shown)
        return (2 * likeness(seen, before, wanted) + followed) / 3

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
    latents = _latents(base, picture).cpu()
    noise = torch.randn((NOISES, *latents.shape[1:]), generator=torch.Generator().manual_seed(NOISE_SEED))
    timesteps = torch.full((NOISES,), TIMESTEP)
    noisy = base.diffusion.noisy(latents.expand_as(noise), noise, timesteps)
    with _overheard([block]) as made, base.autocast():
        frames = [whole(side, side)] * NOISES
        predicted(base, noisy.to(base.device, base.dtype), timesteps.to(base.device), said, frames)
    return _statistics(_channels(base, made[0], noisy).float().mean(0))


def manner_of(base: Base) -> Eye:
    """How a picture is drawn, whatever it shows: means and deviations of channels at each level of the VAE's encoder.

    Source: as VGG's in adaptive instance normalisation, Huang and Belongie 2017, arXiv 1703.06868.
    """
    levels = [base.vae.encoder.conv_in, *base.vae.encoder.down_blocks]
    return lambda pictures: torch.stack([_manner(base, levels, picture) for picture in pictures])


def _manner(base: Base, levels: Sequence[nn.Module], picture: Image) -> Tensor:
    """(D,)."""
    with _overheard(levels) as made:
        _latents(base, picture)
    return torch.cat([_statistics(level[0].float()) for level in made])


def _latents(base: Base, picture: Image) -> Tensor:
    """Of a picture's middle at the base's own size: (1, C, H, W) float32."""
    return encoded_picture(base, ImageOps.fit(picture.convert("RGB"), (base.size_px, base.size_px)))


@contextmanager
def _overheard(modules: Sequence[nn.Module]) -> Iterator[list[Tensor]]:
    """What these modules make inside, in turn."""
    made: list[Tensor] = []
    hooks = [module.register_forward_hook(lambda module, given, out: made.append(out)) for module in modules]
    try:
        yield made
    finally:
        for hook in hooks:
            hook.remove()


def _statistics(channels: Tensor) -> Tensor:
    """Each channel's mean and deviation: (C, ...) -> (2 C,)."""
    flat = channels.flatten(1).cpu()
    return torch.cat([flat.mean(1), flat.std(1)])


def _halfway(base: Base) -> nn.Module:
    """Of a UNet, the block halfway up."""
    if base.family.architecture is not None:
        return base.family.architecture.noticing(base.denoiser)
    block: nn.Module = base.unet.up_blocks[(len(base.unet.up_blocks) - 1) // 2]
    return block


def _channels(base: Base, made: Tensor, noisy: Tensor) -> Tensor:
    """What came out of it, as channels of places in the picture: (NOISES, C, ...)."""
    return made if base.family.architecture is None else base.family.architecture.noticed(made, noisy)

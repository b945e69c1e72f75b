"""Edit a real photo by words: find the noise that it came from, then draw it again with other words in their place.

Sources: null-text inversion, Mokady et al. 2022, arXiv 2211.09794; prompt-to-prompt, Hertz et al. 2022, arXiv
2208.01626; DDIM, Song et al. 2020, arXiv 2010.02502.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from trainers.attention import Maps, aligned, attending, remembering, replacing
from trainers.conditioning import Said, predicted, together, whole
from trainers.edits import register
from trainers.imagine import counted, decoded, encoded_picture, size_of, words_of
from trainers.loss import alphas_cumprod_of
from trainers.method import Progress
from trainers.pipeline import Applied, Base, swapped, with_words
from trainers.text import encode_prompt, page_of, stacked, token_ids_of

if TYPE_CHECKING:
    from trainers.imagine import Drawing

LEARNING_RATE = 1e-2  # at the first step, half of it at the last one: the paper's 1 - i/100 of 50 steps
INNER_STEPS = 10  # at most, for each denoising step
CLOSE_ENOUGH, LATER = 1e-5, 2e-5  # squared error from which on nothing more is learned, and its growth each step
WORDS_LONGER = 1.5  # words are looked for where they were for so many times the steps in which shapes are kept

# C latent channels · H W latent height, width · T positions · D text width · N denoising steps


@dataclass(frozen=True, slots=True)
class Levels:
    """The noise levels that a picture goes through, from the clean one, 0, to the noisiest, N."""

    timesteps: Tensor  #: (N + 1,) int64
    alphas: Tensor  #: (N + 1,) float32: how much of the picture is left
    prediction_type: str

    @classmethod
    def of(cls, base: Base, steps: int) -> Levels:
        """Those of so many steps."""
        from diffusers import DDIMScheduler

        scheduler: Any = DDIMScheduler.from_config(base.scheduler.config)  # type: ignore[no-untyped-call]
        scheduler.set_timesteps(steps)
        timesteps = torch.cat([torch.zeros(1, dtype=torch.int64), scheduler.timesteps.flip(0)])
        return cls(timesteps, alphas_cumprod_of(scheduler)[timesteps], scheduler.config.prediction_type)

    @property
    def steps(self) -> int:
        """N."""
        return len(self.timesteps) - 1

    def moved(self, latents: Tensor, prediction: Tensor, begin: int, end: int) -> Tensor:
        """Latents at another level, by what the UNet says of them. Source: Song et al. 2020, eq. 12 with eta 0."""
        root, rest = float(self.alphas[begin].sqrt()), float((1 - self.alphas[begin]).sqrt())
        if self.prediction_type == "v_prediction":  # Salimans and Ho 2022, arXiv 2202.00512
            clean, noise = root * latents - rest * prediction, root * prediction + rest * latents
        else:
            clean, noise = (latents - rest * prediction) / root, prediction
        return float(self.alphas[end].sqrt()) * clean + float((1 - self.alphas[end]).sqrt()) * noise


@dataclass(frozen=True, slots=True)
class Photo:
    """What is known of the photo: what it shows, in words, and its way into noise and back."""

    said: str
    text: Said  #: the same as the UNet hears it: (1, T, D)
    trajectory: Sequence[Tensor]  #: at each level, the clean one first: N + 1 of (1, C, H, W)
    nothing: Sequence[Said] = ()  #: what is said where nothing is, for the step from each level 1 … N


@register
class NullText:
    """Other words for a real photo; what they do not touch stays as it is."""

    name = "null_text"

    def draw(self, base: Base, asked: Drawing) -> Generator[Progress, None, list[Image.Image]]:
        """Find the noise, learn what to say where nothing is said, and draw anew.

        With several seeds the first picture leaves the photo by `asked.strength`, the others further and further.
        """
        levels, freedoms = Levels.of(base, asked.steps or base.family.steps), freedoms_of(asked)
        total = levels.steps * (2 + len(freedoms))
        photo = yield from counted(inverted(base, asked, levels), 0, total)
        photo = yield from counted(taught(base, photo, levels, _guidance(base, asked)), levels.steps, total)
        made = []
        for index, freedom in enumerate(freedoms, 2):
            drawing = redrawn(base, asked, levels, photo, freedom)
            made.append((yield from counted(drawing, index * levels.steps, total)))
        return decoded(base, torch.cat(made), is_strict=asked.is_strict)


def freedoms_of(asked: Drawing) -> list[float]:
    """How far each picture leaves the photo: the first as far as was asked, the last wholly."""
    count = len(asked.seeds)
    return [asked.strength + (1 - asked.strength) * index / count for index in range(count)]


def _guidance(base: Base, asked: Drawing) -> float:
    return base.family.guidance_scale if asked.guidance_scale is None else asked.guidance_scale


# --- into noise ------------------------------------------------------------------------------------------------------


def inverted(base: Base, asked: Drawing, levels: Levels) -> Generator[None, None, Photo]:
    """Lead the photo to noise, as DDIM would come from there with its words and without guidance."""
    assert asked.parent is not None
    picture = asked.parent.convert("RGB").resize(size_of(base, asked), Image.Resampling.LANCZOS)
    text, trajectory = encode_prompt(base, asked.said, ()), [encoded_picture(base, picture)]
    for level in range(levels.steps):
        with torch.no_grad():
            prediction = _predicted(base, levels, trajectory[-1], level, text)
            trajectory.append(levels.moved(trajectory[-1], prediction, level, level + 1))
        yield
    return Photo(asked.said, text, trajectory)


def taught(base: Base, photo: Photo, levels: Levels, guidance_scale: float) -> Generator[None, None, Photo]:
    """Learn, from noise to picture, what must be said where nothing is said so that guidance leads to the photo.

    Source: Mokady et al. 2022, algorithm 1.
    """
    nothing = _nothing_beside(base, photo.text)
    latents, learned = photo.trajectory[-1], []
    for level in range(levels.steps, 0, -1):
        with torch.no_grad():
            of_text = _predicted(base, levels, latents, level, photo.text)
        step = _Step(base, levels, level, latents, of_text, guidance_scale, photo.trajectory[level - 1])
        nothing = step.learned(nothing)
        learned.append(nothing)
        with torch.no_grad():
            latents = step.taken(nothing)
        yield
    return replace(photo, nothing=tuple(reversed(learned)))


def _nothing_beside(base: Base, text: Said) -> Said:
    """The empty prompt on as many pages as a text."""
    said = encode_prompt(base, "", ())
    return stacked(base, [text, said.silenced() if base.empty_is_zero else said]).each()[1]


def _predicted(base: Base, levels: Levels, latents: Tensor, level: int, said: Said) -> Tensor:
    """What the UNet says of latents at a level: (B, C, H, W) float32."""
    height, width = (side * base.pixels_per_latent for side in latents.shape[2:])
    timestep = levels.timesteps[level].to(base.device)
    with base.autocast():
        frames = [whole(width, height)] * len(latents)
        return predicted(base, latents.to(base.dtype), timestep, said, frames).float()


@dataclass(frozen=True, slots=True)
class _Step:
    base: Base
    levels: Levels
    level: int
    latents: Tensor
    of_text: Tensor
    guidance_scale: float
    target: Tensor

    def taken(self, nothing: Said) -> Tensor:
        """Where guidance leads to when this is said where nothing is."""
        free = _predicted(self.base, self.levels, self.latents, self.level, nothing)
        guided = free + self.guidance_scale * (self.of_text - free)
        return self.levels.moved(self.latents, guided, self.level, self.level - 1)

    def learned(self, nothing: Said) -> Said:
        """What is to be said instead."""
        index = self.levels.steps - self.level
        hidden = nothing.hidden.detach().float().clone().requires_grad_()
        optimizer = torch.optim.Adam([hidden], lr=LEARNING_RATE * (1 - index / (2 * self.levels.steps)))
        for _ in range(INNER_STEPS):
            loss = functional.mse_loss(self.taken(replace(nothing, hidden=hidden)), self.target)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            if float(loss.detach()) < CLOSE_ENOUGH + index * LATER:
                break
        return replace(nothing, hidden=hidden.detach().to(nothing.hidden))


# --- and back --------------------------------------------------------------------------------------------------------


@torch.no_grad()
def returned(base: Base, photo: Photo, levels: Levels, guidance_scale: float) -> Tensor:
    """Where guidance leads from the photo's noise with its own words, by what was learned if it was: (1, C, H, W)."""
    nothing, latents = photo.nothing or [_nothing_beside(base, photo.text)] * levels.steps, photo.trajectory[-1]
    for level in range(levels.steps, 0, -1):
        of_text = _predicted(base, levels, latents, level, photo.text)
        step = _Step(base, levels, level, latents, of_text, guidance_scale, photo.trajectory[level - 1])
        latents = step.taken(nothing[level - 1])
    return latents


def redrawn(base: Base, asked: Drawing, levels: Levels, photo: Photo, freedom: float) -> Generator[None, None, Tensor]:
    """Draw it from its noise with other words: (1, C, H, W).

    In the first steps words are looked for where they were, and, the shorter the more it may change, the picture
    looks at itself as it did.
    """
    words = words_of(asked)
    text, layers = encode_prompt(base, asked.prompt, words), with_words(base, words)
    before, *rest = stacked(base, [photo.text, text, *photo.nothing]).each()
    text, nothing = rest[0], rest[1:]
    same = aligned(_ids(base, photo.said, (), before), _ids(base, asked.prompt, words, before))
    latents = photo.trajectory[-1]
    for level in range(levels.steps, 0, -1):
        share, maps = (levels.steps - level) / levels.steps, Maps()
        of_itself, of_words = share < 1 - freedom, share < WORDS_LONGER * (1 - freedom)
        with torch.no_grad():
            if of_itself or of_words:
                with attending(base.unet, remembering(base.unet, maps)):
                    _predicted(base, levels, photo.trajectory[level], level, before)
            kept = replacing(base.unet, maps, same, of_words=of_words, of_itself=of_itself)
            with swapped(base.unet, layers), attending(base.unet, kept):
                both = _predicted(base, levels, latents.repeat(2, 1, 1, 1), level, together([nothing[level - 1], text]))
            free, of_text = both.chunk(2)
            guided = free + _guidance(base, asked) * (of_text - free)
            latents = levels.moved(latents, guided, level, level - 1)
        yield
    return latents


def _ids(base: Base, prompt: str, words: Sequence[Applied], said: Said) -> list[int]:
    """A prompt's token ids on as many pages as were said."""
    ids = token_ids_of(base, prompt, [adapter for adapter, _ in words])
    empty = page_of(base.tokenizer, ())
    return [*ids, *empty * ((said.hidden.shape[1] - len(ids)) // len(empty))]

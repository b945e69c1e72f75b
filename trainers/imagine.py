"""A prompt with words to pictures: one denoising step at a time, nothing attached in between."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import torch
from PIL import Image
from torch import Tensor, nn

from storage.words import words_in
from trainers.adapter import Adapter
from trainers.attention import attending
from trainers.conditioning import Said, predicted, whole
from trainers.dataset import pixels_of
from trainers.diffusion import Sampler
from trainers.drawing.held import held_back
from trainers.enlarging import kept
from trainers.faults import is_out_of_memory, release_memory
from trainers.image_prompts import Shown, prompt_for
from trainers.latents import encoded, pixels_from
from trainers.leading import encode_led
from trainers.looking.boxes import Box
from trainers.method import Progress
from trainers.pipeline import Base, swapped, with_words
from trainers.refusing import refused
from trainers.sides import REDRAWN, SIDES, laid_back, looked_at, said_of, share_of, sides_of, window_of, without
from trainers.text import stacked

log = logging.getLogger(__name__)
T = TypeVar("T")

SKETCH_LATENTS = 32  # latents along the long side of a sketch: a quarter of the pixels of SD 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What to draw."""

    prompt: str
    negative_prompt: str = ""
    seeds: Sequence[int] = (0,)  #: one for each picture
    adapters: Sequence[tuple[Adapter, float]] = ()  #: words that the prompt may name, with their strengths
    shape: str = "square"
    steps: int | None = None  #: None takes the family's
    guidance_scale: float | None = None
    parent: Image.Image | None = None  #: begin from this picture
    strength: float = 0.6  #: how far to leave the parent: 0 … 1
    keeps_parent: bool = False  #: whether all that it shows stays, and only finer things are drawn
    size: tuple[int, int] | None = None  #: width, height in px instead of the shape's
    edit: str = ""  #: another way to draw from the parent, of `trainers.edits`
    said: str = ""  #: what the parent shows, where such a way asks for it
    shown: Shown | None = None  #: a photo beside the prompt, where the base has an adapter for that
    is_strict: bool = True  #: the output check's stricter bound; the other one is for channels of adults


def words_of(asked: Drawing) -> list[tuple[Adapter, float]]:
    """The adapters whose word stands in the prompt: no other is active."""
    written = {word.name: word.strength for word in words_in(asked.prompt)}
    return [(a, strength * written[a.word]) for a, strength in asked.adapters if a.word in written]


def imagine(
    base: Base, asked: Drawing, glimpse: Callable[[Tensor], object] | None = None
) -> Generator[Progress, None, list[Image.Image]]:
    """Draw all pictures of a drawing, yielding after each denoising step; returns the pictures.

    They are drawn together; where memory ends, one after another.
    What is asked twice gives the same pictures, whatever was drawn or trained in between; for one that the base's
    output check holds back there is a tile that `is_held_back` knows. Half way, `glimpse` is given
    what the pictures promise to be: predicted latents (B, C, H, W) float32.
    """
    try:
        return (yield from _together(base, asked, glimpse))
    except (RuntimeError, MemoryError) as error:
        if len(asked.seeds) == 1 or not is_out_of_memory(error):
            raise
    log.warning("memory ended while %d pictures were drawn together: now one after another", len(asked.seeds))
    release_memory()
    return (yield from _singly(base, asked))


def _singly(base: Base, asked: Drawing) -> Generator[Progress, None, list[Image.Image]]:
    pictures: list[Image.Image] = []
    for at, seed in enumerate(asked.seeds):
        with closing(_together(base, replace(asked, seeds=(seed,)))) as drawing:
            while True:
                try:
                    progress = next(drawing)
                except StopIteration as end:
                    pictures += end.value
                    break
                total = progress.total
                yield replace(progress, done=at * total + progress.done, total=len(asked.seeds) * total)
    return pictures


def _together(
    base: Base, asked: Drawing, glimpse: Callable[[Tensor], object] | None = None
) -> Generator[Progress, None, list[Image.Image]]:
    sampler = _sampler(base, asked, None if asked.parent is None else asked.strength)
    latents = _start(base, asked, sampler)
    parts = _parts(base, asked, columns=latents.shape[3])
    closer = _closer(base, asked) if len(parts) > 1 and not asked.keeps_parent else {}
    steps = len(sampler.timesteps), *(len(look.sampler.timesteps) for look in closer.values())
    latents = yield from counted(_denoised(base, asked, sampler, latents, parts, glimpse), 0, sum(steps))
    if not closer:
        return decoded(base, latents, is_strict=asked.is_strict, parent=asked.parent if asked.keeps_parent else None)
    pixels, looks = torch.cat(pixels_from(base, latents)), {}
    for number, (side, look) in enumerate(closer.items(), 1):
        looking = _looked(base, asked, look, pixels, window_of(side, size_of(base, asked)))
        looks[side] = yield from counted(looking, sum(steps[:number]), sum(steps))
    return [_picture(base, one, is_strict=asked.is_strict) for one in laid_back(pixels, looks)[:, None]]


def counted(steps: Generator[None, None, T], done: int, total: int) -> Generator[Progress, None, T]:
    """Tell each step of a part of the work, before which so many were done, and return what the part does."""
    with closing(steps):
        while True:
            try:
                next(steps)
            except StopIteration as end:
                made: T = end.value
                return made
            done += 1
            yield Progress(done=done, total=total, phase="imagine")


def _denoised(
    base: Base,
    asked: Drawing,
    sampler: Sampler,
    latents: Tensor,
    parts: Sequence[Part],
    glimpse: Callable[[Tensor], object] | None = None,
) -> Generator[None, None, Tensor]:
    """All steps that a sampler has left, yielding after each; returns latents (B, C, H, W)."""
    timesteps = sampler.timesteps
    guidance_scale = base.family.guidance_scale if asked.guidance_scale is None else asked.guidance_scale
    for index, timestep in enumerate(timesteps):
        with torch.no_grad(), base.autocast():
            noise_pred = _mixed(base, parts, guidance_scale, latents, timestep)
            latents = sampler.step(noise_pred, timestep, latents)
        if glimpse is not None and index + 1 == len(timesteps) // 2:
            glimpse(sampler.promised())
        yield
    return latents


@dataclass(frozen=True, slots=True)
class Closer:
    """How one side is drawn again, larger and by itself."""

    part: Part
    sampler: Sampler


def _closer(base: Base, asked: Drawing) -> dict[str, Closer]:
    """Both sides, each with what is said of it alone; what is varied is left no further than the variation leaves it.

    Two subjects in one picture are small, and what is small is drawn worse: to draw a part of a picture again, larger,
    is how faces are commonly mended.
    """
    found, strength = {}, min(REDRAWN, asked.strength) if asked.parent else REDRAWN
    columns = base.size_px // base.pixels_per_latent
    for side in SIDES:
        own = replace(asked, prompt=said_of(asked.prompt, side))
        part = _part(base, own, own.prompt, words_of(own), torch.ones(columns))
        found[side] = Closer(part, _sampler(base, asked, strength))
    return found


def _looked(base: Base, asked: Drawing, look: Closer, pixels: Tensor, window: Box) -> Generator[None, None, Tensor]:
    """What a window of pictures (B, 3, H, W) shows, drawn again: (B, 3, S, S)."""
    cut = looked_at(pixels, window, base.size_px)
    latents = torch.cat([encoded(base, one)[0] for one in cut[:, None]])
    noise = _noise(asked.seeds, latents.shape[1:]).to(base.device)
    drawing = _denoised(base, asked, look.sampler, look.sampler.from_latents(latents, noise), [look.part])
    return torch.cat(pixels_from(base, (yield from drawing)))


def finished(steps: Generator[object, None, T]) -> T:
    """Run to the end without looking."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            made: T = end.value
            return made


@dataclass(frozen=True, slots=True)
class Part:
    """What the denoiser is told and given for a part of the picture."""

    said: Said  #: nothing and the text, each once for every picture: (2 B, T, D)
    layers: Mapping[str, nn.Module]  #: of the words that stand there
    processors: Mapping[str, Any]  #: by which it is looked at a photo, if one is shown
    share: Tensor  #: how much it has to say about each column, 0 … 1: (W,)


def _mixed(base: Base, parts: Sequence[Part], guidance_scale: float, latents: Tensor, timestep: Tensor) -> Tensor:
    """Each part's prediction for the whole picture, put together by columns: (B, C, H, W) float32.

    Source: MultiDiffusion, Bar-Tal et al. 2023, arXiv 2302.08113.
    """
    shares = []
    for part in parts:
        with swapped(base.denoiser, part.layers), attending(base.denoiser, part.processors):
            shares.append(part.share * _guided(base, guidance_scale, latents, timestep, part.said))
    return torch.stack(shares).sum(0) if len(shares) > 1 else shares[0]


def _guided(base: Base, guidance_scale: float, latents: Tensor, timestep: Tensor, said: Said) -> Tensor:
    """Classifier-free guidance, Ho and Salimans 2022, arXiv 2207.12598: (B, C, H, W) float32."""
    twice = torch.cat([latents, latents]).to(base.dtype)
    height, width = (side * base.pixels_per_latent for side in latents.shape[2:])
    both = predicted(base, twice, timestep, said, [whole(width, height)] * len(twice)).float()
    noise_pred_uncond, noise_pred_text = both.chunk(2)
    guided: Tensor = noise_pred_uncond + guidance_scale * (noise_pred_text - noise_pred_uncond)
    return guided


def _parts(base: Base, asked: Drawing, columns: int) -> list[Part]:
    """The whole picture, or its sides when two words are said to stand on different ones."""
    words = words_of(asked)
    where = sides_of(asked.prompt) if len(words) > 1 else {}
    if len(set(where.values())) < len(SIDES):
        return [_part(base, asked, asked.prompt, words, torch.ones(columns))]
    return [_side(base, asked, words, where, side, columns) for side in SIDES]


def _side(
    base: Base,
    asked: Drawing,
    words: Sequence[tuple[Adapter, float]],
    where: Mapping[str, str],
    side: str,
    columns: int,
) -> Part:
    """A side knows the words of the other by their class words alone: nothing of them can be mistaken for its own."""
    here = [word for word in words if where.get(word[0].word, side) == side]
    return _part(base, asked, without(asked.prompt, words, where, side), here, share_of(side, columns))


def _part(base: Base, asked: Drawing, prompt: str, words: Sequence[tuple[Adapter, float]], share: Tensor) -> Part:
    text = encode_led(base, prompt, words)
    said, processors = stacked(base, [refused(base, asked.negative_prompt, words), text]), {}
    if asked.shown is not None:
        prompt_of = prompt_for(base)
        said = replace(said, seen=prompt_of.positions(asked.shown.picture))
        processors = prompt_of.layers.processors(asked.shown.scale)
    return Part(said.repeated(len(asked.seeds)), with_words(base, words), processors, share.to(base.device))


def _sampler(base: Base, asked: Drawing, strength: float | None) -> Sampler:
    """From noise alone, or so strongly away from what is there."""
    steps = asked.steps or base.family.steps
    first = None if strength is None else min(steps - 1, round(steps * (1 - strength)))
    return base.diffusion.sampler(steps, base.device, first)


def _noise(seeds: Sequence[int], shape: Sequence[int]) -> Tensor:
    """(B, *shape) float32, each picture's by its own seed."""
    return torch.stack([torch.randn(shape, generator=torch.Generator().manual_seed(seed)) for seed in seeds])


def size_of(base: Base, asked: Drawing) -> tuple[int, int]:
    """Width and height in px."""
    return asked.size or base.family.shapes[asked.shape]


def _start(base: Base, asked: Drawing, sampler: Sampler) -> Tensor:
    width, height = size_of(base, asked)
    per = base.pixels_per_latent
    shape = (base.latent_channels, height // per, width // per)
    noise = _noise(asked.seeds, shape).to(base.device)
    if asked.parent is None:
        return sampler.from_noise(noise)
    latents = encoded_picture(base, asked.parent.convert("RGB").resize((width, height), Image.Resampling.LANCZOS))
    return sampler.from_latents(latents.expand_as(noise), noise)


def encoded_picture(base: Base, picture: Image.Image) -> Tensor:
    """A picture's scaled latents: (1, C, H, W) float32."""
    return encoded(base, pixels_of(picture)[None])[0]


def sketched(base: Base, latents: Tensor, *, is_strict: bool = True) -> list[Image.Image]:
    """Predicted latents (B, C, H, W) as small pictures, in a fraction of the time that `decoded` takes."""
    scale = min(1.0, SKETCH_LATENTS / max(latents.shape[2:]))
    if scale < 1.0:
        latents = torch.nn.functional.interpolate(latents, scale_factor=scale, mode="area")
    return decoded(base, latents, is_strict=is_strict)


def decoded(
    base: Base, latents: Tensor, *, is_strict: bool = True, parent: Image.Image | None = None
) -> list[Image.Image]:
    """Latents (B, C, H, W) as pictures, one at a time so that memory stays that of one; of a parent all is kept.

    Raises: TintypeError(E_OUTPUT_CHECK_BROKEN).
    """
    small = None if parent is None else pixels_of(parent.convert("RGB"))[None].to(base.device)
    return [
        _picture(base, pixels if small is None else kept(pixels, small), is_strict=is_strict)
        for pixels in pixels_from(base, latents)
    ]


def _picture(base: Base, pixels: Tensor, *, is_strict: bool) -> Image.Image:
    """(1, 3, H, W) as a picture.

    Every picture that anybody will see is made here, so the output check stands here, too: what it holds back leaves
    this function only as a tile. Raises: TintypeError(E_OUTPUT_CHECK_BROKEN).
    """
    array = ((pixels[0].clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy()
    picture = Image.fromarray(array)
    if base.output_check is not None and base.output_check.holds_back(picture, is_strict=is_strict):
        return held_back(*picture.size)
    return picture

"""What a denoiser is told besides noise: the text; for SDXL what it means as a whole, and where a picture was cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from trainers.pipeline import Base

# B batch · T positions · D text width · P pooled width · C latent channels · H W latent height, width


@dataclass(frozen=True, slots=True)
class Said:
    """One prompt or several, encoded."""

    hidden: Tensor  #: encoder_hidden_states of all encoders side by side: (B, T, D)
    pooled: Tensor | None = None  #: what each prompt means as a whole, where the base listens to it: (B, P)
    lengths: tuple[int, ...] = ()  #: of each prompt, where what is beyond them is not heard; none: all is

    def repeated(self, count: int) -> Said:
        """Each prompt so many times, one after the other."""
        pooled = None if self.pooled is None else self.pooled.repeat_interleave(count, 0)
        lengths = tuple(length for length in self.lengths for _ in range(count))
        return Said(self.hidden.repeat_interleave(count, 0), pooled, lengths)

    def each(self) -> list[Said]:
        """The prompts one by one."""
        pooled = [None] * len(self.hidden) if self.pooled is None else self.pooled[:, None]
        lengths: list[tuple[int, ...]] = [(length,) for length in self.lengths] or [()] * len(self.hidden)
        return [Said(*one) for one in zip(self.hidden[:, None], pooled, lengths, strict=True)]

    def silenced(self) -> Said:
        """Zeros of the same shapes."""
        pooled = None if self.pooled is None else torch.zeros_like(self.pooled)
        return Said(torch.zeros_like(self.hidden), pooled, self.lengths)


def together(said: Sequence[Said]) -> Said:
    """Encodings as one batch: of equally many positions, or each of which says its length."""
    pooled = [one.pooled for one in said if one.pooled is not None]
    lengths = tuple(length for one in said for length in one.lengths)
    longest = max(one.hidden.shape[1] for one in said)
    hidden = [functional.pad(one.hidden, (0, 0, 0, longest - one.hidden.shape[1])) for one in said] if lengths else None
    return Said(torch.cat(hidden or [one.hidden for one in said]), torch.cat(pooled) if pooled else None, lengths)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a picture was cut from, in px. Source: SDXL, Podell et al. 2023, arXiv 2307.01952, 2.2."""

    original: tuple[int, int]  #: height, width of the photo before it was scaled
    corner: tuple[int, int]  #: top, left of the crop
    target: tuple[int, int]  #: height, width of the picture

    @property
    def time_ids(self) -> tuple[int, ...]:
        """In the order in which SDXL's UNet takes them: (6,)."""
        return (*self.original, *self.corner, *self.target)


def whole(width: int, height: int) -> Frame:
    """The frame of a picture that was not cut from another."""
    return Frame((height, width), (0, 0), (height, width))


def predicted(base: Base, noisy: Tensor, timesteps: Tensor, said: Said, frames: Sequence[Frame]) -> Tensor:
    """What the denoiser says of noisy latents: (B, C, H, W) in the base's numbers."""
    if base.family.architecture is not None:
        return base.family.architecture.predicted(base.denoiser, noisy, timesteps, said)
    conditions: dict[str, Any] | None = None
    if said.pooled is not None:
        time_ids = torch.tensor([frame.time_ids for frame in frames], device=base.device, dtype=base.dtype)
        conditions = {"text_embeds": said.pooled, "time_ids": time_ids}
    shown = noisy if base.canvas is None else base.canvas.beside(noisy)
    made: Tensor = base.denoiser(shown, timesteps, said.hidden, added_cond_kwargs=conditions).sample
    return made

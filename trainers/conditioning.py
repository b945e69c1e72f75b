"""What the UNet is told besides noise: the text, and for SDXL what it means as a whole and where a picture was cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from trainers.pipeline import Base

# B batch · T positions · D text width · P pooled width · C latent channels · H W latent height, width


@dataclass(frozen=True, slots=True)
class Said:
    """One prompt or several, encoded."""

    hidden: Tensor  #: encoder_hidden_states of all encoders side by side: (B, T, D)
    pooled: Tensor | None = None  #: what each prompt means as a whole, where the base listens to it: (B, P)

    def repeated(self, count: int) -> Said:
        """Each prompt so many times, one after the other."""
        pooled = None if self.pooled is None else self.pooled.repeat_interleave(count, 0)
        return Said(self.hidden.repeat_interleave(count, 0), pooled)

    def each(self) -> list[Said]:
        """The prompts one by one."""
        pooled = [None] * len(self.hidden) if self.pooled is None else self.pooled[:, None]
        return [Said(hidden, own) for hidden, own in zip(self.hidden[:, None], pooled, strict=True)]

    def silenced(self) -> Said:
        """Zeros of the same shapes."""
        return Said(torch.zeros_like(self.hidden), None if self.pooled is None else torch.zeros_like(self.pooled))


def together(said: Sequence[Said]) -> Said:
    """Encodings of equally many positions as one batch."""
    pooled = [one.pooled for one in said if one.pooled is not None]
    return Said(torch.cat([one.hidden for one in said]), torch.cat(pooled) if pooled else None)


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
    """What the UNet says of noisy latents: (B, C, H, W) in the base's numbers."""
    conditions: dict[str, Any] | None = None
    if said.pooled is not None:
        time_ids = torch.tensor([frame.time_ids for frame in frames], device=base.device, dtype=base.dtype)
        conditions = {"text_embeds": said.pooled, "time_ids": time_ids}
    shown = noisy if base.canvas is None else base.canvas.beside(noisy)
    made: Tensor = base.denoiser(shown, timesteps, said.hidden, added_cond_kwargs=conditions).sample
    return made

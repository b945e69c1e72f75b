"""What a denoiser is told besides noise: the text; for SDXL what it means as a whole, and where a picture was cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from trainers.pipeline import Base

# B batch · T positions · S positions of a photo · D text width · P pooled width
# C latent channels · H W latent height, width


@dataclass(frozen=True, slots=True)
class Said:
    """One prompt or several, encoded."""

    hidden: Tensor  #: encoder_hidden_states of all encoders side by side: (B, T, D)
    pooled: Tensor | None = None  #: what each prompt means as a whole, where the base listens to it: (B, P)
    lengths: tuple[int, ...] = ()  #: of each prompt, where what is beyond them is not heard; none: all is
    seen: Tensor | None = None  #: the positions of a photo beside each prompt, where one is shown: (B, S, D)

    def repeated(self, count: int) -> Said:
        """Each prompt so many times, one after the other."""
        lengths = tuple(length for length in self.lengths for _ in range(count))
        return self._with(lambda part: part.repeat_interleave(count, 0), lengths)

    def each(self) -> list[Said]:
        """The prompts one by one."""
        return [self._with(itemgetter(slice(at, at + 1)), self.lengths[at : at + 1]) for at in range(len(self.hidden))]

    def silenced(self) -> Said:
        """Zeros of the same shapes."""
        return self._with(torch.zeros_like, self.lengths)

    def _with(self, change: Callable[[Tensor], Tensor], lengths: tuple[int, ...]) -> Said:
        pooled, seen = (None if part is None else change(part) for part in (self.pooled, self.seen))
        return Said(change(self.hidden), pooled, lengths, seen)


def together(said: Sequence[Said]) -> Said:
    """Encodings as one batch: of equally many positions, or each of which says its length."""
    pooled = [one.pooled for one in said if one.pooled is not None]
    seen = [one.seen for one in said if one.seen is not None]
    lengths = tuple(length for one in said for length in one.lengths)
    longest = max(one.hidden.shape[1] for one in said)
    hidden = [functional.pad(one.hidden, (0, 0, 0, longest - one.hidden.shape[1])) for one in said] if lengths else None
    return Said(
        torch.cat(hidden or [one.hidden for one in said]),
        torch.cat(pooled) if pooled else None,
        lengths,
        torch.cat(seen) if seen else None,
    )


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
    told = said.hidden if said.seen is None else (said.hidden, [said.seen])
    made: Tensor = base.denoiser(shown, timesteps, told, added_cond_kwargs=conditions).sample
    return made

"""A frozen layer with what words add to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

import torch
from torch import Tensor, nn
from torch.nn import functional

from trainers.differences import Difference, LowRank
from trainers.quantised import outline_of

MATRIX_DIMENSIONS = 2
PICTURE_DIMENSIONS = 4  # (B, I, H, W); a linear layer sees three

# B batch · T positions · I input width · O output width · r rank


class Deltas(nn.Module):
    """A frozen layer with several words' differences added to its output; pixels are positions.

    A pair of thin matrices is never multiplied out; other differences are, once, and added up.
    """

    def __init__(self, base_layer: nn.Module, parts: Sequence[tuple[Difference, float]]) -> None:
        super().__init__()
        self.base_layer = base_layer
        weight = outline_of(base_layer)
        thin = [(low, strength) for low, strength in parts if _is_thin(low)]
        self._thin = [(low.down.to(weight), (low.up * low.scale * strength).to(weight)) for low, strength in thin]
        full = [strength * difference.of(weight) for difference, strength in parts if not _is_thin(difference)]
        self._full = torch.stack(full).sum(0).to(weight) if full else None

    def forward(self, hidden: Tensor, *args: Any) -> Tensor:
        """(B, T, I) -> (B, T, O), or (B, I, H, W) -> (B, O, H, W)."""
        made: Tensor = self.base_layer(hidden, *args)
        if self._full is not None:
            made = made + _through(self.base_layer, self._full, hidden)
        if not self._thin:
            return made
        is_picture = hidden.ndim == PICTURE_DIMENSIONS
        positions = hidden.flatten(2).transpose(1, 2) if is_picture else hidden
        for down, up in self._thin:
            delta = (positions @ down.T) @ up.T
            made = made + (delta.transpose(1, 2).reshape(made.shape) if is_picture else delta)
        return made


def _is_thin(difference: Difference) -> TypeGuard[LowRank]:
    return isinstance(difference, LowRank) and difference.down.ndim == MATRIX_DIMENSIONS


def _through(layer: nn.Module, weight: Tensor, hidden: Tensor) -> Tensor:
    """What the layer would say with this weight and no bias."""
    if isinstance(layer, nn.Conv2d):
        return functional.conv2d(hidden, weight, None, layer.stride, layer.padding, layer.dilation, layer.groups)
    return functional.linear(hidden, weight)

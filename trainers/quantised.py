"""Matrices and convolutions of a base in eight bits, for devices where it does not fit: each row by its largest number.

A layer stays what it is – `nn.Linear`, `nn.Conv2d` with a `weight` – but its weight is made anew whenever it is asked
for, and neither kept nor remembered for the way back. Whoever trains a copy of it takes `plain`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Self, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.grad import conv2d_input

#: of a UNet, and of Z-Image's transformer: all but what leads in and out, more than 99 % of its numbers
BLOCKS = ("down_blocks.", "mid_block.", "up_blocks.", "layers.", "noise_refiner.", "context_refiner.")
LEVELS = 127  # on each side of zero
LINEAR = ("in_features", "out_features")  # what a layer is made with
CONVOLUTION = (
    "in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "padding_mode",
)  # fmt: skip

# B batch · I input width · O output width · k window


def packed(weight: Tensor) -> tuple[Tensor, Tensor]:
    """A weight's numbers (O, I, k, k) int8 and each row's scale (O, 1, 1, 1) in the weight's own numbers.

    Source: symmetric quantization by channels, Krishnamoorthi 2018, arXiv 1806.08342, 2.2 and 3.2.
    """
    rows = weight.float()
    most = rows.abs().amax(dim=tuple(range(1, rows.ndim)), keepdim=True)
    scale = (most / LEVELS).clamp(min=torch.finfo(weight.dtype).tiny).to(weight.dtype)
    return (rows / scale.float()).round().clamp(-LEVELS, LEVELS).to(torch.int8), scale


class Packed(nn.Module, ABC):
    """What both kinds of layers have in common; until it is packed, a layer is an ordinary one.

    peft makes its own convolutions by the class of those that it adapts.
    """

    numbers: Tensor  #: (O, I, k, k) int8
    scale: Tensor  #: (O, 1, 1, 1), in the numbers that the base computes in

    @property
    def is_packed(self) -> bool:
        """Whether there is no weight but what the bits make."""
        return "numbers" in self._buffers

    def pack(self, layer: nn.Module) -> Self:
        """Take a layer's numbers over in the place of those that this one was made with."""
        numbers, scale = packed(layer.get_parameter("weight").detach())
        del self.weight
        self.register_parameter("bias", dict(layer.named_parameters()).get("bias"))
        self.register_buffer("numbers", numbers)
        self.register_buffer("scale", scale)
        return self

    def __getattr__(self, name: str) -> Any:
        """Its weight, (O, I, k, k), made of the eight bits."""
        if name == "weight" and self.is_packed:
            return self.numbers.to(self.scale.dtype).mul_(self.scale)
        return super().__getattr__(name)

    def forward(self, hidden: Tensor) -> Tensor:
        """As the layer that it was."""
        if not self.is_packed:
            return self.said(hidden)
        made: Tensor = _Frozen.apply(hidden, self)  # type: ignore[no-untyped-call]
        return made

    @abstractmethod
    def said(self, hidden: Tensor) -> Tensor:
        """What it makes of something."""

    @abstractmethod
    def led_back(self, grad: Tensor, shape: Sequence[int]) -> Tensor:
        """The gradient of what it was given, of this shape, from that of what it made."""


class _Frozen(torch.autograd.Function):
    """A frozen layer, of which autograd keeps nothing: with its weight, half of the memory would be taken again."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, layer: Packed) -> Tensor:
        ctx.layer, ctx.shape = layer, hidden.shape
        return layer.said(hidden)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        return ctx.layer.led_back(grad, ctx.shape), None


class PackedLinear(Packed, nn.Linear):
    """(B, …, I) -> (B, …, O)."""

    def said(self, hidden: Tensor) -> Tensor:
        return functional.linear(hidden, self.weight, self.bias)

    def led_back(self, grad: Tensor, shape: Sequence[int]) -> Tensor:
        return grad @ self.weight.to(grad.dtype)


class PackedConv2d(Packed, nn.Conv2d):
    """(B, I, H, W) -> (B, O, H, W)."""

    def said(self, hidden: Tensor) -> Tensor:
        made: Tensor = self._conv_forward(hidden, self.weight, self.bias)
        return made

    def led_back(self, grad: Tensor, shape: Sequence[int]) -> Tensor:
        around = (self.stride, self.padding, self.dilation, self.groups)
        made: Tensor = conv2d_input(shape, self.weight.to(grad.dtype), grad, *around)  # type: ignore[no-untyped-call]
        return made


Layer = nn.Linear | nn.Conv2d


def in_eight_bits(layer: Layer) -> PackedLinear | PackedConv2d:
    """The same layer, packed."""
    if isinstance(layer, nn.Linear):
        return PackedLinear(**_shape(layer)).pack(layer)
    return PackedConv2d(**_shape(layer)).pack(layer)


L = TypeVar("L", bound=nn.Module)


def outline_of(layer: nn.Module) -> Tensor:
    """A layer's weight for whoever asks only its shape, kind of numbers and device: of a packed layer none is made.

    What stands in it then is each row's scale, seen again and again: (O, I, k, k).
    Raises: AttributeError for a layer without a weight.
    """
    if isinstance(layer, Packed) and layer.is_packed:
        return layer.scale.expand_as(layer.numbers)
    weight: Tensor = layer.weight  # type: ignore[assignment]
    return weight


def hollow(layer: Layer) -> Layer:
    """An ordinary layer of the same kind and shape, without numbers: on torch's meta device."""
    return nn.Linear(**_shape(layer)) if isinstance(layer, nn.Linear) else nn.Conv2d(**_shape(layer))


def plain(layer: L) -> L:
    """A packed layer with ordinary numbers that may be changed; any other layer is given back."""
    if not isinstance(layer, PackedLinear | PackedConv2d) or not layer.is_packed:
        return layer
    made: Any = hollow(layer)
    made.weight = nn.Parameter(layer.weight, requires_grad=False)
    made.register_parameter("bias", dict(layer.named_parameters()).get("bias"))
    return made  # type: ignore[no-any-return]  # an nn.Linear or nn.Conv2d, as it is one itself


def _shape(layer: Layer) -> dict[str, Any]:
    """What a layer of the same kind is made with, still without numbers."""
    shape = LINEAR if isinstance(layer, nn.Linear) else CONVOLUTION
    return {name: getattr(layer, name) for name in shape} | {"bias": layer.bias is not None, "device": "meta"}


def pack_blocks(denoiser: nn.Module) -> None:
    """Put packed layers in the place of all matrices and convolutions of a denoiser's blocks."""
    for name, layer in [*denoiser.named_modules()]:
        if name.startswith(BLOCKS) and isinstance(layer, nn.Linear | nn.Conv2d):
            denoiser.set_submodule(name, in_eight_bits(layer))

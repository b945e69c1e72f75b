"""LoRAs of convolutions that look at one pixel, as the matrix products that they are, while they are trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeGuard

from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from peft.tuners.lora import Conv2d

ONE_PIXEL = (1, 1)
ADAPTER = "default"  # peft's name for the only one that a layer has

# B batch · I input width · O output width · H W pixels


class PointwiseLora(nn.Module):
    """(B, I, H, W) -> (B, O, H, W) with the parameters of peft's layer, which stays as it is.

    On a CPU the backward pass of these convolutions takes several times as long as that of the products; of pictures
    whose channels lie last in memory, both are the same numbers in the same places.
    """

    def __init__(self, layer: Conv2d) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, I, H, W) -> (B, O, H, W)."""
        frozen, down, up = self.layer.base_layer, self.layer.lora_A[ADAPTER], self.layer.lora_B[ADAPTER]
        pixels = hidden.permute(0, 2, 3, 1)
        added = _product(up, _product(down, pixels)) * self.layer.scaling[ADAPTER]
        made: Tensor = _product(frozen, pixels) + added
        return made.permute(0, 3, 1, 2)


def _product(convolution: nn.Module, pixels: Tensor) -> Tensor:
    """(B, H, W, I) -> (B, H, W, O)."""
    weight: Tensor = convolution.weight  # type: ignore[assignment]
    bias: Tensor | None = convolution.bias  # type: ignore[assignment]
    return functional.linear(pixels, weight.flatten(1), bias)


def as_products(layers: Mapping[str, nn.Module]) -> dict[str, nn.Module]:
    """The same layers by name, those of one pixel as products.

    DoRA asks for the frozen weight and stays; so does what is in eight bits, whose weight is made by itself alone.
    """
    return {name: PointwiseLora(layer) if _is_pointwise(layer) else layer for name, layer in layers.items()}


def _is_pointwise(layer: nn.Module) -> TypeGuard[Conv2d]:
    from peft.tuners.lora import Conv2d

    if not isinstance(layer, Conv2d) or layer.use_dora[ADAPTER]:
        return False
    frozen = layer.base_layer
    return type(frozen) is nn.Conv2d and bool(
        frozen.kernel_size == frozen.stride == ONE_PIXEL and frozen.groups == 1 and frozen.padding in ((0, 0), "valid")
    )

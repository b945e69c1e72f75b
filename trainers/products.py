"""LoRAs of linear layers and of convolutions that look at one pixel, in few matrix products while they are trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeGuard

import torch
from torch import Tensor, nn
from torch.autograd.function import Function, once_differentiable
from torch.nn import functional

if TYPE_CHECKING:
    from peft.tuners.lora import Conv2d, Linear

ONE_PIXEL = (1, 1)
TRAINED_IN = torch.float32
ADAPTER = "default"  # peft's name for the only one that a layer has

# B batch · I input width · O output width · R rank · H W pixels · N rows: all pixels or tokens of a batch


class LoraProduct(nn.Module):
    """(…, I) -> (…, O), or (B, I, H, W) -> (B, O, H, W), with the parameters of peft's layer, which stays as it is.

    What is made and what goes back is what peft's layer gives, up to the order in which it is added up. That layer
    scales and adds whole outputs, each in an operation of its own, and on a CPU the backward pass of a convolution of
    one pixel takes several times as long as that of the products.
    """

    def __init__(self, layer: Linear | Conv2d) -> None:
        super().__init__()
        self.layer = layer
        self.is_of_pixels = isinstance(layer.base_layer, nn.Conv2d)

    def forward(self, hidden: Tensor) -> Tensor:
        """As peft's layer."""
        if not self.is_of_pixels:
            return self._of_rows(hidden)
        return self._of_rows(hidden.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)

    def _of_rows(self, hidden: Tensor) -> Tensor:
        """(…, I) -> (…, O)."""
        frozen: Any = self.layer.base_layer
        parts: tuple[Any, Any] = (self.layer.lora_A[ADAPTER], self.layer.lora_B[ADAPTER])
        down, up = (part.weight.flatten(1) for part in parts)
        rows = hidden.reshape(-1, hidden.shape[-1])
        made: Tensor = _Product.apply(
            rows, frozen.weight.flatten(1), frozen.bias, down, up, self.layer.scaling[ADAPTER]
        )  # type: ignore[no-untyped-call]
        return made.view(*hidden.shape[:-1], -1)


class _Product(Function):
    """x (N, I), W (O, I), b (O,) or None, A (R, I), B (O, R), s -> x Wᵀ + b + s x Aᵀ Bᵀ (N, O). W and b are frozen.

    It is computed in W's numbers; what goes back to A and B, which are float32, is float32, and to x in its own.
    """

    @staticmethod
    def forward(
        ctx: Any, rows: Tensor, weight: Tensor, bias: Tensor | None, down: Tensor, up: Tensor, scale: float
    ) -> Tensor:
        ctx.rows_dtype = rows.dtype
        if weight.dtype != TRAINED_IN:
            rows, down, up = (value.to(weight.dtype) for value in (rows, down, up))
        inner = rows @ down.T
        ctx.save_for_backward(rows, inner, weight, down, up)
        ctx.scale = scale
        return functional.linear(rows, weight, bias).addmm_(inner, up.T, alpha=scale)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, given: Tensor) -> tuple[Tensor | None, ...]:
        rows, inner, weight, down, up = ctx.saved_tensors
        of_inner = (given @ up).mul_(ctx.scale)
        of_rows = (given @ weight).addmm_(of_inner, down) if ctx.needs_input_grad[0] else None
        of_down, of_up = of_inner.T @ rows, (given.T @ inner).mul_(ctx.scale)
        if weight.dtype != TRAINED_IN:
            of_down, of_up = of_down.to(TRAINED_IN), of_up.to(TRAINED_IN)
            of_rows = None if of_rows is None else of_rows.to(ctx.rows_dtype)
        return of_rows, None, None, of_down, of_up, None


def as_products(layers: Mapping[str, nn.Module]) -> dict[str, nn.Module]:
    """The same layers by name, those that can be products as these.

    DoRA asks for the frozen weight and stays; so does what is in eight bits, whose weight is made by itself alone, and
    what computes in half precision on a card, where nobody has measured it.
    """
    return {name: LoraProduct(layer) if _is_product(layer) else layer for name, layer in layers.items()}


def _is_product(layer: nn.Module) -> TypeGuard[Linear | Conv2d]:
    from peft.tuners.lora import Conv2d, Linear

    if not isinstance(layer, Linear | Conv2d) or layer.use_dora[ADAPTER]:
        return False
    frozen = layer.base_layer
    if type(frozen) not in (nn.Linear, nn.Conv2d) or (isinstance(frozen, nn.Conv2d) and not _is_of_one_pixel(frozen)):
        return False
    weight = frozen.get_parameter("weight")
    return weight.dtype == torch.float32 or weight.device.type == "cpu"


def _is_of_one_pixel(frozen: nn.Conv2d) -> bool:
    is_still = frozen.padding in ((0, 0), "valid")
    return frozen.kernel_size == frozen.stride == ONE_PIXEL and frozen.groups == 1 and is_still

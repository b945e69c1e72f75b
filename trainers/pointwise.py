"""Convolutions of one pixel as the matrix products that they are, while a LoRA around them is trained."""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor, nn
from torch.nn import functional

ONE_PIXEL = (1, 1)

# B batch · I input width · O output width · H W pixels


class Pointwise(nn.Module):
    """(B, I, H, W) -> (B, O, H, W) by one matrix for all pixels.

    On a CPU the backward pass of the convolution takes several times as long; of pictures whose channels lie last in
    memory, both are the same product.
    """

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__()
        weight = convolution.weight
        self.weight = nn.Parameter(weight.detach().flatten(1), requires_grad=weight.requires_grad)
        self.bias = convolution.bias

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, I, H, W) -> (B, O, H, W)."""
        return functional.linear(hidden.permute(0, 2, 3, 1), self.weight, self.bias).permute(0, 3, 1, 2)


def is_pointwise(module: object) -> bool:
    """Whether a module is a convolution that looks at one pixel for each that it makes."""
    return (
        isinstance(module, nn.Conv2d)
        and module.kernel_size == module.stride == ONE_PIXEL
        and module.groups == 1
        and module.padding in ((0, 0), "valid")
    )


def as_products(layers: Iterable[nn.Module]) -> None:
    """In each of peft's LoRA layers, replace such convolutions; the frozen ones themselves stay as they are."""
    for layer in layers:
        places = [(layer, name) for name, module in layer.named_children() if is_pointwise(module)]
        places += [
            (pair, name)
            for pair in layer.children()
            if isinstance(pair, nn.ModuleDict)
            for name, module in pair.items()
            if is_pointwise(module)
        ]
        for parent, name in places:
            parent.register_module(name, Pointwise(parent.get_submodule(name)))  # type: ignore[arg-type]

"""A LoRA of a convolution of one pixel and the matrix products in its place are the same, forwards and backwards."""

from __future__ import annotations

import torch
from peft import LoraConfig, inject_adapter_in_model
from torch import Tensor, nn

from trainers.pointwise import PointwiseLora, as_products


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inward, self.window, self.strided = nn.Conv2d(6, 8, 1), nn.Conv2d(6, 8, 3), nn.Conv2d(6, 8, 1, stride=2)
        self.linear = nn.Linear(6, 8)


def with_lora(**more: bool) -> dict[str, nn.Module]:
    torch.manual_seed(0)
    model = Small().requires_grad_(False)
    names = ["inward", "window", "strided", "linear"]
    inject_adapter_in_model(
        LoraConfig(r=2, lora_alpha=3, target_modules=names, init_lora_weights=False, **more),  # type: ignore[arg-type]
        model,
    )
    return dict(model.named_children())


def answered(layer: nn.Module, hidden: Tensor) -> tuple[Tensor, Tensor, list[Tensor]]:
    given = hidden.clone().requires_grad_(True)
    made = layer(given)
    made.square().sum().backward()
    assert given.grad is not None
    return made.detach(), given.grad, [value.grad for value in layer.parameters() if value.grad is not None]


def test_output_and_gradients_are_those_of_the_convolution() -> None:
    hidden = torch.randn(2, 6, 5, 7).to(memory_format=torch.channels_last)
    product = as_products(with_lora())["inward"]
    assert isinstance(product, PointwiseLora)

    made, back, gradients = answered(with_lora()["inward"], hidden)
    made_again, back_again, gradients_again = answered(product, hidden)

    torch.testing.assert_close(made_again, made)
    torch.testing.assert_close(back_again, back)
    assert [tuple(one.shape) for one in gradients_again] == [(2, 6, 1, 1), (8, 2, 1, 1)]
    for one, other in zip(gradients, gradients_again, strict=True):
        torch.testing.assert_close(other, one)


def test_what_looks_at_more_than_one_pixel_or_skips_some_stays_as_it_is() -> None:
    layers = with_lora()
    products = as_products(layers)

    assert [name for name, layer in products.items() if layer is not layers[name]] == ["inward"]


def test_dora_stays_as_it_is() -> None:
    layers = with_lora(use_dora=True)

    assert as_products(layers) == layers

"""A LoRA of peft's and the matrix products in its place are the same, forwards and backwards."""

from __future__ import annotations

import pytest
import torch
from peft import LoraConfig, inject_adapter_in_model
from torch import Tensor, nn

from trainers.products import LoraProduct, as_products

PIXELS = torch.randn(2, 6, 5, 7, generator=torch.Generator().manual_seed(0)).to(memory_format=torch.channels_last)
TOKENS = torch.randn(2, 9, 6, generator=torch.Generator().manual_seed(1))


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inward, self.window, self.strided = nn.Conv2d(6, 8, 1), nn.Conv2d(6, 8, 3), nn.Conv2d(6, 8, 1, stride=2)
        self.linear, self.plain = nn.Linear(6, 8), nn.Linear(6, 8, bias=False)


def with_lora(**more: bool) -> dict[str, nn.Module]:
    torch.manual_seed(0)
    model = Small().requires_grad_(False)
    names = [name for name, _ in model.named_children()]
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


@pytest.mark.parametrize(
    ("name", "hidden"), [("inward", PIXELS), ("inward", PIXELS.contiguous()), ("linear", TOKENS), ("plain", TOKENS)]
)
def test_output_and_gradients_are_those_of_the_layer(name: str, hidden: Tensor) -> None:
    product = as_products(with_lora())[name]
    assert isinstance(product, LoraProduct)

    made, back, gradients = answered(with_lora()[name], hidden)
    made_again, back_again, gradients_again = answered(product, hidden)

    torch.testing.assert_close(made_again, made)
    torch.testing.assert_close(back_again, back)
    assert len(gradients_again) == len(gradients) == 2
    for one, other in zip(gradients, gradients_again, strict=True):
        torch.testing.assert_close(other, one)


def test_what_nothing_before_learns_from_gets_no_gradient() -> None:
    product = as_products(with_lora())["linear"]

    product(TOKENS).sum().backward()

    assert TOKENS.grad is None
    assert [value.grad is not None for name, value in product.named_parameters() if "lora" in name] == [True, True]


def test_what_looks_at_more_than_one_pixel_or_skips_some_stays_as_it_is() -> None:
    layers = with_lora()
    products = as_products(layers)

    assert [name for name, layer in products.items() if layer is layers[name]] == ["window", "strided"]


def test_dora_stays_as_it_is() -> None:
    layers = with_lora(use_dora=True)

    assert as_products(layers) == layers


def in_half() -> dict[str, nn.Module]:
    """As in a base in bfloat16: what is frozen is, what is trained is not."""
    layers = with_lora()
    for layer in layers.values():
        layer.get_submodule("base_layer").bfloat16()
    return layers


@pytest.mark.parametrize(("name", "hidden"), [("inward", PIXELS), ("linear", TOKENS), ("plain", TOKENS)])
def test_in_half_precision_they_are_those_of_the_layer_under_autocast(name: str, hidden: Tensor) -> None:
    product = as_products(in_half())[name]
    assert isinstance(product, LoraProduct)

    with torch.autocast("cpu", torch.bfloat16):
        made, back, gradients = answered(in_half()[name], hidden)
        made_again, back_again, gradients_again = answered(product, hidden)

    assert made_again.dtype == made.dtype == torch.bfloat16
    torch.testing.assert_close(made_again, made, rtol=0.02, atol=0.02)
    for one, other in zip([back, *gradients], [back_again, *gradients_again], strict=True):
        assert other.dtype == torch.float32
        torch.testing.assert_close(other, one, rtol=0.03, atol=0.03 * float(one.abs().max()))


def test_half_precision_on_a_card_stays_as_it_is() -> None:
    layers = {name: layer.to("meta") for name, layer in in_half().items()}

    assert as_products(layers) == layers

"""A convolution of one pixel and the matrix product in its place are the same, forwards and backwards."""

from __future__ import annotations

import torch
from peft import LoraConfig, inject_adapter_in_model
from torch import Tensor, nn

from trainers.pointwise import Pointwise, as_products


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inward, self.window, self.strided = nn.Conv2d(6, 8, 1), nn.Conv2d(6, 8, 3), nn.Conv2d(6, 8, 1, stride=2)


def with_lora(seed: int = 0) -> Small:
    torch.manual_seed(seed)
    model = Small().requires_grad_(False)
    config = LoraConfig(r=2, target_modules=["inward", "window", "strided"], init_lora_weights=False)
    inject_adapter_in_model(config, model)
    return model


def answered(layer: nn.Module, hidden: Tensor) -> tuple[Tensor, Tensor, list[Tensor]]:
    given = hidden.clone().requires_grad_(True)
    made = layer(given)
    made.square().sum().backward()
    gradients = [value.grad.flatten() for value in layer.parameters() if value.grad is not None]
    assert given.grad is not None
    return made.detach(), given.grad, gradients


def test_output_and_gradients_are_those_of_the_convolution() -> None:
    hidden = torch.randn(2, 6, 5, 7).to(memory_format=torch.channels_last)
    before, after = with_lora().inward, with_lora().inward
    as_products([after])

    (made, back, gradients), (made_again, back_again, gradients_again) = (
        answered(before, hidden),
        answered(after, hidden),
    )
    torch.testing.assert_close(made_again, made)
    torch.testing.assert_close(back_again, back)
    assert len(gradients) == len(gradients_again) == 2
    for one, other in zip(gradients, gradients_again, strict=True):
        torch.testing.assert_close(other, one)


def test_what_looks_at_more_than_one_pixel_or_skips_some_stays_a_convolution() -> None:
    model = with_lora()
    as_products([model.inward, model.window, model.strided])
    products = {name.partition(".")[0] for name, module in model.named_modules() if isinstance(module, Pointwise)}

    assert {"inward"} <= products
    assert isinstance(model.window.base_layer, nn.Conv2d)
    assert isinstance(model.strided.base_layer, nn.Conv2d)


def test_the_frozen_weight_is_shared_and_stays_frozen() -> None:
    model = with_lora()
    frozen = model.inward.base_layer
    as_products([model.inward])

    assert model.inward.base_layer.weight.data_ptr() == frozen.weight.data_ptr()
    assert not model.inward.base_layer.weight.requires_grad
    assert frozen.weight.shape == (8, 6, 1, 1)

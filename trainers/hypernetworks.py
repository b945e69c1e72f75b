"""Hypernetworks: small networks that change what keys and values are made of, by the width of what attention reads."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn

from storage.hypernetworks import SIDES, Layout, key_of, widths_in
from trainers.quantised import outline_of

ACTIVATIONS: Mapping[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leakyrelu": nn.LeakyReLU,
    "elu": nn.ELU,
    "swish": nn.Hardswish,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "softsign": nn.Softsign,
    "mish": nn.Mish,
}
LAYERS = {"to_k": "k", "to_v": "v"}  #: the layers that read a context, by the ends of their names
START = 0.01  # deviation of a new network's numbers, as AUTOMATIC1111's "Normal"

# B batch · T positions · D a context's width


@dataclass(frozen=True)
class Hypernetwork:
    """One word's networks, immutable and detached from any model."""

    layout: Layout
    tensors: Mapping[str, Tensor] = field(repr=False)  #: float32, by the names that files have for them

    @property
    def widths(self) -> tuple[int, ...]:
        """Of the contexts that it changes."""
        return widths_in({name: tuple(tensor.shape) for name, tensor in self.tensors.items()}, self.layout)

    def network(self, width: int, side: str) -> Network:
        """The network of a width's keys or values."""
        made = Network(self.layout, width)
        made.load_state_dict({part: self.tensors[key_of(width, side, part)] for part in self.layout.shapes(width)})
        return made.eval().requires_grad_(False)

    def digest(self) -> bytes:
        """Of its layout and numbers."""
        digest = hashlib.sha256(self.layout.told().encode())
        for name in sorted(self.tensors):
            digest.update(name.encode() + self.tensors[name].numpy().tobytes())
        return digest.digest()


class Network(nn.Module):
    """Linear layers with activations and norms between them; what is dropped after the hidden ones is a caller's."""

    def __init__(self, layout: Layout, width: int, drop: Callable[[Tensor], Tensor] | None = None) -> None:
        super().__init__()
        self.linear = nn.ModuleList(_module(layout, kind, shape) for kind, shape in layout.modules(width))
        self._drop = drop
        begins = [number for number, module in enumerate(self.linear) if isinstance(module, nn.Linear)]
        self._hidden_ends = frozenset(number - 1 for number in begins[1:])

    def forward(self, context: Tensor) -> Tensor:
        """(B, T, D) -> what is added to it."""
        for number, module in enumerate(self.linear):
            context = module(context)
            if self._drop is not None and number in self._hidden_ends:
                context = self._drop(context)
        return context

    def start(self, generator: torch.Generator) -> None:
        """Small random numbers, and nothing at all in the last layer: at first it adds nothing."""
        trained = [module for module in self.linear if isinstance(module, nn.Linear | nn.LayerNorm)]
        with torch.no_grad():
            for module in trained:
                module.bias.zero_()
                if module is trained[-1]:
                    module.weight.zero_()
                elif isinstance(module, nn.LayerNorm):
                    module.weight.fill_(1.0)
                else:
                    module.weight.copy_(torch.randn(module.weight.shape, generator=generator) * START)


def _module(layout: Layout, kind: str, shape: Sequence[int]) -> nn.Module:
    if kind == "activation":
        return ACTIVATIONS[layout.activation]()
    return nn.Linear(shape[1], shape[0]) if kind == "linear" else nn.LayerNorm(shape[0])


class Reading(nn.Module):
    """A frozen `to_k` or `to_v` that is given its context and what networks add to it; one does not see another's.

    Each is told the context as it was, so that their order makes no difference but for rounding.
    """

    def __init__(self, base_layer: nn.Module, parts: Sequence[tuple[nn.Module, float]]) -> None:
        super().__init__()
        self.base_layer = base_layer
        self.networks = nn.ModuleList(network for network, _ in parts)
        self._strengths = [strength for _, strength in parts]

    def forward(self, context: Tensor, *args: Any) -> Tensor:
        """(B, T, D) -> (B, T, O)."""
        changed = context
        for network, strength in zip(self.networks, self._strengths, strict=True):
            changed = changed + (strength * network(context)).to(context.dtype)
        made: Tensor = self.base_layer(changed, *args)
        return made


def readers_of(unet: nn.Module, *, of_pictures: bool = True) -> dict[str, tuple[int, str]]:
    """The layers that read a context, by name: its width, and `k` or `v`.

    `of_pictures`: those, too, in which a picture reads itself; else what reads the text, by its width.
    """
    found = {
        name: (int(module.in_features), LAYERS[name.rpartition(".")[2]])
        for name, module in unet.named_modules()
        if isinstance(module, nn.Linear) and name.endswith(tuple(f".{layer}" for layer in LAYERS))
    }
    if of_pictures:
        return found
    widths = {width for name, (width, _) in found.items() if ".attn2." in name}
    return {name: reader for name, reader in found.items() if reader[0] in widths}


def with_hypernetworks(
    unet: nn.Module, words: Sequence[tuple[Hypernetwork, float]], changed: Mapping[str, nn.Module]
) -> dict[str, nn.Module]:
    """The layers that read differently with these words, around those of `changed` where there are any."""
    made: dict[str, nn.Module] = dict(changed)
    if not words:
        return made
    networks = {
        (width, side): [(hyper.network(width, side), strength) for hyper, strength in words if width in hyper.widths]
        for width, side in set(readers_of(unet).values())
    }
    for name, reader in readers_of(unet).items():
        if networks[reader]:
            layer = unet.get_submodule(name)
            parts = [(network.to(outline_of(layer)), strength) for network, strength in networks[reader]]
            made[name] = Reading(made.get(name, layer), parts)
    return made


def fits(hyper: Hypernetwork, unet: nn.Module) -> bool:
    """Whether every context that it is for is one of this UNet's."""
    return set(hyper.widths) <= {width for width, _ in readers_of(unet).values()}


def new_networks(
    layout: Layout, widths: Sequence[int], seed: int, drop: Callable[[Tensor], Tensor] | None
) -> dict[tuple[int, str], Network]:
    """Untrained ones for each width's keys and values, by width and side; the same seed gives the same."""
    generator = torch.Generator().manual_seed(seed)
    made = {(width, side): Network(layout, width, drop) for width in widths for side in SIDES}
    for network in made.values():
        network.start(generator)
    return made


def rounded(hyper: Hypernetwork) -> Hypernetwork:
    """As it will be once it was written: float16."""
    return replace(hyper, tensors={name: tensor.half().float() for name, tensor in hyper.tensors.items()})

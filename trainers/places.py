"""The parts of a base that a word may change: its UNet and its text encoders, and other layers in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from torch import nn

from trainers.pipeline import ENCODERS, Base, encoder_name, swapped

IN_ENCODER = "encoder.layers."  # neither CLIP's vocabulary nor what it says of a prompt as a whole


def parts_of(base: Base) -> dict[str, nn.Module]:
    """The UNet and each text encoder, by what `layer_at`'s names of their layers begin with; the UNet's: nothing."""
    return {"": base.denoiser} | {f"{encoder_name(at)}.": encoder.model for at, encoder in enumerate(base.encoders)}


def split(name: str) -> tuple[str, str]:
    """(the beginning of `layer_at`'s name of a layer that says which part it is in, its name there)."""
    part, dot, own = name.partition(".")
    return (part + dot, own) if part.startswith(ENCODERS) else ("", name)


def is_in_encoder(name: str) -> bool:
    """Whether `layer_at`'s name is that of a text encoder's layer."""
    return name.startswith(ENCODERS)


def encoder_layers(base: Base) -> list[str]:
    """The linear layers of attention and MLPs in all text encoders: 72 in Stable Diffusion 1.5, 72 + 192 in SDXL."""
    return [
        f"{encoder_name(at)}.{name}"
        for at, encoder in enumerate(base.encoders)
        for name, module in encoder.model.named_modules()
        if isinstance(module, nn.Linear) and IN_ENCODER in name
    ]


def by_part(base: Base, names: Sequence[str]) -> list[tuple[str, nn.Module, list[str]]]:
    """For each part that has some of these layers: how its names begin, the part, the layers' names there."""
    found = {prefix: [own for p, own in map(split, names) if p == prefix] for prefix in parts_of(base)}
    return [(prefix, part, found[prefix]) for prefix, part in parts_of(base).items() if found[prefix]]


@contextmanager
def in_place(base: Base, layers: Mapping[str, nn.Module]) -> Iterator[None]:
    """Put layers in the place of others of any part, by `layer_at`'s names, for a while; as `swapped`."""
    with ExitStack() as stack:
        for prefix, part, names in by_part(base, [*layers]):
            stack.enter_context(swapped(part, {name: layers[prefix + name] for name in names}))
        yield

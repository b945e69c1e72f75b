"""The parts of a word's file that are neither layers nor rows: a hypernetwork, or the direction of a style."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from storage import hypernetworks
from storage.aesthetics import DIRECTION
from storage.aesthetics import NOTE as AESTHETIC_NOTE
from storage.errors import WeightsRefused
from trainers.adapter import Adapter
from trainers.aesthetics import Direction
from trainers.hypernetworks import Hypernetwork, fits
from trainers.pipeline import Base


def part_tensors(adapter: Adapter) -> dict[str, Tensor]:
    """A hypernetwork's numbers in float16, a direction's in float32, by the names that files have for them."""
    found: dict[str, Tensor] = {}
    if adapter.hyper:
        found |= {name: tensor.half().contiguous() for name, tensor in adapter.hyper.tensors.items()}
    if adapter.direction:
        found[DIRECTION] = adapter.direction.vector.float().contiguous()
    return found


def part_notes(adapter: Adapter) -> dict[str, str]:
    """What a file has to tell of them."""
    found: dict[str, str] = {}
    if adapter.hyper:
        found[hypernetworks.NOTE] = adapter.hyper.layout.told()
    if adapter.direction:
        found[AESTHETIC_NOTE] = adapter.direction.told()
    return found


def hyper_in(tensors: dict[str, Tensor], notes: Mapping[str, str], base: Base) -> Hypernetwork | None:
    """Take a hypernetwork out of a file's tensors, float32.

    Raises: WeightsRefused E_WEIGHTS_FOREIGN when it is not whole, E_WRONG_BASE.
    """
    names = [name for name in tensors if hypernetworks.is_key(name)]
    if not names:
        return None
    own = {name: tensors.pop(name).float() for name in names}
    try:
        found = Hypernetwork(hypernetworks.Layout.read(notes.get(hypernetworks.NOTE, "")), own)
        is_ours = fits(found, base.unet)
    except ValueError as error:
        raise WeightsRefused("E_WEIGHTS_FOREIGN", key=names[0]) from error
    if not is_ours:
        raise WeightsRefused("E_WRONG_BASE", base=base.id)
    return found


def direction_in(tensors: dict[str, Tensor], notes: Mapping[str, str], base: Base) -> Direction | None:
    """Take a style's direction out of a file's tensors, float32.

    Raises: WeightsRefused E_WEIGHTS_FOREIGN, E_WRONG_BASE where no text encoder can be led.
    """
    if DIRECTION not in tensors:
        return None
    if base.family.architecture is not None:
        raise WeightsRefused("E_WRONG_BASE", base=base.id)
    try:
        return Direction.read(tensors.pop(DIRECTION).float(), notes.get(AESTHETIC_NOTE, ""))
    except ValueError as error:
        raise WeightsRefused("E_WEIGHTS_FOREIGN", key=DIRECTION) from error

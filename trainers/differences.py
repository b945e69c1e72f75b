"""What a word adds to one layer's weight, in the forms that people exchange: LoRA, LoHa, LoKr, or the whole of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol, Self

import torch
from torch import Tensor

# O output width · I input width · k pixels of a convolution, which a linear layer does not have · r rank

HALF_COUNTS = 2048  # up to here float16 knows every whole number
Parts = Mapping[str, Tensor]  #: by the names that they have in files, after the layer's
Matrix = tuple[Tensor, ...]  #: one matrix, or the two whose product it is


class Difference(Protocol):
    """Immutable and float32; a word's strength multiplies all of it."""

    algorithm: ClassVar[str]  #: as LyCORIS calls it

    @property
    def tensors(self) -> Sequence[Tensor]:
        """All its numbers."""

    @property
    def scale(self) -> float:
        """What its matrices come to is multiplied by this."""

    def fits(self, weight: Tensor) -> bool:
        """Whether it is for a layer of this weight."""

    def of(self, weight: Tensor) -> Tensor:
        """What is added to this weight, in its shape: (O, I, k, k) float32."""

    def named(self, weight: Tensor) -> dict[str, Tensor]:
        """Its parts as files hold them, float16, for a layer of this weight."""

    @classmethod
    def read(cls, parts: Parts) -> Self:
        """From a file's parts. Raises: KeyError when one is missing, ValueError when they do not fit each other."""


@dataclass(frozen=True, slots=True)
class LowRank:
    """W + scale · up @ down.

    Shapes: down (r, I) or (r, I, k, k), up (O, r) float32. Source: LoRA, Hu et al. 2021, arXiv 2106.09685.
    """

    algorithm: ClassVar[str] = "lora"
    down: Tensor
    up: Tensor
    scale: float  #: alpha / rank

    @property
    def tensors(self) -> Sequence[Tensor]:
        """Down and up."""
        return self.down, self.up

    def fits(self, weight: Tensor) -> bool:
        """Rank, inputs and outputs."""
        window = weight.shape[2:] if weight.ndim > 2 and weight[0, 0].numel() > 1 else ()
        return weight.ndim > 1 and (len(self.up), *self.down.shape[1:]) == (*weight.shape[:2], *window)

    def of(self, weight: Tensor) -> Tensor:
        """(O, I, k, k)."""
        return (self.scale * self.up @ self.down.flatten(1)).reshape(weight.shape)

    def named(self, weight: Tensor) -> dict[str, Tensor]:
        """Kohya's names; of a convolution both have its dimensions, those of `up` being 1."""
        ones = [1] * (weight.ndim - 2)
        return {
            "lora_down.weight": half(self.down.reshape(len(self.down), *weight.shape[1:])),
            "lora_up.weight": half(self.up.reshape(*self.up.shape, *ones)),
            "alpha": half(torch.tensor(self.scale * len(self.down))),
        }

    @classmethod
    def read(cls, parts: Parts) -> Self:
        """A convolution of one pixel is read as the matrix that it is."""
        down, up = parts["lora_down.weight"].float(), parts["lora_up.weight"].float()
        if down.ndim < 2 or up.ndim < 2 or up[0, 0].numel() != 1 or not len(down) or up.shape[1] != len(down):
            raise ValueError("down and up are of different ranks")
        return cls(down.flatten(1) if down[0, 0].numel() == 1 else down, up.flatten(1), _scale(parts, len(down)))


@dataclass(frozen=True, slots=True)
class Hadamard:
    """W + scale · (a @ b) ⊙ (c @ d): up to the square of their rank.

    Shapes: a and c (O, r), b and d (r, I k k) float32. Source: FedPara, Hyeon-Woo et al. 2022, arXiv 2108.06098.
    """

    algorithm: ClassVar[str] = "loha"
    first: tuple[Tensor, Tensor]
    second: tuple[Tensor, Tensor]
    scale: float  #: alpha / rank

    @property
    def tensors(self) -> Sequence[Tensor]:
        """All four."""
        return *self.first, *self.second

    def fits(self, weight: Tensor) -> bool:
        """Inputs and outputs of both."""
        shapes = {(len(a), b[0].numel()) for a, b in (self.first, self.second)}
        return weight.ndim > 1 and shapes == {(len(weight), weight[0].numel())}

    def of(self, weight: Tensor) -> Tensor:
        """(O, I, k, k)."""
        return (self.scale * (_product(self.first) * _product(self.second))).reshape(weight.shape)

    def named(self, weight: Tensor) -> dict[str, Tensor]:
        """LyCORIS's names; the scale goes into the numbers, since LyCORIS 4.1 applies alpha's twice where it merges."""
        (a, b), (c, d) = self.first, self.second
        parts = {"hada_w1_a": a * self.scale, "hada_w1_b": b, "hada_w2_a": c, "hada_w2_b": d}
        return {name: half(part) for name, part in parts.items()} | {"alpha": half(torch.tensor(float(len(b))))}

    @classmethod
    def read(cls, parts: Parts) -> Self:
        """Those without a core tensor."""
        (a, b), (c, d) = ((parts[f"hada_w{n}_a"].float(), parts[f"hada_w{n}_b"].float()) for n in (1, 2))
        return cls((a, b), (c, d), _scale(parts, len(b)))


@dataclass(frozen=True, slots=True)
class Kronecker:
    """W + scale · w1 ⊗ w2, each a matrix or the product of two; w2 may be a convolution's.

    Source: LoKr, Yeh et al. 2024, arXiv 2309.14859.
    """

    algorithm: ClassVar[str] = "lokr"
    first: Matrix
    second: Matrix
    scale: float  #: alpha / rank where one of them is a product, else 1

    @property
    def tensors(self) -> Sequence[Tensor]:
        """All of both."""
        return *self.first, *self.second

    def fits(self, weight: Tensor) -> bool:
        """Outputs, and all numbers together."""
        first, second = _product(self.first), _product(self.second)
        outputs, numbers = len(first) * len(second), first.numel() * second.numel()
        return weight.ndim > 1 and (outputs, numbers) == (len(weight), weight.numel())

    def of(self, weight: Tensor) -> Tensor:
        """(O, I, k, k)."""
        first, second = _product(self.first), _product(self.second)
        further = second.shape[2:]
        made = torch.kron(first.reshape(*first.shape, *[1] * len(further)), second)
        return (self.scale * made).reshape(weight.shape)

    def named(self, weight: Tensor) -> dict[str, Tensor]:
        """LyCORIS's names; it knows a scale only beside a product, so any other one goes into the numbers.

        There the alpha says nothing, but LyCORIS 4.1 does not read a layer without one.
        """
        ranks = [len(matrix[1]) for matrix in (self.first, self.second) if len(matrix) > 1]
        first = self.first if ranks else (self.first[0] * self.scale,)
        alpha = self.scale * ranks[-1] if ranks else 1.0
        told = _matrix("lokr_w1", first) | _matrix("lokr_w2", self.second)
        return told | {"alpha": half(torch.tensor(alpha))}

    @classmethod
    def read(cls, parts: Parts) -> Self:
        """Those without a core tensor."""
        first, second = _read_matrix("lokr_w1", parts), _read_matrix("lokr_w2", parts)
        ranks = [len(matrix[1]) for matrix in (first, second) if len(matrix) > 1]
        return cls(first, second, _scale(parts, ranks[-1]) if ranks else 1.0)


@dataclass(frozen=True, slots=True)
class Whole:
    """W + scale · diff, nothing saved."""

    algorithm: ClassVar[str] = "full"
    diff: Tensor
    scale: float = 1.0

    @property
    def tensors(self) -> Sequence[Tensor]:
        """The one."""
        return (self.diff,)

    def fits(self, weight: Tensor) -> bool:
        """Its shape."""
        return self.diff.shape == weight.shape

    def of(self, weight: Tensor) -> Tensor:
        """(O, I, k, k)."""
        return self.scale * self.diff

    def named(self, weight: Tensor) -> dict[str, Tensor]:
        """As ComfyUI patches it."""
        return {"diff": half(self.of(weight))}

    @classmethod
    def read(cls, parts: Parts) -> Self:
        """The one."""
        return cls(parts["diff"].float())


#: a part that only one of them has -> which it is
KINDS: Mapping[str, type[Difference]] = {
    "lora_down.weight": LowRank,
    "hada_w1_a": Hadamard,
    "lokr_w1": Kronecker,
    "lokr_w1_a": Kronecker,
    "diff": Whole,
}
PARTS = frozenset(
    {
        "alpha",
        "diff",
        "lora_down.weight",
        "lora_up.weight",
        *(f"hada_w{n}_{side}" for n in (1, 2) for side in "ab"),
        *(f"lokr_w{n}{side}" for n in (1, 2) for side in ("", "_a", "_b")),
    }
)


def read_difference(parts: Parts) -> Difference:
    """One layer's difference from a file's parts.

    Raises: KeyError when one is missing, ValueError when they do not fit each other.
    """
    kind = next((kind for part, kind in KINDS.items() if part in parts), LowRank)
    return kind.read(parts)


def shortened(diff: Tensor, rank: int) -> LowRank:
    """The low-rank difference next to a whole one: (O, I, k, k) -> rank r at most, by singular values.

    Source: Eckart and Young 1936.
    """
    u, s, v = torch.linalg.svd(diff.flatten(1).float(), full_matrices=False)
    shape = diff.shape[1:] if diff.ndim > 2 and diff[0, 0].numel() > 1 else diff.shape[1:2]
    return strongest(u, s, v, rank, shape)


def strongest(left: Tensor, sizes: Tensor, right: Tensor, rank: int, shape: Sequence[int]) -> LowRank:
    """Of singular values and vectors the strongest, halved between both matrices.

    Shapes: (O, k), (k,), (k, I) -> up (O, r), down (r, *shape), r = min(rank, k).
    """
    root = sizes[:rank].sqrt()
    down = root[:, None] * right[:rank]
    return LowRank(down.reshape(len(root), *shape), left[:, :rank] * root, 1.0)


def of_one_alpha(linear: Mapping[str, Difference]) -> dict[str, Difference]:
    """The same differences, all pairs written with one alpha, whatever their ranks.

    Diffusers takes the most frequent alpha for every attention layer of kohya's files (0.42.1: the other ones' names
    are lost on the way).
    """
    pairs = [low for low in linear.values() if isinstance(low, LowRank)]
    if len({low.scale * len(low.down) for low in pairs}) < 2:
        return dict(linear)
    alpha = float(min(max(len(low.down) for low in pairs), HALF_COUNTS))

    def alike(difference: Difference) -> Difference:
        if not isinstance(difference, LowRank):
            return difference
        scale = alpha / len(difference.down)
        return replace(difference, up=difference.up * (difference.scale / scale), scale=scale)

    return {name: alike(difference) for name, difference in linear.items()}


def half(tensor: Tensor) -> Tensor:
    """As files hold it: float16, in one piece."""
    return tensor.half().contiguous()


def _scale(parts: Parts, rank: int) -> float:
    """Sd-scripts and LyCORIS take a missing alpha for the rank."""
    alpha = parts.get("alpha")
    return 1.0 if alpha is None else float(alpha.float().mean()) / rank


def _product(matrix: Matrix) -> Tensor:
    if len(matrix) == 1:
        return matrix[0]
    left, right = matrix
    return (left @ right.flatten(1)).reshape(len(left), *right.shape[1:])


def _matrix(name: str, matrix: Matrix) -> dict[str, Tensor]:
    names = (name,) if len(matrix) == 1 else (f"{name}_a", f"{name}_b")
    return {part: half(tensor) for part, tensor in zip(names, matrix, strict=True)}


def _read_matrix(name: str, parts: Parts) -> Matrix:
    if name in parts:
        return (parts[name].float(),)
    return parts[f"{name}_a"].float(), parts[f"{name}_b"].float()

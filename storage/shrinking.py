"""A LoRA in fewer bytes: of every layer's pair of matrices the strongest directions, as many as there is room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from storage import labels
from storage.errors import TintypeError
from storage.labels import File

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

# O output width · I input width, of a convolution times its pixels · r rank

DOWN, UP, ALPHA = ".lora_down.weight", ".lora_up.weight", ".alpha"
OTHERS = (".lora_mid.weight", ".dora_scale")  # with these a pair is not all that is added to a layer
VARIOUS = "Dynamic"  # what sd-scripts' resize_lora.py notes where each layer has a rank of its own
RANK_NOTES = ("ss_network_dim", "ss_network_alpha")
HEADER_BYTES = 1024  # kept free: hashes and notes are a little longer than those of the file before
NUMBER_BYTES = 2  # float16


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A file that fits."""

    content: bytes
    kept: float  #: the share of what the layers had learned, in squared singular values, 0…1


def shrunk(content: bytes, most_bytes: int) -> Shrunk | None:
    """A LoRA of at most this size, next to the whole one; None where it cannot be: another form, or too little room.

    A direction is dropped where that takes the least from all layers together for the bytes it frees; each layer keeps
    one. What is not of a pair, such as rows, stays as it is. Source: Eckart and Young 1936.
    Raises: WeightsRefused E_WEIGHTS_BROKEN.
    """
    file = labels.opened(content)
    pairs = {stem: _Pair.of(file, stem) for stem in _stems(file)}
    if not pairs:
        return None
    others = {name: _bytes_of(file, name) for name in file.tensors if _stem(name) not in pairs}
    taken = len(content) - len(file.body) + HEADER_BYTES + NUMBER_BYTES * len(pairs) + sum(map(len, others.values()))
    ranks = _ranks(list(pairs.values()), most_bytes - taken)
    if ranks is None:
        return None
    alpha = max(ranks)  # one for all: diffusers takes the most frequent one for every layer
    parts = {
        name: part
        for (stem, pair), rank in zip(pairs.items(), ranks, strict=True)
        for name, part in pair.named(stem, rank, alpha).items()
    }
    whole = sum(pair.learned() for pair in pairs.values())
    left = sum(pair.learned(rank) for pair, rank in zip(pairs.values(), ranks, strict=True))
    return Shrunk(_closed(file, others, parts), left / whole if whole else 1.0)


def shortened(content: bytes, most_bytes: int, name: str) -> Shrunk:
    """As `shrunk`, for one who asked for it.

    Raises: TintypeError E_SHORTENED when it cannot be, WeightsRefused E_WEIGHTS_BROKEN.
    """
    found = shrunk(content, most_bytes)
    if found is None:
        raise TintypeError("E_SHORTENED", file=name, most=f"{most_bytes / 10**6:g} MB")
    return found


def singular(up: Matrix, down: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """The singular values of up @ down, found between the thin factors: (O, r), (r, I) -> (O, k), (k,), (k, I).

    k = min(r, O, I); thousands of times the speed of doing it with the product.
    """
    import numpy as np

    left, upper = np.linalg.qr(up)
    right, lower = np.linalg.qr(down.T)
    u, sizes, v = np.linalg.svd(upper @ lower.T, full_matrices=False)
    return left @ u, sizes, v @ right.T


@dataclass(frozen=True, slots=True)
class _Pair:
    """What a layer's pair adds, by its singular values."""

    left: Matrix  #: (O, k)
    sizes: Matrix  #: (k,), the largest first
    right: Matrix  #: (k, I)
    window: Sequence[int]  #: of `down`, after its rank
    ones: Sequence[int]  #: of `up`, after its rank

    @classmethod
    def of(cls, file: File, stem: str) -> _Pair:
        down, up = _numbers(file, stem + DOWN), _numbers(file, stem + UP)
        alpha = float(_numbers(file, stem + ALPHA).mean()) if stem + ALPHA in file.tensors else len(down)
        flat = up.reshape(len(up), -1) * (alpha / len(down))
        left, sizes, right = singular(flat, down.reshape(len(down), -1))
        return cls(left, sizes, right, down.shape[1:], up.shape[2:])

    @property
    def cost_bytes(self) -> int:
        """Of one direction."""
        return NUMBER_BYTES * (len(self.left) + len(self.right[0]))

    def learned(self, rank: int | None = None) -> float:
        """How much the strongest directions hold, in squared singular values; None all."""
        return float((self.sizes[:rank] ** 2).sum())

    def named(self, stem: str, rank: int, alpha: int) -> dict[str, Matrix]:
        """The strongest directions as files hold them."""
        import numpy as np

        root = np.sqrt(self.sizes[:rank])
        up = self.left[:, :rank] * root * (rank / alpha)
        return {
            stem + DOWN: (root[:, None] * self.right[:rank]).reshape(rank, *self.window),
            stem + UP: up.reshape(*up.shape, *self.ones),
            stem + ALPHA: np.array(alpha),
        }


def _ranks(pairs: Sequence[_Pair], room_bytes: int) -> list[int] | None:
    """How many directions each layer keeps; None when there is no room for one of each."""
    import numpy as np

    gains = [pair.sizes**2 / pair.cost_bytes for pair in pairs]
    for gain in gains:
        gain[:1] = np.inf
    owners = np.concatenate([np.full(len(gain), n) for n, gain in enumerate(gains)])
    best_first = np.argsort(-np.concatenate(gains), kind="stable")
    used = np.cumsum(np.array([pair.cost_bytes for pair in pairs])[owners[best_first]])
    fitting = owners[best_first[: int((used <= room_bytes).sum())]]
    ranks = np.bincount(fitting, minlength=len(pairs)).tolist()
    return ranks if min(ranks) else None


# --- bytes -----------------------------------------------------------------------------------------------------------


def _stem(name: str) -> str:
    return next((name.removesuffix(ending) for ending in (DOWN, UP, ALPHA) if name.endswith(ending)), "")


def _stems(file: File) -> list[str]:
    """The layers whose difference is a pair and nothing else."""
    stems = [name.removesuffix(DOWN) for name in file.tensors if name.endswith(DOWN)]
    others = {stem for stem in stems for other in OTHERS if stem + other in file.tensors}
    return [stem for stem in stems if stem + UP in file.tensors and stem not in others]


def _bytes_of(file: File, name: str) -> bytes:
    first, last = file.tensors[name]["data_offsets"]
    return file.body[first:last]


def _numbers(file: File, name: str) -> Matrix:
    """A tensor in float32."""
    import numpy as np

    entry = file.tensors[name]
    content, kind = _bytes_of(file, name), entry["dtype"]
    if kind == "BF16":  # the upper half of a float32, which numpy has no name for
        numbers = (np.frombuffer(content, "<u2").astype("<u4") << 16).view("<f4")
    else:
        numbers = np.frombuffer(content, {"F16": "<f2", "F32": "<f4", "F64": "<f8"}[kind]).astype("<f4")
    return numbers.reshape(entry["shape"])


def _closed(file: File, others: Mapping[str, bytes], parts: Mapping[str, Matrix]) -> bytes:
    pieces = dict(others) | {name: part.astype("<f2").tobytes() for name, part in parts.items()}
    tensors: dict[str, Mapping[str, object]] = {}
    begin = 0
    for name, piece in pieces.items():
        said = {"dtype": "F16", "shape": list(parts[name].shape)} if name in parts else file.tensors[name]
        tensors[name] = {**said, "data_offsets": [begin, begin + len(piece)]}
        begin += len(piece)
    told = {name: VARIOUS if name in RANK_NOTES else value for name, value in file.metadata.items()}
    return labels.closed(labels.hashed(replace(file, tensors=tensors, metadata=told, body=b"".join(pieces.values()))))

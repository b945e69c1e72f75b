"""A LoRA in fewer bytes: of every layer's pair of matrices the strongest directions, as many as there is room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from storage import labels
from storage.errors import TintypeError, WeightsRefused
from storage.labels import File

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

# O output width · I input width, of a convolution times its pixels · r rank

HALVES = {".lora_down.weight": ".lora_up.weight", ".lora_A.weight": ".lora_B.weight"}  # kohya's and peft's names
ALPHA = ".alpha"
OTHERS = (".lora_mid.weight", ".dora_scale")  # with these a pair is not all that is added to a layer
VARIOUS = "Dynamic"  # what sd-scripts' resize_lora.py notes where each layer has a rank of its own
RANK_NOTES = ("ss_network_dim", "ss_network_alpha")
HEADER_BYTES = 1024  # kept free: hashes and notes are a little longer than those of the file before
NUMBER_BYTES = 2  # float16
KINDS = {"F16": "<f2", "F32": "<f4", "F64": "<f8", "I64": "<i8", "I32": "<i4"}  # an alpha may be a whole number


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
    pairs = [_Pair.of(file, stem, halves) for stem, halves in _layers(file).items()]
    if not pairs:
        return None
    ours = {name for pair in pairs for name in pair.names}
    others = {name: _bytes_of(file, name) for name in file.tensors if name not in ours}
    taken = len(content) - len(file.body) + HEADER_BYTES + NUMBER_BYTES * len(pairs) + sum(map(len, others.values()))
    ranks = _ranks(pairs, most_bytes - taken)
    if ranks is None:
        return None
    alpha = max(ranks)  # one for all: diffusers takes the most frequent one for every layer
    parts: dict[str, Matrix] = {}
    for pair, rank in zip(pairs, ranks, strict=True):
        parts |= pair.named(rank, alpha)
    whole = sum(pair.learned() for pair in pairs)
    left = sum(pair.learned(rank) for pair, rank in zip(pairs, ranks, strict=True))
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

    names: Sequence[str]  #: of down, of up, and of alpha where the file says one
    left: Matrix  #: (O, k)
    sizes: Matrix  #: (k,), the largest first
    right: Matrix  #: (k, I)
    window: Sequence[int]  #: of `down`, after its rank
    ones: Sequence[int]  #: of `up`, after its rank

    @classmethod
    def of(cls, file: File, stem: str, halves: Sequence[str]) -> _Pair:
        """Raises: WeightsRefused E_WEIGHTS_BROKEN."""
        import numpy as np

        names = [stem + half for half in halves] + [stem + ALPHA] * (stem + ALPHA in file.tensors)
        down, up, *alphas = (_numbers(file, name) for name in names)
        try:
            scale = float(alphas[0].mean()) / len(down) if alphas else 1.0
            flat = up.reshape(len(up), -1) * scale
            left, sizes, right = singular(flat, down.reshape(len(down), -1))
        except (ValueError, TypeError, ZeroDivisionError) as error:  # of shapes; LinAlgError of numbers that are none
            raise _broken() from error
        if not np.isfinite(sizes).all():
            raise _broken()
        return cls(names, left, sizes, right, down.shape[1:], up.shape[2:])

    @property
    def cost_bytes(self) -> int:
        """Of one direction."""
        return NUMBER_BYTES * (len(self.left) + len(self.right[0]))

    def learned(self, rank: int | None = None) -> float:
        """How much the strongest directions hold, in squared singular values; None all."""
        return float((self.sizes[:rank] ** 2).sum())

    def named(self, rank: int, alpha: int) -> dict[str, Matrix]:
        """The strongest directions as files hold them; one without an alpha is read as if it were the rank."""
        import numpy as np

        root = np.sqrt(self.sizes[:rank])
        up = self.left[:, :rank] * root * (rank / alpha if len(self.names) > 2 else 1)
        down = root[:, None] * self.right[:rank]
        parts = (down.reshape(rank, *self.window), up.reshape(*up.shape, *self.ones), np.array(alpha))
        return dict(zip(self.names, parts, strict=False))


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


def _layers(file: File) -> dict[str, tuple[str, str]]:
    """The layers whose difference is a pair and nothing else, and what the files call its halves."""
    return {
        stem: halves
        for halves in HALVES.items()
        for name in file.tensors
        if (stem := name.removesuffix(halves[0])) != name
        and stem + halves[1] in file.tensors
        and not any(stem + other in file.tensors for other in OTHERS)
    }


def _broken() -> WeightsRefused:
    return WeightsRefused("E_WEIGHTS_BROKEN", file="weights")


def _bytes_of(file: File, name: str) -> bytes:
    first, last = file.tensors[name]["data_offsets"]
    return file.body[first:last]


def _numbers(file: File, name: str) -> Matrix:
    """A tensor in float32.

    Raises: WeightsRefused E_WEIGHTS_BROKEN.
    """
    import numpy as np

    entry = file.tensors[name]
    content, kind = _bytes_of(file, name), entry["dtype"]
    try:
        if kind == "BF16":  # the upper half of a float32, which numpy has no name for
            numbers = (np.frombuffer(content, "<u2").astype("<u4") << 16).view("<f4")
        else:
            numbers = np.frombuffer(content, KINDS[kind]).astype("<f4")
        return numbers.reshape(entry["shape"])
    except (LookupError, ValueError) as error:
        raise _broken() from error


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

"""Several words as one: their layers added up or merged by peft, their rows side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from storage.errors import TintypeError
from storage.labels import MERGED, ROW_KEYS, bundled_key
from storage.packs import TEXT_CHARACTERS
from storage.records import Kind
from storage.shrinking import singular
from trainers.adapter import Adapter
from trainers.composing import Share, composed
from trainers.differences import Difference, LowRank, Whole, of_one_alpha, shortened, strongest
from trainers.method import Lesson
from trainers.names import key_in_files, layer_names
from trainers.pipeline import Base, layer_at
from trainers.quantised import outline_of
from trainers.text import token_table, weighed
from trainers.weights import metadata_of, negative_tensors, write_tensors

SPARSE = frozenset({"ties", "dare"})  # ways that leave numbers out
CONSTRAINED = "constrained"  # the way that keeps what each word of Custom Diffusion does alone
METHOD = "merge"  # what files of this kind name as theirs
USUAL_RANK = 32  # where no word has a rank of its own, as DoRA's files have it
USUAL_DENSITY = 0.5
NUMBERS = {False: torch.float32, True: torch.float16}  #: whether half precision is enough -> what files hold

# n vectors · D text width · O output width · I input width · k pixels of a convolution

Parts = Sequence[tuple[Difference, float]]  #: what several words add to one layer, each with its weight
Tell = Callable[[int, int], object]  #: is told how many layers of how many are done


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How words become one."""

    how: str = "linear"  #: linear, svd, ties, dare or constrained
    density: float = USUAL_DENSITY  #: the share of each word's numbers that ties and dare keep: 0 … 1, neither
    rank: int | None = None  #: in the file; None: the highest that a word has. `linear` takes as many as it needs
    seed: int = 0  #: of what dare draws by lot

    def __str__(self) -> str:
        said = [self.how]
        said += [f"density {self.density:g}"] if self.how in SPARSE else []
        said += [f"rank {self.rank}"] if self.rank is not None else []
        return ", ".join([*said, *([f"seed {self.seed}"] if self.how == "dare" else [])])


@dataclass(frozen=True, slots=True)
class Parent:
    """A word that goes in."""

    adapter: Adapter
    weight: float
    kind: str = ""  #: of what it shows, where that is known


# --- layers ----------------------------------------------------------------------------------------------------------


def merged_layers(
    base: Base, parents: Sequence[Parent], way: Way, tell: Tell = lambda done, total: None
) -> dict[str, Difference]:
    """What all together add to each layer that any of them changes; the same seed gives the same numbers.

    `linear` is their sum but for rounding, `svd` the nearest to it of a rank. The other ways are peft's on whole
    differences, brought back to a rank.
    Source: TIES, Yadav et al. 2023, arXiv 2306.01708; DARE, Yu et al. 2024, arXiv 2311.03099.
    """
    changed = {name for parent in parents for name in parent.adapter.linear}
    names = [name for name in dict.fromkeys(layer_names(base).values()) if name in changed]  # in the base's order
    rank = way.rank or _highest_rank(parents)
    found: dict[str, Difference] = {}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(way.seed)
        for name in names:
            parts = [(p.adapter.linear[name], p.weight) for p in parents if name in p.adapter.linear]
            found[name] = _merged(parts, outline_of(layer_at(base, name)), way, rank)
            tell(len(found), len(names))
    return found


def _highest_rank(parents: Sequence[Parent]) -> int:
    """As peft takes it."""
    layers = (difference for parent in parents for difference in parent.adapter.linear.values())
    return max((len(low.down) for low in layers if isinstance(low, LowRank)), default=USUAL_RANK)


def _merged(parts: Parts, weight: Tensor, way: Way, rank: int) -> Difference:
    if weight.ndim < 2:  # a norm's: no LoRA can stand for it
        return Whole(torch.stack([share * difference.of(weight) for difference, share in parts]).sum(0))
    if way.how in SPARSE:
        return shortened(_combined(parts, weight, way), rank)
    both = _side_by_side([(_as_pair(difference, weight), share) for difference, share in parts], weight)
    return both if way.how == "linear" else _at_rank(both, rank)


def _combined(parts: Parts, weight: Tensor, way: Way) -> Tensor:
    """One whole difference: (O, I, k, k)."""
    from peft.utils import merge_utils

    diffs = [difference.of(weight) for difference, _ in parts]
    shares = torch.tensor([share for _, share in parts])
    merge = merge_utils.ties if way.how == "ties" else merge_utils.dare_linear
    return merge(diffs, shares, way.density)


def _side_by_side(pairs: Sequence[tuple[LowRank, float]], weight: Tensor) -> LowRank:
    """The sum of pairs is one pair of all their ranks; where the layer is narrower than that, of its width."""
    down = torch.cat([low.down for low, _ in pairs])
    up = torch.cat([low.up * (low.scale * share) for low, share in pairs], 1)
    both = LowRank(down, up, 1.0)
    most = min(len(weight), weight[0].numel())
    return both if len(down) <= most else shortened(both.of(weight), most)


def _at_rank(low: LowRank, rank: int) -> LowRank:
    """What `shortened` makes of the whole difference."""
    if len(low.down) <= rank:
        return low
    found = singular((low.up * low.scale).numpy(), low.down.flatten(1).numpy())
    left, sizes, right = map(torch.from_numpy, found)
    return strongest(left, sizes, right, rank, low.down.shape[1:])


def _as_pair(difference: Difference, weight: Tensor) -> LowRank:
    """The pair that a difference amounts to, of no more ranks than it has."""
    if isinstance(difference, LowRank):
        return difference
    low = shortened(difference.of(weight), min(len(weight), weight[0].numel()))
    sizes = low.up.norm(dim=0).square()  # its singular values, the largest first
    least = sizes[0] * max(len(weight), weight[0].numel()) * torch.finfo(sizes.dtype).eps  # as torch counts a rank
    kept = max(1, int((sizes > least).sum()))
    return LowRank(low.down[:kept], low.up[:, :kept], 1.0)


# --- rows ------------------------------------------------------------------------------------------------------------


def merged_rows(base: Base, parents: Sequence[Parent]) -> dict[str, tuple[Tensor, ...]]:
    """Each word's rows for each text encoder (n, D), as strong as its weight; none when no word has any of its own.

    Beside rows also the ordinary text of another word stands as the rows that it has in the vocabulary. Versions of one
    word are added up, as their layers are. Raises: TintypeError E_MERGE_VECTORS.
    """
    if not any(parent.adapter.rows for parent in parents):
        return {}
    words = sorted({parent.adapter.word for parent in parents})
    return {word: _rows_of(base, word, [each for each in parents if each.adapter.word == word]) for word in words}


def _rows_of(base: Base, word: str, versions: Sequence[Parent]) -> tuple[Tensor, ...]:
    learned = [each for each in versions if each.adapter.rows]
    texts = dict.fromkeys(each.adapter.text for each in versions if not each.adapter.rows)
    if len({each.adapter.vectors for each in learned}) > 1:
        raise TintypeError("E_MERGE_VECTORS", word=word)
    ids = [token_id for text in texts for token_id in base.tokenizer(text, add_special_tokens=False).input_ids]
    return tuple(
        torch.cat([token_table(encoder)[ids].float().cpu(), *_added(base, learned, at)])
        for at, encoder in enumerate(base.encoders)
    )


def _added(base: Base, learned: Sequence[Parent], at: int) -> list[Tensor]:
    """Versions of one word: what each has moved from where rows begin, added up. Nothing, or one (n, D)."""
    rows = [weighed(base.encoders[at], each.adapter, each.weight, at) for each in learned]
    if len(rows) < 2:
        return rows
    starts = [weighed(base.encoders[at], each.adapter, 0.0, at) for each in learned]
    moved = torch.stack([own - start for own, start in zip(rows, starts, strict=True)]).sum(0)
    return [starts[0] + moved]


def merged_negatives(base: Base, parents: Sequence[Parent]) -> tuple[Tensor, ...]:
    """What stands in the negative prompt for each of them, one after the other: for each encoder (m, D), or none."""
    brought = [(each.adapter.against, each.weight) for each in parents if each.adapter.negative]
    if not brought:
        return ()
    return tuple(
        torch.cat([weighed(encoder, against, weight, at) for against, weight in brought])
        for at, encoder in enumerate(base.encoders)
    )


# --- the file --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What several words came to."""

    adapter: Adapter
    rows: Mapping[str, tuple[Tensor, ...]]  #: by word; the adapter has them one after the other
    parents: Sequence[Parent]
    way: Way
    shares: Sequence[Adapter] = ()  #: of the constrained way: what of it is each parent's, a word of its own
    beside: Sequence[Parent] = ()  #: of such a share: all that it was solved for with

    @property
    def kind(self) -> str:
        """Of a person when any of them is: what holds for people holds for it too."""
        kinds = [parent.kind for parent in self.parents]
        return next((str(kind) for kind in Kind if kind in kinds), str(Kind.OBJECT))

    @property
    def trigger(self) -> str:
        """What one types in other programs: the names of the embeddings, or ordinary text."""
        return " ".join(self.rows) or self.adapter.text


def merged(base: Base, word: str, parents: Sequence[Parent], way: Way, tell: Tell = lambda done, total: None) -> Merged:
    """Several words as one of another name, which stands for all of them.

    Raises: TintypeError E_MERGE_KIND for a hypernetwork or a style's direction, E_MERGE_VECTORS, E_MERGE_TEXT, and, of
    the constrained way, as `composed`.
    """
    for parent in parents:
        if parent.adapter.hyper or parent.adapter.direction:
            raise TintypeError("E_MERGE_KIND", word=parent.adapter.word)
    shares = _shares(base, parents, tell) if way.how == CONSTRAINED else []
    linear = _together(base, shares) if shares else merged_layers(base, parents, way, tell)
    rows = merged_rows(base, parents)
    said = "" if rows else " ".join(dict.fromkeys(parent.adapter.text for parent in parents))
    if len(said) > TEXT_CHARACTERS:
        raise TintypeError("E_MERGE_TEXT", most=TEXT_CHARACTERS)
    adapter = Adapter(
        word,
        " and ".join(filter(None, dict.fromkeys(parent.adapter.class_word for parent in parents))),
        METHOD,
        linear=of_one_alpha(linear),
        rows=tuple(map(torch.cat, zip(*rows.values(), strict=True))),
        negative=merged_negatives(base, parents),
        said=said,
    )
    alone = [
        replace(parent.adapter, method=METHOD, linear=share, rows=rows[parent.adapter.word])
        for parent, share in zip(parents, shares, strict=False)
    ]
    return Merged(adapter=adapter, rows=rows, parents=parents, way=way, shares=alone)


def _shares(base: Base, parents: Sequence[Parent], tell: Tell) -> list[Share]:
    words = [(parent.adapter, parent.weight) for parent in parents]
    return composed(base, words, [parent.kind for parent in parents], tell)


def _together(base: Base, shares: Sequence[Share]) -> dict[str, Difference]:
    return {
        name: _side_by_side([(share[name], 1.0) for share in shares], outline_of(layer_at(base, name)))
        for name in shares[0]
    }


def shares_of(found: Merged) -> list[Merged]:
    """Each word's share as a merge of its own, under the word's own name; of no other way than the constrained."""
    return [
        Merged(adapter=share, rows={share.word: share.rows}, parents=[parent], way=found.way, beside=found.parents)
        for share, parent in zip(found.shares, found.parents, strict=True)
    ]


def write_merged(path: Path, base: Base, found: Merged, *, is_half: bool = False) -> None:
    """Write it with metadata that names parents, weights and way, whole or not at all.

    Its numbers are float32, since rounding them would be a second time; `is_half` rounds them all the same.
    Raises: TintypeError E_DISK_FULL, WeightsRefused E_WEIGHTS_NAN.
    """
    lesson = Lesson(
        photos=(), word=found.adapter.word, class_word=found.adapter.class_word, kind=found.kind, seed=found.way.seed
    )
    told = metadata_of(base, lesson, METHOD, found.adapter) | {
        "modelspec.trigger_phrase": found.trigger,
        "ss_tag_frequency": json.dumps({"tintype": {found.trigger: len(found.parents)}}),
        MERGED: json.dumps([_told(parent) for parent in found.parents]),
        "tintype.merged_how": str(found.way),
    }
    told |= {"tintype.merged_beside": json.dumps([_told(parent) for parent in found.beside])} if found.beside else {}
    tensors = _layer_tensors(base, found, NUMBERS[is_half]) | _row_tensors(found) | negative_tensors(found.adapter)
    write_tensors(path, found.adapter, tensors, told, mode=0o644)


def _told(parent: Parent) -> dict[str, object]:
    """A parent is named by its word, and known by its numbers."""
    return {"word": parent.adapter.word, "weight": parent.weight, "numbers": parent.adapter.fingerprint}


def _layer_tensors(base: Base, found: Merged, dtype: torch.dtype) -> dict[str, Tensor]:
    return {
        key_in_files(base, name, part): tensor.to(dtype).contiguous()
        for name, difference in found.adapter.linear.items()
        for part, tensor in _exact(difference, outline_of(layer_at(base, name))).items()
    }


def _exact(difference: Difference, weight: Tensor) -> dict[str, Tensor]:
    """As `named`, in shape and name, but not rounded."""
    shapes = {part: tensor.shape for part, tensor in difference.named(weight).items()}
    if not isinstance(difference, LowRank):
        return {part: difference.of(weight).reshape(shape) for part, shape in shapes.items()}
    alpha = torch.tensor(difference.scale * len(difference.down))
    numbers = zip(shapes.items(), (difference.down, difference.up, alpha), strict=True)
    return {part: tensor.reshape(shape) for (part, shape), tensor in numbers}


def _row_tensors(found: Merged) -> dict[str, Tensor]:
    """Rows are bundled under each word's name; those of one word without layers are an ordinary embedding."""
    is_alone = len(found.rows) == 1 and not found.adapter.linear
    return {
        key if is_alone else bundled_key(word, key): rows.contiguous()
        for word, own in found.rows.items()
        for key, rows in zip(ROW_KEYS[len(own)], own, strict=True)
    }

"""Weights files that other programs load unchanged: kohya's LoRA keys and A1111's embeddings, in safetensors."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from storage import labels
from storage.atomic import write_atomic
from storage.errors import WeightsRefused
from storage.labels import ROW_KEYS, bundled_key, row_key
from storage.words import NAME
from trainers.adapter import Adapter, LowRank
from trainers.method import Lesson
from trainers.names import PREFIXES, layer_names, name_in_files
from trainers.pipeline import Base, layer_at
from trainers.text import token_table

PARTS = frozenset({"lora_down.weight", "lora_up.weight", "alpha"})
MAX_HEADER_BYTES = 2**20
MOST_SAID = 200  # characters of what a stranger's file wants to be called by


def write_adapter(path: Path, base: Base, lesson: Lesson, method: str, adapter: Adapter) -> None:
    """Write a word's file with full metadata and nothing personal.

    Raises: TintypeError E_DISK_FULL, WeightsRefused E_WEIGHTS_NAN.
    """
    if not adapter.is_finite():
        raise WeightsRefused("E_WEIGHTS_NAN", word=adapter.word)
    tensors = lora_tensors(adapter, base) | rows_tensors(adapter)
    file = labels.opened(save(tensors))
    write_atomic(path, labels.closed(labels.hashed(replace(file, metadata=metadata_of(base, lesson, method, adapter)))))


def lora_tensors(adapter: Adapter, base: Base) -> dict[str, Tensor]:
    """Kohya's keys: lora_down (r, I), lora_up (O, r) in float16 and alpha as a number without dimensions.

    A convolution's have two dimensions of 1 more.
    """
    tensors: dict[str, Tensor] = {}
    for name, low in adapter.linear.items():
        key = name_in_files(base, name)
        further = (1, 1) if isinstance(layer_at(base, name), nn.Conv2d) else ()
        tensors[f"{key}.lora_down.weight"] = low.down.half().reshape(*low.down.shape, *further).contiguous()
        tensors[f"{key}.lora_up.weight"] = low.up.half().reshape(*low.up.shape, *further).contiguous()
        tensors[f"{key}.alpha"] = torch.tensor(low.scale * len(low.down), dtype=torch.float16)
    return tensors


def rows_tensors(adapter: Adapter) -> dict[str, Tensor]:
    """Each text encoder's rows (n, D) in float32: alone under A1111's keys, beside layers bundled under the word's."""
    keys = ROW_KEYS[len(adapter.rows)] if adapter.rows else ()
    names = [bundled_key(adapter.word, key) if adapter.linear else key for key in keys]
    return {name: rows.float().contiguous() for name, rows in zip(names, adapter.rows, strict=True)}


def metadata_of(base: Base, lesson: Lesson, method: str, adapter: Adapter) -> dict[str, str]:
    """sd-scripts' ss_*, ModelSpec 1.0.1 and our own, all strings."""
    kind = "lora" if adapter.linear else "textual-inversion"
    trigger = lesson.word if adapter.rows else adapter.text
    family = base.family
    told: dict[str, Any] = {
        "modelspec.sai_model_spec": "1.0.1",
        "modelspec.architecture": f"{family.modelspec_architecture}/{kind}",
        "modelspec.implementation": "diffusers",
        "modelspec.title": lesson.word,
        "modelspec.resolution": f"{family.size_px}x{family.size_px}",
        "modelspec.trigger_phrase": trigger,
        "modelspec.prediction_type": "v" if base.scheduler.config.prediction_type == "v_prediction" else "epsilon",
        "ss_base_model_version": family.kohya_version,
        "ss_v2": str(family.name.startswith("sd2")),
        "ss_output_name": lesson.word,
        "ss_resolution": f"({family.size_px}, {family.size_px})",
        "ss_num_train_images": len(lesson.photos),
        "ss_seed": lesson.seed,
        "ss_tag_frequency": json.dumps({"tintype": {trigger: len(lesson.photos)}}),
        "tintype.word": lesson.word,
        "tintype.class_word": lesson.class_word,
        "tintype.kind": lesson.kind,
        "tintype.method": method,
        "tintype.base_model": base.id,
        "tintype.base_revision": base.revision,
    }
    for low in list(adapter.linear.values())[:1]:  # all have the same rank
        rank = len(low.down)
        told |= {"ss_network_module": "networks.lora", "ss_network_dim": rank, "ss_network_alpha": rank * low.scale}
    return {name: str(value) for name, value in told.items()}


# --- reading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Label:
    """What a file says of itself in its header; no base is needed to read it, and no number is read."""

    word: str
    class_word: str
    method: str
    kind: str  #: of what it shows; empty when the file was made elsewhere
    base_model: str  #: empty when the file was made elsewhere
    base_revision: str
    trigger: str  #: what one types in other programs


def read_label(path: Path) -> Label:
    """The word, the method and the base that a file was made with.

    Raises: WeightsRefused E_PICKLE, E_WEIGHTS_BROKEN.
    """
    return _label(read_metadata(path), path)


def read_metadata(path: Path) -> dict[str, str]:
    """A file's metadata, read from its header alone.

    Raises: WeightsRefused E_PICKLE, E_WEIGHTS_BROKEN.
    """
    with _opened(path) as file:
        return dict(file.metadata() or {})


def keys_in(path: Path) -> Sequence[str]:
    """The names of a file's tensors.

    Raises: WeightsRefused E_PICKLE, E_WEIGHTS_BROKEN.
    """
    with _opened(path) as file:
        return list(file.keys())


def _label(told: Mapping[str, str], path: Path) -> Label:
    said = told.get("tintype.word", "")
    word = said if NAME.fullmatch(said) else path.stem  # a stranger's file may say anything
    return Label(
        word=word,
        class_word=told.get("tintype.class_word", ""),
        method=told.get("tintype.method", "lora"),
        kind=told.get("tintype.kind", ""),
        base_model=told.get("tintype.base_model", ""),
        base_revision=told.get("tintype.base_revision", ""),
        trigger=told.get("modelspec.trigger_phrase", word),
    )


def read_adapter(path: Path, base: Base) -> Adapter:
    """Read a word's file for this base.

    Raises: WeightsRefused E_PICKLE, E_WEIGHTS_BROKEN, E_WEIGHTS_NAN, E_WEIGHTS_FOREIGN, E_WRONG_BASE.
    """
    with _opened(path) as file:
        label = _label(dict(file.metadata() or {}), path)
        tensors = _tensors(file, path)
    _check_base(label, base)
    rows = _rows(tensors, base)
    layers = {name: tensor for name, tensor in tensors.items() if row_key(name) is None}
    adapter = Adapter(
        label.word,
        label.class_word,
        label.method,
        linear=_linear(layers, base) if layers or not rows else {},
        rows=rows,
        said=label.trigger[:MOST_SAID],
    )
    if not adapter.is_finite():
        raise WeightsRefused("E_WEIGHTS_NAN", word=label.word)
    return adapter


def _tensors(file: Any, path: Path) -> dict[str, Tensor]:
    try:
        return {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118  no mapping
    except SafetensorError as error:  # numbers of a kind that torch does not have
        raise WeightsRefused("E_WEIGHTS_BROKEN", file=path.name) from error


def _rows(tensors: Mapping[str, Tensor], base: Base) -> tuple[Tensor, ...]:
    found = {key: rows for name, rows in tensors.items() if (key := row_key(name))}
    if len(found) < sum(row_key(name) is not None for name in tensors):  # of several words
        raise WeightsRefused("E_WEIGHTS_FOREIGN", key="bundle_emb")
    return checked_rows(found, base)


def checked_rows(found: Mapping[str, Tensor], base: Base) -> tuple[Tensor, ...]:
    """Rows by the names that they have alone, as a word's for this base: (n, D) float32 for each encoder, or none.

    Raises: WeightsRefused E_WRONG_BASE.
    """
    if not found:
        return ()
    rows = tuple(found[key].float() for key in ROW_KEYS[len(base.encoders)] if key in found)
    widths = [token_table(encoder).shape[1] for encoder in base.encoders]
    if [own.ndim == 2 and own.shape[1] for own in rows] != widths or len({len(own) for own in rows} | {0}) != 2:
        raise WeightsRefused("E_WRONG_BASE", base=base.id)
    return rows


def _opened(path: Path) -> Any:
    with path.open("rb") as file:
        begin = file.read(9)
    is_ours = begin[8:] == b"{" and struct.unpack("<Q", begin[:8])[0] <= MAX_HEADER_BYTES
    if not is_ours:
        raise WeightsRefused(
            "E_PICKLE" if begin[:2] == b"PK" or begin[:1] == b"\x80" else "E_WEIGHTS_BROKEN", file=path.name
        )
    try:
        return safe_open(path, "pt")
    except SafetensorError as error:
        raise WeightsRefused("E_WEIGHTS_BROKEN", file=path.name) from error


def _check_base(label: Label, base: Base) -> None:
    if label.base_model and (label.base_model, label.base_revision) != (base.id, base.revision):
        made_for = f"{label.base_model} ({label.base_revision})"
        raise WeightsRefused("E_WRONG_BASE", base=base.id, made_for=made_for)


def _linear(tensors: Mapping[str, Tensor], base: Base) -> dict[str, LowRank]:
    names = layer_names(base)
    for key in sorted(tensors):
        if key.partition(".")[2] not in PARTS:  # a DoRA's scale, say: without it the numbers mean something else
            raise WeightsRefused("E_WEIGHTS_FOREIGN", key=key)
    stems = sorted({key.partition(".")[0] for key in tensors})
    if not stems or any(not stem.startswith(PREFIXES) for stem in stems):
        raise WeightsRefused("E_WEIGHTS_FOREIGN", key=stems[0] if stems else "")
    if any(stem not in names for stem in stems):
        raise WeightsRefused("E_WRONG_BASE", base=base.id)
    found = {names[stem]: _low_rank(tensors, stem) for stem in stems}
    for name, low in found.items():
        if (len(low.up), low.down.shape[1]) != layer_at(base, name).weight.shape[:2]:
            raise WeightsRefused("E_WRONG_BASE", base=base.id)
    return found


def _low_rank(tensors: Mapping[str, Tensor], stem: str) -> LowRank:
    try:
        down = tensors[f"{stem}.lora_down.weight"].float()
        up = tensors[f"{stem}.lora_up.weight"].float()
    except KeyError as error:
        raise WeightsRefused("E_WEIGHTS_FOREIGN", key=stem) from error
    if any(side != 1 for matrix in (down, up) for side in matrix.shape[2:]):  # a convolution of several pixels
        raise WeightsRefused("E_WEIGHTS_FOREIGN", key=stem)
    if down.ndim < 2 or up.ndim < 2 or not len(down) or up.shape[1] != len(down):
        raise WeightsRefused("E_WEIGHTS_FOREIGN", key=stem)
    alpha = tensors.get(f"{stem}.alpha")
    scale = 1.0 if alpha is None else float(alpha.float().mean()) / len(down)
    return LowRank(down.flatten(1), up.flatten(1), scale)


def contents_of(path: Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    """All notes and all tensors of a file, whatever they are called.

    Raises: WeightsRefused E_PICKLE, E_WEIGHTS_BROKEN.
    """
    with _opened(path) as file:
        return dict(file.metadata() or {}), _tensors(file, path)

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
from torch import Tensor

from storage import labels
from storage.atomic import write_atomic
from storage.errors import WeightsRefused
from storage.labels import MERGED, NEGATIVE, ROW_KEYS, bundled_key, row_key
from storage.words import NAME
from trainers.adapter import Adapter
from trainers.differences import PARTS, Difference, LowRank, read_difference
from trainers.method import Lesson
from trainers.names import PREFIXES, key_in_files, layer_names, split_key
from trainers.parts import direction_in, hyper_in, part_notes, part_tensors
from trainers.pipeline import Base, layer_at
from trainers.quantised import outline_of
from trainers.text import token_table

SAID = {"epsilon": "epsilon", "v_prediction": "v"}  # as ModelSpec calls what a denoiser says; for flows it has no word
MAX_HEADER_BYTES = 2**20
MOST_SAID = 200  # characters of what a stranger's file wants to be called by


def write_adapter(path: Path, base: Base, lesson: Lesson, method: str, adapter: Adapter) -> None:
    """Write a word's file with full metadata and nothing personal.

    Raises: TintypeError E_DISK_FULL, WeightsRefused E_WEIGHTS_NAN.
    """
    tensors = layer_tensors(adapter, base) | rows_tensors(adapter) | part_tensors(adapter)
    write_tensors(path, adapter, tensors, metadata_of(base, lesson, method, adapter))


def write_tensors(
    path: Path, adapter: Adapter, tensors: dict[str, Tensor], metadata: Mapping[str, str], mode: int = 0o600
) -> None:
    """Write what an adapter holds, already under the names that files have for it, whole or not at all.

    Raises: TintypeError E_DISK_FULL, WeightsRefused E_WEIGHTS_NAN.
    """
    if not adapter.is_finite():
        raise WeightsRefused("E_WEIGHTS_NAN", word=adapter.word)
    file = labels.opened(save(tensors))
    write_atomic(path, labels.closed(labels.hashed(replace(file, metadata=metadata))), mode)


def layer_tensors(adapter: Adapter, base: Base) -> dict[str, Tensor]:
    """Each layer's difference under the name of the layer in files, in float16."""
    return {
        key_in_files(base, name, part): tensor
        for name, difference in adapter.linear.items()
        for part, tensor in difference.named(outline_of(layer_at(base, name))).items()
    }


def rows_tensors(adapter: Adapter) -> dict[str, Tensor]:
    """Each text encoder's rows (n, D) in float32: alone under A1111's keys, beside layers bundled under the word's."""
    keys = ROW_KEYS[len(adapter.rows)] if adapter.rows else ()
    names = [bundled_key(adapter.word, key) if adapter.linear else key for key in keys]
    found = {name: rows.float().contiguous() for name, rows in zip(names, adapter.rows, strict=True)}
    return found | negative_tensors(adapter)


def negative_tensors(adapter: Adapter) -> dict[str, Tensor]:
    """What belongs into the negative prompt, as `rows_tensors`."""
    keys = ROW_KEYS[len(adapter.negative)] if adapter.negative else ()
    return {f"{NEGATIVE}{key}": own.float().contiguous() for key, own in zip(keys, adapter.negative, strict=True)}


def metadata_of(base: Base, lesson: Lesson, method: str, adapter: Adapter) -> dict[str, str]:
    """sd-scripts' ss_*, ModelSpec 1.0.1 and our own, all strings."""
    kind = _architecture(adapter)
    trigger = lesson.word if adapter.rows else adapter.text
    family = base.family
    told: dict[str, Any] = {
        "modelspec.sai_model_spec": "1.0.1",
        "modelspec.architecture": f"{family.modelspec_architecture}/{kind}",
        "modelspec.implementation": "diffusers",
        "modelspec.title": lesson.word,
        "modelspec.resolution": f"{family.size_px}x{family.size_px}",
        "modelspec.trigger_phrase": trigger,
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
    if said := SAID.get(base.diffusion.prediction_type):
        told["modelspec.prediction_type"] = said
    told |= {"ss_vae_name": base.vae_name} if base.vae_name else {}
    told |= {"tintype.base_quantised": base.quantised} if base.quantised else {}
    for difference in list(adapter.linear.values())[:1]:  # all are of one kind
        told |= _network(difference)
    return {name: str(value) for name, value in told.items()} | part_notes(adapter)


def _architecture(adapter: Adapter) -> str:
    if adapter.hyper:
        return "hypernetwork"
    return "aesthetic-gradient" if adapter.direction else "lora" if adapter.linear else "textual-inversion"


def _network(difference: Difference) -> dict[str, Any]:
    """What sd-scripts says of the network that it trained."""
    if isinstance(difference, LowRank):
        rank = len(difference.down)
        return {
            "ss_network_module": "networks.lora",
            "ss_network_dim": rank,
            "ss_network_alpha": rank * difference.scale,
        }
    return {
        "ss_network_module": "lycoris.kohya",
        "ss_network_args": json.dumps({"algo": difference.algorithm}),
    }


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


def contents_of(path: Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    """All notes and all tensors of a file, whatever they are called.

    Raises: WeightsRefused E_PICKLE, E_WEIGHTS_BROKEN.
    """
    with _opened(path) as file:
        return dict(file.metadata() or {}), _tensors(file, path)


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
        told = dict(file.metadata() or {})
        tensors = _tensors(file, path)
    label = _label(told, path)
    _check_base(label, base)
    hyper, direction = hyper_in(tensors, told, base), direction_in(tensors, told, base)
    negative = negative_rows(tensors, base)
    rows = _rows(tensors, base, is_merged=MERGED in told)
    layers = {name: tensor for name, tensor in tensors.items() if row_key(name) is None}
    adapter = Adapter(
        label.word,
        label.class_word,
        label.method,
        linear=_linear(layers, base) if layers or not (rows or hyper or direction) else {},
        rows=rows,
        hyper=hyper,
        direction=direction,
        negative=negative,
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


def _rows(tensors: Mapping[str, Tensor], base: Base, *, is_merged: bool) -> tuple[Tensor, ...]:
    found: dict[str, list[Tensor]] = {}
    for name in sorted(tensors):  # word by word
        if key := row_key(name):
            found.setdefault(key, []).append(tensors[name])
    if not is_merged and any(len(own) > 1 for own in found.values()):
        raise WeightsRefused("E_WEIGHTS_FOREIGN", key="bundle_emb")
    return checked_rows({key: side_by_side(own, base) for key, own in found.items()}, base)


def side_by_side(rows: Sequence[Tensor], base: Base) -> Tensor:
    """Rows of several words (n, D) one after the other.

    Raises: WeightsRefused E_WRONG_BASE when they are not of one width.
    """
    if len(rows) == 1:
        return rows[0]
    if {(own.ndim, *own.shape[1:]) for own in rows} != {(2, *rows[0].shape[1:])}:
        raise WeightsRefused("E_WRONG_BASE", base=base.id)
    return torch.cat([own.float() for own in rows])


def negative_rows(tensors: dict[str, Tensor], base: Base) -> tuple[Tensor, ...]:
    """Take what belongs into the negative prompt out of a file's tensors, as `checked_rows`."""
    keys = [key for key in tensors if key.startswith(NEGATIVE)]
    return checked_rows({key.removeprefix(NEGATIVE): tensors.pop(key) for key in keys}, base)


def checked_rows(found: Mapping[str, Tensor], base: Base) -> tuple[Tensor, ...]:
    """Rows by the names that they have alone, as a word's for this base: (n, D) float32 for each encoder, or none.

    Raises: WeightsRefused E_WRONG_BASE.
    """
    if not found:
        return ()
    if base.family.architecture is not None:  # it hears no rows
        raise WeightsRefused("E_WRONG_BASE", base=base.id)
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


def _linear(tensors: Mapping[str, Tensor], base: Base) -> dict[str, Difference]:
    names = layer_names(base)
    layers: dict[str, dict[str, Tensor]] = {}
    for key in sorted(tensors):
        stem, part = split_key(key)
        if part not in PARTS or not stem.startswith(PREFIXES):  # a DoRA's scale cannot be left out
            raise WeightsRefused("E_WEIGHTS_FOREIGN", key=key)
        layers.setdefault(stem, {})[part] = tensors[key]
    if not layers:
        raise WeightsRefused("E_WEIGHTS_FOREIGN", key="")
    if any(stem not in names for stem in layers):
        raise WeightsRefused("E_WRONG_BASE", base=base.id)
    return {names[stem]: _difference(base, stem, names[stem], parts) for stem, parts in layers.items()}


def _difference(base: Base, stem: str, name: str, parts: Mapping[str, Tensor]) -> Difference:
    try:
        found = read_difference(parts)
    except (KeyError, ValueError) as error:
        raise WeightsRefused("E_WEIGHTS_FOREIGN", key=stem) from error
    if not found.fits(outline_of(layer_at(base, name))):
        raise WeightsRefused("E_WRONG_BASE", base=base.id)
    return found

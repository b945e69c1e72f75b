"""Weights made elsewhere, in the layouts that people exchange, read as a word for the base that is loaded."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from storage.errors import WeightsRefused
from storage.labels import MERGED, ROW_KEYS, row_key
from storage.packs import TEXT_CHARACTERS
from trainers.adapter import Adapter
from trainers.differences import Difference, LowRank, read_difference
from trainers.hypernetworks import rounded
from trainers.miniature import MODEL_ID
from trainers.names import DOTTED_KEY, PREFIX, layer_names, split_key
from trainers.parts import direction_in, hyper_in
from trainers.pipeline import ENCODERS, Base, layer_at
from trainers.quantised import outline_of
from trainers.weights import checked_rows, contents_of, negative_rows, side_by_side

#: how files of kohya, LyCORIS, diffusers and peft name a layer and a part of its difference; diffusers in three ways
LAYOUTS = tuple(
    map(
        re.compile,
        (
            r"(?P<stem>(?:lora_(?:unet|te[12]?)|lycoris)_\w+)\.lora_(?P<half>down|up)\.weight",
            r"(?P<stem>(?:lora_(?:unet|te[12]?)|lycoris)_\w+)\.(?P<half>alpha|hada_w[12]_[ab]|lokr_w[12](?:_[ab])?|diff)",
            r"(?P<part>unet|text_encoder(?:_2)?|base_model\.model)\.(?P<layer>.+)\.lora_(?P<half>[AB])(?:\.default)?\.weight",
            r"(?P<part>unet|text_encoder(?:_2)?)\.(?P<layer>.+)\.lora(?:_linear_layer)?\.(?P<half>down|up)\.weight",
            r"(?:unet\.)?(?P<layer>.+)\.processor\.(?P<leaf>to_(?:q|k|v|out))_lora\.(?P<half>down|up)\.weight",
            r"(?P<part>unet|text_encoder(?:_2)?)\.(?P<layer>.+)\.(?P<half>alpha)",
        ),
    )
)
#: what kohya's names begin with, by what the others' do
STEMS = {"text_encoder": "lora_te1_", "text_encoder_2": "lora_te2_"}
LYCORIS_PREFIX = re.compile("^lycoris_")  # of layers that its own library trained, and of SimpleTuner's
UNET = "unet"
DENOISERS = (UNET, "transformer")
PAIR = {"down": "lora_down.weight", "A": "lora_down.weight", "up": "lora_up.weight", "B": "lora_up.weight"}
ADAPTER_METADATA = "lora_adapter_metadata"  # diffusers writes the scales of its layers here
#: what notes call a family -> its name here
FAMILIES = (
    (re.compile(r"stable-diffusion-v1|sd_v1|sd_1\.5"), "sd1"),
    (re.compile(r"stable-diffusion-v2|sd_v2"), "sd2"),
    (re.compile(r"stable-diffusion-xl|sdxl"), "sdxl"),
    (re.compile(r"stable-diffusion-3|sd3"), "Stable Diffusion 3"),
    (re.compile(r"flux"), "FLUX"),
    (re.compile(r"z[-_]?image"), "z_image"),
    (re.compile(r"tintype[-_]miniature"), MODEL_ID),
)
METHODS = {(True, True): "pivotal", (True, False): "lora", (False, True): "textual_inversion"}
PAIRED = "dreamartist"  # rows for the prompt, and rows for the negative one
LYCORIS = ("loha", "lokr")  # methods of their own here


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to become of the files."""

    word: str
    class_word: str
    files: Sequence[Path]  #: one of layers, one of rows, or both
    name: str  #: of what was handed in, for refusals
    trigger: str = ""  #: what one types for it elsewhere; empty: as its notes say
    peft: Mapping[str, Any] | None = None  #: the scales of layers that peft saved
    is_exact: bool = False  #: whether its numbers stay as they are, instead of what our own files hold


@dataclass(frozen=True, slots=True)
class Taken:
    """A word made elsewhere."""

    adapter: Adapter
    made_for: str  #: the base it was made with, when that is another one of this family


def taken(base: Base, order: Order) -> Taken:
    """Read the files as one word for this base; its numbers become what our own files hold, unless they must not.

    Raises: WeightsRefused E_WEIGHTS_BASE, E_WRONG_BASE, E_IMPORT_KEY with the first part that we do not have,
    E_IMPORT_SCALES, E_WEIGHTS_NAN, E_PICKLE, E_WEIGHTS_BROKEN.
    """
    tensors: dict[str, Tensor] = {}
    notes: dict[str, str] = {}
    for path in order.files:
        told, found = contents_of(path)
        notes |= told
        tensors |= found
    made_for = _made_for(base, notes, tensors, order.name)
    hyper, direction = hyper_in(tensors, notes, base), direction_in(tensors, notes, base)
    negative = negative_rows(tensors, base)
    rows = _rows(base, tensors, order.name, is_merged=MERGED in notes)
    linear = _layers(base, tensors, notes, order)
    said = "" if rows else order.trigger or _noted_trigger(notes)
    method = "hypernetwork" if hyper else "aesthetic" if direction else _method_of(linear, rows, negative)
    adapter = Adapter(
        order.word,
        order.class_word,
        method,
        linear=linear,
        rows=rows,
        hyper=rounded(hyper) if hyper and not order.is_exact else hyper,
        direction=direction,
        negative=negative,
        said=said.strip(),
    )
    if not adapter.is_finite():
        raise WeightsRefused("E_WEIGHTS_NAN", word=order.name)
    return Taken(adapter, made_for)


def _noted_trigger(notes: Mapping[str, str]) -> str:
    """What a stranger's file says one types for it, when that is short enough to have been shown and filtered."""
    noted = notes.get("modelspec.trigger_phrase", "")
    return noted if len(noted) <= TEXT_CHARACTERS and noted.isprintable() else ""


def _method_of(linear: Mapping[str, Difference], rows: Sequence[Tensor], negative: Sequence[Tensor]) -> str:
    if negative and rows and not linear:
        return PAIRED
    kinds = {difference.algorithm for difference in linear.values()}
    return next((kind for kind in LYCORIS if kinds == {kind} and not rows), METHODS[bool(linear), bool(rows)])


# --- which base ------------------------------------------------------------------------------------------------------


def _made_for(base: Base, notes: Mapping[str, str], tensors: Mapping[str, Tensor], name: str) -> str:
    """The base that it was made with when that is another one; of another family it is refused."""
    told = " ".join(notes.get(key, "") for key in ("modelspec.architecture", "ss_base_model_version")).lower()
    is_sdxl = any(key.startswith("lora_te2_") or key == "clip_g" for key in tensors)
    families = ["sdxl"] if is_sdxl else [family for pattern, family in FAMILIES if pattern.search(told)]
    if families and base.family.name.partition("-")[0] not in families:
        raise WeightsRefused("E_WEIGHTS_BASE", file=name, made_for=_title(families[0]), base=base.family.title)
    theirs = notes.get("tintype.base_model", ""), notes.get("tintype.base_revision", "")
    if not theirs[0] or theirs == (base.id, base.revision):
        return ""
    if theirs[0] == MODEL_ID:  # each revision of the miniature is a model of its own
        raise WeightsRefused("E_WEIGHTS_BASE", file=name, made_for=theirs[1], base=f"{base.id} ({base.revision})")
    return theirs[0]


def _title(family: str) -> str:
    from trainers.families import families

    known = families().get(family)
    return known.title if known else family


# --- rows ------------------------------------------------------------------------------------------------------------


def _rows(base: Base, tensors: dict[str, Tensor], name: str, *, is_merged: bool) -> tuple[Tensor, ...]:
    """Take the rows out of the tensors, those of each encoder (n, D): bundled or alone as other programs name them.

    Those of an only encoder are also called as SDXL's first, or, by diffusers, as the word itself.
    Those of several words are one word's only in a merged file.
    """
    keys = [key for key in tensors if row_key(key)]
    if not keys and len(tensors) == 1:
        keys = [key for key, tensor in tensors.items() if tensor.ndim <= 2 and not _matched(key)]
    if len(keys) > len(base.encoders) and not is_merged:
        raise WeightsRefused("E_IMPORT_KEY", file=name, part=max(keys))
    only = ROW_KEYS[1][0] if len(base.encoders) == 1 else ""
    found: dict[str, list[Tensor]] = {}
    for key in sorted(keys):
        found.setdefault(only or str(row_key(key)), []).append(_as_rows(tensors.pop(key)))
    return checked_rows({key: side_by_side(own, base) for key, own in found.items()}, base)


def _as_rows(tensor: Tensor) -> Tensor:
    """A single vector may come without its own dimension."""
    return tensor[None] if tensor.ndim == 1 else tensor


# --- layers ----------------------------------------------------------------------------------------------------------


def _layers(
    base: Base, tensors: Mapping[str, Tensor], notes: Mapping[str, str], order: Order
) -> Mapping[str, Difference]:
    """The differences by the base's names of its layers."""
    names = layer_names(base)
    found: dict[str, dict[str, Tensor]] = {}
    unknown = []
    for key in sorted(tensors):
        module, part = _matched(key) or ("", "")
        if module in names:
            found.setdefault(names[module], {})[part] = tensors[key]
        else:
            unknown.append(key)
    if unknown and found:
        raise WeightsRefused("E_IMPORT_KEY", file=order.name, part=unknown[0])
    if unknown:
        code = "E_WRONG_BASE" if any(map(_matched, unknown)) else "E_IMPORT_KEY"
        raise WeightsRefused(code, base=base.id, file=order.name, part=unknown[0])
    scale = _scales(tensors, notes, order)
    return {name: _difference(base, name, parts, scale, order) for name, parts in found.items()}


def _matched(key: str) -> tuple[str, str] | None:
    """(the layer, the part) as kohya or LyCORIS writes them, of a tensor's name in any layout."""
    if DOTTED_KEY.fullmatch(key):
        return split_key(key)
    for layout in LAYOUTS:
        match = layout.fullmatch(key)
        if match:
            return _stem(match.groupdict()), PAIR.get(match["half"], match["half"])
    return None


def _stem(found: Mapping[str, str | None]) -> str:
    if found.get("stem"):
        return LYCORIS_PREFIX.sub(PREFIX, str(found["stem"]))
    layer, leaf = str(found["layer"]), found.get("leaf")
    whole = f"{layer}.{leaf}{'.0' if leaf == 'to_out' else ''}" if leaf else layer
    return STEMS.get(found.get("part") or UNET, PREFIX) + whole.replace(".", "_")


Scale = Callable[[str, int, "Tensor | None"], float]


def _scales(tensors: Mapping[str, Tensor], notes: Mapping[str, str], order: Order) -> Scale:
    """(the layer's name, its rank, its own alpha) -> what its difference is multiplied by."""
    if order.peft is None and any(key.startswith("base_model.") for key in tensors):
        raise WeightsRefused("E_IMPORT_SCALES", file=order.name)
    noted = _told_by_diffusers(notes[ADAPTER_METADATA], order.name) if ADAPTER_METADATA in notes else {}

    def scale(name: str, rank: int, alpha: Tensor | None) -> float:
        told = order.peft or _of_part(noted, name)
        if alpha is not None:
            return float(alpha.float().mean()) / rank
        if not told:
            return 1.0
        wanted = _of_layer(told.get("alpha_pattern") or {}, name, float(told["lora_alpha"]))
        return wanted / (math.sqrt(rank) if told.get("use_rslora") else rank)

    return scale


def _of_part(noted: Mapping[str, Mapping[str, Any]], name: str) -> Mapping[str, Any] | None:
    """What is noted of the part that a layer is in: its text encoder, or the denoiser, however diffusers calls that."""
    parts = [name.partition(".")[0]] if name.startswith(ENCODERS) else DENOISERS
    return next((noted[part] for part in parts if part in noted), None)


def _told_by_diffusers(text: str, name: str) -> Mapping[str, Mapping[str, Any]]:
    """The settings of each part's layers, which stand as `unet.lora_alpha` and so on; without them the scale is 1.

    Raises: WeightsRefused E_IMPORT_SCALES.
    """
    try:
        parts: dict[str, dict[str, Any]] = {}
        for key, value in json.loads(text).items():
            part, _, setting = key.partition(".")
            parts.setdefault(part, {})[setting] = value
        return {part: {**told, "lora_alpha": float(told["lora_alpha"])} for part, told in parts.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise WeightsRefused("E_IMPORT_SCALES", file=name) from error


def _of_layer(patterns: Mapping[str, float], name: str, usual: float) -> float:
    """What a pattern says for a layer: the layer's name, or its end."""
    return next((float(v) for end, v in patterns.items() if name == end or name.endswith(f".{end}")), usual)


def _difference(base: Base, name: str, parts: Mapping[str, Tensor], scale: Scale, order: Order) -> Difference:
    try:
        found = read_difference(parts)
    except KeyError as error:
        raise WeightsRefused("E_WEIGHTS_INCOMPLETE", file=order.name) from error
    except ValueError as error:
        raise WeightsRefused("E_WRONG_BASE", base=base.id) from error
    weight = outline_of(layer_at(base, name))
    if not found.fits(weight):
        raise WeightsRefused("E_WRONG_BASE", base=base.id)
    if isinstance(found, LowRank):
        low = replace(found, scale=scale(name, len(found.down), parts.get("alpha")))
        return low if order.is_exact else halved(low)
    return found if order.is_exact else read_difference(found.named(weight))  # as it will be once it was written


def halved(low: LowRank) -> LowRank:
    """As it will be once it was written: float16, an alpha that float16 cannot hold put into `up`."""
    rank = len(low.down)
    alpha = low.scale * rank
    kept = float(torch.tensor(alpha).half()) or 1.0
    up = low.up if kept == alpha else low.up * (alpha / kept)
    return replace(low, down=low.down.half().float(), up=up.half().float(), scale=kept / rank)

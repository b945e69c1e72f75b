"""Weights made elsewhere: a pack of ours, peft's folder in a zip, or one file; each checked before it is handed on."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from storage import packs
from storage.errors import PhotoRejected, WeightsRefused
from storage.inspector import embeddings, formats, hypernetworks, weights, zips
from storage.inspector.torch_files import value_of

PICKLED = re.compile(r"\.(pt|pth|bin|ckpt|pkl|pickle)$", re.IGNORECASE)
WEIGHTS = ".safetensors"
PEFT = "adapter_config.json"
WEIGHTS_BYTES = 120 * 2**20  # of all weights in one import; a LoRA of SD 1.5 at rank 128 has 109 MB
TEXT_BYTES = 256 * 2**10  # of a card, a list of checksums, peft's settings
PATTERNS_MOST = 5000  # layers with a rank of their own
ROLES = {"lora": "weights", "embedding": "embedding", "hypernetwork": "weights", "aesthetic": "weights"}
OF_TORCH = (".pt", ".bin")  # may be a hypernetwork or an embedding

Told = tuple[dict[str, Any], bytes]


def taken(data: bytes, name: str, width: int | None, base: str) -> Iterator[Told]:
    """Each file of weights as ({"role", "name", what `weights.check` tells}, bytes), then ({"layout", …}, b"").

    The bytes of a file that was sent by itself are not sent back, but for one of torch's, which are others then. The
    last pair's layout is file, pack (with its `card`) or peft (with `peft`, the settings without which its numbers mean
    nothing).
    Raises: WeightsRefused E_PICKLE, E_IMPORT_ZIP, E_IMPORT_NOTHING, E_IMPORT_KEY, E_IMPORT_BIG, E_PACK_CARD,
    E_PACK_NEWER, E_PACK_SUMS, E_IMPORT_PEFT, E_HYPERNETWORK, E_EMBEDDING_FILE, or as `weights.check`.
    """
    if name.lower().endswith(OF_TORCH) and formats.is_zip(data):
        converted = _converted(data, name)
        yield _checked(converted, name, width, base), converted
        yield {"layout": "file"}, b""
        return
    if PICKLED.search(name):
        raise WeightsRefused("E_PICKLE", file=name)
    if formats.is_zip(data):
        yield from _zip(data, name, width, base)
    else:
        yield _checked(data, name, width, base), b""
        yield {"layout": "file"}, b""


def _converted(data: bytes, name: str) -> bytes:
    """What torch saved, as safetensors."""
    value = value_of(data, name)
    if embeddings.is_embedding(value):
        return embeddings.as_safetensors(value, name)
    return hypernetworks.as_safetensors(value, name)


def _checked(data: bytes, name: str, width: int | None, base: str) -> dict[str, Any]:
    told = weights.check(data, name, width, base)
    if told["kind"] not in ROLES:
        raise WeightsRefused("E_IMPORT_KEY", file=name, part=weights.strange_key(data, name))
    return {"role": ROLES[told["kind"]], "name": name, **told}


def _zip(data: bytes, name: str, width: int | None, base: str) -> Iterator[Told]:
    files = _unpacked(data, name)
    if packs.CARD in files:
        about = _pack(files, name)
    elif PEFT in files:
        about = {"layout": "peft", "peft": _peft(files[PEFT], name)}
    else:
        about = {"layout": "file"}
    inside = {inner: content for inner, content in files.items() if inner.endswith(WEIGHTS)}
    told = [(_checked(content, inner, width, base), content) for inner, content in inside.items()]
    if not told or len({head["role"] for head, _ in told}) != len(told):
        raise WeightsRefused("E_IMPORT_NOTHING", file=name)
    yield from told
    yield about, b""


def _pack(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    """A pack of ours: every file as its checksum says, and a card that can be read."""
    held = {inner: content for inner, content in files.items() if inner != packs.SUMS}
    packs.checked_sums(_text(files.get(packs.SUMS, b""), name, packs.SUMS), held, name)
    card = packs.card_of(_text(files[packs.CARD], name, packs.CARD), name)
    return {"layout": "pack", "card": card.told([])}


def _peft(content: bytes, name: str) -> dict[str, Any]:
    """The settings that scale peft's layers.

    Raises: WeightsRefused E_IMPORT_PEFT with the entry that is wrong or that we do not have.
    """
    try:
        told = json.loads(_text(content, name, PEFT))
        scales = {"r": int(told["r"]), "lora_alpha": float(told["lora_alpha"])}
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise WeightsRefused("E_IMPORT_PEFT", file=name, entry=PEFT) from error
    if str(told.get("peft_type", "LORA")).upper() != "LORA":
        raise WeightsRefused("E_IMPORT_PEFT", file=name, entry="peft_type")
    for entry in ("use_dora", "fan_in_fan_out"):
        if told.get(entry):
            raise WeightsRefused("E_IMPORT_PEFT", file=name, entry=entry)
    patterns = {entry: _pattern(told.get(entry), name, entry) for entry in ("rank_pattern", "alpha_pattern")}
    return {**scales, "use_rslora": bool(told.get("use_rslora")), **patterns}


def _pattern(told: Any, name: str, entry: str) -> dict[str, float]:
    told = told or {}
    are_numbers = isinstance(told, dict) and all(type(value) in (int, float) for value in told.values())
    if not are_numbers or len(told) > PATTERNS_MOST:
        raise WeightsRefused("E_IMPORT_PEFT", file=name, entry=entry)
    return {str(layer): float(value) for layer, value in told.items()}


# --- the zip ---------------------------------------------------------------------------------------------------------


def _unpacked(data: bytes, name: str) -> dict[str, bytes]:
    """All files that matter, by their own names; of a picture, say, the checksum is held and that is all.

    Raises: WeightsRefused E_PICKLE, E_IMPORT_ZIP, E_IMPORT_BIG.
    """
    try:
        zips.check_end(data, name)
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            wanted = [info for info in opened.infolist() if zips.is_wanted(info)]
            _refuse_pickles(wanted, name)
            zips.check_members(data, opened, wanted, name)
            if sum(info.file_size for info in wanted if info.filename.endswith(WEIGHTS)) > WEIGHTS_BYTES:
                raise WeightsRefused("E_IMPORT_BIG", file=name, most_mb=WEIGHTS_BYTES // 2**20)
            found = [(_own_name(info), _content(opened, info, name)) for info in wanted]
    except (*zips.BROKEN, PhotoRejected) as error:
        raise WeightsRefused("E_IMPORT_ZIP", file=name) from error
    if len(dict(found)) != len(found):
        raise WeightsRefused("E_IMPORT_ZIP", file=name)
    return dict(found)


def _own_name(info: zipfile.ZipInfo) -> str:
    """Without the folders around it, so that it can become no path."""
    return formats.plain_name(info.filename, most=200)


def _refuse_pickles(wanted: list[zipfile.ZipInfo], name: str) -> None:
    for info in wanted:
        if PICKLED.search(info.filename):
            inner = _own_name(info)
            raise WeightsRefused("E_PICKLE", file=name if inner == "data.pkl" else inner)


def _content(opened: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    """One file, never more of it than it announced.

    Raises: WeightsRefused E_IMPORT_ZIP.
    """
    if info.compress_type not in zips.UNPACKED:
        raise WeightsRefused("E_IMPORT_ZIP", file=name)
    with opened.open(info) as member:
        content = member.read(info.file_size + 1)
    if formats.is_zip(content):
        raise WeightsRefused("E_IMPORT_ZIP", file=name)
    return content


def _text(content: bytes, name: str, entry: str) -> str:
    """A short text file.

    Raises: WeightsRefused E_PACK_CARD with its name.
    """
    try:
        if len(content) > TEXT_BYTES:
            raise WeightsRefused("E_PACK_CARD", file=name, entry=entry)
        return content.decode()
    except UnicodeDecodeError as error:
        raise WeightsRefused("E_PACK_CARD", file=name, entry=entry) from error

"""What a weights file says of itself in its header: written, renamed and handed out without changing a number."""

from __future__ import annotations

import hashlib
import json
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from storage import aesthetics, hypernetworks
from storage.errors import WeightsRefused
from storage.words import NAME

#: the rows of each text encoder in a file that holds nothing else, as AUTOMATIC1111 and ComfyUI call them
ROW_KEYS: Mapping[int, Sequence[str]] = {1: ("emb_params",), 2: ("clip_l", "clip_g")}
_BUNDLED = re.compile(r"bundle_emb\.([^.]+)\.(string_to_param\.\*|clip_l|clip_g)")  # rows beside a LoRA's layers
_BUNDLED_ALONE = "string_to_param.*"
NEGATIVE = "negative."  #: before the names of rows that belong into the negative prompt
MERGED = "tintype.merged"  #: the note of a file that several words went into; it may hold the rows of each
THUMBNAIL = "modelspec.thumbnail"  #: a picture of what was learned, as a data URL
LEGACY_OFFSET, LEGACY_BYTES = 0x100000, 0x10000  # AUTOMATIC1111's old hash reads 64 KiB from here
LEGACY_DIGITS = 8
PLACES = ("/", "\\", ".", "~")  # how the path of a folder may begin


@dataclass(frozen=True, slots=True)
class File:
    """A safetensors file, taken apart."""

    tensors: Mapping[str, Mapping[str, Any]]  #: name -> dtype, shape, data_offsets
    metadata: Mapping[str, str]
    body: bytes  #: all numbers


def opened(content: bytes) -> File:
    """Take a file apart.

    Raises: WeightsRefused E_WEIGHTS_BROKEN.
    """
    try:
        (size,) = struct.unpack("<Q", content[:8])
        header = json.loads(content[8 : 8 + size])
        metadata = header.pop("__metadata__", {})
        ends = [entry["data_offsets"][1] for entry in header.values()]
    except (struct.error, ValueError, AttributeError, LookupError, TypeError) as error:
        raise WeightsRefused("E_WEIGHTS_BROKEN", file="weights") from error
    if 8 + size + max(ends, default=0) != len(content):
        raise WeightsRefused("E_WEIGHTS_BROKEN", file="weights")
    return File(header, metadata, content[8 + size :])


def closed(file: File) -> bytes:
    """The file's bytes, which depend on its contents alone; as long as the safetensors library writes it."""
    header = {"__metadata__": dict(sorted(file.metadata.items())), **file.tensors}
    encoded = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 8)  # numbers begin at multiples of 8
    return struct.pack("<Q", len(encoded)) + encoded + file.body


def hashed(file: File) -> File:
    """The file with the two hashes by which other programs know it.

    Source: sd-scripts' `sshs_*`: sha256 of all that follows the header; and, of the file as it would be with its `ss_`
    entries alone, 64 KiB from 1 MiB on.
    """
    trained = {name: value for name, value in file.metadata.items() if name.startswith("ss_")}
    legacy = closed(replace(file, metadata=trained))[LEGACY_OFFSET : LEGACY_OFFSET + LEGACY_BYTES]
    hashes = {
        "sshs_model_hash": hashlib.sha256(file.body).hexdigest(),
        "sshs_legacy_hash": hashlib.sha256(legacy).hexdigest()[:LEGACY_DIGITS],
    }
    return replace(file, metadata={**file.metadata, **hashes})


def kept(file: File, names: Mapping[str, str]) -> File:
    """A file of these tensors alone, under other names."""
    tensors: dict[str, Mapping[str, Any]] = {}
    pieces: list[bytes] = []
    for name, entry in file.tensors.items():
        if name in names:
            first, last = entry["data_offsets"]
            begin = sum(map(len, pieces))
            pieces.append(file.body[first:last])
            tensors[names[name]] = {**entry, "data_offsets": [begin, begin + last - first]}
    return File(tensors, file.metadata, b"".join(pieces))


def bundled_key(word: str, key: str) -> str:
    """The name of a word's rows beside layers, from the one they have alone."""
    return f"bundle_emb.{word}.{_BUNDLED_ALONE if key in ROW_KEYS[1] else key}"


def row_key(name: str) -> str | None:
    """The name that a tensor of rows has alone; None for any other tensor."""
    if bundled := _BUNDLED.fullmatch(name):
        return ROW_KEYS[1][0] if bundled[2] == _BUNDLED_ALONE else bundled[2]
    return name if any(name in keys for keys in ROW_KEYS.values()) else None


# --- handing out -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """One file for other programs."""

    name: str
    trigger: str  #: what one types there
    content: bytes
    kind: str  #: lora, embedding, hypernetwork or aesthetic

    @property
    def is_embedding(self) -> bool:
        """Whether it holds rows alone."""
        return self.kind == "embedding"


def exported(content: bytes, word: str) -> list[Part]:
    """A word's file under the word's present name: a LoRA, an embedding, or both of them apart; or a hypernetwork.

    What belongs into the negative prompt is an embedding `<word>-neg`.
    Of a merged file each word's embedding is a file of its own, under that word's name.
    A LoRA is said as it was learned, whatever the word is called today; rows are called by the name of their file.
    Raises: WeightsRefused E_WEIGHTS_BROKEN.
    """
    file = opened(content)
    if any(map(hypernetworks.is_key, file.tensors)):
        return [_as_pt(file, word)]
    rows = {name: key for name in file.tensors if (key := row_key(name))}
    against = {name: name.removeprefix(NEGATIVE) for name in file.tensors if name.startswith(NEGATIVE)}
    layers = {name: name for name in file.tensors if name not in rows and name not in against}
    embeddings = {f"{owner}-emb": own for owner, own in _by_owner(rows, word).items()}
    parts = []
    if layers:
        trigger = " ".join(embeddings) or file.metadata.get("modelspec.trigger_phrase", word)
        parts.append(Part(f"{word}.safetensors", trigger, _labelled(kept(file, layers), word, trigger), kind_in(file)))
    for called, own in embeddings.items():
        alone = _as_embedding(kept(file, own))
        parts.append(Part(f"{called}.safetensors", called, _labelled(alone, word, called), "embedding"))
    if against:
        alone, called = _as_negative(kept(file, against)), f"{word}-neg"
        parts.append(Part(f"{called}.safetensors", called, _labelled(alone, word, called), "embedding"))
    return parts


def whole(content: bytes, word: str) -> Part:
    """A word's file under the word's present name, its rows left beside its layers.

    Raises: WeightsRefused E_WEIGHTS_BROKEN.
    """
    file = opened(content)
    trigger = file.metadata.get("modelspec.trigger_phrase", word)
    return Part(f"{word}.safetensors", trigger, _labelled(file, word, trigger), kind_in(file))


def kind_in(file: File) -> str:
    """What a file's tensors are, where they are not rows alone."""
    if any(map(hypernetworks.is_key, file.tensors)):
        return "hypernetwork"
    return "aesthetic" if aesthetics.DIRECTION in file.tensors else "lora"


def _as_pt(file: File, word: str) -> Part:
    """As other programs want hypernetworks; it knows no word, so the trigger is what was learned with."""
    trigger = file.metadata.get("modelspec.trigger_phrase", word)
    base = public_base(file.metadata.get("tintype.base_model", ""))
    content = hypernetworks.pt_of(file.tensors, file.body, file.metadata, word, base)
    return Part(f"{word}.pt", trigger, content, "hypernetwork")


def _by_owner(rows: Mapping[str, str], word: str) -> Mapping[str, Mapping[str, str]]:
    """Whose rows are whose: all the word's own, or, where several words' went into the file, each under its name.

    A stranger's file may name anything, so what is no name of ours becomes a number behind the word.
    """
    named = {name: found[1] for name in rows if (found := _BUNDLED.fullmatch(name))}
    owners = sorted(set(named.values()))
    if len(owners) < 2:
        return {word: rows} if rows else {}
    return {
        owner if NAME.fullmatch(owner) else f"{word}-{number}": {
            name: rows[name] for name, bearer in named.items() if bearer == owner
        }
        for number, owner in enumerate(owners, 1)
    }


def _labelled(file: File, word: str, trigger: str) -> bytes:
    """With the word's present name, and without the path of a folder; a file made elsewhere keeps its own words."""
    told = dict(file.metadata)
    if "tintype.word" in told:
        photos = told.get("ss_num_train_images", "")
        told |= {
            "tintype.word": word,
            "tintype.base_model": public_base(told.get("tintype.base_model", "")),
            "modelspec.title": word,
            "modelspec.trigger_phrase": trigger,
            "ss_output_name": word,
            "ss_tag_frequency": json.dumps({"tintype": {trigger: int(photos) if photos.isdecimal() else 1}}),
        }
    return closed(hashed(replace(file, metadata=told)))


def _as_embedding(file: File) -> File:
    of_layers = ("ss_network_", MERGED, THUMBNAIL)
    told = {name: value for name, value in file.metadata.items() if not name.startswith(of_layers)}
    if architecture := told.get("modelspec.architecture"):
        told["modelspec.architecture"] = f"{architecture.partition('/')[0]}/textual-inversion"
    return replace(file, metadata=told)


def _as_negative(file: File) -> File:
    embedding = _as_embedding(file)
    return replace(embedding, metadata={**embedding.metadata, "modelspec.is_negative_embedding": "true"})


def public_base(name: str) -> str:
    """A base model's name as others may read it: of a folder on this machine only its own name."""
    return PurePath(name.replace("\\", "/")).name if name.startswith(PLACES) else name

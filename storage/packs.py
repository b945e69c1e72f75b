"""Portable packs: one zip with a word's weights, its card, samples, licence and checksums; and nobody's id."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from storage import labels
from storage.errors import WeightsRefused
from storage.records import Kind
from storage.texts import sentence
from storage.words import NAME

SUFFIX = ".tintype.zip"
CARD, LICENCE, SUMS = "card.json", "LICENCE.txt", "SHA256SUMS"
FORMAT = 1  # of the card; raised when an older Tintype could not read it any more
LICENCES = ("here", "cc-by", "cc-by-nc", "cc0")  # those of storage.sharing
TEXT_CHARACTERS = 120  # of one entry of a card
CREDITS_MOST = 10
NUMBERS_MOST = 40  # settings, and scores, of one card
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment a zip can name: the same word gives the same pack
METHOD = re.compile(r"[a-z0-9_]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PackCard:
    """What a pack says of its word."""

    name: str
    kind: str
    class_word: str
    trigger: str  #: what one types in other programs
    method: str
    base_model: str
    base_revision: str
    licence: str = LICENCES[0]
    credits: Sequence[str] = ()  #: names to be given credit, as their bearers wrote them
    settings: Mapping[str, Any] = field(default_factory=dict)  #: numbers it was learned with
    scores: Mapping[str, Any] = field(default_factory=dict)

    def told(self, files: Sequence[str]) -> dict[str, Any]:
        """As JSON."""
        return {
            "tintype_pack": FORMAT,
            "name": self.name,
            "kind": self.kind,
            "class_word": self.class_word,
            "trigger": self.trigger,
            "method": self.method,
            "base_model": {"id": labels.public_base(self.base_model), "revision": self.base_revision},
            "settings": numbers_in(self.settings),
            "scores": numbers_in(self.scores),
            "licence": self.licence,
            "credits": list(self.credits),
            "made_by": "Tintype",
            "files": list(files),
        }


def packed(card: PackCard, weights: bytes, samples: bytes | None = None) -> bytes:
    """The pack of a word's file, under the name of the card, with its sample sheet.

    Raises: WeightsRefused E_WEIGHTS_BROKEN.
    """
    parts = labels.exported(weights, card.name)
    is_one_only_together = sum(part.is_embedding for part in parts) > 1  # the rows of several words
    if is_one_only_together or any(part.kind == "hypernetwork" for part in parts):  # packs hold no pickles
        parts = [labels.whole(weights, card.name)]
    files = {part.name: part.content for part in parts}
    if samples is not None:
        files[f"samples.{ending_of(samples)}"] = samples
    whole = replace(card, trigger=parts[0].trigger if parts else card.trigger)
    files[CARD] = json.dumps(whole.told(list(files)), ensure_ascii=False, indent=2).encode() + b"\n"
    files[LICENCE] = licence_text(whole).encode()
    files[SUMS] = "".join(f"{sha256(content)}  {name}\n" for name, content in files.items()).encode()
    return zipped(files)


def licence_text(card: PackCard) -> str:
    """What others may do with it, and whom they name."""
    facts = {"name": card.name, "credits": ", ".join(card.credits) or card.name}
    return sentence(f"pack-licence-{card.licence}", facts) + "\n"


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files; numbers and pictures hardly shrink, so they are stored as they are."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as pack:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = 0o644 << 16
            pack.writestr(entry, content)
    return whole.getvalue()


def sha256(content: bytes) -> str:
    """In hex."""
    return hashlib.sha256(content).hexdigest()


def ending_of(picture: bytes) -> str:
    """The file ending of one of our own pictures, by its first bytes."""
    if picture.startswith(b"\xff\xd8"):
        return "jpg"
    return "webp" if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP" else "png"


def numbers_in(told: Mapping[str, Any]) -> dict[str, int | float]:
    """The numbers among some values by name: settings and scores are these, and no text gets in with them."""
    plain = {str(name): value for name, value in told.items() if type(value) in (int, float)}
    return dict(list(plain.items())[:NUMBERS_MOST])


# --- reading a stranger's ------------------------------------------------------------------------------------------


def checked_sums(text: str, files: Mapping[str, bytes], name: str) -> None:
    """Hold each file of a pack against its checksum, and each checksum against its file.

    Raises: WeightsRefused E_PACK_SUMS with the first that is not as it should be.
    """
    lines = [line.partition("  ") for line in text.splitlines()]
    told = {inner: digest for digest, _, inner in lines if inner}
    for inner in [*files, *told]:
        if inner not in files or told.get(inner) != sha256(files[inner]):
            raise WeightsRefused("E_PACK_SUMS", file=name, part=inner[:TEXT_CHARACTERS])


def card_of(text: str, name: str) -> PackCard:
    """Read the card of a pack that anybody may have written; `name` is the pack's for the refusal.

    Raises: WeightsRefused E_PACK_CARD with the entry that is wrong, E_PACK_NEWER.
    """
    try:
        told = json.loads(text)
        version, base = told["tintype_pack"], told["base_model"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise WeightsRefused("E_PACK_CARD", file=name, entry=CARD) from error
    if version != FORMAT:
        raise WeightsRefused("E_PACK_NEWER", file=name)
    if not isinstance(base, dict):
        raise WeightsRefused("E_PACK_CARD", file=name, entry="base_model")
    flat = {**told, "base_model": base.get("id"), "base_revision": base.get("revision")}
    for entry, fits in ENTRIES.items():
        if not fits(flat.get(entry)):
            raise WeightsRefused("E_PACK_CARD", file=name, entry=entry)
    return PackCard(
        **{entry: flat[entry] for entry in ENTRIES},
        settings=numbers_in(told["settings"]) if isinstance(told.get("settings"), dict) else {},
        scores=numbers_in(told["scores"]) if isinstance(told.get("scores"), dict) else {},
    )


def is_text(value: Any) -> bool:
    """Whether it is a short line of text."""
    return isinstance(value, str) and len(value) <= TEXT_CHARACTERS and (value.isprintable() or not value)


def _are_credits(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= CREDITS_MOST and all(map(is_text, value))


#: what must stand on a card, and what it may be
ENTRIES = {
    "name": lambda value: isinstance(value, str) and bool(NAME.fullmatch(value)),
    "kind": lambda value: value in tuple(Kind),
    "class_word": is_text,
    "trigger": is_text,
    "method": lambda value: isinstance(value, str) and bool(METHOD.fullmatch(value)),
    "base_model": is_text,
    "base_revision": is_text,
    "licence": lambda value: value in LICENCES,
    "credits": _are_credits,
}

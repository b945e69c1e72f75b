"""A member's data as zips of which each fits into one message."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot import cards, keeping, texts
from bot.cards import Card, Kept, layout
from bot.studio import Asker, Studio
from storage.errors import NotAllowed, NotFound
from storage.permissions import Action, can
from storage.records import BlobId, MemberId

PART_BYTES = 24 * 2**20  # whatever a server takes: a zip is put together in memory
LIST_BYTES = 512 * 2**10  # kept free in the first part for the list of everything, which packs well
FRAME_BYTES = 200  # what a zip adds to each file, beside its name twice
MOST_PARTS = 20

File = tuple[str, BlobId]


@dataclass(frozen=True, slots=True)
class Parts:
    """How the files are spread."""

    parts: Sequence[Sequence[File]]  #: at least one; the first also holds the list
    left_out: int  #: files too large for any message here, or beyond the last part


def key_of(member: MemberId) -> str:
    """The member as a button carries them."""
    return f"{member:016x}"


def refuse_foreign(asker: Asker, key: str) -> None:
    """Raises: NotAllowed when a button is of another member's data."""
    if key != key_of(asker.member):
        raise NotAllowed("E_FORGET_FOREIGN")


def overview(rooms: Any, asker: Asker) -> Card:
    """What is kept, counted, with a button for each zip."""
    can(asker.actor, Action.EXPORT)
    told, spread = rooms.privacy.mydata(asker.member), _spread(rooms, asker)
    return cards.mydata_card(
        Kept(
            member=key_of(asker.member),
            words=len(told["words"]),
            images=len(told["images"]),
            photos=told["photos"],
            jobs=len(told["jobs"]),
            parts=len(spread.parts),
            left_out=spread.left_out,
            drafts=keeping.of_member(rooms, asker.member),
        )
    )


async def part_card(studio: Studio, asker: Asker, n: int) -> Card:
    """The zip of part `n`, 1 the first, as a file to keep.

    Raises: NotFound when there is no such part any more.
    """
    spread = await studio.run(partial(_spread, asker=asker))
    if not 1 <= n <= len(spread.parts):
        raise NotFound("E_NOT_FOUND")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        if n == 1:
            told = await studio.run(lambda rooms: rooms.privacy.mydata(asker.member))
            archive.writestr("mydata.json", json.dumps(told, indent=2), zipfile.ZIP_DEFLATED)
        for name, blob in spread.parts[n - 1]:
            content = await studio.run(partial(_opened, blob=blob))  # one at a time: others go between
            archive.writestr(name if "." in name else f"{name}.{layout.ending(content)}", content)
    data, name = packed.getvalue(), f"mydata-{n}.zip"
    told = texts.say("mydata-part", n=n, count=len(spread.parts), size=texts.size(len(data)))
    return layout.file_card(told, (name, data))


def _opened(rooms: Any, *, blob: BlobId) -> bytes:
    content: bytes = rooms.vault.open(blob)
    return content


def _spread(rooms: Any, asker: Asker) -> Parts:
    can(asker.actor, Action.EXPORT)
    files = rooms.privacy.contents(asker.member)
    sizes = [rooms.vault.size_bytes(blob) for _, blob in files]
    return spread_over(files, sizes, min(asker.limit_bytes, PART_BYTES))


def spread_over(files: Sequence[File], sizes: Sequence[int], limit_bytes: int) -> Parts:
    """Put the files, in their order, into parts of at most this size."""
    parts: list[list[File]] = [[]]
    used, left_out = LIST_BYTES, 0
    for file, size in zip(files, sizes, strict=True):
        need = size + FRAME_BYTES + 2 * len(file[0])
        if need > limit_bytes - LIST_BYTES:
            left_out += 1
        elif used + need <= limit_bytes:
            parts[-1].append(file)
            used += need
        else:
            parts.append([file])
            used = need
    left_out += sum(len(part) for part in parts[MOST_PARTS:])
    return Parts(parts[:MOST_PARTS], left_out)

"""A member's data as zips of which each fits into one message."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import attrgetter
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
#: wherever a file is fetched, its pieces are the same: two to a part of 10 MiB, five to one of 24
PIECE_BYTES = 9 * 2**19
READ_BYTES = 192 * 2**20  # a larger file is neither cut nor shortened: for that it is read whole, several times

File = tuple[str, BlobId]


@dataclass(frozen=True, slots=True)
class Piece:
    """A file, or of one that is larger than a part the bytes from `first` to `last`."""

    name: str
    blob: BlobId
    size_bytes: int  #: as it lies in the vault
    first: int = 0
    last: int | None = None

    @property
    def is_cut(self) -> bool:
        """Whether it is not all of a file."""
        return self.last is not None

    @property
    def need_bytes(self) -> int:
        """What it takes in a zip."""
        return self.size_bytes + FRAME_BYTES + 2 * len(self.name)


@dataclass(frozen=True, slots=True)
class Parts:
    """How the files are spread."""

    parts: Sequence[Sequence[Piece]]  #: at least one; the first also holds the list
    left_out: int  #: files that no piece of is in any part


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
        for blob, pieces in groupby(spread.parts[n - 1], attrgetter("blob")):
            content = await studio.run(partial(_opened, blob=blob))  # one at a time: others go between
            for piece in pieces:
                name = piece.name if "." in piece.name else f"{piece.name}.{layout.ending(content)}"
                archive.writestr(name, content[piece.first : piece.last])
    data, name = packed.getvalue(), f"mydata-{n}.zip"
    told = texts.say("mydata-part", n=n, count=len(spread.parts), size=texts.size(len(data)))
    if any(piece.is_cut for piece in spread.parts[n - 1]):
        told = f"{told} {texts.say('mydata-pieces')}"
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
    """Put the files, in their order, into parts of at most this size; those larger than a part come last, in pieces.

    Each file must be in the parts whole, or it is left out.
    """
    room = limit_bytes - LIST_BYTES
    spread = [_pieces(name, blob, size, room) for (name, blob), size in zip(files, sizes, strict=True)]
    parts: list[list[Piece]] = [[]]
    used, left_out = LIST_BYTES, 0
    for pieces in sorted(spread, key=len):
        with_it, used_then = _laid(parts, used, pieces, limit_bytes)
        if pieces and len(with_it) <= MOST_PARTS:
            parts, used = with_it, used_then
        else:
            left_out += 1
    return Parts(parts, left_out)


def _laid(
    parts: Sequence[list[Piece]], used_bytes: int, pieces: Sequence[Piece], limit_bytes: int
) -> tuple[list[list[Piece]], int]:
    """The parts with these pieces behind the others, and what the last part takes then."""
    found, used = [*parts[:-1], [*parts[-1]]], used_bytes
    for piece in pieces:
        if used + piece.need_bytes > limit_bytes:
            found.append([])
            used = 0
        found[-1].append(piece)
        used += piece.need_bytes
    return found, used


def _pieces(name: str, blob: BlobId, size_bytes: int, room_bytes: int) -> Sequence[Piece]:
    """One where it has room, else as many as it takes; none where that is too much."""
    whole = Piece(name, blob, size_bytes)
    if whole.need_bytes <= room_bytes:
        return [whole]
    if size_bytes > READ_BYTES or PIECE_BYTES + FRAME_BYTES + 2 * len(f"{name}.001") > room_bytes:
        return []
    return [
        Piece(f"{name}.{n:03}", blob, min(PIECE_BYTES, size_bytes - first), first, first + PIECE_BYTES)
        for n, first in enumerate(range(0, size_bytes, PIECE_BYTES), 1)
    ]

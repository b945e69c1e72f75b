"""A picture that a member sends for /imagine to begin from: fetched at once, rebuilt by the inspector, kept a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.attachments import Upload
from bot.studio import Asker, Studio, size_px_of
from storage.errors import NotAllowed, TintypeError, WordRefused
from storage.records import BlobId, Job
from storage.words import Word, parse_prompt

WIDE = 1.2  # from this ratio of its sides on a picture is no square


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """A picture to begin from."""

    picture: bytes  #: a PNG made anew from its pixels
    width_px: int
    height_px: int
    strength: float  #: how far to leave it, above 0 to 1
    edit: str = ""  #: how the engine is to work on it; empty: pictures begin from it
    said: str = ""  #: what it shows, in plain words, where such a way asks for it

    @property
    def shape(self) -> str:
        """The shape that is nearest to the picture's own."""
        ratio = self.width_px / max(1, self.height_px)
        return "landscape" if ratio > WIDE else "portrait" if ratio < 1 / WIDE else "square"


async def taken_in(
    studio: Studio, asker: Asker, upload: Upload, strength: float, *, edit: str = "", said: str = ""
) -> Beginning:
    """Fetch and rebuild what was sent; `said` in plain words is what it shows, where an edit is told.

    Raises: WordRefused(E_SAID_WORDS), NotAllowed(E_IMAGE_ADULT), TintypeError E_EDIT_BASE or of the download,
    PhotoRejected with the inspector's reason.
    """
    refuse_for_adults(asker)
    facts = studio.facts()
    if edit and facts and not facts.can_edit(edit):
        raise TintypeError("E_EDIT_BASE", base=facts.title)
    if any(isinstance(part, Word) for part in parse_prompt(said)):
        raise WordRefused("E_SAID_WORDS")
    async with studio.intake:
        (fetched,) = await studio.attachments.fetch([upload])
        if isinstance(fetched, TintypeError):
            raise fetched
        photo = await studio.inspect.inspect_photo(fetched.data, fetched.name, size_px=size_px_of(studio.facts()))
    return Beginning(
        picture=photo.image,
        width_px=photo.width_px,
        height_px=photo.height_px,
        strength=strength,
        edit=edit,
        said=said.strip(),
    )


def refuse_for_adults(asker: Asker) -> None:
    """Nobody can tell whom a picture shows that was sent, so none becomes another one in a channel for adults.

    Raises: NotAllowed(E_IMAGE_ADULT).
    """
    if asker.actor.is_adult_channel:
        raise NotAllowed("E_IMAGE_ADULT")


def refuse_shown(asker: Asker, job: Job) -> None:
    """What was made from such a picture is shown as little there as a person.

    Raises: NotAllowed(E_IMAGE_ADULT).
    """
    if job.request.get("is_from_upload"):
        refuse_for_adults(asker)


OF_BEGINNING = frozenset({"image", "edit", "said"})  # of a request: the picture that was sent, and what to do with it


T = TypeVar("T")
Put = Callable[[Mapping[str, Any]], tuple[T, bool]]


def put_with(rooms: Any, asker: Asker, beginning: Beginning, put: Put[T]) -> tuple[T, bool]:
    """Put an order that begins from this picture; when that fails, or was done before, the file goes again."""
    blob = rooms.vault.put(asker.member, beginning.picture)
    is_needed = False
    try:
        about = {"edit": beginning.edit, "said": beginning.said} if beginning.edit else {}
        placed, is_needed = put(
            {"image": {"blob": blob, "strength": beginning.strength}, "is_from_upload": True, **about}
        )
    finally:
        if not is_needed:
            rooms.vault.delete(blob)
    return placed, is_needed


def kept(rooms: Any, asker: Asker, job: Job) -> None:
    """Whether this member may have a job's beginning used again; of a job without one, always.

    Raises: TintypeError(E_IMAGE_GONE).
    """
    blob = beginning_of(job.request)
    if blob is not None and (asker.member != job.owner or not rooms.vault.size_bytes(blob)):
        raise TintypeError("E_IMAGE_GONE")


def beginning_of(request: Mapping[str, Any]) -> BlobId | None:
    """The file of the picture that an order begins from."""
    image = request.get("image")
    return BlobId(str(image["blob"])) if image else None

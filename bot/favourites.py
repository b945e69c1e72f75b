"""A member's favourite pictures, a page at a time; only what they may still see where they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot import cards, texts
from bot.belongings import key_of
from bot.cards import Card, Favourite, Picture
from bot.orders import finished, prompt_today
from bot.studio import Asker
from storage.errors import NotFound, TintypeError
from storage.permissions import Action, can
from storage.records import Image, ImageId

PAGE_PICTURES = 5


def starred(rooms: Any, asker: Asker, job_id: str, n: int) -> bool:
    """Keep picture `n` of a grid among the favourites, or let it go; whether it is kept now.

    Raises: NotFound, NotAllowed, TintypeError(E_PICTURE_GONE).
    """
    _, images = finished(rooms, asker, job_id, Action.SEE)
    if not 1 <= n <= len(images):
        raise NotFound("E_NOT_FOUND")
    is_kept: bool = rooms.wishes.star(asker.member, images[n - 1].id)
    return is_kept


def let_go(rooms: Any, asker: Asker, image: str) -> None:
    """Take a picture off the list.

    Raises: NotFound when it is not on it.
    """
    if image not in {one.id for one in rooms.wishes.favourites(asker.member)}:
        raise NotFound("E_NOT_FOUND")
    rooms.wishes.star(asker.member, ImageId(image))


def page_of(rooms: Any, asker: Asker, page: int) -> Card:
    """One page of the list, 1 the first; the last where there are not so many."""
    mine = [image for image in rooms.wishes.favourites(asker.member) if _may_see(rooms, asker, image)]
    pages = max(1, -(-len(mine) // PAGE_PICTURES))
    page = min(max(page, 1), pages)
    first = (page - 1) * PAGE_PICTURES
    shown = list(_shown(rooms, asker, mine[first : first + PAGE_PICTURES]))
    return cards.favourites_card(key_of(asker.member), shown, page, pages)


def _may_see(rooms: Any, asker: Asker, image: Image) -> bool:
    try:
        can(asker.actor, Action.SEE, image)
    except TintypeError:
        return False
    return not rooms.moderation.is_hidden(image.job) and not rooms.images.is_withdrawn(image.job, asker.member)


def _shown(rooms: Any, asker: Asker, images: list[Image]) -> Iterator[Favourite]:
    """Together the pictures fit into one message; of those that do not, the line alone is shown."""
    left_bytes = asker.limit_bytes
    for image in images:
        job = rooms.queue.get(image.job)
        prompt, size_bytes = prompt_today(rooms, job, asker.actor), rooms.vault.size_bytes(image.blob)
        picture = None
        if 0 < size_bytes <= left_bytes:
            left_bytes -= size_bytes
            alt = texts.say("image-alt", n=image.position, prompt=prompt)
            is_spoiler = bool(job.request.get("spoiler"))
            picture = Picture.named(image.id, rooms.vault.open(image.blob), alt, is_spoiler=is_spoiler)
        yield Favourite(image=image.id, prompt=prompt, when=image.created_at, picture=picture)

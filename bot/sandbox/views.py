"""A message, a form, as the member reads them: text, buttons, pictures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.checks.components import BUTTON, FILE, GALLERY, SELECTS, TEXT, THUMBNAIL, walk
from bot.sandbox.filling import fields_of
from bot.sandbox.state import EPHEMERAL, LOADING, V2, Json

Fetch = Callable[[str], Awaitable[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button, or a select, of a message."""

    label: str
    custom_id: str | None
    url: str | None = None
    is_disabled: bool = False
    raw: Json = field(default_factory=dict)

    @property
    def is_menu(self) -> bool:
        """Whether it is chosen from."""
        return self.raw.get("type") in SELECTS


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that a menu offers."""

    label: str
    value: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A file that a message shows."""

    name: str
    url: str
    size_bytes: int
    alt_text: str | None
    _fetch: Fetch

    async def read(self) -> bytes:
        """Download it."""
        return await self._fetch(self.url)


@dataclass(frozen=True, slots=True)
class Message:
    """One state of a message."""

    raw: Json
    _fetch: Fetch

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.raw["id"])

    @property
    def channel_id(self) -> str:
        """Where it stands."""
        return str(self.raw["channel_id"])

    @property
    def interaction(self) -> str | None:
        """The id of the interaction it answers."""
        return (self.raw.get("interaction_metadata") or {}).get("id")

    @property
    def asker(self) -> str | None:
        """The id of the member whose interaction it answers."""
        return ((self.raw.get("interaction_metadata") or {}).get("user") or {}).get("id")

    @property
    def is_ephemeral(self) -> bool:
        """Whether only this member sees it."""
        return bool(self.raw["flags"] & EPHEMERAL)

    @property
    def is_loading(self) -> bool:
        """Whether the bot "is thinking"."""
        return bool(self.raw["flags"] & LOADING)

    @property
    def is_v2(self) -> bool:
        """Whether it is made of components alone."""
        return bool(self.raw["flags"] & V2)

    @property
    def text(self) -> str:
        """All displayed text, top to bottom."""
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        """Content, embeds, text displays, labels of buttons."""
        if self.raw["content"]:
            yield self.raw["content"]
        for embed in self.raw["embeds"]:
            yield from (str(embed[key]) for key in ("title", "description") if embed.get(key))
            yield from (f"{field['name']}: {field['value']}" for field in embed.get("fields", []))
        for part in walk(self.raw["components"]):
            if part["type"] == TEXT:
                yield part["content"]
            elif part.get("label"):
                yield part["label"]

    @property
    def body(self) -> str:
        """The displayed text without the buttons' labels."""
        parts = [part["content"] for part in walk(self.raw["components"]) if part["type"] == TEXT]
        return "\n".join([*([self.raw["content"]] if self.raw["content"] else []), *parts])

    @property
    def buttons(self) -> list[Button]:
        """Everything that can be pressed or chosen from, in order."""
        return [_button(part) for part in walk(self.raw["components"]) if part["type"] in {BUTTON, *SELECTS}]

    @property
    def files(self) -> list[Picture]:
        """Every file shown, in order."""
        found = [
            Picture(one["filename"], one["url"], one["size"], one.get("description"), self._fetch)
            for one in self.raw["attachments"]
        ]
        for part in walk(self.raw["components"]):
            found += [self._picture(media, alt) for media, alt in _media(part)]
        return found

    def _picture(self, media: Json, alt: str | None) -> Picture:
        name = media.get("filename") or media["url"].split("?")[0].rsplit("/", 1)[-1]
        return Picture(name, media["url"], media.get("size") or 0, alt, self._fetch)

    @property
    def alt_texts(self) -> list[str | None]:
        """The alt text of each file."""
        return [file.alt_text for file in self.files]


def _button(part: Json) -> Button:
    return Button(
        label=part.get("label") or part.get("placeholder") or (part.get("emoji") or {}).get("name") or "",
        custom_id=part.get("custom_id"),
        url=part.get("url"),
        is_disabled=bool(part.get("disabled")),
        raw=part,
    )


def _media(part: Json) -> list[tuple[Json, str | None]]:
    if part["type"] == GALLERY:
        return [(item["media"], item.get("description")) for item in part["items"]]
    if part["type"] == THUMBNAIL:
        return [(part["media"], part.get("description"))]
    return [(part["file"], None)] if part["type"] == FILE else []


@dataclass(frozen=True, slots=True)
class Modal:
    """A form that the bot opened."""

    interaction: str
    raw: Json

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.raw["title"])

    @property
    def fields(self) -> list[tuple[str, Json]]:
        """(label, component) of each field."""
        return fields_of(self.raw)


Answer = Message | Modal


def choices_of(outcome: Json) -> list[tuple[str, Any]]:
    """(name, value) of each completion."""
    return [(choice["name"], choice["value"]) for choice in outcome["choices"]]

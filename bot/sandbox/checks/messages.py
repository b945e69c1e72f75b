"""The limits of messages, classic and with Components V2."""

from __future__ import annotations

from typing import Any

from bot.sandbox.checks.components import (
    CONTAINER,
    FILE,
    GALLERY,
    MOST_COMPONENTS,
    MOST_TEXT,
    ROW,
    SECTION,
    SEPARATOR,
    TEXT,
    Components,
    walk,
)
from bot.sandbox.refusals import EMPTY_MESSAGE, TOO_LARGE, Form, Json, Refused
from bot.sandbox.state import EPHEMERAL, V2

V2_PARTS = (ROW, TEXT, SECTION, GALLERY, SEPARATOR, FILE, CONTAINER)
SENDABLE = 1 << 2 | EPHEMERAL | 1 << 12 | V2  # suppress embeds, ephemeral, silent, V2
MOST_FILES = 10
REQUEST_BYTES = 25 * 2**20  # of all files together
EMBED_LIMITS = {"title": 256, "description": 4096}
CLASSIC_ONLY = ("content", "embeds", "stickers", "sticker_ids", "poll")


def check_files(sizes: list[int], most_bytes: int) -> None:
    """Raises: Refused(40005 or 50035) for files that are too large or too many."""
    if len(sizes) > MOST_FILES:
        form = Form()
        form.wrong(("attachments",), "BASE_TYPE_MAX_LENGTH", f"Must be {MOST_FILES} or fewer in length.")
        form.refuse()
    if any(size > most_bytes for size in sizes) or sum(sizes) > max(REQUEST_BYTES, most_bytes * MOST_FILES):
        raise Refused(TOO_LARGE)


def check_message(body: Json, *, flags: int, new_files: set[str], kept_files: set[str], was_empty: bool = True) -> None:
    """A message to be sent, or the changed fields of one to be edited; `flags` are those it will have.

    Raises: Refused(50035, 50006).
    """
    form = Form()
    if int(body.get("flags") or 0) & ~(SENDABLE | 1 << 7):
        form.wrong(("flags",), "BASE_TYPE_BAD_FLAGS", "This flag cannot be set.")
    if body.get("nonce") is not None:
        form.text(("nonce",), str(body["nonce"]), 25)
    _check_descriptions(form, body)
    if flags & V2:
        _check_v2(form, body, new_files, kept_files)
    else:
        _check_classic(form, body, new_files | kept_files)
    form.refuse()
    filled = any(body.get(key) for key in ("content", "embeds", "components", "sticker_ids", "poll"))
    if was_empty and not filled and not new_files and not kept_files:
        raise Refused(EMPTY_MESSAGE)


def _check_descriptions(form: Form, body: Json) -> None:
    for index, told in enumerate(body.get("attachments") or []):
        if told.get("description"):
            form.text(("attachments", index, "description"), told["description"], 1024)


def _check_v2(form: Form, body: Json, new_files: set[str], kept_files: set[str]) -> None:
    for key in CLASSIC_ONLY:
        if body.get(key):
            form.wrong(
                (key,),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )
    components = body.get("components")
    if components is None:
        return
    parts = Components(form, files=frozenset(new_files | kept_files))
    parts.check(components, ("components",), V2_PARTS, 1, MOST_COMPONENTS)
    every = list(walk([part for part in components if isinstance(part, dict)]))
    if len(every) > MOST_COMPONENTS:
        form.wrong(("components",), "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "The maximum number of components is 40")
    if sum(len(str(part.get("content", ""))) for part in every if part.get("type") == TEXT) > MOST_TEXT:
        form.wrong(
            ("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "The total displayable text exceeds 4000"
        )
    for name in sorted(new_files - parts.used):
        form.wrong(("attachments",), "ATTACHMENT_NOT_REFERENCED", f"{name} is not used by any component")


def _check_classic(form: Form, body: Json, files: set[str]) -> None:
    if body.get("content") is not None:
        form.text(("content",), body["content"], 2000, 0)
    if body.get("components"):
        Components(form, files=frozenset(files)).check(body["components"], ("components",), (ROW,), 0, 5)
    embeds = body.get("embeds")
    if embeds and form.count(("embeds",), embeds, 0, 10):
        for index, embed in enumerate(embeds):
            _check_embed(form, ("embeds", index), embed)
        if sum(_embed_size(embed) for embed in embeds) > 6000:
            form.wrong(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")


def _check_embed(form: Form, path: tuple[str | int, ...], embed: Json) -> None:
    for key, most in EMBED_LIMITS.items():
        if embed.get(key) is not None:
            form.text((*path, key), embed[key], most, 0)
    fields = embed.get("fields") or []
    form.count((*path, "fields"), fields, 0, 25)
    for index, field in enumerate(fields):
        form.text((*path, "fields", index, "name"), field.get("name"), 256)
        form.text((*path, "fields", index, "value"), field.get("value"), 1024)
    if embed.get("footer"):
        form.text((*path, "footer", "text"), embed["footer"].get("text"), 2048)
    if embed.get("author"):
        form.text((*path, "author", "name"), embed["author"].get("name"), 256)


def _embed_size(embed: Json) -> int:
    texts: list[Any] = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    texts.append((embed.get("author") or {}).get("name"))
    for field in embed.get("fields") or []:
        texts += [field.get("name"), field.get("value")]
    return sum(len(str(text)) for text in texts if text)

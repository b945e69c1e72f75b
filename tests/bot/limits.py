"""Discord's documented limits for messages and forms, checked on the payloads that would be sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from discord import ui

from bot.cards import Card

COLOUR = "accent_color"  # of a container
BUTTON, TEXT, SECTION, GALLERY, THUMBNAIL, FILE, ROW, CONTAINER = 2, 10, 9, 12, 11, 13, 1, 17


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        if "accessory" in component:
            yield from walk([component["accessory"]])
        if "component" in component:
            yield from walk([component["component"]])


def pictures_without_words(payload: Any) -> list[dict[str, Any]]:
    """Every picture in what was sent that has no alt text."""
    if isinstance(payload, list):
        return [found for part in payload for found in pictures_without_words(part)]
    if not isinstance(payload, dict):
        return []
    own = [payload] if "media" in payload and not payload.get("description") else []
    return own + pictures_without_words(list(payload.values()))


def faults_of_card(card: Card) -> list[str]:
    """What Discord would refuse about this message; empty when nothing."""
    parts = list(walk(card.view.to_components()))
    faults = []
    if len(parts) > 40:
        faults.append(f"{len(parts)} components")
    if sum(len(part["content"]) for part in parts if part["type"] == TEXT) > 4000:
        faults.append("more than 4000 characters")
    if len(card.files) > 10:
        faults.append(f"{len(card.files)} files")
    ids = [part["custom_id"] for part in parts if "custom_id" in part]
    if len(ids) != len(set(ids)):
        faults.append("a custom_id twice")
    named = {file.filename for file in card.files}
    if len(named) != len(card.files):
        faults.append("a file name twice")
    for part in parts:
        faults += _faults_of_part(part, named)
    used = {url.removeprefix("attachment://") for part in parts for url in _urls(part)}
    if used != named:
        faults.append(f"files {named} but shown {used}")
    return faults


def _urls(part: dict[str, Any]) -> list[str]:
    if part["type"] == GALLERY:
        return [item["media"]["url"] for item in part["items"]]
    if part["type"] == THUMBNAIL:
        return [part["media"]["url"]]
    return [part["file"]["url"]] if part["type"] == FILE else []


def _faults_of_part(part: dict[str, Any], named: set[str]) -> list[str]:
    faults = []
    if part["type"] == TEXT and not 1 <= len(part["content"]) <= 4000:
        faults.append("empty or too long text")
    if part["type"] == BUTTON:
        faults += [] if 1 <= len(part["label"]) <= 80 else [f"label {part['label']!r}"]
        faults += [] if 1 <= len(part["custom_id"]) <= 100 else ["custom_id length"]
    if part["type"] == ROW and not 1 <= len(part["components"]) <= 5:
        faults.append(f"row of {len(part['components'])}")
    if part["type"] == THUMBNAIL:
        faults += [] if 1 <= len(part.get("description") or "") <= 1024 else ["alt text missing or too long"]
    if part["type"] == GALLERY:
        faults += [] if 1 <= len(part["items"]) <= 10 else ["gallery size"]
        for item in part["items"]:
            alt = item.get("description") or ""
            faults += [] if 1 <= len(alt) <= 1024 else ["alt text missing or too long"]
    return faults


def faults_of_form(form: ui.Modal) -> list[str]:
    """What Discord would refuse about this form; empty when nothing."""
    payload = form.to_dict()
    faults = []
    faults += [] if 1 <= len(payload["title"]) <= 45 else ["title length"]
    faults += [] if 1 <= len(payload["custom_id"]) <= 100 else ["custom_id length"]
    faults += [] if 1 <= len(payload["components"]) <= 5 else [f"{len(payload['components'])} components"]
    for label in payload["components"]:
        faults += [] if 1 <= len(label["label"]) <= 45 else [f"label {label['label']!r}"]
        faults += [] if len(label.get("description") or "") <= 100 else [f"description {label['description']!r}"]
        faults += _faults_of_field(label["component"])
    return faults


def _faults_of_field(field: dict[str, Any]) -> list[str]:
    faults = []
    if field["type"] == 4:
        faults += [] if len(field.get("value") or "") <= field["max_length"] <= 4000 else ["text input"]
    if field["type"] == 19:
        faults += [] if 0 <= field["min_values"] <= field["max_values"] <= 10 else ["upload size"]
    if field["type"] == 21:
        faults += [] if 2 <= len(field["options"]) <= 10 else ["radio options"]
    return faults

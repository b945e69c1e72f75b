"""The limits of components in messages and forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.sandbox.refusals import Form, Json

ROW, BUTTON, STRING_SELECT, TEXT_INPUT, SECTION, TEXT, THUMBNAIL, GALLERY, FILE = 1, 2, 3, 4, 9, 10, 11, 12, 13
SEPARATOR, CONTAINER, LABEL, UPLOAD, RADIO, TICKS, TICK = 14, 17, 18, 19, 21, 22, 23
SELECTS = (3, 5, 6, 7, 8)
LINK, PREMIUM = 5, 6
MOST_COMPONENTS = 40
MOST_TEXT = 4000
Path = tuple[str | int, ...]


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component, outer before inner."""
    for component in components:
        yield component
        inner = component.get("components")
        yield from walk(inner if isinstance(inner, list) else [])
        for key in ("accessory", "component"):
            if isinstance(component.get(key), dict):
                yield from walk([component[key]])


class Components:
    """Checks the components of one body into a form."""

    def __init__(self, form: Form, *, in_modal: bool = False, files: frozenset[str] = frozenset()) -> None:
        self._form, self._in_modal, self._files = form, in_modal, files
        self._ids: set[str] = set()
        self.used: set[str] = set()  #: the names of uploads that are shown

    def check(self, components: Any, path: Path, allowed: tuple[int, ...], least: int, most: int) -> None:
        """A list of components, each of a kind allowed here."""
        if not self._form.count(path, components, least, most):
            return
        for index, component in enumerate(components):
            self.one(component, (*path, index), allowed)

    def one(self, component: Any, path: Path, allowed: tuple[int, ...]) -> None:
        """One component."""
        kind = component.get("type") if isinstance(component, dict) else None
        if kind not in allowed:
            self._form.wrong((*path, "type"), "BASE_TYPE_CHOICES", f"Value must be one of {allowed}.")
            return
        checks: Mapping[int, Callable[[Json, Path], None]] = {
            ROW: self._row,
            BUTTON: self._button,
            TEXT_INPUT: self._text_input,
            SECTION: self._section,
            TEXT: self._text,
            THUMBNAIL: self._picture,
            GALLERY: self._gallery,
            FILE: self._file,
            SEPARATOR: lambda component, path: None,
            CONTAINER: self._container,
            LABEL: self._label,
            UPLOAD: self._upload,
            RADIO: self._choices,
            TICKS: self._choices,
            TICK: self._custom_id,
        } | dict.fromkeys(SELECTS, self._select)
        checks[component["type"]](component, path)

    def _custom_id(self, component: Json, path: Path) -> None:
        custom_id = component.get("custom_id")
        self._form.text((*path, "custom_id"), custom_id, 100)
        if custom_id in self._ids:
            self._form.wrong(
                (*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
            )
        self._ids.add(str(custom_id))

    def _row(self, row: Json, path: Path) -> None:
        inner = row.get("components") or []
        kinds = {part.get("type") for part in inner if isinstance(part, dict)}
        allowed = (TEXT_INPUT,) if self._in_modal else (BUTTON, *SELECTS)
        most = 5 if kinds <= {BUTTON} else 1
        self.check(row.get("components"), (*path, "components"), allowed, 1, most)

    def _button(self, button: Json, path: Path) -> None:
        style = button.get("style")
        if style not in range(1, 7):
            self._form.wrong((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4, 5, 6).")
        if style == LINK:
            self._form.text((*path, "url"), button.get("url"), 512)
            if "custom_id" in button:
                self._form.wrong(
                    path,
                    "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                    "A custom id and url cannot both be given",
                )
        elif style != PREMIUM:
            self._custom_id(button, path)
        label = button.get("label")
        if label is None and not button.get("emoji") and style != PREMIUM:
            self._form.wrong(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or emoji is required")
        if label is not None:
            self._form.text((*path, "label"), label, 80)

    def _select(self, select: Json, path: Path) -> None:
        self._custom_id(select, path)
        if select.get("placeholder") is not None:
            self._form.text((*path, "placeholder"), select["placeholder"], 150, 0)
        self._range(select, path, 25)
        if select["type"] == STRING_SELECT:
            self._options(select, path, 1, 25)
        if self._in_modal and select.get("disabled"):
            self._form.wrong((*path, "disabled"), "BASE_TYPE_CHOICES", "Components in a modal cannot be disabled")

    def _range(self, part: Json, path: Path, most: int) -> None:
        low, high = part.get("min_values", 1), part.get("max_values", 1)
        if not isinstance(low, int) or not 0 <= low <= most:
            self._form.wrong((*path, "min_values"), "NUMBER_TYPE_MAX", f"int value should be between 0 and {most}.")
        elif not isinstance(high, int) or not max(low, 1) <= high <= most:
            self._form.wrong((*path, "max_values"), "NUMBER_TYPE_MAX", f"int value should be between 1 and {most}.")
        if self._in_modal and part.get("required", True) and low == 0 and "min_values" in part:
            self._form.wrong((*path, "min_values"), "BASE_TYPE_BAD", "min_values 0 needs required to be false")

    def _options(self, part: Json, path: Path, least: int, most: int) -> None:
        options = part.get("options")
        if not self._form.count((*path, "options"), options, least, most):
            return
        values = [option.get("value") for option in options or []]
        for index, option in enumerate(options or []):
            here = (*path, "options", index)
            self._form.text((*here, "label"), option.get("label"), 100)
            self._form.text((*here, "value"), option.get("value"), 100)
            if option.get("description") is not None:
                self._form.text((*here, "description"), option["description"], 100)
            if values.count(option.get("value")) > 1:
                self._form.wrong(
                    (*here, "value"), "COMPONENT_SELECT_OPTION_VALUE_DUPLICATED", "The value is used twice"
                )
        chosen = sum(1 for option in options or [] if option.get("default"))
        if chosen > (
            1 if part["type"] == RADIO else part.get("max_values", 1 if part["type"] == STRING_SELECT else most)
        ):
            self._form.wrong((*path, "options"), "COMPONENT_TOO_MANY_DEFAULTS", "More defaults than max_values")

    def _choices(self, part: Json, path: Path) -> None:
        self._custom_id(part, path)
        self._options(part, path, 2 if part["type"] == RADIO else 1, 10)

    def _section(self, section: Json, path: Path) -> None:
        self.check(section.get("components"), (*path, "components"), (TEXT,), 1, 3)
        self.one(section.get("accessory"), (*path, "accessory"), (BUTTON, THUMBNAIL))

    def _text(self, text: Json, path: Path) -> None:
        self._form.text((*path, "content"), text.get("content"), MOST_TEXT)

    def _picture(self, picture: Json, path: Path) -> None:
        self._media(picture.get("media"), (*path, "media"))
        if picture.get("description") is not None:
            self._form.text((*path, "description"), picture["description"], 1024)

    def _gallery(self, gallery: Json, path: Path) -> None:
        if self._form.count((*path, "items"), gallery.get("items"), 1, 10):
            for index, item in enumerate(gallery["items"]):
                self._picture(item, (*path, "items", index))

    def _file(self, part: Json, path: Path) -> None:
        self._media(part.get("file"), (*path, "file"))
        if not str((part.get("file") or {}).get("url", "")).startswith("attachment://"):
            self._form.wrong(
                (*path, "file", "url"), "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('attachment',)."
            )

    def _media(self, media: Any, path: Path) -> None:
        url = str(media.get("url", "")) if isinstance(media, dict) else ""
        name = url.removeprefix("attachment://")
        if url.startswith("attachment://"):
            if name not in self._files:
                self._form.wrong(
                    (*path, "url"), "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", f"{name} was not uploaded"
                )
            self.used.add(name)
        elif not url.startswith(("http://", "https://")):
            self._form.wrong((*path, "url"), "URL_TYPE_INVALID_SCHEME", "Scheme must be http, https or attachment.")
        elif len(url) > 2048:
            self._form.text((*path, "url"), url, 2048)

    def _container(self, container: Json, path: Path) -> None:
        self.check(
            container.get("components"), (*path, "components"), (ROW, TEXT, SECTION, GALLERY, SEPARATOR, FILE), 1, 40
        )
        colour = container.get("accent_color")
        if colour is not None and (not isinstance(colour, int) or not 0 <= colour <= 0xFFFFFF):
            self._form.wrong((*path, "accent_color"), "NUMBER_TYPE_MAX", "int value should be at most 16777215.")

    def _label(self, label: Json, path: Path) -> None:
        self._form.text((*path, "label"), label.get("label"), 45)
        if label.get("description") is not None:
            self._form.text((*path, "description"), label["description"], 100)
        self.one(label.get("component"), (*path, "component"), (TEXT_INPUT, *SELECTS, UPLOAD, RADIO, TICKS, TICK))

    def _text_input(self, field: Json, path: Path) -> None:
        self._custom_id(field, path)
        if field.get("style") not in {1, 2}:
            self._form.wrong((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2).")
        low, high = field.get("min_length") or 0, field.get("max_length") or 4000
        if not 0 <= low <= high <= 4000:
            self._form.wrong((*path, "max_length"), "NUMBER_TYPE_MAX", "0 <= min_length <= max_length <= 4000.")
        if field.get("value"):
            self._form.text((*path, "value"), field["value"], high, 0)
        if field.get("placeholder") is not None:
            self._form.text((*path, "placeholder"), field["placeholder"], 100, 0)
        if path[-1] != "component":
            self._form.text((*path, "label"), field.get("label"), 45)

    def _upload(self, upload: Json, path: Path) -> None:
        self._custom_id(upload, path)
        self._range(upload, path, 10)

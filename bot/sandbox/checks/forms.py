"""The limits of modals and of autocomplete answers."""

from __future__ import annotations

from typing import Any

from bot.sandbox.checks.components import LABEL, ROW, TEXT, Components
from bot.sandbox.refusals import Form, Json


def check_modal(data: Any) -> None:
    """A modal's title, custom_id and 1-5 parts.

    Raises: Refused(50035).
    """
    form = Form()
    modal: Json = data if isinstance(data, dict) else {}
    form.text(("data", "title"), modal.get("title"), 45)
    form.text(("data", "custom_id"), modal.get("custom_id"), 100)
    parts = Components(form, in_modal=True)
    parts.check(modal.get("components"), ("data", "components"), (LABEL, TEXT, ROW), 1, 5)
    form.refuse()


def check_choices(data: Any, option_type: int) -> None:
    """At most 25 choices of the option's type.

    Raises: Refused(50035).
    """
    form = Form()
    choices: Any = (data or {}).get("choices")
    if form.count(("data", "choices"), choices, 0, 25):
        for index, choice in enumerate(choices):
            check_choice(form, ("data", "choices", index), choice, option_type)
    form.refuse()


def check_choice(form: Form, path: tuple[str | int, ...], choice: Json, option_type: int) -> None:
    """A choice's name, and a value of the type 3 (text), 4 (integer) or 10 (number)."""
    form.text((*path, "name"), choice.get("name"), 100)
    value = choice.get("value")
    if option_type == 3:
        form.text((*path, "value"), value, 100, 0)
    elif isinstance(value, bool) or not isinstance(value, (int, float) if option_type == 10 else int):
        form.wrong((*path, "value"), "NUMBER_TYPE_COERCE", "Value is not a number.")

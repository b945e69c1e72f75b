"""A form as the member filled it, in Discord's shape of a modal submission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox import cdn
from bot.sandbox.checks.components import (
    LABEL,
    RADIO,
    ROW,
    STRING_SELECT,
    TEXT_INPUT,
    TICK,
    TICKS,
    UPLOAD,
)
from bot.sandbox.options import NotPossible
from bot.sandbox.state import Json

if TYPE_CHECKING:
    from bot.sandbox.sandbox import Sandbox


def fields_of(modal: Json) -> list[tuple[str, Json]]:
    """Each field of a form with its label."""
    found = []
    for part in modal.get("components") or []:
        if part["type"] == LABEL:
            found.append((str(part["label"]), part["component"]))
        elif part["type"] == ROW:
            found += [(str(inner.get("label") or inner["custom_id"]), inner) for inner in part["components"]]
    return found


def filled(sandbox: Sandbox, modal: Json, values: Json, files: Json) -> tuple[list[Json], Json]:
    """The components to send, and the uploads they name; fields are called by custom_id or label.

    Raises: NotPossible for what the app would not let the member submit.
    """
    names = {name for label, field in fields_of(modal) for name in (label, field["custom_id"])}
    unknown = sorted({*values, *files} - names)
    if unknown:
        raise NotPossible(f"the form has no field {', '.join(unknown)}; it has {', '.join(sorted(names))}")
    resolved: Json = {}
    told = []
    for number, part in enumerate(modal["components"], start=1):
        if part["type"] == LABEL:
            inner = _answer(sandbox, part["label"], part["component"], values, files, resolved)
            told.append({"type": LABEL, "id": number, "component": inner})
        elif part["type"] == ROW:
            inners = [_answer(sandbox, one.get("label"), one, values, files, resolved) for one in part["components"]]
            told.append({"type": ROW, "id": number, "components": inners})
        else:
            told.append({"type": part["type"], "id": number})
    return told, resolved


def _answer(sandbox: Sandbox, label: str | None, field: Json, values: Json, files: Json, resolved: Json) -> Json:
    kind, custom_id, name = field["type"], field["custom_id"], str(label or field["custom_id"])
    told: Json = {"type": kind, "id": field.get("id", 1), "custom_id": custom_id}
    if kind == UPLOAD:
        handed: Any = files.get(custom_id, files.get(name)) or []
        told["values"] = _uploads(sandbox, name, field, handed, resolved)
        return told
    value = values.get(custom_id, values.get(name))
    if kind == TEXT_INPUT:
        return told | {"value": _text(name, field, value)}
    if kind == TICK:
        return told | {"value": bool(field.get("default", False) if value is None else value)}
    if kind == RADIO:
        return told | {"value": (_chosen(name, field, value, 1) or [None])[0]}
    if kind in {STRING_SELECT, TICKS}:
        return told | {"values": _chosen(name, field, value, 25)}
    return told | {"values": [str(one) for one in value or []]}


def _text(name: str, field: Json, value: Any) -> str:
    text = str(field.get("value") or "" if value is None else value)
    if not text and field.get("required", True):
        raise NotPossible(f"{name} must be filled in")
    if text and not (field.get("min_length") or 0) <= len(text) <= (field.get("max_length") or 4000):
        raise NotPossible(f"{name} has the wrong length")
    return text


def _chosen(name: str, field: Json, value: Any, most: int) -> list[Any]:
    offered = field["options"]
    if value is None:
        wanted = [option["value"] for option in offered if option.get("default")]
    else:
        wanted = [str(one) for one in (value if isinstance(value, list) else [value])]
    found = [option["value"] for option in offered if {option["value"], option["label"]} & set(wanted)]
    if len(found) != len(set(wanted)):
        raise NotPossible(f"{name}: one of {', '.join(option['label'] for option in offered)}")
    low, high = field.get("min_values", 1), field.get("max_values", 1 if field["type"] != TICKS else len(offered))
    is_needed = field.get("required", True)
    if (is_needed and not found) or (found and not low <= len(found) <= min(high, most)):
        raise NotPossible(f"{name}: choose {low} to {high}")
    return found


def _uploads(sandbox: Sandbox, name: str, field: Json, wanted: list[Any], resolved: Json) -> list[str]:
    low, high = field.get("min_values", 1), field.get("max_values", 1)
    if (len(wanted) < low and (field.get("required", True) or wanted)) or len(wanted) > high:
        raise NotPossible(f"{name}: {low} to {high} files")
    for one in wanted:
        file = sandbox.uploads.get(int(one))
        if file is None:
            raise NotPossible(f"no upload {one}")
        url = sandbox.signer.url(sandbox.root, file, sandbox.clock.now())
        resolved[str(file.id)] = cdn.attachment(file, url)
    return [str(one) for one in wanted]

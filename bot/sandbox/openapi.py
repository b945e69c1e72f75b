"""Checks requests against Discord's own published description of its API, when that file is at hand."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

KNOWN_GAPS = ("nsfw",)  # fields of commands that the description lacks
MEDIA = 16  # a type of channel that it lacks, too
MOST_TOLD = 5  # problems of one request

Json = dict[str, Any]


class Description:
    """Discord's OpenAPI file, read once."""

    def __init__(self, path: Path) -> None:
        """Read a `.json` or `.json.gz` file.

        Raises: OSError, ValueError.
        """
        raw = path.read_bytes()
        self._document: Json = json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
        self._routes = [(_pattern(route), methods) for route, methods in self._document["paths"].items()]
        self._validators: dict[tuple[str, str], Draft202012Validator] = {}
        self._known: dict[tuple[str, str, str], list[str]] = {}

    def problems(self, method: str, path: str, body: Any) -> list[str]:
        """What is wrong with a request's route and JSON; `path` is below /api/v10, with or without its query."""
        path = path.split("?", maxsplit=1)[0]
        found = self._operation(method, path)
        if found is None:
            return [f"{method} {path}: no such route"]
        route, operation = found
        schema = _schema_of(operation)
        if body is None or schema is None:
            return [f"{method} {path}: takes no body"] if body else []
        key = (method, route)
        if key not in self._validators:
            whole = {**schema, "components": self._document["components"]}
            self._validators[key] = Draft202012Validator(whole)
        return [f"{method} {path}: {problem}" for problem in self._faults(key, _without_gaps(body))]

    def _faults(self, key: tuple[str, str], body: Any) -> list[str]:
        """What the schema says of a body; each is looked at once, for the definitions of commands take long."""
        seen = (*key, json.dumps(body, sort_keys=True))
        if seen not in self._known:
            errors = list(self._validators[key].iter_errors(body))
            self._known[seen] = [_told(error) for error in errors[:MOST_TOLD]]
        return self._known[seen]

    def _operation(self, method: str, path: str) -> tuple[str, Json] | None:
        """The operation of a request; literal routes before those with parameters."""
        fitting = [
            (pattern.pattern, methods[method.lower()])
            for pattern, methods in self._routes
            if method.lower() in methods and pattern.fullmatch(path)
        ]
        return min(fitting, key=lambda one: one[0].count("[^/]+"), default=None)


def _pattern(route: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(re.escape(part) for part in re.split(r"\{[^}]+\}", route)))


def _schema_of(operation: Json) -> Json | None:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return schema if isinstance(schema, dict) else None


def _without_gaps(body: Any) -> Any:
    if isinstance(body, list):
        return [_without_gaps(one) for one in body]
    if not isinstance(body, dict):
        return body
    told = {key: value for key, value in body.items() if not ("name" in body and key in KNOWN_GAPS)}
    for key in ("attachments", "data", "options"):
        if key in told:
            told[key] = _with_text_ids(told[key]) if key == "attachments" else _without_gaps(told[key])
    if "channel_types" in told:
        told["channel_types"] = [kind for kind in told["channel_types"] if kind != MEDIA]
    return told


def _with_text_ids(attachments: Any) -> Any:
    """Discord takes an upload's number as a number, as its guide shows; its description knows only text."""
    if not isinstance(attachments, list):
        return attachments
    return [{**one, "id": str(one["id"])} if "id" in one else one for one in attachments]


def _told(error: ValidationError) -> str:
    deepest = best_match([error]) or error
    where = "/".join(str(step) for step in deepest.absolute_path) or "body"
    return f"{where}: {deepest.message[:200]}"

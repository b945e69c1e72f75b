"""Embeddings as torch saved them: AUTOMATIC1111's `.pt` and diffusers' `learned_embeds.bin`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from storage import hypernetworks
from storage.errors import WeightsRefused
from storage.labels import ROW_KEYS
from storage.torch_files import Numbers

ROWS, WORD = "string_to_param", "*"
#: what AUTOMATIC1111 tells beside the rows, which nobody reads
NOTES = frozenset({ROWS, "string_to_token", "name", "step", "sd_checkpoint", "sd_checkpoint_name"})
ROW, TABLE = 1, 2  # dimensions


def is_embedding(value: Any) -> bool:
    """Whether it has the outline of one: rows for `*`, or for one word of any name."""
    return isinstance(value, Mapping) and (ROWS in value or [*map(type, value.values())] == [Numbers])


def as_safetensors(value: Mapping[str, Any], name: str) -> bytes:
    """The same numbers as rows (n, D) under the name that rows have in safetensors.

    Raises: WeightsRefused E_EMBEDDING_FILE for anything that is none of one text encoder.
    """
    rows = _rows(value)
    if rows is None or len(rows.shape) not in (ROW, TABLE):
        raise WeightsRefused("E_EMBEDDING_FILE", file=name)
    shape = rows.shape if len(rows.shape) == TABLE else (1, *rows.shape)
    return hypernetworks.safetensors_of({ROW_KEYS[1][0]: Numbers(rows.kind, shape, rows.data)}, {})


def _rows(value: Mapping[str, Any]) -> Numbers | None:
    if ROWS not in value:
        [rows] = value.values()
    else:
        of_words = value[ROWS]
        is_known = value.keys() <= NOTES and isinstance(of_words, Mapping) and of_words.keys() == {WORD}
        rows = of_words[WORD] if is_known else None
    return rows if isinstance(rows, Numbers) else None

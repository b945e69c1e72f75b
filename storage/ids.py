"""Public ids: unguessable, and the same length everywhere."""

from __future__ import annotations

import re
import secrets

ID = re.compile(r"[0-9a-f]{16}")


def new_id() -> str:
    """16 hex characters."""
    return secrets.token_hex(8)

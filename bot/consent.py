"""What a person agrees to before their likeness is learned; each wording is a version and stands in the catalogue."""

from __future__ import annotations

from bot import texts

TEXT_VERSION = 1  # raise it with every change of the wording, and add `consent-<version>`; old ones stay


def text(version: int = TEXT_VERSION) -> str:
    """The wording of one version."""
    return texts.say(f"consent-{version}")

"""Typed reads of an environment; a key that nobody reads is a mistake worth naming."""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz import process

from storage.errors import SettingsError

PREFIX = "TINTYPE_"
#: Every `TINTYPE_` key that some part of Tintype reads; another one is refused at start.
KNOWN = (
    "TINTYPE_BASE_MODEL",
    "TINTYPE_CAPTIONER",
    "TINTYPE_DATA_DIR",
    "TINTYPE_DEVICE",
    "TINTYPE_FACES",
    "TINTYPE_GUILDS",
    "TINTYPE_IMAGE_PROMPT",
    "TINTYPE_LIKENESS",
    "TINTYPE_LOG",
    "TINTYPE_MASTER_KEY_FILE",
    "TINTYPE_METHODS",
    "TINTYPE_MODELS_DIR",
    "TINTYPE_OUTPUT_CHECK",
    "TINTYPE_OUTPUT_CHECK_DIR",
    "TINTYPE_OWNERS",
    "TINTYPE_PRECISION",
    "TINTYPE_QUANTISE",
    "TINTYPE_SANDBOX_PORT",
    "TINTYPE_TRAINING_INTAKE",
    "TINTYPE_UPSCALER",
    "TINTYPE_VAE",
)


class Secret:
    """A text that is never shown by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that needs it."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "***"


class Env:
    """Reads settings from a mapping and remembers which were asked for."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, key: str, default: str = "") -> str:
        """A text without surrounding space; empty counts as missing."""
        return self._environ.get(key, "").strip() or default

    def secret(self, key: str) -> Secret:
        """A text that must not be printed."""
        return Secret(self.text(key))

    def number(self, key: str, default: float, *, least: float, most: float) -> float:
        """A number within bounds.

        Raises: SettingsError E_SETTING_VALUE.
        """
        text = self.text(key, str(default))
        try:
            value = float(text)
        except ValueError as error:
            raise SettingsError(
                "E_SETTING_VALUE", name=key, value=text, wanted=f"a number from {least:g} to {most:g}"
            ) from error
        if not least <= value <= most:
            raise SettingsError("E_SETTING_VALUE", name=key, value=text, wanted=f"a number from {least:g} to {most:g}")
        return value

    def choice(self, key: str, choices: Mapping[str, str]) -> str:
        """What one of a few names stands for, the first one's where there is none.

        Raises: SettingsError E_SETTING_VALUE.
        """
        name = self.text(key, next(iter(choices)))
        if name not in choices:
            raise SettingsError("E_SETTING_VALUE", name=key, value=name, wanted=", ".join(choices))
        return choices[name]

    def ids(self, key: str) -> frozenset[int]:
        """Numbers separated by commas or spaces.

        Raises: SettingsError E_SETTING_VALUE.
        """
        parts = self.text(key).replace(",", " ").split()
        if not all(part.isdigit() for part in parts):
            raise SettingsError(
                "E_SETTING_VALUE", name=key, value=self.text(key), wanted="server ids separated by commas"
            )
        return frozenset(map(int, parts))


def check_keys(environ: Mapping[str, str]) -> None:
    """Refuse a `TINTYPE_` key that nobody reads.

    Raises: SettingsError E_SETTING_UNKNOWN naming the nearest known one.
    """
    for key in sorted(environ):
        if key.startswith(PREFIX) and key not in KNOWN:
            nearest = process.extractOne(key, KNOWN)
            raise SettingsError("E_SETTING_UNKNOWN", name=key, nearest=nearest[0] if nearest else "")

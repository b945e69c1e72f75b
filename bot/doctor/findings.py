"""What the doctor found: one finding a line, each a sentence of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from bot import texts
from storage.errors import TintypeError
from storage.texts import sentence


class Level(StrEnum):
    """How bad it is; the exit code is 1 when anything is to be mended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at."""

    check: str  #: its name is the text `doctor-<check>`
    level: Level
    key: str  #: of the sentence
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of_error(cls, check: str, error: TintypeError) -> Self:
        """What an error means for the doctor: it is to be mended."""
        return cls(check=check, level=Level.FAIL, key=error.code, facts=error.facts)

    @property
    def text(self) -> str:
        """The sentence: what is, and what to do about it."""
        return sentence(self.key, self.facts)

    @property
    def name(self) -> str:
        """What was looked at, for people."""
        return texts.say(f"doctor-{self.check}")


def ok(check: str, key: str, **facts: Any) -> Finding:
    """All is well."""
    return Finding(check=check, level=Level.OK, key=key, facts=facts)


def warn(check: str, key: str, **facts: Any) -> Finding:
    """It works, and deserves a look."""
    return Finding(check=check, level=Level.WARN, key=key, facts=facts)


def fail(check: str, key: str, **facts: Any) -> Finding:
    """It is to be mended."""
    return Finding(check=check, level=Level.FAIL, key=key, facts=facts)

"""Errors that a member or an operator reads: a code from a closed list and the facts its sentence needs.

TintypeError                 has a code; its sentence stands in bot/texts/en.ftl
├── PhotoRejected            one upload cannot be used; facts name it (`photo`)
├── WordRefused              a word cannot be taken or used
├── NotAllowed               `can(actor, action, object)` said no
├── NotFound                 no such thing for this member (also: not theirs)
├── WeightsRefused           a weights file is broken, foreign or made for another base
├── NotEnoughMemory          the engine lacks memory; facts say what to lower
├── EngineLost               the engine died or does not answer
├── LeaseLost                a write by an attempt that is no longer the running one
└── SettingsError            a setting is unknown, missing or out of range
"""

from __future__ import annotations

from typing import Any


class TintypeError(Exception):
    """Something a person can act on; `code` names its sentence, `facts` fill it.

    Codes are upper case, start with `E_`, and each one is a message in `bot/texts/en.ftl`
    (`E_PHOTO_SMALL` stands there as `E_PHOTO_SMALL = …`).
    """

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code}({told})" if told else self.code


class PhotoRejected(TintypeError):
    """One upload cannot be used."""


class WordRefused(TintypeError):
    """A word cannot be taken or used."""


class NotAllowed(TintypeError):
    """The member may not do this."""


class NotFound(TintypeError):
    """There is no such thing for this member; the same answer whether it is missing or somebody else's."""


class WeightsRefused(TintypeError):
    """A weights file is broken, foreign, or made for another base model."""


class NotEnoughMemory(TintypeError):
    """The engine lacks memory for this; the facts say what to lower."""


class EngineLost(TintypeError):
    """The engine died or does not answer."""


class LeaseLost(TintypeError):
    """A write by an attempt that is no longer the running one: stop at once."""


class SettingsError(TintypeError):
    """A setting is unknown, missing or out of range."""

"""What a word shows, in words: its kind, and the known thing that it is a kind of."""

from __future__ import annotations

from bot import texts
from bot.plain import plain
from storage.records import Kind

NAME_CHARACTERS = 40
NONE = "none"  #: the catalogue's name for nothing to say


def class_of(kind: str | None, class_word: str | None) -> str:
    """As the catalogue takes it; a style is a kind of nothing that a base model knows."""
    return plain(class_word, NAME_CHARACTERS) if class_word and kind != Kind.STYLE else NONE


def kind_of(kind: str, class_word: str | None) -> str:
    """`an animal, a kind of *bear*`."""
    return texts.say("kind-of", kind=texts.say(f"kind-{kind}"), class_word=class_of(kind, class_word))

"""Captions as the UNet hears them while a word is learned: encoded once, or anew where a text encoder is trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from trainers.adapter import Adapter
from trainers.class_images import class_examples
from trainers.conditioning import Said, together
from trainers.learning import Prior, captions_of
from trainers.text import encode_prompt, encoded, no_rows, stacked, token_ids_of

if TYPE_CHECKING:
    from trainers.method import Lesson
    from trainers.pipeline import Applied, Base

Hearing = Callable[[Sequence[str]], Said]


class HasPrior(Protocol):
    """Settings that say what the class word's own meaning is worth, and what it is known by."""

    @property
    def prior(self) -> float:
        """0: nothing."""
        ...

    @property
    def class_images(self) -> int:
        """0: by the base's own prediction."""
        ...


def said_of(base: Base, lesson: Lesson, *, is_encoder_trained: bool = False) -> Hearing:
    """Captions; the word is ordinary text in them."""
    word = Adapter(lesson.word, lesson.class_word, "")
    captions = {caption: caption for caption in captions_of(base, lesson)}
    return _hearing(base, captions, [(word, 1.0)], is_encoder_trained=is_encoder_trained)


def prior_of(base: Base, lesson: Lesson, settings: HasPrior, *, is_encoder_trained: bool = False) -> Prior | None:
    """The class word in the word's place, and pictures of it where any are wanted, if the settings give it any weight.

    Where a text encoder is trained, the class word is heard by the trained one when its prediction is asked for, and by
    the untouched one when it is asked what to hold on to.
    """
    if not settings.prior:
        return None
    word, class_word = lesson.placeholder_token, lesson.class_word
    said = {caption: caption.replace(word, class_word) for caption in captions_of(base, lesson)}
    alone = base.family.said(class_word, lesson.kind)
    heard = _hearing(base, said | {alone: alone}, (), is_encoder_trained=is_encoder_trained)
    wanted = settings.class_images
    pictures = partial(class_examples, base, alone, wanted, _known(base, lesson)) if wanted else None
    return Prior(settings.prior, heard, wanted, pictures)


def _known(base: Base, lesson: Lesson) -> str:
    """The class word where it is one of the family's own: what a member wrote is not kept in clear."""
    known = [word for words in base.family.class_words.values() for word in words]
    return lesson.class_word if lesson.class_word in known else ""


def _hearing(base: Base, said_as: Mapping[str, str], words: Sequence[Applied], *, is_encoder_trained: bool) -> Hearing:
    return _anew(base, said_as, words) if is_encoder_trained else _once(base, said_as, words)


def _once(base: Base, said_as: Mapping[str, str], words: Sequence[Applied]) -> Hearing:
    captions = sorted(said_as)
    said = stacked(base, [encode_prompt(base, said_as[caption], words) for caption in captions])
    known = dict(zip(captions, said.each(), strict=True))
    return lambda asked: together([known[caption] for caption in asked])


def _anew(base: Base, said_as: Mapping[str, str], words: Sequence[Applied]) -> Hearing:
    """By the encoders as they are at that moment."""
    adapters = [adapter for adapter, _ in words]
    ids = {caption: token_ids_of(base, said, adapters) for caption, said in said_as.items()}
    rows = [no_rows(encoder).to(base.device) for encoder in base.encoders]
    return lambda asked: encoded(base, [ids[caption] for caption in asked], rows)

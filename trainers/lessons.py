"""What a training attempt asks for, checked: consent, method and settings, photos, and how likeness is scored."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import NotAllowed, TintypeError
from storage.records import Kind
from storage.words import check_word
from trainers.attempt import Attempt
from trainers.method import Lesson, Method, Progress, method_on, settings_for

if TYPE_CHECKING:
    from trainers.pipeline import Base


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One training, ready to begin."""

    base: Base
    method: Method
    settings: Any
    lesson: Lesson

    @property
    def patience(self) -> int:
        """How many sample points in a row may be no better before it ends."""
        return int(self.settings.patience)

    def steps(self) -> Generator[Progress, None, None]:
        """The method at work."""
        return self.method.train(self.base, self.lesson, self.settings)


def task_of(base: Base, attempt: Attempt, resume: Path | None) -> Task:
    """Check the order and make a task of it; `resume` is the method's own checkpoint.

    Raises: TintypeError E_NO_CONSENT, E_METHOD, E_METHOD_BASE, E_NO_SUCH_SETTING, E_SETTING_RANGE, E_PHOTOS_FEW,
    E_ATTEMPT; WordRefused.
    """
    kind = attempt.get("kind", str)
    check_consent(attempt, kind)
    method = method_on(base.family, attempt.get("method", str, "lora"))
    photos = [attempt.file(row.get("path")) for row in attempt.records("photos")]
    if len(photos) < method.min_photos:
        raise TintypeError("E_PHOTOS_FEW", have=len(photos), need=method.min_photos, method=method.title)
    lesson = Lesson(
        photos=photos,
        word=check_word(attempt.get("word", str)),
        class_word=attempt.get("class_word", str, "") or base.family.class_words[kind][0],
        kind=kind,
        captions=_captions(attempt),
        seed=attempt.seed,
        resume_from=resume,
    )
    settings = settings_for(method, base, attempt.get("settings", dict, {}))
    return Task(base=base, method=method, settings=settings, lesson=lesson)


def check_consent(attempt: Attempt, kind: str) -> None:
    """A person is learned only with that person's consent, whose row travels in the attempt.

    Raises: NotAllowed E_NO_CONSENT, TintypeError E_ATTEMPT for a kind there is not.
    """
    if kind not in set(Kind):
        raise TintypeError("E_ATTEMPT", field="kind")
    consent = attempt.get("consent", dict, {})
    if kind == Kind.PERSON and not all(consent.get(name) for name in ("person", "text_version", "given_at")):
        raise NotAllowed("E_NO_CONSENT")


def cut_captions(base: Base, lesson: Lesson) -> list[dict[str, Any]]:
    """A warning for each caption of the member's own that is too long to be learned whole."""
    from trainers.adapter import Adapter
    from trainers.text import left_out

    word = Adapter(lesson.word, lesson.class_word, "")
    rests = [left_out(base, caption, [word]) if caption else "" for caption in lesson.captions]
    return [{"code": "W_CAPTION_CUT", "photo": n, "rest": rest[:60]} for n, rest in enumerate(rests, 1) if rest]


def _captions(attempt: Attempt) -> Sequence[str | None]:
    return [row.get("caption") if isinstance(row.get("caption"), str) else None for row in attempt.records("photos")]

"""The cards of a job's life: queued, running, failed, cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from discord import ui

from bot import texts
from bot.buttons import Button
from bot.cards import layout
from bot.cards.layout import Card, Picture
from bot.cards.photos import KeptPhotos, drop_button
from bot.errors import shown
from bot.plain import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Where a queued job stands."""

    place: int  #: 1 is next; 0 is starting
    wait_s: float | None  #: until it is finished, None when unknown
    is_engine_awake: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """How far a running job is."""

    phase: str
    done: int
    total: int
    reached: int = 0  #: by an attempt that was cut off; what lies before it is gone through again
    loss: float | None = None
    left_s: float | None = None
    made: int = 0  #: pictures of the class word, while these are made beforehand
    wanted: int = 0  #: of these pictures
    is_stopping: bool = False

    @property
    def furthest(self) -> int:
        """The step that it was at once; nothing less is ever shown."""
        return max(self.done, self.reached)


def place_of(waiting: Waiting) -> str:
    """`Place 3 in the queue. It takes about 4 minutes.`"""
    wait = "none" if waiting.wait_s is None else texts.span(waiting.wait_s)
    place = texts.say("queued-place", place=waiting.place, wait=wait).strip()
    return place if waiting.is_engine_awake else f"{place} {texts.say('queued-sleeping')}"


def queued_card(
    *,
    job: str,
    word: str,
    owner: int,
    waiting: Waiting,
    before: Running | None = None,
    preview: bytes | None = None,
    has_preview: bool = False,
) -> Card:
    """A training that waits, posted in the channel; `before` is how far it was when it was interrupted."""
    pictures = [] if before is None or preview is None else [_preview(job, word, before, preview)]
    return layout.card(
        layout.text(
            layout.lines(
                texts.say("queued-title", word=plain(word)),
                *(() if before is None else (_bar(before), _step(before), _again(before))),
                place_of(waiting),
                texts.say("queued-by", owner=str(owner)),
            )
        ),
        layout.gallery(pictures) if pictures else None,
        _legend() if pictures else None,
        *layout.rows(
            [*_previews(job, has_preview), layout.button("cancel", job, texts.say("btn-cancel"), style=layout.DANGER)]
        ),
        pictures=pictures,
    )


def _previews(job: str, has_preview: bool) -> list[Button]:  # noqa: FBT001  handed on
    return [layout.button("preview", job, texts.say("btn-preview"))] if has_preview else []


def training_card(
    *,
    job: str,
    word: str,
    owner: int,
    running: Running,
    is_person: bool,
    preview: bytes | None,
    has_preview: bool = False,
) -> Card:
    """A training that runs: bar, curve with samples, time left. Of a person neither curve nor sample is shown."""
    pictures = [] if is_person or preview is None else [_preview(job, word, running, preview)]
    buttons = [
        *_previews(job, has_preview),
        layout.button("keep", job, texts.say("btn-keep"), style=layout.PRIMARY, disabled=running.is_stopping),
        layout.button("cancel", job, texts.say("btn-cancel"), style=layout.DANGER, disabled=running.is_stopping),
    ]
    if is_person:
        buttons.insert(0, layout.button("show_me", job, texts.say("btn-show-me")))
    return layout.card(
        layout.text(
            layout.lines(
                texts.say("training-title", word=plain(word)),
                progress_of(running),
                texts.say("training-stopping") if running.is_stopping else None,
                texts.say("training-private") if is_person else None,
                texts.say("queued-by", owner=str(owner)),
            )
        ),
        layout.gallery(pictures) if pictures else None,
        _legend() if pictures else None,
        *layout.rows(buttons),
        pictures=pictures,
    )


def progress_of(running: Running) -> str:
    """The bar, what is being done, how long it still takes, the step."""
    left = "none" if running.left_s is None else texts.span(running.left_s)
    phase = texts.say("training-phase", phase=running.phase, left=left, made=running.made, wanted=running.wanted)
    again = _again(running) if running.done < running.reached else None
    return layout.lines(_bar(running), phase, _step(running) if running.total else None, again)


def _bar(running: Running) -> str:
    done = running.furthest
    return texts.say("training-bar", bar=layout.bar(done, running.total), percent=layout.percent(done, running.total))


def _step(running: Running) -> str:
    is_behind = running.done < running.reached
    loss = "none" if running.loss is None or is_behind else round(running.loss, 3)
    return texts.say("training-step", done=running.furthest, total=running.total, loss=loss)


def _again(running: Running) -> str:
    """That it goes on from its last checkpoint, and which step it is at again."""
    at = running.done if running.done < running.reached else 0
    return texts.say("training-again", reached=running.furthest, at=at)


def _legend() -> ui.TextDisplay[Any]:
    """What the signs of a curve with samples mean: no word is drawn."""
    return layout.text(layout.lines(texts.say("curve-legend"), texts.say("sheet-legend")))


def _preview(job: str, word: str, running: Running, preview: bytes) -> Picture:
    alt = texts.say("training-preview-alt", word=word, done=running.done, total=running.total)
    return Picture.named(f"{job}-{running.done}", preview, alt)


def failed_card(
    *, job: str, kind: str, word: str | None, code: str, facts: Mapping[str, Any], photos: KeptPhotos | None = None
) -> Card:
    """A job that ended without a result: the reason and what to do next; `photos` wait for another try."""
    title = _title("failed", kind, word)
    reason = code if texts.knows(code) else "E_JOB_FAILED"
    told = {name: shown(fact) for name, fact in facts.items()}
    return layout.card(
        layout.text(
            layout.cut(
                layout.lines(title, texts.say(reason, **told), _waiting(photos), texts.say("failed-job", job=job))
            )
        ),
        *_anew(job, kind, photos),
    )


def _waiting(photos: KeptPhotos | None) -> str | None:
    if photos is None:
        return None
    return texts.say("failed-photos", count=photos.count, until=str(int(photos.until)))


def _anew(job: str, kind: str, photos: KeptPhotos | None) -> list[layout.Row]:
    """A training can be begun again with the photos, while they are still there."""
    if kind != "train" or photos is None:
        return []
    again = layout.button("retry", job, texts.say("btn-again-train"), style=layout.PRIMARY)
    return layout.rows([again, drop_button(photos)])


def cancelled_card(
    *, job: str, kind: str, word: str | None, photos: KeptPhotos | None = None, reason: str | None = None
) -> Card:
    """A job that was cancelled: by its owner, or for a reason, as a sentence."""
    return layout.card(
        layout.text(
            layout.lines(
                _title("cancelled", kind, word),
                reason or _waiting(photos) or texts.say("cancelled-body"),
                texts.say("failed-job", job=job),
            )
        ),
        *_anew(job, kind, photos),
    )


def _title(state: str, kind: str, word: str | None) -> str:
    if kind in {"train", "sheet", "import"}:
        return texts.say(f"{state}-title-{kind}", word=plain(word or "?"))
    return texts.say(f"{state}-title-imagine")

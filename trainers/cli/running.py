"""Runs one attempt in this process: the same folder, the same job and the same worker as the bot's engine."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from storage.errors import TintypeError
from storage.texts import sentence
from trainers.attempt import Attempt, write_attempt
from trainers.cli import Stopped
from trainers.cli.bar import Bar
from trainers.events import Done, End, Event, Failed, Wish
from trainers.miniature import MODEL_ID
from trainers.settings import TrainerSettings
from trainers.worker import drive

if TYPE_CHECKING:
    from trainers.pipeline import Base
    from trainers.weights import Label


NEVER_S = 1e9  # between checkpoints by the clock: the folder goes with its process, and nothing goes on from it
LOCAL = "local/"  # how the names of base models begin that are folders of somebody's machine


class _Listener:
    """Shows events on a bar and keeps the end."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self.end: End | None = None

    def __call__(self, event: Event) -> None:
        if isinstance(event, End):
            self.end = event
        else:
            self._bar.show(event)


class _Wish:
    """A signal asks to stop between two steps."""

    wanted: Wish | None = None

    def __call__(self) -> Wish | None:
        return self.wanted


@contextmanager
def interruptible() -> Iterator[_Wish]:
    """Inside, Ctrl-C and SIGTERM end the attempt between two steps, so that its folder of photos is taken away."""
    wish = _Wish()

    def stop(number: int, frame: FrameType | None) -> None:
        wish.wanted = Wish.CANCEL

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield wish
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def attempt_folder() -> Iterator[Path]:
    """A private folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tintype-") as folder:
        yield Path(folder)


def loaded(arguments: argparse.Namespace, settings: TrainerSettings, made_for: str = "") -> Base:
    """The base model that the command line names, or else a word's file, or else the environment.

    Raises: TintypeError when it is not here, changed, or does not fit.
    """
    from trainers.pipeline import load_base
    from trainers.precision import remark_on

    name = arguments.base_model or made_for or settings.base_model
    print(f"Loading {name} …", file=sys.stderr)
    base = load_base(name, arguments.device or settings.device, settings.output_check, settings.beside)
    if remark := remark_on(base.device, settings.beside.precision):
        print(remark, file=sys.stderr)
    return base


def base_named_in(labels: Sequence[Label]) -> str:
    """The base model that the first file was made for; empty when none says it, or one that lies in some folder."""
    for label in labels:
        if label.base_model == MODEL_ID:
            return label.base_model
        if label.base_model and not label.base_model.startswith(LOCAL):
            return f"{label.base_model}@{label.base_revision}"
    return ""


def finished(folder: Path, told: dict[str, Any], base: Any) -> Done:
    """Run the attempt that `told` describes in its folder; an export needs no base.

    Raises: TintypeError with the attempt's own code when it failed, Stopped after Ctrl-C or SIGTERM.
    """
    from trainers.faults import translated
    from trainers.jobs import runs

    attempt: Attempt = write_attempt(folder, {"job": "here", "attempt": 1, **told})
    bar = Bar(sys.stderr)
    listener = _Listener(bar)
    with interruptible() as wish:
        for _ in drive(runs()[attempt.kind](base, attempt), listener, wish, translated, attempt.kind):
            pass
    bar.close()
    if isinstance(listener.end, Failed):
        raise TintypeError(listener.end.code, **listener.end.facts)
    if not isinstance(listener.end, Done):
        raise Stopped
    for warning in listener.end.result.get("warnings", ()):
        print(sentence(warning["code"], warning), file=sys.stderr)
    return listener.end

"""What goes without anybody asking: photos and questions whose time is over, old lists, files that no row knows."""

from __future__ import annotations

from dataclasses import dataclass

from storage.clock import Clock
from storage.photos import Photos
from storage.privacy import Privacy
from storage.questions import Questions
from storage.retention import Retention
from storage.vault import Vault

STEADY_S = 3600.0  # nothing is deleted by a date that has been believed for less
UNDECIDED_S = 7 * 24 * 3600.0  # a word that was taken over and that its owner has neither enabled nor discarded
JUMP_S = 300.0  # the date may drift this far from the monotonic clock in between two looks


@dataclass(frozen=True, slots=True)
class Swept:
    """What one round removed."""

    photos: int
    files: int
    by_rule: int = 0  #: pictures and words that a server's rule no longer keeps


class Upkeep:
    """Run it at start and then every few minutes.

    A machine whose date jumps by years must not delete what is still waited for: by date, things go only after the
    date and the monotonic clock have agreed for an hour.
    """

    def __init__(self, photos: Photos, privacy: Privacy, questions: Questions, retention: Retention, vault: Vault, clock: Clock) -> None:
        self._photos, self._privacy, self._questions = photos, privacy, questions
        self._retention, self._vault, self._clock = retention, vault, clock
        self._offset: float | None = None
        self._steady_since = 0.0

    def run(self) -> Swept:
        """Remove what is over."""
        self._privacy.scrub_if_due()
        photos = self._photos.sweep_learned()
        if not self._date_is_steady():
            return Swept(photos, 0)
        self._questions.expire()
        photos += self._photos.expire()
        self._privacy.points.expire()
        self._privacy.imports.expire()
        self._privacy.forget_undecided(self._clock.now() - UNDECIDED_S)
        self._privacy.lists.drop_old()
        self._privacy.pending.expire()
        by_rule = self._retention.sweep()
        return Swept(photos, self._vault.sweep(self._privacy.known_blobs(), self._clock.now()), by_rule)

    def _date_is_steady(self) -> bool:
        monotonic = self._clock.monotonic()
        offset = self._clock.now() - monotonic
        if self._offset is None or abs(offset - self._offset) > JUMP_S:
            self._steady_since = monotonic
        self._offset = offset
        return monotonic - self._steady_since >= STEADY_S

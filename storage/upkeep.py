"""What goes without anybody asking: photos and questions whose time is over, old lists, files that no row knows."""

from __future__ import annotations

from dataclasses import dataclass

from storage.photos import Photos
from storage.privacy import Privacy
from storage.questions import Questions
from storage.retention import Retention
from storage.steadiness import SteadyDate
from storage.vault import Vault

UNDECIDED_S = 7 * 24 * 3600.0  # a word that was taken over and that its owner has neither enabled nor discarded


@dataclass(frozen=True, slots=True)
class Swept:
    """What one round removed."""

    photos: int
    files: int
    by_rule: int = 0  #: pictures and words that a server's rule no longer keeps


class Upkeep:
    """Run it at start and then every few minutes; by date, things go only when the date can be believed."""

    def __init__(
        self,
        photos: Photos,
        privacy: Privacy,
        questions: Questions,
        retention: Retention,
        vault: Vault,
        date: SteadyDate,
    ) -> None:
        self._photos, self._privacy, self._questions = photos, privacy, questions
        self._retention, self._vault, self._date = retention, vault, date

    def run(self) -> Swept:
        """Remove what is over."""
        self._privacy.scrub_if_due()
        photos = self._photos.sweep_learned()
        now = self._date.now()
        if now is None:
            return Swept(photos, 0)
        self._questions.expire()
        photos += self._photos.expire()
        self._privacy.points.expire()
        self._privacy.imports.expire()
        self._privacy.forget_undecided(now - UNDECIDED_S)
        self._privacy.lists.drop_old()
        self._privacy.pending.expire()
        by_rule = self._retention.sweep()
        return Swept(photos, self._vault.sweep(self._privacy.known_blobs(), now), by_rule)

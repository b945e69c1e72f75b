from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.fates import fail, onward, progress_of
from bot.store import open_rooms
from storage.clock import SystemClock
from storage.errors import TintypeError
from storage.records import Progress
from tests.bot.engine.stage import put_pictures
from tests.storage.rooms import HOME

STEP = Progress(phase="train", done=20, total=100)


@pytest.mark.parametrize(
    ("before", "reached"),
    [(None, 0), (replace(STEP, done=75), 75), (replace(STEP, done=10, reached=80), 80)],
    ids=["a first attempt", "a second", "a third that died while it caught up"],
)
def test_an_attempt_tells_how_far_those_before_it_came(tmp_path: Path, before: Progress | None, reached: int) -> None:
    rooms = open_rooms(tmp_path, tmp_path / "master.key", SystemClock())
    job = put_pictures(rooms, "a")
    rooms.db.conn.close()

    told = onward(replace(job, progress=before), STEP)

    assert told == replace(STEP, reached=reached)


def test_pictures_of_the_class_word_are_counted_while_they_are_made() -> None:
    told = progress_of({"phase": "class_images", "done": 0, "total": 400, "made": 12, "wanted": 100})

    assert (told.done, told.made, told.wanted) == (0, 12, 100)


def test_pictures_that_were_all_held_back_are_counted_for_the_managers_and_nothing_else(tmp_path: Path) -> None:
    rooms = open_rooms(tmp_path, tmp_path / "master.key", SystemClock())
    for key, code in (("a", "E_HELD_BACK"), ("b", "E_NO_MEMORY")):
        job = rooms.queue.claim(put_pictures(rooms, key).id, "engine", 60.0)
        assert job is not None
        fail(rooms, job, TintypeError(code, count=4))
    (entry,) = rooms.audit.page(HOME, 1, 10)
    rooms.db.conn.close()

    assert (entry.action, entry.actor, entry.object, entry.facts) == ("held-back", None, None, {"count": 4})
